"""A card that is made again keeps what a person wrote into it, wherever that stands.

    the card as it stands, the new one -> the new one, and beside its words what somebody wrote into the other

A card ends with a digest of every block (a paragraph, a table, a fenced text) and front matter value that mathloom put into
it. What else stands in it is a person's. It goes behind the block it stood behind, else before the one that followed, else
to the end of its section, else to the end of the card. mathloom's own words always come back as they are.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from builders.blocks import HEADING, Block, blocks, closed, items
from builders.plain import bounded

TOLD = "# What you write into this card, anywhere, stays when mathloom writes it again; what mathloom wrote comes back. Leave its last line."
WROTE = re.compile(r"^<!-- mathloom wrote:([0-9a-f\s]*)-->[ \t]*\n?", re.MULTILINE)
FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)(?:^---[ \t]*(?:\n|\Z))", re.DOTALL | re.MULTILINE)
# What names the files of the folder: an entry is the one of a config, whatever else it says.
OF_FILES = ("configs", "dataset_info")


def signed(card: str) -> str:
    """A card that was just made, with the digests of what is in it."""
    front, body = _parts(card)
    head = card[: len(card) - len(body)].replace("---\n", f"---\n{TOLD}\n", 1) if front is not None else ""
    marks = dict.fromkeys(_marks(card))
    return f"{head}{body.rstrip()}\n\n<!-- mathloom wrote: {' '.join(marks)} -->\n"


def kept(old_card: str, new_card: str, published: str = "", configs: bool = True) -> str:
    """The new card with all that a person wrote into the old one. Makes no difference the second time; raises nothing.

    `new_card` is signed. `published`: a card whose text is not by hand either, although no digest says so: of a version of
    the old card that was made elsewhere, with text by hand that the new card may have left out. `configs`: whether the files
    are still there that somebody declared as a config of their own.
    """
    old, new = _plain(old_card), _plain(new_card)
    ours = {mark for said in WROTE.findall(old) for mark in said.split()} | {*_marks(new), *_marks(_plain(published))}
    (old_front, old_body), (new_front, new_body) = _parts(old), _parts(new)
    front = _front(old_front or "", new_front or "", ours, configs)
    body = _body([*blocks(WROTE.sub("", old_body))], [*blocks(WROTE.sub("", new_body))], ours)
    if front is None:  # what cannot be read is kept, too
        said = f"Front matter of this card that is no YAML:\n\n````yaml\n{(old_front or '').rstrip()}\n````"
        front, body = new_front or "", body if said in body else f"{body}\n\n{said}"
    digests = WROTE.search(new)
    return "".join(
        [f"---\n{front}---\n\n" if front else "", body.strip("\n"), f"\n\n{digests[0]}" if digests else "\n"]
    )


def _plain(card: str) -> str:
    return card.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _parts(card: str) -> tuple[str | None, str]:
    """The front matter, if there is any, and the rest."""
    found = FRONT.match(card)
    return (found[1], card[found.end() :]) if found else (None, card)


def _marks(card: str) -> Iterator[str]:
    """The digests of what stands in a card."""
    front, body = _parts(card)
    for key, value in (_read(front) or {}).items():
        yield from (_mark(_name(key, item)) for item in _items(value))
    yield from (_mark(line) for line in _comments(front or ""))
    for block in blocks(WROTE.sub("", body)):
        yield _mark(block.text)
        yield from (_mark(line) for line in items(block.text))


def _mark(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return hashlib.sha256(lines.encode("utf-8", "replace")).hexdigest()[:8]


def front_values(card: str) -> Any:
    """What the front matter of a card says; None where it has none. Raises YAMLError, and ValueError for a date that is none."""
    return bounded(_parts(_plain(card))[0] or "")


def _read(front: str | None) -> dict[str, Any] | None:
    """The front matter's values; None where it is no mapping."""
    try:
        values = bounded(front or "")
    except (yaml.YAMLError, ValueError):
        return None
    return {str(key): value for key, value in values.items()} if isinstance(values, dict) else None if values else {}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name(key: str, item: Any) -> str:
    """An item of the front matter in a line."""
    if key in OF_FILES and isinstance(item, dict):
        item = item.get("config_name", "default")
    return f"{key}: {json.dumps(item, sort_keys=True, default=str)}"


