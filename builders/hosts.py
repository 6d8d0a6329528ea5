"""Whose token a host may have: Hugging Face's goes to Hugging Face's hosts and nowhere else, and none travels in the clear.

a host's name -> whether it is Hugging Face's, or this machine
"""

import ipaddress
from urllib.parse import urlsplit

from huggingface_hub import constants

HUGGING_FACE = ("huggingface.co", "hf.co", "huggingface.cloud")  # these hosts and those below them get HF_TOKEN


def is_hugging_face(host: str) -> bool:
    """Whether a host is Hugging Face's, or the one that HF_ENDPOINT names."""
    own = urlsplit(constants.ENDPOINT).hostname
    return host == own or any(host == name or host.endswith("." + name) for name in HUGGING_FACE)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
