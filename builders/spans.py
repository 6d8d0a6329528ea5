"""What must not be cut: the formulas, environments and code fences of a text.

    text -> (start, end) in code points of each, nested ones too, in the order of their ends

Web pages are not TeX: prices stand beside formulas, delimiters are forgotten, a listing is full of `$`. A delimiter
that finds no partner nearby counts as text, so that one stray sign never joins half a document.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

BLANK_LINE = re.compile(r"\n[ \t\r]*\n")

# One formula on one line is by far the most frequent and is found whole (group 1); everything else goes by delimiter.
# A backslash takes the next character with it: `\$` is a sign, and `\\[` in a matrix opens no formula.
_DELIMITER = re.compile(
    r"(\$(?![\s$])[^$\\\n]*+(?:\\.[^$\\\n]*+)*+(?<!\s)\$(?!\d))"
    r"|\$\$?"
    r"|\\(?:[\[\]()\\$]|(begin|end)[ \t]*\{([^{}\n]{1,40})\})"
    r"|\n[ \t]{0,12}(`{3,}|~{3,})"
)
_FENCE_FIRST = re.compile(r"[ \t]{0,12}(`{3,}|~{3,})")
_PARTNER = {r"\)": r"\(", r"\]": r"\["}
# Environments in which nothing else is read
_VERBATIM = {"verbatim", "verbatim*", "Verbatim", "lstlisting", "minted", "alltt"}
# How far up a closing delimiter looks for its partner, and how many are kept: more than any page nests
_REACH = 32
_KEPT = 1024
# A fence this long ends at any fence that is as long or longer; so there are few kinds to look for
_LONGEST_FENCE = 16


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each formula, environment and fenced block, in code points, in the order of their ends."""
    page = _Page(text)
    first = _FENCE_FIRST.match(text)
    if first and (end := page.fence_end(first)):
        yield first.start(1), end
    for found in _DELIMITER.finditer(text):
        at = found.start()
        if at < page.skip:
            continue
        kind = found.lastindex
        if kind == 1 and not page.in_dollars():
            yield found.span()
        elif kind == 1:  # the line began inside a formula, so these two signs are not a pair
            yield from page.dollar(at)
            yield from page.dollar(found.end() - 1)
        elif kind == 3:
            yield from page.environment(found)
        elif kind == 4:
            if end := page.fence_end(found):
                yield at + 1, end
        elif (sign := found[0]) == "$":
            yield from page.dollar(at)
        elif sign == "$$":
            yield from page.dollars(at)
        elif sign in (r"\(", r"\["):
            page.push(sign, at)
        elif sign in _PARTNER:
            yield from page.bracket(sign, found.end())


@dataclass
class _Page:
    """A text and the delimiters that are open at the place reached."""

    text: str
    open: list[tuple[str, int]] = field(default_factory=list)
    skip: int = 0  # nothing is read before this place
    unclosed: dict[str, bool] = field(default_factory=dict)  # what has no end in the rest of the text

    def push(self, sign: str, at: int) -> None:
        self.open.append((sign, at))
        if len(self.open) > 2 * _KEPT:
            del self.open[:_KEPT]

    def pop(self, sign: str, *, through: bool) -> int | None:
        """Where the nearest open `sign` stands; it and what opened after it are open no longer.

        Environments are looked past only where `through` says so: no formula begins in one and ends outside.
        """
        for back, (other, at) in enumerate(reversed(self.open[-_REACH:]), 1):
            if other == sign:
                del self.open[-back:]
                return at
            if not through and other.startswith("{"):
                return None
        return None

    def broken(self, start: int, end: int) -> bool:
        """Whether a blank line lies between; no formula in running text survives one."""
        return BLANK_LINE.search(self.text, start, end) is not None

    def in_dollars(self) -> bool:
        return bool(self.open) and self.open[-1][0] == "$"

    def dollar(self, at: int) -> Iterator[tuple[int, int]]:
        """A single `$` closes what is open in its paragraph, unless it looks like the beginning of something."""
        if self.in_dollars():
            start = self.open.pop()[1]
            tight = not self.text[start + 1].isspace()
            before, after = self.text[at - 1], self.text[at + 1 : at + 2]
            # `$5 and $6` are prices; `$ x $` is a formula, and `$ x $-axis` begins with one
            begins = after.isdigit() or (
                tight and before.isspace() and (after.isalpha() or after in ("\\", "(", "{", "|"))
            )
            if not begins and not self.broken(start, at):
                yield start, at + 1
                return
        self.push("$", at)

    def dollars(self, at: int) -> Iterator[tuple[int, int]]:
        """A `$$` closes an open one, or two formulas in running text touch here, or it opens."""
        if self.in_dollars() and not any(sign == "$$" for sign, _ in self.open[-_REACH:]):
            yield from self.dollar(at)
            self.push("$", at + 1)
            return
        start = self.pop("$$", through=False)
        if start is not None and (not self.broken(start, at) or self.odd_from(at)):
            yield start, at + 2
        else:
            self.push("$$", at)

    def odd_from(self, at: int) -> bool:
        """Whether the `$$` from here to the end of the paragraph leave one over, which closes an earlier paragraph's."""
        blank = BLANK_LINE.search(self.text, at)
        return self.text.count("$$", at, blank.start() if blank else len(self.text)) % 2 == 1

    def bracket(self, sign: str, end: int) -> Iterator[tuple[int, int]]:
        start = self.pop(_PARTNER[sign], through=False)
        if start is not None and not (sign == r"\)" and self.broken(start, end)):
            yield start, end

    def environment(self, found: re.Match[str]) -> Iterator[tuple[int, int]]:
        name = found[3]
        if found[2] == "end":
            start = self.pop("{" + name, through=True)
            if start is not None:
                yield start, found.end()
        elif name not in _VERBATIM:
            self.push("{" + name, found.start())
        elif not self.unclosed.get(name):
            end = self.text.find(rf"\end{{{name}}}", found.end())
            self.unclosed[name] = end < 0
            if end >= 0:
                self.skip = end + len(name) + len(r"\end{}")
                yield found.start(), self.skip

    def fence_end(self, found: re.Match[str]) -> int:
        """Where the block ends that this fence opens, or 0 where it opens none; what is inside is not read."""
        fence = found[found.lastindex or 0]
        kind = fence[:_LONGEST_FENCE]
        if self.unclosed.get(kind):
            return 0
        if fence[0] == "`" and "`" in self.text[found.end() : self._line_end(found.end())]:
            return 0  # code within a line
        closing = re.compile(rf"\n[ \t]{{0,12}}{kind[0]}{{{len(kind)},}}[ \t\r]*(?=\n|\Z)")
        end = closing.search(self.text, found.end())
        if end is None:
            self.unclosed[kind] = True
            return 0
        self.skip = end.end()
        return self.skip

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end
