"""Replies that others have paid for: taken up where they are what they say, named and left where they are not."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders.errors import UserError
from generation.accounts import merge
from generation.keys import key
from generation.ledger import PAID, Ledger
from generation.rehearsal import Rehearsal, rehearse
from generation.taken import ASKED, digest_of, take_up
from tests.generation.test_mind import digest, run, words
from tests.hub import Hub


@pytest.fixture(scope="module")
def rehearsal() -> Iterator[str]:
    with rehearse(Rehearsal(port=0, seed=5)) as url:
        yield url


@pytest.fixture(scope="module")
def theirs(rehearsal: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that somebody else has made, of two styles."""
    folder = tmp_path_factory.mktemp("theirs")
    run(*words(folder, rehearsal, "--styles", "debate", "interview"))
    return folder / "out"


def told(folder: Path) -> Any:
    return json.loads((folder / "run.json").read_text())


def replies(folder: Path) -> pa.Table:
    return pq.read_table(next((folder / "data" / "replies").glob("*.parquet")))


def test_only_what_is_new_is_asked_and_what_is_taken_up_is_free(rehearsal: str, theirs: Path, tmp_path: Path) -> None:
    price = ["--replies", str(theirs), "--budget", "0.5"]
    recipe = tmp_path / "recipe.yaml"
    sampling = "{temperature: 1.0, top_p: 0.9, max_tokens: 4096}"
    recipe.write_text(f"generator: {{sampling: {sampling}, price: {{input: 1000.0, output: 1000.0}}}}")
    run(*words(tmp_path, rehearsal, "--styles", "debate", "interview", *price, "--config", str(recipe)))
    said = told(tmp_path / "out")
    count = replies(theirs).num_rows
    assert said["asked"] == 0 and said["cost"] == 0 and digest(tmp_path / "out") == digest(theirs)
    assert said["taken_up"] == [{"source": "out", "commit": None, "new": count, "held": 0, "changed": 0}]
    again = run(*words(tmp_path, rehearsal, "--styles", "debate", "two_students", "--replies", str(theirs)))
    assert f"0 replies taken up, {count:,} in the ledger already" in again.stderr
    fresh = told(tmp_path / "out")["counts"]["styles"]["two_students"]["asked"]
    assert told(tmp_path / "out")["asked"] == fresh
    made = run("costs", "--ledger", str(tmp_path / "ledger.sqlite"), module="ledger").stdout
    assert f"{count:,} replies more were taken up from others" in made and f" {fresh:,} " in made
    merge(tmp_path / "merged.sqlite", [tmp_path / "ledger.sqlite"])
    sums = [
        Ledger(tmp_path / name).query(f"SELECT {PAID}, count(*) FROM replies GROUP BY 1")
        for name in ("ledger.sqlite", "merged.sqlite")
    ]
    assert sums[0] == sums[1] == [(0, count), (1, fresh)]


def test_a_folder_is_made_again_of_published_replies_alone(theirs: Path, tmp_path: Path) -> None:
    flags = words(tmp_path, "http://127.0.0.1:9", "--styles", "debate", "interview", "--replies", str(theirs))
    run(*flags, "--from-ledger")
    assert digest(tmp_path / "out") == digest(theirs)


def test_replies_come_from_a_version_on_the_hub(rehearsal: str, theirs: Path, tmp_path: Path) -> None:
    with Hub() as hub:
        files = {file.relative_to(theirs).as_posix(): file.read_bytes() for file in theirs.rglob("*") if file.is_file()}
        commit = hub.put("me/mind", files, tag="v1.0")
        hub.put("me/mind", {"data/replies/train-00000-of-00001.parquet": b"other"})
        command = [
            sys.executable,
            "-m",
            "generation.mind",
            *words(tmp_path, rehearsal, "--styles", "debate", "interview"),
        ]
        environment = hub.environment(tmp_path / "home")
        made = subprocess.run(
            [*command, "--replies", "me/mind@v1.0"], env=environment, capture_output=True, text=True, timeout=120
        )
        assert made.returncode == 0, made.stderr
        said = told(tmp_path / "out")
        assert said["asked"] == 0 and digest(tmp_path / "out") == digest(theirs)
        assert said["taken_up"][0]["source"] == "me/mind@v1.0" and said["taken_up"][0]["commit"] == commit
        made = subprocess.run(
            [*command, "--replies", "me/other"], env=environment, capture_output=True, text=True, timeout=120
        )
        assert (
            made.returncode == 2 and "me/other is neither a file or folder here nor a dataset on the Hub" in made.stderr
        )


