"""Texts as UTF-8 and tokenizers can hold them: a lone surrogate, half of a character in UTF-16, becomes U+FFFD."""

import re
from collections.abc import Mapping
from typing import Any

SURROGATE = re.compile("[\ud800-\udfff]")


def mend(text: str) -> str:
    """The text with each lone surrogate as U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()  # ten times as fast as a search
    except UnicodeEncodeError:
        return SURROGATE.sub("\ufffd", text)
    return text


def mended(value: Any) -> Any:
    """The same of every text within a value, as JSON has them."""
    if isinstance(value, str):
        return mend(value)
    if isinstance(value, Mapping):
        return {mended(name): mended(item) for name, item in value.items()}
    return [mended(item) for item in value] if isinstance(value, list | tuple) else value
