"""Text that others wrote, shown in Markdown without doing anything there.

any text -> a fenced block, a code span or a table's cell in which no Markdown, HTML or control character acts
"""

import re
from collections.abc import Iterable, Sequence

# Control characters, lone surrogates and marks that turn the direction of what follows: each is shown as U+FFFD.
# Line ends and tabs stay.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
ACTIVE = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$&:@^=])")


def clean(text: str) -> str:
    """The text with plain line ends, and U+FFFD for what cannot be seen. A lone CR ends a line in Markdown, too."""
    return UNSEEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def fence(text: str, language: str = "text") -> str:
    """A fenced block, with a fence longer than any run of backticks in the text."""
    shown = clean(text)
    ticks = "`" * max(3, _longest(shown) + 1)
    return f"{ticks}{language}\n{shown.removesuffix(chr(10))}\n{ticks}"


def code(text: object) -> str:
    """A code span on one line; nothing is an en dash."""
    shown = " ".join(clean(str(text)).split()) if text is not None else ""
    if not shown:
        return "–"
    ticks = "`" * (_longest(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def words(text: object) -> str:
    """Words on one line, every character that Markdown or HTML could act on escaped."""
    return ACTIVE.sub(r"\\\1", " ".join(clean(str(text)).split()))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; numbers stand to the right. Cells hold Markdown that is safe already; a bar in them is escaped."""
    cells = [[_cell(value) for value in row] for row in rows]
    right = [all(_is_number(row[column]) for row in cells) for column in range(len(head))]
    lines = [list(head), ["---:" if number and cells else "---" for number in right], *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: object) -> str:
    """1234567 -> 1,234,567; 0.034567 -> 0.03457; what is not known -> an en dash."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "–"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"


def _cell(value: object) -> str:
    text = value if isinstance(value, str) else number(value)
    return text.replace("\n", " ").replace("|", "\\|")  # a table takes one backslash away before anything else is read


def _is_number(cell: str) -> bool:
    return re.fullmatch(r"–|-?[\d,.]+(e-\d+)?(%| [kM]B)?", cell) is not None


def _longest(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