CHANGES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "the text": lambda row: {"text": f"{row['text']}."},
    "the reasoning": lambda row: {"reasoning": "because"},
    "how it finished": lambda row: {"finish_reason": "length"},
    "the step": lambda row: {"step": "judge"},
    "the messages": lambda row: {"messages": [{"role": "user", "content": "Is 1 = 2?"}]},
    "the model": lambda row: {"model": "maker/dearer"},
    "the sampling": lambda row: {"sampling": '{"temperature":0.1}'},
    "the sampling, which is no JSON": lambda row: {"sampling": "{"},
    "the sample": lambda row: {"sample": 7},
    "the key": lambda row: {"key": "0" * 64},
    "the digest": lambda row: {"digest": None},
    "no text and no reason": lambda row: {"text": None, "reason": None},
    "the sampling, which is too deep": lambda row: {"sampling": "[" * 100_000},
    "the revision": lambda row: {"revision": "other"},
    "the try": lambda row: {"try": 3},
    "the dialect": lambda row: {"dialect": "tgi"},
    "the prompt": lambda row: {"prompt": "other@0"},
    "the tokens": lambda row: {"prompt_tokens": 1},
    "the tokens of the reply": lambda row: {"completion_tokens": None},
    "the reason": lambda row: {"reason": "refused"},
    "the detail": lambda row: {"detail": "none"},
    "no messages": lambda row: {"messages": None},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_reply_that_was_changed_is_named_and_not_used(
    theirs: Path, tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    table = replies(theirs)
    rows = table.slice(0, 3).to_pylist()
    rows[1] |= CHANGES[what](rows[1])
    place = tmp_path / "changed" / "data" / "replies"
    place.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, table.schema), place / "train-00000-of-00001.parquet")
    (tmp_path / "changed" / "README.md").write_bytes((theirs / "README.md").read_bytes())
    [taken] = take_up(tmp_path / "ledger.sqlite", [str(tmp_path / "changed")], False, "")
    assert (taken.new, taken.held, taken.changed) == (2, 0, 1)
    said = capsys.readouterr().err
    assert f"1 of 3 replies are not what their keys or digests say, and are not used: {rows[1]['key']}" in said
    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert set(ledger.held([row["key"] for row in rows])) == {rows[0]["key"], rows[2]["key"]}


def test_of_two_replies_under_one_key_the_ledgers_own_stays(theirs: Path, tmp_path: Path) -> None:
    run("merge", str(theirs.parent / "ledger.sqlite"), "--ledger", str(tmp_path / "own.sqlite"), module="ledger")
    table = replies(theirs)
    rows = [row | {"text": "another"} for row in table.to_pylist()]
    rows = [row | {"digest": digest_of(row)} for row in rows]
    place = tmp_path / "other" / "data" / "replies"
    place.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, table.schema), place / "train-00000-of-00001.parquet")
    (tmp_path / "other" / "README.md").write_bytes((theirs / "README.md").read_bytes())
    [taken] = take_up(tmp_path / "own.sqlite", [str(tmp_path / "other")], False, "")
    assert (taken.new, taken.held) == (0, table.num_rows)
    held = Ledger(tmp_path / "own.sqlite").held([rows[0]["key"]])
    assert held[rows[0]["key"]].text != "another"


SOURCES = {
    "nowhere": "there is no file or folder nowhere",
    "builders/sample": "declares no configs, and so no replies",
    "plain": "has no column",
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_without_replies_of_ours_is_refused(tmp_path: Path, source: str) -> None:
    place = tmp_path / "data" / "replies"
    place.mkdir(parents=True)
    pq.write_table(pa.table({"key": ["a"], "text": ["b"]}), place / "train-00000-of-00001.parquet")
    (tmp_path / "README.md").write_text("---\nconfigs: [{config_name: replies, data_files: data/replies/*}]\n---\n")
    with pytest.raises(UserError) as raised:
        take_up(tmp_path / "ledger.sqlite", [str(tmp_path) if source == "plain" else source], False, "")
    assert SOURCES[source] in str(raised.value) and not (tmp_path / "ledger.sqlite").exists()


ODD: list[dict[str, Any]] = [
    {"prompt_tokens": 2**63},
    {"prompt_tokens": -1},
    {"completion_tokens": 1.5},
    {"reasoning": ["because"]},
    {"text": None, "reason": {"why": "so"}},
    {"model": ["maker/model"]},
    {"sample": "0"},
    {"sampling": "[1]"},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_a_reply_of_a_type_that_no_ledger_keeps_is_not_used_whatever_its_digest_says(
    theirs: Path, tmp_path: Path, odd: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    forged = {**replies(theirs).slice(0, 1).to_pylist()[0], **odd}
    asked = [json.loads(forged[name]) if name == "sampling" else forged[name] for name in ASKED]
    model, revision, messages, sampling, *more = asked
    forged["key"] = key(model, revision, messages, sampling, *more)
    forged["digest"] = digest_of(forged)
    place = tmp_path / "odd" / "data" / "replies"
    place.mkdir(parents=True)
    pq.write_table(
        pa.table({name: _column(value) for name, value in forged.items()}), place / "train-00000-of-00001.parquet"
    )
    (tmp_path / "odd" / "README.md").write_bytes((theirs / "README.md").read_bytes())
    [taken] = take_up(tmp_path / "ledger.sqlite", [str(tmp_path / "odd")], False, "")
    assert (taken.new, taken.held, taken.changed) == (0, 0, 1) and forged["key"] in capsys.readouterr().err


def _column(value: Any) -> pa.Array:
    return pa.array([value], pa.uint64() if value == 2**63 else None)


def test_of_many_replies_that_were_changed_a_screenful_is_named(
    theirs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = replies(theirs)
    rows = (table.to_pylist() * 25)[:25]
    for number, row in enumerate(rows):
        row |= {"key": f"{number:064x}"}
    place = tmp_path / "changed" / "data" / "replies"
    place.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, table.schema), place / "train-00000-of-00001.parquet")
    (tmp_path / "changed" / "README.md").write_bytes((theirs / "README.md").read_bytes())
    assert take_up(tmp_path / "ledger.sqlite", [str(tmp_path / "changed")], False, "")[0].changed == 25
    said = capsys.readouterr().err
    assert "25 of 25 replies" in said and f"{19:064x}, ...\n" in said and f"{20:064x}" not in said
