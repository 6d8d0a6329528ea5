"""Where a text is cut: at most so many tokens to a part, nothing lost, no formula in two.

    text -> (start, end, tokens) of each part

A cut is made after a paragraph, else after a sentence, a line or a word, and inside a formula, an environment or a
code fence only where that alone is too long; there, too, nothing smaller is cut that need not be. Time grows with the
length of the text, memory with a window of it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from builders.errors import UserError
from builders.page import WHITE, Page, page_of
from builders.text import mend
from builders.tokens import Tokens

# Where a part may end: after a paragraph (1), after a line before a list, a heading, a table or an environment (2), after
# any line (3), after a line that ends a sentence (4), after a sentence within a line (5). One set of first characters
# for all, since that is what `re` looks for fast.
_ENDS = re.compile(
    r"[\n.!?:;…。！？؟۔।](?:"
    r"(?<=\n)(?:((?:[ \t\r]*\n)+)"
    r"|((?=[ \t]*(?:\\(?:begin|item|section|subsection|paragraph)\b|[#>|*+-]|\d{1,3}[.)]|```|~~~)))"
    r"|())"
    r"|(?<![\n])[\"'”’)\]}*_$]*(?:([ \t\r]*\n(?![ \t\r]*\n))"
    r"|((?<![:;])(?<!e\.g\.)(?<!i\.e\.)(?<!\bcf\.)(?<!\bvs\.)(?<!Fig\.)(?<!\bEq\.)(?<!Thm\.)[ \t]+(?![a-z\s])"
    r"|(?<=[。！？])[”’』」）]*)))"
)
_KINDS = (0, 1, 3, 1, 2)  # the best first
_SEEN_AHEAD = 64  # code points behind the last place for a cut that `_ENDS` may look at
# The share of the limit that a part must hold to end at each of them: parts should be natural, and well filled
_LEAST = (0.80, 0.85, 0.90, 0.92)
# ... and where none of them is as far on: any of them that holds this much
_LEAST_OF_ALL = 0.6
# The last part of a text should hold this much, or it is a scrap
_LAST = 0.2
_INK = re.compile(r"\S")


def cut(text: str, tokenizer: Tokens, limit: int = 500) -> list[tuple[int, int, int]]:
    """Start and end in code points, and tokens, of each part of `text`; none for an empty text.

    Raises UserError where a single character has more tokens than `limit`.
    """
    return list(parts(mend(text), tokenizer, limit))


def parts(text: str, tokenizer: Tokens, limit: int) -> Iterator[tuple[int, int, int]]:
    """`cut`, one part at a time, for a text without lone surrogates."""
    page = page_of(text, tokenizer, limit)
    held: tuple[int, int, int] | None = None  # white space alone joins the part before it or behind it, where it fits
    start = 0
    while start < len(text):
        end, tokens = _part(page, start)
        if held and not (_INK.search(text, start, end) and _INK.search(text, held[0], held[1])):
            both = tokenizer.count([text[held[0] : end]])[0]
            if both <= limit:
                held, start = (held[0], end, both), end
                continue
        if held:
            yield held
        held, start = (start, end, tokens), end
    if held:
        yield held


def _part(page: Page, start: int) -> tuple[int, int]:
    """End and tokens of the part that begins at `start`; the next one begins at that end."""
    page.look_ahead()
    room = page.limit - page.slack
    while True:
        end = _choose(page, start, max(room, 1))
        tokens = page.count(start, end)
        if tokens <= page.limit:
            page.go_to(end)
            return end, tokens
        # Only estimates come here: the tokenizer finds more tokens in the part than it has within the text.
        room -= tokens - page.limit
        page.slack = min(max(page.slack, page.limit - room), page.limit // 4)


def _choose(page: Page, start: int, room: int) -> int:
    """Where the part that begins at `start` ends, if it may have about `room` tokens."""
    top = lower = page.within(room)
    spare = 0.0
    if page.ends[-1] == len(page.text):
        if top == len(page.ends) - 1:
            return len(page.text)
        # So many parts there will be at least; what they can hold beyond the text may be given away.
        rest = page.estimate(len(page.text))
        number = -(-rest // room)
        spare = (number * room - rest) / (number - 1)
        if number == 2:
            lower = min(top, page.within(rest - int(_LAST * room)))
    if start < page.last <= page.ends[top]:  # what remains must not be white space alone
        top = bisect_left(page.ends, page.last) - 1 or top
    if top <= 0:
        return _squeeze(page, start, page.ends[1])
    if 0 < lower < top:
        end = _good(page, start, lower, room, spare)
        if end and page.estimate(len(page.text)) - page.estimate(end) <= room:
            return end
    return _good(page, start, top, room, spare) or _anywhere(page, start, top)


def _good(page: Page, start: int, top: int, room: int, spare: float) -> int:
    """The best place up to `ends[top]` that is after white space or a sentence; 0 where there is none."""
    ink = _INK.search(page.text, start, page.ends[top])
    if not ink:
        return 0
    end = _natural(page, ink.end(), top, room, _LEAST_OF_ALL * room, spare)
    if not end:
        end = _white(page, ink.end(), page.ends[top])
        if page.estimate(end) < _LEAST_OF_ALL * room:  # a script without spaces still ends its sentences
            end = max(end, _natural(page, ink.end(), top, room, 0, spare))
    return end


def _natural(page: Page, first: int, top: int, room: int, floor: float, spare: float) -> int:
    """The last good end of the best kind that holds enough, else the last good end of all; 0 where there is none."""
    stop = page.ends[top]
    least = [min(share * room, room - spare) for share in _LEAST]
    begin = page.ends[max(bisect_left(page.totals, page.totals[0] + min(floor, *least)) - 1, 0)]
    best = [0, 0, 0, 0]
    for found in _ENDS.finditer(page.text, max(begin, first), stop + _SEEN_AHEAD):
        end = found.end()
        if end > stop:
            break
        if page.may_end(end):
            best[_KINDS[(found.lastindex or 1) - 1]] = end
    for end, enough in zip(best, least, strict=True):
        if end and page.estimate(end) >= enough:
            return end
    end = max(best)
    return end if end and page.estimate(end) >= floor else 0


def _white(page: Page, first: int, stop: int) -> int:
    """The last place after white space where nothing is cut that could stay whole; 0 where there is none."""
    while (end := max(page.text.rfind(white, first, stop) for white in WHITE) + 1) > first:
        if page.may_end(end):
            line = page.text.rfind("\n", first, end) + 1
            return end if line <= first or page.text[line:end].strip() else line  # indents go with their lines
        whole = page.inside(end)
        stop = whole[0] if whole else end - 1
    return 0


def _anywhere(page: Page, start: int, top: int) -> int:
    """The last place between two characters where nothing is cut that could stay whole; else the last place."""
    place = top
    while place > 0:
        whole = page.inside(page.ends[place])
        if whole is None:
            return page.ends[place]
        # The edge of a formula may stand inside a piece; only a count says whether the part is within the limit.
        for edge in reversed(whole):
            if edge > start and page.count(start, edge) <= page.limit:
                return edge
        place = bisect_right(page.ends, whole[0]) - 1
    return page.ends[top]


def _squeeze(page: Page, start: int, end: int) -> int:
    """An end within the first piece, which alone is too long."""
    while end > start + 1:
        end = start + (end - start) // 2
        if page.count(start, end) <= page.limit:
            return end
    if (tokens := page.count(start, end)) > page.limit:
        raise UserError(
            f"a passage cannot have at most {page.limit} tokens: the character {page.text[start]!r} alone has "
            f"{tokens} by {page.tokenizer.name}; allow more tokens"
        )
    return end