def _comments(front: str) -> list[str]:
    return [line.strip() for line in front.split("\n") if line.lstrip().startswith("#")]


def _front(old: str, new: str, ours: set[str], configs: bool) -> str | None:
    """The new front matter with a person's values: those of a list beside ours, any other in place of ours."""
    said, values = _read(old), _read(new) or {}
    if said is None:
        return None
    changed = {}
    for key, value in said.items():
        if key in OF_FILES and not configs:
            continue
        by_hand = [item for item in _items(value) if _mark(_name(key, item)) not in ours]
        if by_hand and (isinstance(value, list) or isinstance(values.get(key), list)):
            changed[key] = [*_items(values.get(key, [])), *by_hand]
        elif by_hand:
            changed[key] = value
    comments = [line for line in _comments(old) if _mark(line) not in ours and line not in _comments(new)]
    if not changed and not comments:
        return new
    text = yaml.safe_dump({**values, **changed}, sort_keys=False, allow_unicode=True)
    return "".join(f"{line}\n" for line in [*_comments(new), *comments]) + text


def _body(old: list[Block], new: list[Block], ours: set[str]) -> str:
    """The new blocks, and each run of blocks by hand in its place among them."""
    stands = _stands(old, new, ours)
    before: list[list[Block]] = [[] for _ in range(len(new) + 1)]  # what goes before each of the new ones
    longer: dict[int, list[str]] = {}  # items that go to the end of a new list
    at = 0
    while at < len(old):
        place, end = stands[at], at + 1
        if _mark(old[at].text) not in ours and place is not None:
            more = [line for line in items(old[at].text) if _mark(line) not in ours]
            longer[place] = [*dict.fromkeys([*longer.get(place, []), *more])]
        elif _mark(old[at].text) not in ours:
            while end < len(old) and _mark(old[end].text) not in ours and stands[end] is None:
                end += 1
            run = [Block(closed(block.text), block.gap) for block in old[at:end]]
            before[_place(old, stands, at, end, new)] += [Block(run[0].text), *run[1:]]
        at = end
    made = []
    for number, block in enumerate([*new, Block("")]):
        made += [*before[number], Block("\n".join([block.text, *longer.get(number, [])]), max(block.gap, 2))]
    return "".join("\n" * block.gap + block.text for block in made)


def _stands(old: list[Block], new: list[Block], ours: set[str]) -> list[int | None]:
    """For each old block the new one that it is, or, of a list by hand, the one with which it shares most items of ours."""
    free, found = [*range(len(new))], []
    for block in old:
        shared = {_mark(line) for line in items(block.text)} & ours
        same = next((number for number in free if _mark(new[number].text) == _mark(block.text)), None)
        if same is None and shared:
            alike = [len(shared & {_mark(line) for line in items(one.text)}) for one in new]
            best = max(range(len(new)), key=lambda number: (alike[number], number in free), default=None)
            same = best if best is not None and alike[best] else None
        if same in free:
            free.remove(same)
        found.append(same)
    return found


def _place(old: list[Block], stands: list[int | None], start: int, end: int, new: list[Block]) -> int:
    """Before which of the new blocks the old ones from `start` to `end` go; never before the first."""
    if start and (behind := stands[start - 1]) is not None:
        return behind + 1
    if end == len(old):
        return len(new)
    if (following := stands[end]) is not None:
        return max(1, following)
    for number in reversed(range(start)):  # the nearest heading above it that still stands
        heading = stands[number]
        if heading is not None and HEADING.match(old[number].text):
            return next((n for n in range(heading + 1, len(new)) if HEADING.match(new[n].text)), len(new))
    return len(new)
