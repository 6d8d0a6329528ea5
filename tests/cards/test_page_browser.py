"""The page in a real browser, from the disk and without a network: it finds, shows and typesets, and nothing in it runs.

Where no Chromium is (or no playwright to drive it), this is skipped: nobody has to install one for `make test`.
"""

import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from builders.spans import spans
from cards.live import server
from cards.page import write_page
from tests.cards.pages import HOSTILE, RAN, dialogues, odd, problems

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install -e '.[test]'")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine: apt install chromium")

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1400, "height": 900}
TEXTS = [f"Number {number} has the square ${number}^2$." for number in range(300)]
FORMULAS = [
    r"$x$ and \(y\) and \[z\] and $$w$$", "it costs $5 and $6, but $x$ is free", r"$ x $-axis, \$5 $y$", r"\begin{align}a&=b\end{align} $c$",
    "```\n$no$\n```\n$yes$", "one $ alone", "$a\n\nb$", "$$a$$$b$", r"\( open and \[ open $x$", r"from $5 to $x$",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A Chromium; as root it has no sandbox."""
    with playwright.sync_playwright() as driver:
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        made = driver.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield made
        made.close()


@contextmanager
def shown(browser: Any, address: str, waits_for: str = ".item .id", **how: Any) -> Iterator[Any]:
    """A page that must not write to the console, fail, ask anything, or load what is not its own."""
    wrong: list[str] = []
    context = browser.new_context(**{"viewport": DESK, "offline": address.startswith("file:"), **how})
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    own = address.partition("/index.html")[0]
    page.on(
        "request",
        lambda request: None if request.url.startswith((own, "data:", "blob:")) else wrong.append(request.url),
    )
    page.goto(address)
    page.wait_for_selector(waits_for)
    yield page
    acting = "node => [...node.attributes].some(a => a.name.startsWith('on') || (['href', 'src'].includes(a.name) && /^ *javascript/i.test(a.value)))"
    assert not page.evaluate(f"[...document.querySelectorAll('*')].filter({acting}).length")
    assert page.evaluate("document.querySelectorAll('img, iframe, object, embed, body script, style').length") == 0
    assert page.title() != "ran" and not wrong
    context.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The addresses of some pages."""
    folder = tmp_path_factory.mktemp("pages")
    made = {
        "mind": dialogues(folder / "mind", TEXTS),
        "worst": dialogues(folder / "worst", HOSTILE),
        "gsdp": problems(folder / "gsdp"),
        "odd": odd(folder / "odd"),
    }
    for name, of in made.items():
        write_page(of, folder / f"{name}-page")
    return {name: (folder / f"{name}-page" / "index.html").as_uri() for name in made}


def count(page: Any, words: str) -> None:
    """Waits until the page counts so."""
    playwright.expect(page.locator("#count")).to_have_text(words)


def open_all(page: Any) -> None:
    """Opens whatever can be opened in what is read, and in what that opens."""
    for _ in range(4):
        for summary in page.query_selector_all("#detail details:not([open]) > summary"):
            summary.evaluate("node => node.click()")
        page.wait_for_timeout(40)


def test_whatever_a_row_holds_it_is_shown_and_nothing_runs(browser: Any, pages: dict[str, str]) -> None:
    with shown(browser, pages["worst"]) as page:
        page.focus("#list")
        for number in range(len(HOSTILE)):
            page.keyboard.press("ArrowDown" if number else "Home")
            playwright.expect(page.locator(f"#item-{number}")).to_have_attribute("aria-selected", "true")
            page.wait_for_timeout(90)
            open_all(page)
            assert page.text_content("#detail .words")
        count(page, f"{len(HOSTILE)} of {len(HOSTILE)} rows")
        page.keyboard.press("Home")
        playwright.expect(page.locator("#detail .turn .words").first).to_have_text(f"</script><script>{RAN}</script>")
        page.keyboard.press("m")
        page.wait_for_timeout(90)
        assert page.evaluate("document.querySelectorAll('#detail .katex').length") == 0


def test_rows_that_hold_other_things_than_ours_are_shown_all_the_same(browser: Any, pages: dict[str, str]) -> None:
    with shown(browser, pages["odd"], ".item") as page:
        for number in range(4):
            page.click(f"#item-{number}")
            playwright.expect(page.locator(f"#item-{number}")).to_have_attribute("aria-selected", "true")
            playwright.expect(page.locator("#detail h1")).to_be_visible()
            page.wait_for_timeout(60)
            if number < 2:
                assert page.text_content("#detail dl").count("no list, but a text") >= 9


def test_rows_are_searched_and_filtered_and_the_address_says_how(browser: Any, pages: dict[str, str]) -> None:
    with shown(browser, pages["mind"]) as page:
        count(page, "300 of 300 rows")
        page.keyboard.press("/")
        page.keyboard.type("number 17 squ")
        count(page, "1 of 300 rows")
        entries = page.evaluate("history.length")
        page.keyboard.press("Enter")
        playwright.expect(page.locator("#detail h1")).to_contain_text("Number 17 ")
        page.wait_for_timeout(90)
        assert page.evaluate("history.length") == entries + 1
        assert "p17" in page.text_content("#detail dl")
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        count(page, "300 of 300 rows")
        page.select_option("#by-reason", "too_short")
        count(page, "150 of 300 rows")
        assert "reason=too_short" in page.url
        page.fill("#q", "nothing of the kind")
        count(page, "0 of 300 rows")
        page.go_back()
        count(page, "300 of 300 rows")
        address = f"{pages['mind']}#q=square&reason=kept"
    with shown(browser, address) as page:
        count(page, "150 of 300 rows")


def test_where_there_is_room_the_first_row_is_read_at_once(browser: Any, pages: dict[str, str]) -> None:
    with shown(browser, pages["mind"]) as page:
        chosen, read = page.locator("[aria-selected=true] .id"), page.locator("#detail h1")
        playwright.expect(chosen).to_have_text("Number 0 has the square $0^2$./0")
        playwright.expect(read).to_have_text("Number 0 has the square $0^2$./0")
        entries = page.evaluate("history.length")
        page.keyboard.press("ArrowDown")
        playwright.expect(read).not_to_contain_text("Number 0 ")
        assert page.evaluate("history.length") == entries + 1
        page.select_option("#by-reason", "too_short")
        playwright.expect(chosen).to_have_text(page.text_content("#item-0 .id"))
        playwright.expect(read).to_have_text(page.text_content("#item-0 .id"))
        assert "reason=too_short" in page.url and "row=" in page.url
    with shown(browser, pages["mind"], viewport=PHONE) as page:
        page.wait_for_timeout(90)
        assert "row=" not in page.url and page.locator("#list").is_visible()


def test_a_dialogue_stands_beside_its_passage_and_its_question_and_reply_are_there(
    browser: Any, pages: dict[str, str]
) -> None:
    with shown(browser, pages["mind"]) as page:
        page.focus("#list")
        page.keyboard.press("End")
        playwright.expect(page.locator(".verdict")).to_contain_text("too short (under 50 tokens")
        left, right = (page.locator(".sides > section").nth(number).bounding_box() for number in (0, 1))
        assert left["y"] == right["y"] and left["x"] + left["width"] <= right["x"]
        assert page.locator(".turn").count() == 2
        open_all(page)
        assert [page.text_content(f"figure.{who} figcaption") for who in ("asks", "replies")] == [
            "user asks",
            "the model replies",
        ]


def test_a_problem_has_its_judges_its_whole_way_and_its_points_their_neighbours(
    browser: Any, pages: dict[str, str]
) -> None:
    with shown(browser, pages["gsdp"]) as page:
        page.select_option("#by-judge", "b: wrong")
        count(page, "1 of 2 rows")
        page.select_option("#by-judge", "")
        page.click("#item-0")
        playwright.expect(page.locator("#detail table").first).to_contain_text("right")
        open_all(page)
        playwright.expect(page.locator("summary", has_text="the try before")).to_have_count(1)
        playwright.expect(page.locator("summary", has_text="knowledge_points")).to_have_count(2)
        page.click("#detail .links a >> text=whole numbers")
        playwright.expect(page.locator("#detail h1")).to_have_text("whole numbers")
        page.click("#detail .links a >> text=sums")
        playwright.expect(page.locator("#detail")).to_contain_text("Neighbours: 1")
        playwright.expect(page.locator("ol.rows li")).to_have_count(2)
        page.click("#points-tab")
        count(page, "3 of 3 points")
        page.fill("#q", "PAR")
        count(page, "1 of 3 points")
        page.click("#item-0")
        playwright.expect(page.locator("#detail table")).to_contain_text("dropped")


@pytest.mark.parametrize("name", ["mind", "worst", "gsdp"])
def test_on_a_phone_the_list_gives_way_to_the_row_and_nothing_is_wider_than_the_screen(
    browser: Any, pages: dict[str, str], name: str
) -> None:
    with shown(browser, pages[name], viewport=PHONE) as page:
        assert not page.locator("#detail").is_visible()
        page.click("#item-0")
        playwright.expect(page.locator("#detail h1")).to_be_visible()
        open_all(page)
        assert not page.locator("#list").is_visible()
        assert (
            page.evaluate(
                "Math.max(document.documentElement.scrollWidth, document.getElementById('detail').scrollWidth)"
            )
            <= 390
        )
        page.click("#back")
        playwright.expect(page.locator("#item-0")).to_be_visible()


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_it_is_light_by_day_and_dark_by_night(browser: Any, pages: dict[str, str], scheme: str, dark: bool) -> None:
    with shown(browser, pages["mind"], color_scheme=scheme) as page:
        ink, paper = (
            sum(map(int, re.findall(r"\d+", page.evaluate(f"getComputedStyle(document.body).{name}"))))
            for name in ("color", "backgroundColor")
        )
        assert (ink > paper) == dark and abs(ink - paper) > 500


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_found_where_the_builders_find_them(browser: Any, pages: dict[str, str], text: str) -> None:
    whole = sorted(spans(text), key=lambda span: (span[0], -span[1]))
    outer = [span for number, span in enumerate(whole) if all(span[0] >= other[1] for other in whole[:number])]
    wanted = [text[start:end] for start, end in outer if not text[start:end].startswith("`")]
    with shown(browser, pages["gsdp"]) as page:
        assert (
            page.evaluate("text => [...formulas(text)].map(found => text.slice(found.start, found.end))", text)
            == wanted
        )


def test_the_list_shows_formulas_of_one_line_set_and_others_as_they_were_written(
    browser: Any, pages: dict[str, str]
) -> None:
    with shown(browser, pages["gsdp"]) as page:
        kinds = "text => line(text).map(part => typeof part === 'string' ? part : part.className)"
        assert page.evaluate(kinds, r"$$x^2$$ and \[y\] and $z$") == ["katex", " and ", "katex", " and ", "katex"]
        for text in (r"\begin{align}a&=b\end{align}", r"$$a \\ b$$", r"$$x^2 is cut"):
            assert page.evaluate(kinds, text) == [text]


def test_a_run_under_way_is_shown_as_it_goes_on(browser: Any, tmp_path: Path) -> None:
    said = {
        "output": HOSTILE[1], "step": "generation.mind", "run": 1, "started": "2026-01-01T00:00:00+00:00", "time": "2026-01-01T00:00:09+00:00",
        "seconds": 75, "ended": None, "rows": 1200, "total": 4000, "kept": 900, "rejected": 300, "reasons": {"cut": 200, HOSTILE[0]: 100},
        "seconds_left": 4000, "asked": 1234, "under_way": 31, "slots": 32, "tokens": {"prompt": 1, "completion": 56789},
        "tokens_per_second": 987.6, "cost": 1.5, "budget": 20.0, "last": [{"id": f"r{n}", "texts": {"text": text}} for n, text in enumerate(HOSTILE)],
    }  # fmt: skip
    path = tmp_path / "mind.progress.json"
    path.write_text(json.dumps(said))
    with server(tmp_path / "mind", 0) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.02,))
        thread.start()
        try:
            address = f"http://127.0.0.1:{made.server_address[1]}/"
            with shown(browser, address, "#came article") as page:
                told = page.text_content("#numbers")
                for number in (
                    "1,200",
                    "of 4,000",
                    "900",
                    "75 %",
                    "300",
                    "1,234",
                    "988",
                    "56,789",
                    "31/32",
                    "$1.50",
                    "of $20",
                    "1 h 6 min",
                ):
                    assert number in told
                assert page.locator("#came article").count() == len(HOSTILE)
                assert "No word for" in page.text_content("#what")
                path.write_text(
                    json.dumps({**said, "ended": "done", "rows": 4000, "last": [{"id": "new", "texts": {}}]})
                )
                playwright.expect(page.locator("#what")).to_contain_text("It is done.")
                assert page.locator("#came article").count() == len(HOSTILE) + 1
                path.write_text(json.dumps({**said, "ended": "WorldError: the servers are down; wait: they come back"}))
                playwright.expect(page.locator("#what")).to_contain_text(
                    "It ended: the servers are down; wait: they come back"
                )
        finally:
            made.shutdown()
            thread.join()
