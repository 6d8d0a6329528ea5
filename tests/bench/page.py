"""The page of many rows: how long it takes to make, how large it is, and how soon a browser shows what one asks for.

    texts, cut and joined anew for each row -> a folder of dialogues -> its page -> seconds, bytes

    python -m tests.bench.page [--rows 50000] [--texts FILE ...]

Without --texts the problems of the sample. Each row has a passage of 1,800 characters, a dialogue of seven turns of 400, and
its question and reply. Without a Chromium (or playwright), what the browser does is left out.
"""

import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from datasets import Features

from builders.commands import command, option, parse
from builders.folder import finished
from builders.row import WHY
from builders.screen import say
from cards.page import write_page
from generation.dialogues import STYLES
from tests.bench.overlap import texts_of
from tests.cards.pages import DIALOGUE, REPLIES, dialogue, reply

PASSAGE, TURN, TURNS = 1800, 400, 7
REASONS = ("too_short", "mathematics", "copied", "cut", "loop")


@dataclass(frozen=True)
class Recipe:
    """What the bench is told."""

    rows: int = option(50_000, "rows of the folder")
    texts: list[str] = option(
        ["sample"], "of which texts the rows are made: Hub ids, local files or folders", metavar="TEXTS"
    )


def folder_of(output: Path, texts: str, rows: int) -> Path:
    """A folder of dialogues; every eighth is rejected."""
    draw = random.Random(0)

    def piece(length: int) -> str:
        at = draw.randrange(max(1, len(texts) - length))
        return texts[at : at + length]

    configs = {**dict.fromkeys(STYLES, DIALOGUE), "rejected": Features({**DIALOGUE, **WHY}), "replies": REPLIES}
    with finished(output, configs, list(STYLES), "mind") as folder:
        for number in range(rows):
            style, turns = (
                STYLES[number % 7],
                [{"speaker": "AB"[turn % 2], "text": piece(TURN)} for turn in range(TURNS)],
            )
            row = dialogue(
                number, "", style, id=f"d{number // 7}/0/{style}", turns=turns, passage=piece(PASSAGE), url=""
            )
            if number % 8:
                folder.write(style, [row])
            else:
                why = {"step": style, "unit": "dialogue", "reason": REASONS[number // 8 % 5], "detail": "as planned"}
                folder.write("rejected", [{**row, **why}])
            said = "\n\n".join(f"{turn['speaker']}: {turn['text']}" for turn in turns)
            folder.write("replies", [reply(row["reply"], style, f"Write a dialogue.\n\n{row['passage']}", said)])
        folder.put("run.json", json.dumps({"mathloom": "0", "kind": "mind"}))
    return output


def timed(what: str, act: Callable[[], object]) -> None:
    """Says how long something takes."""
    began = time.perf_counter()
    act()
    say(f"{what:40} {time.perf_counter() - began:8.2f} s")


def browse(address: str, rows: int) -> None:
    """What a reader does first, from the disk and without a network."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import expect, sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        say("there is no Chromium here, or no playwright: what a browser needs is not measured")
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True).new_page()
        whole = f"{rows:,} of {rows:,} rows"

        def search(query: str) -> None:
            page.fill("#q", query)
            expect(page.locator("#count")).not_to_have_text(whole)

        def last() -> None:
            page.focus("#list")
            page.keyboard.press("End")
            page.wait_for_selector("#detail h1")

        timed("the page is opened", lambda: (page.goto(address), page.wait_for_selector(".item .id")))
        for query in ("probability", "sum of squares"):
            timed(f"searched: {query}", lambda query=query: search(query))
            page.fill("#q", "")
            expect(page.locator("#count")).to_have_text(whole)
        timed("the last row of all is read", last)
        timed(
            "filtered by a reason",
            lambda: (page.select_option("#by-reason", "loop"), expect(page.locator("#count")).not_to_have_text(whole)),
        )
        browser.close()


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "tests.bench.page", __doc__.splitlines()[0])
    with tempfile.TemporaryDirectory() as scratch:
        texts = "\n\n".join(text for name in recipe.texts for text in texts_of(name))
        folder = folder_of(Path(scratch, "mind"), texts, recipe.rows)
        page = Path(scratch, "page")
        timed(f"the page of {recipe.rows:,} rows is made", lambda: write_page(folder, page))
        say(f"{'its size':40} {sum(file.stat().st_size for file in page.rglob('*.*')) / 1e6:8.1f} MB")
        browse((page / "index.html").as_uri(), recipe.rows)


if __name__ == "__main__":
    command(main)
