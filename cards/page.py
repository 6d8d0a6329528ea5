r"""A page in which one reads the rows of a finished folder: it opens from the disk, without a server and without a network.

    a finished folder -> FOLDER-page/index.html, and beside it page.js, page.css, KaTeX, and the data in pieces (data/*.js)

    python -m cards.page data/quickstart/mind
    python -m cards.page data/mind --live        # the run that is writing data/mind now, on http://127.0.0.1:8765

Of 50,000 rows the browser reads only what it shows: an index of what they are filtered by, the list around the place
one looks at, the row itself, its replies when they are opened, and of the full-text search the words that were typed.

Mathematics is typeset by KaTeX, in the browser, when it is shown. MathML made beforehand by latex2mathml (as a story's
is) costs 1.6 ms and twice the bytes for each 2,000 characters: seven minutes for 50,000 rows with their replies, of
which nobody reads more than a few; and a browser without a font for mathematics, as on most phones, sets it badly.
KaTeX ships here with its licence and its fonts (katex/, version 0.19.1, from its npm package, unchanged).

Nothing in a row acts: data is base64, elements are made one by one and get their text as text, KaTeX trusts no
command, and a Content-Security-Policy lets only the files beside the page run.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from builders import VERSION
from builders.commands import called, command
from builders.configs import as_ours
from builders.disk import disk_errors
from builders.errors import UserError
from builders.groups import rows_in
from builders.memory import LOOKING
from builders.place import check_output, check_plain_files, hidden_folder, replace
from builders.reasons import GSDP, MIND
from builders.row import Row
from builders.screen import say
from cards.facts import Facts, read_facts
from cards.live import PORT, serve
from cards.page_assets import assets, html, policy
from cards.page_files import Pieces, write_piece
from cards.page_points import Points
from cards.page_replies import write_replies
from cards.page_rows import Facets, filtered_by, kept, keys, own, texts, title
from cards.page_words import Words
from cards.words import COLUMNS, OTHER, TITLES

SCRIPTS = ("text.js", "data.js", "show.js", "page.js")
# A page from the disk has no origin, so that 'self' names nothing there in some browsers; on a server 'file:' lets nothing in.
POLICY = policy("'self' file:")


def write_page(folder: Path, output: Path) -> int:
    """Writes the page of a finished folder to `output`, an earlier page there is replaced; gives the number of its rows.

    Raises UserError where `folder` is no finished folder, or something that is not ours stands at `output`.
    """
    facts = read_facts(folder)
    if output.resolve() == folder.resolve():
        raise UserError(f"{output} is the folder itself; name another --output")
    place = check_output(output)
    with hidden_folder(place) as path, disk_errors(place):
        (path / "data").mkdir()
        number = _write_data(facts, folder.resolve().name, path / "data")
        for name, file in assets(SCRIPTS).items():
            (path / name).write_bytes(file)
        (path / "index.html").write_text(html("page.html", POLICY), encoding="utf-8", newline="\n")
        # by which the next page knows this one as ours
        run = {"mathloom": VERSION, "kind": "page", "rows": number}
        (path / "run.json").write_text(json.dumps(run) + "\n", encoding="utf-8")
        replace(path, place)
    return number


def _write_data(facts: Facts, name: str, folder: Path) -> int:
    rows, titles = Pieces(folder, "rows"), Pieces(folder, "titles")
    facets, words, points = Facets(), Words(), Points(facts)
    least = facts.recipe.get("least_score")
    least = least if isinstance(least, float) else None
    named: set[str] = set()
    counts: dict[str, int] = {}
    for number, (config, row) in enumerate(_rows(facts)):
        said = kept(row)
        rows.add(number, {"config": config, "row": said})
        titles.add(number, [str(row.get("id") or ""), title(row)])
        facets.take(filtered_by(row, config, least))
        words.take(number, texts(said))
        points.take(number, row)
        named.update(keys(row))
        counts[config] = counts.get(config, 0) + 1
    about = points.asked()
    replies = facts.configs["replies"].files if "replies" in facts.configs else []
    starts: dict[str, Any] = {
        "rows": rows.end(), "titles": titles.end(), "words": words.write(folder),
        "replies": write_replies(replies, folder, lambda reply: None if reply["key"] in named else about.take(reply)),
        **points.write(folder, about),
    }  # fmt: skip
    index = {
        "name": name, "kind": facts.kind, "title": TITLES.get(facts.kind, facts.kind), "rehearsal": bool(facts.run.get("rehearsal")),
        "rows": facets.rows, "configs": counts, "facets": facets.said(), "starts": starts,
        "reasons": {**GSDP, **MIND} if facts.kind == "mind" else {**MIND, **GSDP},
        "columns": COLUMNS.get(facts.kind, OTHER),
    }  # fmt: skip
    write_piece(folder, "index", index)
    return facets.rows


def _rows(facts: Facts) -> Iterator[tuple[str, Row]]:
    """All rows that one reads, with their config."""
    for name in own(facts):
        for row in rows_in(facts.configs[name].files):
            yield name, row


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog=called("cards.page"),
        description="Makes a page in which one reads the rows of a finished folder.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="a finished folder; with --live, the --output of a run"
    )
    parser.add_argument("--output", type=Path, metavar="DIR", help="where the page goes (default: FOLDER-page)")
    parser.add_argument(
        "--live", action="store_true", help="serve, on this machine alone, the run that is writing FOLDER now"
    )
    parser.add_argument(
        "--port", type=int, default=PORT, metavar="N", help=f"of --live (default: {PORT}; 0: any that is free)"
    )
    said = parser.parse_args(argv)
    if said.live:
        serve(said.folder, said.port)
        return
    output = said.output
    if output is None:
        output = said.folder.resolve().with_name(f"{said.folder.resolve().name}-page")
        check_plain_files([output])  # nobody named where it leads
    with as_ours(said.folder):
        rows = write_page(said.folder, output)
    say(f"{rows:,} rows; open {output / 'index.html'}")


if __name__ == "__main__":
    command(main, memory=LOOKING)
