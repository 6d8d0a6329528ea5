"""The whole story of any row, from seed or document to the last verdict, with every question and reply as they were.

    an id (of a row, kept or rejected, a passage, a document, a seed), or a point, + a finished folder -> its story

    python -m generation.explain three_hop-3d2e8ca05c8d87c0/0 --folder data/quickstart/gsdp
    python -m generation.explain 54e5f3a3942aeba1/0/debate --folder data/quickstart/mind --html story.html

The beginning of an id does, where it is the beginning of one only. The folder is all that is needed; a ledger adds who
answered, when, and how long it took.
"""

import argparse
import heapq
from collections.abc import Iterator, Sequence
from pathlib import Path

from builders.commands import called, command
from builders.configs import as_ours
from builders.errors import UserError
from builders.lookup import texts
from builders.markdown import clean
from builders.memory import LOOKING
from builders.row import Row
from builders.screen import say
from cards.story import Story
from cards.story_page import write_page
from generation.exchanges import Source, holders, source_of
from generation.explain_gsdp import problem_story
from generation.explain_gsdp import seed_story as lost_seed_story
from generation.explain_mind import dialogue_story, document_story, passage_story
from generation.explain_points import vocabulary
from generation.explain_rows import point_story, row_story, seed_story
from generation.telling import tell

NAMED = 8  # ids that are named where one is not there, or begins several
LONGEST = 100  # characters of a name in a sentence
COLUMNS = ("id", "passage_id", "document_id")


def stories(source: Source, name: str) -> list[Story]:
    """What there is to tell of an id or a point. UserError, with the nearest there are, where nothing is called so."""
    if found := _told(source, name):
        return found
    known = set(_names(source))
    begun = sorted(other for other in known if other.startswith(name)) if name else []
    if begun and all(
        other.startswith(f"{begun[0]}/") for other in begun[1:]
    ):  # what is made of a thing begins with its id
        return _told(source, begun[0])
    shown = begun or heapq.nlargest(NAMED, sorted(known), key=lambda other: _alike(name, other))
    few = ", ".join(map(_cut, shown[:NAMED])) + (f" and {len(shown) - NAMED:,} more" if len(shown) > NAMED else "")
    what = (
        f"'{_cut(name)}' begins {len(begun):,} names"
        if begun
        else f"nothing in {source.folder} is called '{_cut(name)}'"
    )
    there = f"{'they' if begun else 'the nearest'} are {few}" if few else "it holds no row with an id"
    raise UserError(f"{what}; {there}")


def _told(source: Source, name: str) -> list[Story]:
    """The stories of what is called just so: rows first, then what became of a passage, a document, a seed, a point."""
    found = [_of_row(source, row, row["config"]) for row in holders(source, "id", name)]
    for column, story in (("passage_id", passage_story), ("document_id", document_story)):
        if rows := [row for row in holders(source, column, name) if row.get("id") != name]:
            found.append(story(source, rows))
    if source.files("vocabulary"):
        names = vocabulary(source)
        if name in names.by_seed:
            found.append(seed_story(source, names, name))
        if name in names.by_spelling or name in names.by_name:
            found.append(point_story(source, names, name))
    return found


def _of_row(source: Source, row: Row, config: str) -> Story:
    """A row's story, by its columns: those of a dialogue, of a problem, or others."""
    if {"style", "passage"} <= set(row):
        return dialogue_story(source, row, config)
    if {"hop", "replies"} <= set(row):
        return (lost_seed_story if row.get("unit") == "seed" else problem_story)(source, row, config)
    return row_story(source, row, config)


def _names(source: Source) -> Iterator[str]:
    """Everything in a folder that has a story, some more than once."""
    for config in source.own():
        for column in COLUMNS:
            yield from texts(source.files(config), column)
    for column in ("seed_ids", "spelling", "knowledge_point"):
        yield from texts(source.files("vocabulary"), column)


def _alike(name: str, other: str) -> int:
    """How many letters two names share at their beginnings and at their ends."""
    a, b = name.casefold(), other.casefold()
    begin = _shared(a, b)
    return begin + min(_shared(a[::-1], b[::-1]), min(len(a), len(b)) - begin) - abs(len(a) - len(b))


def _cut(name: str) -> str:
    """A name that fits into a sentence."""
    return clean(name if len(name) <= LONGEST else f"{name[:LONGEST]}...")


def _shared(a: str, b: str) -> int:
    return next(
        (number for number, (one, other) in enumerate(zip(a, b, strict=False)) if one != other), min(len(a), len(b))
    )


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog=called("generation.explain"), description=__doc__.splitlines()[0], allow_abbrev=False
    )
    parser.add_argument(
        "id", metavar="ID", help="an id of a row, passage, document or seed, its beginning, or a knowledge point"
    )
    parser.add_argument("--folder", required=True, type=Path, metavar="DIR", help="a finished folder")
    parser.add_argument(
        "--ledger", type=Path, metavar="FILE", help="the folder's ledger, for endpoints, seconds and times"
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help="write one page with typeset mathematics instead")
    said = parser.parse_args(argv)
    with as_ours(said.folder):
        found = stories(source_of(said.folder, said.ledger), said.id)
    if said.html:
        write_page(said.html, found)
        say(f"{said.html} is written")
        return
    if len(found) > 1:
        say(f"{len(found)} stories, for so many things are called so")
    for story in found:
        tell(story)


if __name__ == "__main__":
    command(main, memory=LOOKING)
