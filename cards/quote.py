r"""A text that anybody may have written, quoted in Markdown: its formulas typeset by the Hub (KaTeX), the rest as it reads.

    "let $x_1 < 2$ *now*" -> > let \\(x _ 1 < 2\\) \*now\*

The Hub typesets what stands between `\\(` and `\\)`, and between `$$` and `$$`. A reader without mathematics shows the
LaTeX itself: what Markdown or HTML could act on stands between spaces there, which LaTeX reads the same.
"""

import re

from builders.markdown import clean, code
from builders.spans import spans
from cards.mathematics import FORMS, formula

# What acts wherever it stands (links that readers make of plain addresses, too), and what acts at the beginning of a line.
ANYWHERE = re.compile(r"([`*_\[\]<>$&~|@]|:(?=//)|(?<=mailto)[:]|(?<=xmpp)[:]|(?<=www)[.])", re.IGNORECASE)
BEGINS = re.compile(r"^((?:\d+(?=[.)]))?)([-+=#.)])")
LONGEST = 800  # characters of a formula that is typeset
# What loads or links something, defines, or could end the formula early; and a comment, which would swallow what follows.
REFUSED = re.compile(
    r"`|\$|(?<!\\)%|\\[()\[\]]|\\(?:href|url|html|includegraphics|class|cssId|data|style|unicode|char|verb|label|tag|ref|eqref)|\{(?:multline|eqnarray)"
)
TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|.", re.DOTALL)
ROW_END = re.compile(r"\\\\\s*\[[^\]]*\]")  # the end of a row, and how much room there is below
ITEM = re.compile(r"\\[-*+#] ?|\d{1,3}\\[.)] ")  # a line that begins a point of a list, as it is escaped
APART = {"<", ">", "_", "*", "[", "]", "~", "!", "#", "|", "&", "^", "=", "+", "-", "\\\\"}


def quoted(text: str, speaker: str = "") -> str:
    """A block quote; `speaker` stands before it in bold."""
    shown, made, at = clean(text).strip(), [], 0
    for start, end in sorted(spans(shown), key=lambda span: (span[0], -span[1])):
        if start >= at and (typeset := _typeset(shown[start:end])):
            made += [_plain(shown[at:start]), typeset]
            at = end
    named = f"**{_plain(' '.join(clean(speaker).split()))}:** " if speaker.strip() else ""
    lines = [BEGINS.sub(r"\1\\\2", line.strip()) for line in (named + "".join([*made, _plain(shown[at:])])).split("\n")]
    ends = ["\\" if line and ITEM.match(after) else "" for line, after in zip(lines, [*lines[1:], ""], strict=True)]
    return "\n".join(f"> {line}{end}".rstrip() for line, end in zip(lines, ends, strict=True))


def shortened(text: str, limit: int) -> tuple[str, bool]:
    """The text up to `limit` characters, ended between words and outside formulas; and whether something is missing."""
    if len(text) <= limit:
        return text, False
    inside = [*spans(text[: limit + LONGEST])]
    for end in range(limit, 0, -1):
        if text[end].isspace() and not any(start < end < stop for start, stop in inside):
            return text[:end].rstrip(), True
    return text[:limit], True


def _plain(text: str) -> str:
    """Words, every character that Markdown, HTML or the Hub's KaTeX could act on escaped; line ends stay."""
    return "&#92;".join(ANYWHERE.sub(r"\\\1", part) for part in text.replace("\t", " ").split("\\"))


def _balanced(inner: str) -> bool:
    """Whether every brace that opens closes, which KaTeX asks for."""
    open_ = 0
    for one in TOKEN.findall(inner):
        open_ += (one == "{") - (one == "}")
        if open_ < 0:
            return False
    return open_ == 0


def _typeset(source: str) -> str | None:
    """A formula for the Hub; as code where it is one that is not typeset, and None where it is none."""
    if formula(source) is None:
        return None
    inner, block = source, True
    for start, end, display in FORMS:
        if source.startswith(start) and source.endswith(end):
            inner, block = source[len(start) : -len(end)], display
            break
    inner = ROW_END.sub(r"\\\\", inner)
    if len(inner) > LONGEST or REFUSED.search(inner.replace("\\\\", "")) or not _balanced(inner):
        return code(source)
    apart = "".join(f" {one} " if one in APART else one for one in TOKEN.findall(inner))
    written = " ".join(apart.split())
    return f"$${written}$$" if block else rf"\\({written}\\)"
