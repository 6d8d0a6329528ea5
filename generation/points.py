"""Reads lists of knowledge points, and the names in them.

    the text of a reply + the prompt's front matter -> points, points_over, points_repeated

Lists are read as models really write them: numbers, bullets, titles in bold with explanations behind, preambles and remarks
around. GSDP, section 2.2, prompt A.1.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generation.marked import block, nothing_found, said

# An entry's number or bullet: 1. 1) (1) ① 1\. **1.** Point 1: - * • \item
_NUMBER = (
    r"(?:(?:knowledge[ _-]?|key[ _-]?)?point|KP|concept)[ ]?#?(?P<named>\d{1,3})[ ]?[:：.)]|"
    r"[(\[]?(?P<digits>\d{1,3})(?:\\?[.)\]:]|、|．|[ \t]{0,4}[-–][ \t]|(?=\*\*[ \t]))[)\]]?|(?P<round>[①-⑳])"
)
_ITEM = re.compile(
    rf"(?P<indent>[ \t>]{{0,16}})(?:#{{1,6}}[ \t]+)?(?:[*_]{{1,3}}(?=[(\[]?\d|[KkCcPp]))?"
    rf"(?:(?:{_NUMBER})(?![0-9])|(?P<bullet>(?:[-*+•●○◦▪‣·–—]|\\item)(?=[ \t\u3000]|\*\*)))[*_]{{0,3}}[ \t\u3000]*(?P<text>\S.*)?",
    re.IGNORECASE,
)
_INLINE = re.compile(r"(?:^|(?<=[\s:：;,.]))[(\[]?(\d{1,2})[.)\]][)\]]?[ \t]+(?=\S)")
_HEADING = re.compile(
    r"[\s#*_>]{0,8}(?:relevant |key |main |math(?:ematics|ematical)? |essential |list of |the |extracted |required ){0,5}"
    r"(?:knowledge |math(?:ematical)? )?(?:points|concepts|topics|list)\b[^:：\n]{0,40}[:：][*_\s]{0,4}",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"(?:knowledge[ _-]?point|key[ _-]?point|point|concept|KP)[ ]?(?:#?\d{1,2})?[ ]?[:：][ \t]*", re.IGNORECASE
)
_TITLE = re.compile(
    r"(?:\*\*|__)(?P<title>[^*\n]{2,120}?)[ \t]?(?:[:：]?(?:\*\*|__)[ \t]{0,4}[:：–—-]|[:：](?:\*\*|__))(?:[ \t]|$)"
)
# A name with its explanation, where nothing is bold: a few words, and after them a sentence.
_EXPLAINED = re.compile(r"(?P<title>[^:：$\\=]{2,80}?)(?:[ ]?[:：]|[ ][–—-])[ ](?:[^ ]+ ){7}")
# What is left of a form. (`Add fractions` and `More general equations` are points.)
NO_POINT = re.compile(
    r"[\W_]*(?:(?:continue|and so on|etc|more|add|repeat)(?:[ ]?[(,….]|[\W_]*$|[ ](?:more|other|any|further|additional|another|as|if|until|"
    r"up to|the (?:list|process|format)|for (?:each|all|other)|in (?:this|the same)|points?|entries|items)\b)[^.]{0,60}|"
    r"none|n/?a|null|nothing|end(?: of (?:the )?list)?|your (?:point|entry|choice).*)?[\W_]*",
    re.IGNORECASE,
)
_QUOTES = {
    "'": "'",
    '"': '"',
    "“": "”",
    "„": "“",
    "‘": "’",
    "«": "»",
    "`": "`",
    "*": "*",
    "_": "_",
    "[": "]",
    "「": "」",
}
LONGEST_NAME = 300  # characters of a line that can still be a name; a new name is no essay


@dataclass(frozen=True)
class _Item:
    indent: int
    number: int | None
    text: str


def read_points(text: str, front: Mapping[str, Any], most: int = 10) -> dict[str, Any]:
    """{"points": list of str, at most `most`, "points_over": those beyond, "points_repeated": int}; raises `Unreadable`.

    A point that comes again in the same list, however it is written large or small, is counted and left out.
    """
    reply = said(text)
    mark = front["marks"][0]
    body = block(reply, mark, front["marks"])
    names = _points(body if body is not None else reply, body is not None)
    if not names:
        raise nothing_found(reply, "numbered list of points")
    different: dict[str, str] = {}
    for name in names:
        different.setdefault(same_name(name), name)
    kept = list(different.values())
    return {"points": kept[:most], "points_over": kept[most:], "points_repeated": len(names) - len(kept)}


def same_name(name: str) -> str:
    """A name in the form in which spellings of one name are equal: width, case, spaces, quotes and what ends a line."""
    plain = unicodedata.normalize("NFC", name).replace("$", "")
    parts = _COMMAND.split(plain)
    parts[::2] = [part.casefold() for part in parts[::2]]
    folded = " ".join("".join(parts).split())
    return folded.strip(" .;,:!*_`\"'“”‘’-–—") or folded


_COMMAND = re.compile(r"(\\[A-Za-z]+)")  # one whose case says which it is: \Gamma is not \gamma


def _points(body: str, marked: bool) -> list[str]:
    lines = [line for line in body.split("\n") if line.strip() and not line.lstrip().startswith("```")]
    texts = [item.text for item in _items(lines)]
    if len(texts) < 2 and len(inline := list(_inline(body))) > len(texts):
        texts = inline
    if not texts and marked:
        texts = [line for line in lines if not _HEADING.fullmatch(line) and len(line) <= LONGEST_NAME]
    names = [name_of(text) for text in texts]
    return [name for name in names if re.search(r"\w", name) and not NO_POINT.fullmatch(name)]


def _items(lines: Sequence[str]) -> list[_Item]:
    """The entries of a list: numbered ones where there are any, else bullets, and of these the outermost."""
    found: list[_Item] = []
    for line in lines:
        match = _ITEM.match(line.expandtabs(4))
        if match and (text := (match["text"] or "")):
            digits = match["digits"] or match["named"]
            number = int(digits) if digits else ord(match["round"]) - ord("①") + 1 if match["round"] else None
            found.append(_Item(len(match["indent"]), number, text))
    numbered = [item for item in found if item.number is not None]
    outer = numbered if len(numbered) > 1 or [item.number for item in numbered] == [1] else found
    edge = min((item.indent for item in outer), default=0)
    outer = [item for item in outer if item.indent < edge + 2]
    for i, item in enumerate(outer):
        if item.number == 1 and i and (outer[i - 1].number or 0) > 1:
            return outer[:i]  # a second list says something about the first
    return outer


def _inline(text: str) -> Iterator[str]:
    """The entries of a list that was written on one line: 1. one 2. two 3. three."""
    places: list[tuple[int, int]] = []
    for match in _INLINE.finditer(text):
        if int(match[1]) == len(places) + 1:
            places.append((match.start(), match.end()))
    ends = [start for start, _ in places[1:]] + [len(text)]
    for (_, start), end in zip(places, ends, strict=False):
        yield text[start:end].split("\n")[0]


def name_of(text: str) -> str:
    """An entry's name: without its number, bold type, quotes, the explanation behind a bold title, and the stop."""
    name = " ".join(text.split())
    if item := _ITEM.fullmatch(name):
        name = item["text"] or ""
    if title := _TITLE.match(name):
        name = title["title"]
    elif explained := _EXPLAINED.match(name):
        name = explained["title"]
    name = _PREFIX.sub("", re.sub(r"(?:\*\*|__)(?=\S)|(?<=\S)(?:\*\*|__)", "", name), count=1).strip()
    for _ in range(3):
        name = name.strip().rstrip(";,:：").strip()
        if len(name) > 2 and _QUOTES.get(name[0]) == name[-1] and not set(name[1:-1]) & {name[0], name[-1], *"()$\\"}:
            name = name[1:-1]
        if name.endswith(".") and not name.endswith(".."):
            name = name[:-1]
    return name
