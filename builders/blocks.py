r"""A Markdown text in blocks: lines between empty ones, and fenced texts whole.

"# A\n\nOne\ntwo" -> Block("# A"), Block("One\ntwo")
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
ITEM = re.compile(r"[-*+] |\d{1,9}[.)] ")
HEADING = re.compile(r" {0,3}#{1,6}\s")


@dataclass(frozen=True)
class Block:
    """Lines that belong together, and how many line ends stand before them."""

    text: str
    gap: int = 2


def blocks(body: str) -> Iterator[Block]:
    """The blocks of a body: lines between empty ones, and fenced texts with the empty lines in them."""
    lines = body.split("\n")
    start, at, gap, endless = None, 0, 0, dict[str, int]()
    while at < len(lines):
        if not lines[at].strip():
            if start is not None:
                yield Block("\n".join(lines[start:at]), gap)
                start, gap = None, 1
            gap += 1
            at += 1
            continue
        start = at if start is None else start
        at = _end_of_fence(lines, at, endless)
    if start is not None:
        yield Block("\n".join(lines[start:]), gap)


def _end_of_fence(lines: list[str], at: int, endless: dict[str, int]) -> int:
    """The line behind a fenced text that begins here and ends; else the next line.

    `endless`: the shortest fence of each mark that has no end; a longer one below it has none either, and is not looked for.
    """
    opened = FENCE.match(lines[at])
    if opened is None:
        return at + 1
    mark, length = opened[1][0], len(opened[1])
    if length < endless.get(mark, length + 1):
        closes = re.compile(rf" {{0,3}}{re.escape(mark)}{{{length},}}[ \t]*")
        for end in range(at + 1, len(lines)):
            if closes.fullmatch(lines[end]):
                return end + 1
        endless[mark] = length
    return at + 1


def closed(text: str) -> str:
    """A block whose fence ends: one that does not would take in what follows."""
    lines, at, endless = text.split("\n"), 0, dict[str, int]()
    while at < len(lines):
        end = _end_of_fence(lines, at, endless)
        if end == at + 1 and (opened := FENCE.match(lines[at])):
            return f"{text}\n{opened[1]}"
        at = end
    return text


def items(text: str) -> list[str]:
    """The items of a list; nothing where a block is none."""
    lines = text.split("\n")
    return lines if all(ITEM.match(line) for line in lines) else []
