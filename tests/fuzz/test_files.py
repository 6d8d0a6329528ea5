"""Files that a stranger made, a disk spoilt or a kill cut off: rows, replies and recipes as they were, or one sentence."""

import gzip
import io
import itertools
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.cuts import cut
from builders.errors import MathloomError, UserError
from builders.formats import items
from builders.recipe import load, read_recipe
from builders.rows import read
from builders.text import mend
from builders.tokens import load_tokenizer
from generation.dialogues import Dialogues
from generation.gsdp_recipe import Gsdp
from generation.ledger import Ledger, Reply
from generation.prompts import load_prompt, parse_prompt
from generation.recipes import FOLDER
from generation.salvage import recover
from generation.styles import check_style
from tests.builders.kinds import sample_texts
from tests.fuzz.mangled import mangled, spoilt

STYLES = [load_prompt(name).text for name in ("debate", "interview", "rephrase")]
RECIPES = [path.read_text() for path in sorted(FOLDER.glob("*.yaml"))]
ROWS = [{"id": f"r{n}", "text": f"row {n} says $x^{n}$ é", "n": n, "tags": ["a", None]} for n in range(200)]
LIMIT = 100


def one_sentence(problem: MathloomError) -> None:
    assert str(problem) and "\n" not in str(problem) and len(str(problem)) < 3000


@given(mangled(sample_texts()))
def test_passages_join_to_their_document_and_keep_the_limit(text: str) -> None:
    parts = cut(text, load_tokenizer(), LIMIT)
    whole = mend(text)
    assert "".join(whole[start:end] for start, end, _ in parts) == whole
    assert all(tokens <= LIMIT for _, _, tokens in parts)
    assert [end for _, end, _ in parts[:-1]] == [start for start, _, _ in parts[1:]]


@given(mangled(STYLES))
def test_a_prompt_is_one_or_is_refused(text: str) -> None:
    with suppress(UserError):
        prompt = parse_prompt("mine", text)
        try:
            check_style("mine", prompt.front, prompt.body)
            said = prompt.messages({"text": "a passage {{ 7*7 }}"})[0]["content"]
            assert said == prompt.messages({"text": "a passage {{ 7*7 }}"})[0]["content"]
        except UserError as problem:
            one_sentence(problem)


@given(mangled(RECIPES), st.sampled_from([Dialogues, Gsdp]))
def test_a_recipe_is_one_or_is_refused(text: str, kind: type[Dialogues] | type[Gsdp]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "r.yaml")
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            load(kind, read_recipe(str(file)), "the recipe").check()
        except UserError as problem:
            one_sentence(problem)


def packed() -> dict[str, bytes]:
    lines = "".join(json.dumps(row) + "\n" for row in ROWS).encode()
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), sink, row_group_size=50)
    table = "id,text,n\n" + "".join(f'{row["id"]},"{row["text"]}",{row["n"]}\n' for row in ROWS)
    return {
        "rows.parquet": sink.getvalue(), "rows.jsonl": lines, "rows.jsonl.gz": gzip.compress(lines), "rows.json": json.dumps(ROWS).encode(),
        "rows.csv": table.encode(),
    }  # fmt: skip


FILES = packed()


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
def test_a_spoilt_file_of_rows_gives_rows_or_says_so(name: str, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, name)
        file.write_bytes(data.draw(spoilt(FILES[name])))
        try:
            for row in itertools.islice(read(str(file), ["id", "text"], texts=["text"]), 10_000):
                assert set(row) == {"id", "text", "bad_row"} and (row["text"] is None or isinstance(row["text"], str))
        except MathloomError as problem:
            one_sentence(problem)
        with suppress(ValueError):  # what is no parquet; all else is an item
            for _ in itertools.islice(
                items(io.BufferedReader(io.BytesIO(file.read_bytes())), name.split(".")[1]), 10_000
            ):
                pass


def reply(number: int) -> Reply:
    request = json.dumps(
        {"messages": [{"role": "user", "content": f"question {number}"}], "sampling": {}, "sample": 0, "try": 0}
    )
    return Reply(
        f"{number:064x}", "s", "s@0", "m", None, "u", request, f"reply {number} " * 30, None, "stop", 1, 1, 0.1, "", 1
    )


@cache
def whole_ledger() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder, "l.sqlite"), writable=True)
        ledger.begin("test", "test", "0")
        ledger.record([reply(number) for number in range(60)])
        ledger.close()
        return Path(folder, "l.sqlite").read_bytes()


@contextmanager
def said() -> Iterator[None]:
    """Whatever is wrong inside is one sentence."""
    try:
        yield
    except MathloomError as problem:
        one_sentence(problem)


@given(st.data())
def test_a_spoilt_ledger_says_so_and_hands_out_no_wrong_reply(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "l.sqlite")
        path.write_bytes(data.draw(spoilt(whole_ledger())))
        keys = {reply(number).key: reply(number) for number in range(60)}
        for writable in (False, True):
            with said():
                ledger = Ledger(path, writable=writable)
                try:
                    for key in keys:
                        with said():
                            assert all(same(found, keys[key]) for found in ledger.held([key]).values())
                    for asked in (
                        partial(ledger.which, list(keys)), partial(ledger.paid, list(keys), 0), partial(ledger.paid_for, "m", ["s"]),
                        partial(ledger.lasted, 1), partial(ledger.revisions, "s", "m"), partial(ledger.remembered, "u"),
                    ):  # fmt: skip
                        with said():
                            asked()
                    if writable:
                        with said():
                            ledger.record([reply(100)])
                finally:
                    ledger.close()
        with said():
            recover(path, Path(folder, "saved.sqlite"))
            with sqlite3.connect(Path(folder, "saved.sqlite")) as saved:
                texts = dict(saved.execute("SELECT key, text FROM replies").fetchall())
            assert all(key not in keys or text == keys[key].text for key, text in texts.items())


def same(found: Reply, written: Reply) -> bool:
    """Whether what makes a row is what was written; seconds and prices have no checksum."""
    return (found.key, found.request, found.text, found.finish_reason) == (
        written.key, written.request, written.text, written.finish_reason,
    )  # fmt: skip
