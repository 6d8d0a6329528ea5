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
ENDLESS = 1 << 30  # bytes of a line after which no other line is looked for
MEMORY = 256 << 20  # bytes that an xz file may ask for to be unpacked; `xz -9` asks for 65 MiB
CHUNK = 1 << 20
BOM = b"\xef\xbb\xbf"
SPOILT = (EOFError, zlib.error, lzma.LZMAError, pa.ArrowException)

Stream = io.BufferedReader | gzip.GzipFile | bz2.BZ2File


class Item(NamedTuple):
    """A row as the file has it, or in its stead what is wrong: no path of this machine."""

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
        return io.BufferedReader(_Xz(raw), CHUNK)
    if magic.startswith(b"\x28\xb5\x2f\xfd"):
        return io.BufferedReader(pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd"))
    return raw


class _Xz(io.RawIOBase):
    """What an xz file holds. Python's own reader takes as much memory as the file asks for, 4 GiB at most."""

    def __init__(self, raw: io.BufferedReader) -> None:
        self.raw, self.unpacker = raw, lzma.LZMADecompressor(memlimit=MEMORY)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        made = b""
        while not made:
            data = b""
            if self.unpacker.eof:
                data = (self.unpacker.unused_data or self.raw.read(CHUNK)).lstrip(b"\0")  # between streams may be zeros
                if not data and not self.raw.peek(1):
                    return 0
                self.unpacker = lzma.LZMADecompressor(memlimit=MEMORY)
            elif self.unpacker.needs_input and not (data := self.raw.read(CHUNK)):
                raise EOFError("the file ends before its stream does")
            made = self.unpacker.decompress(data, len(buffer))
        buffer[: len(made)] = made
        return len(made)


def lines(stream: Stream) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their numbers, without the empty ones; None for one that is too long to hold. EOFError where one never ends."""
    number = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST and not line.endswith(b"\n"):
            size = len(line)
            while (rest := stream.readline(CHUNK)) and not rest.endswith(b"\n"):
                size += len(rest)
                if size > ENDLESS:
                    raise EOFError("a line without end")
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
