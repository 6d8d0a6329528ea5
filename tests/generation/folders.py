"""What the tests of finished folders share: their rows, and one digest of all they hold."""

import hashlib
from pathlib import Path
from typing import Any

from datasets import load_dataset


def loaded(folder: Path, config: str = "default") -> list[dict[str, Any]]:
    """The rows of a config, as anybody loads them."""
    return list(load_dataset(str(folder), config, split="train"))


def digest(folder: Path, *without: str) -> str:
    """One digest of every byte below data/, but for some configs."""
    files = sorted(file for file in (folder / "data").rglob("*") if file.is_file() and file.parent.name not in without)
    made = hashlib.sha256()
    for file in files:
        made.update(str(file.relative_to(folder)).encode() + file.read_bytes())
    return made.hexdigest()
