"""An open file as bytes: unpacked, in lines, in pieces; what is wrong with one is said, and the rest goes on.

a file (plain, gz, zst, bz2, xz) -> a stream -> lines with their numbers
"""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa

LONGEST = 64 << 20  # bytes of a line, an element or a cell: three times the longest document that we expect
CHUNK = 1 << 20
BOM = b"\xef\xbb\xbf"
SPOILT = (EOFError, zlib.error, lzma.LZMAError, pa.ArrowException)

Stream = io.BufferedReader | gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile


class Item(NamedTuple):
    """A row as the file has it, or in its stead what is wrong: no path, and the same words on every machine."""

    place: str
    row: dict[str, Any] | None
    wrong: str | None = None


def spoilt(problem: Exception) -> bool:
    """Whether it is the content that cannot be read. Libraries say so with an OSError that has no errno."""
    if isinstance(problem, OSError):
        return type(problem) in (OSError, gzip.BadGzipFile) and problem.errno is None
    return isinstance(problem, SPOILT)


def unpacked(raw: io.BufferedReader) -> Stream:
    """The file's text, by its first bytes and not by its name."""
    magic = raw.peek(6)[:6]
    if magic.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=raw, mode="rb")
    if magic.startswith(b"BZh"):
        return bz2.BZ2File(raw)
    if magic == b"\xfd7zXZ\x00":
        return lzma.LZMAFile(raw)
    if magic.startswith(b"\x28\xb5\x2f\xfd"):
        return io.BufferedReader(pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd"))
    return raw


def lines(stream: Stream) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their numbers, without the empty ones; None for one that is too long to hold."""
    number = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST and not line.endswith(b"\n"):
            while (rest := stream.readline(CHUNK)) and not rest.endswith(b"\n"):
                pass
            yield number, None
            continue
        if number == 1:
            line = line.removeprefix(BOM)
        if line.strip():
            yield number, line


def gather(stream: Stream, size: int) -> tuple[bytes, bool, Exception | None]:
    """The next `size` bytes, or those before the file ends or breaks off; whether it ended, and how it broke."""
    parts: list[bytes] = []
    while size > 0:
        try:
            part = stream.read1(min(size, CHUNK))
        except (*SPOILT, OSError) as problem:
            if not spoilt(problem):
                raise
            return b"".join(parts), True, problem
        if not part:
            return b"".join(parts), True, None
        parts.append(part)
        size -= len(part)
    return b"".join(parts), False, None
