"""Pieces of data for a page on the disk, which may not fetch: scripts that each hand over one text.

    labels in order, a value for each -> data/NAME-0.js, data/NAME-1.js, ...: mathloom("NAME-0", "gzip of JSON, in base64")

Base64 holds nothing that could end a script or a text: whatever stands in a row, no browser reads it as code.
"""

import base64
import gzip
import json
import math
from pathlib import Path
from typing import Any

PIECE = 192 * 1024  # bytes of JSON in a file: some forty rows, read and unpacked in a few milliseconds
EXACT = 2**53  # whole numbers beyond it are others in JavaScript
LEVEL = 5  # of gzip: 6 takes half as long again and saves 1 %


class Pieces:
    """Values under labels that come in order; `starts` holds the label with which each file begins."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.starts: list[int | str] = []
        self._held: list[str] = []
        self._size = 0

    def add(self, label: int | str, value: Any) -> None:
        """One more; a file is full when it holds `PIECE` bytes, and holds one value at least."""
        if not self._held:
            self.starts.append(label)
        text = json.dumps([label, plain(value)], separators=(",", ":"))
        self._held.append(text)
        self._size += len(text)
        if self._size >= PIECE:
            self._write()

    def end(self) -> list[int | str]:
        """Writes what is left, and gives `starts`."""
        if self._held:
            self._write()
        return self.starts

    def _write(self) -> None:
        _script(self.folder, f"{self.name}-{len(self.starts) - 1}", f"[{','.join(self._held)}]")
        self._held, self._size = [], 0


def write_piece(folder: Path, name: str, value: Any) -> None:
    """One value in a file of its own."""
    _script(folder, name, json.dumps(plain(value), separators=(",", ":")))


def _script(folder: Path, name: str, text: str) -> None:
    packed = base64.b64encode(gzip.compress(text.encode("ascii"), LEVEL, mtime=0)).decode("ascii")
    (folder / f"{name}.js").write_text(f'mathloom("{name}","{packed}")\n', encoding="ascii", newline="\n")


def plain(value: Any) -> Any:
    """A value as JSON and JavaScript have it: what neither has becomes a text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) <= EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return f"{len(value):,} bytes" if isinstance(value, bytes) else str(value)


def order(label: str) -> bytes:
    """What texts are sorted by where JavaScript looks for them: it compares UTF-16."""
    return label.encode("utf-16-be", "surrogatepass")
