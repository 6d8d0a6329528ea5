"""Shards: real processes with ledgers of their own, whose merged ledger gives the bytes of one machine and asks nothing."""

import asyncio
import contextlib
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest
import yaml
from aiohttp import web
from datasets import Features, Value

from builders.errors import SAFE, BudgetSpent, MathloomError, UserError
from builders.openwebmath import documents
from builders.passages import passages
from builders.recipe import load
from builders.row import stream
from builders.tokens import load_tokenizer
from generation import shards, vocabulary
from generation.accounts import merge
from generation.ask import Ask
from generation.dialogues import make
from generation.ledger import Ledger
from generation.mind import Mind
from generation.models import Model
from generation.prompts import parse_prompt
from generation.shard_rows import Shard, mine, shard_of
from generation.shards import Job, gather, unspent
from tests.bench.server import dialogue
from tests.generation.folders import digest
from tests.generation.gsdp_runs import ROLES, Teacher, gsdp, rows
from tests.generation.test_mind import ENVIRONMENT, run
from tests.scripted import Call, Scripted, reply

STYLES = ["--styles", "two_students", "debate"]


@pytest.mark.parametrize("text", ["0/4", "5/4", "a/b", "3", "3/0", "-1/4", "1/4/2", "", "1.0/4", "٣/٤"])
def test_what_is_no_part_of_anything_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(
        UserError, match=rf"^shard is '{text}'; it must be K/N, the Kth of N shards, with K from 1 to N"
    ):
        shard_of(text)


def asking(body: str) -> Ask:
    """A question with these words."""
    model = Model("generator", "m", None, "m", "chat", {}, None)
    return Ask("hint", parse_prompt("hint", f"---\nkind: test\n---\n{body}\n"), model, lambda text: {}, Features({}))


def test_each_row_falls_to_one_shard_and_rows_that_ask_the_same_to_the_same() -> None:
    columns = Features(dict.fromkeys(("id", "text", "url", "reason"), Value("string")))
    given = [{"id": str(n), "text": f"text {n // 2} \ud800", "url": str(n), "reason": None} for n in range(400)]
    given.append({"id": "bad", "text": None, "url": None, "reason": "bad_row"})
    source = stream(lambda: iter(given), columns)
    several = [asking("{{ text }}"), asking("{{ text }} at {{ url }}")]
    parts = [[row["id"] for row in mine(source, f"{k}/3", several)] for k in (1, 2, 3)]
    assert sorted(int(name) for part in parts for name in part) == list(range(400))
    assert all(part == sorted(part, key=int) and len(part) > 80 for part in parts)
    assert all({int(name) ^ 1 for name in part} == set(map(int, part)) for part in parts)
    assert [row["id"] for row in mine(source, "1/1", several)] == [row["id"] for row in given[:-1]]
    assert mine(source, None, several) is source
    assert Shard(3, 64).holds({"text": "a"}, ["text"]) is False  # for ever: ledgers of shards outlive a version


def mind(folder: Path, url: str, ledger: str, *more: str) -> list[str]:
    """The flags of a run over documents that repeat one another, have none to read, or no text."""
    file = folder / "documents.jsonl"
    if not file.exists():
        lines = Path("builders/sample/documents.jsonl").read_text().splitlines()[:6]
        again = [json.dumps({**json.loads(line), "id": f"again {n}"}) for n, line in enumerate(lines[:3])]
        file.write_text("\n".join([*lines, *again, lines[0], "{not JSON", '{"text": ""}']) + "\n")
    words = ["--documents", str(file), *STYLES, "--endpoints", url, "--ledger", str(folder / ledger)]
    return [*words, "--tries", "2", *more]


def told(call: Call) -> web.Response:
    """A dialogue; of some passages one that cannot be read, but at the second try, or never."""
    digit = sum(call.text.encode()) % 7
    first = call.body["seed"] % 2
    return reply("?" if digit == 0 or (digit == 1 and first) else dialogue(call.text))


def questions(calls: list[Call]) -> Counter[str]:
    """How often each question came."""
    return Counter(f"{call.body['seed']} {call.text}" for call in calls)


def test_the_merged_ledgers_of_shards_make_the_folder_of_one_machine_and_nothing_is_asked_twice(tmp_path: Path) -> None:
    with Scripted(told) as server:
        run(*mind(tmp_path, server.url, "one.sqlite", "--output", str(tmp_path / "one")))
        alone = questions(server.calls)
        server.calls.clear()
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "generation.mind", *mind(tmp_path, server.url, f"s{k}.sqlite", "--shard", f"{k}/3")],
                stdout=subprocess.PIPE, text=True, env=ENVIRONMENT,
            )
            for k in (1, 2, 3)
        ]  # fmt: skip
        said = [process.communicate(timeout=120)[0] for process in running]
        assert [process.returncode for process in running] == [0, 0, 0]
        assert questions(server.calls) == alone and set(alone.values()) == {1}
        assert all(f"shard {k}/3: " in text for k, text in enumerate(said, 1))
        assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["one"]  # a shard makes no folder
        merge(tmp_path / "all.sqlite", [tmp_path / f"s{k}.sqlite" for k in (3, 1, 2)])
        server.calls.clear()
        run(*mind(tmp_path, server.url, "all.sqlite", "--output", str(tmp_path / "all")))
        assert not server.calls
    run(*mind(tmp_path, "http://127.0.0.1:9", "all.sqlite", "--from-ledger", "--output", str(tmp_path / "off")))
    assert digest(tmp_path / "all") == digest(tmp_path / "one") == digest(tmp_path / "off")
    for name in ("recipe.yaml",):
        assert (tmp_path / "all" / name).read_text() == (tmp_path / "one" / name).read_text()
    assert rows(tmp_path / "all", "rejected")


def test_a_shard_that_nothing_falls_to_asks_nothing_and_is_done(tmp_path: Path) -> None:
    with Scripted(told) as server:
        made = run(
            *mind(tmp_path, server.url, "s.sqlite", "--limit", "1", "--shard", "999/1000", "--budget", "1"), code=2
        )
        assert "the role generator has no price" in made.stderr
        made = run(*mind(tmp_path, server.url, "s.sqlite", "--limit", "1", "--shard", "999/1000"))
        assert "shard 999/1000: 0 dialogues" in made.stdout and not server.calls


def test_the_budget_of_a_shard_is_its_own_whatever_its_ledger_began_with(tmp_path: Path) -> None:
    recipe = {"generator": {"sampling": {"max_tokens": 100}, "price": {"input": 1000.0, "output": 1000.0}}}
    (tmp_path / "r.yaml").write_text(yaml.safe_dump(recipe))
    flags = ["--config", str(tmp_path / "r.yaml")]
    with Scripted(lambda call: reply(dialogue(call.text), prompt_tokens=500, completion_tokens=500)) as server:
        run(*mind(tmp_path, server.url, "l.sqlite", *flags, "--styles", "interview", "--output", str(tmp_path / "o")))
        server.calls.clear()
        both = [*flags, "--styles", "interview", "debate"]
        run(*mind(tmp_path, server.url, "l.sqlite", *both, "--budget", "4", "--output", str(tmp_path / "p")), code=4)
        assert not server.calls  # all that the ledger holds of the recipe counts, where it is one run's ...
        shutil.copyfile(tmp_path / "l.sqlite", tmp_path / "s.sqlite")
        shard = [*both, "--shard", "1/1", "--budget", "5"]
        run(*mind(tmp_path, server.url, "s.sqlite", *shard), code=4)
        asked = len(server.calls)
        assert 1 <= asked <= 5  # ... and in a shard only what it has paid itself, a dollar a reply
        run(*mind(tmp_path, server.url, "s.sqlite", *shard), code=4)
        assert len(server.calls) <= 5


def test_shards_of_gsdp_take_points_and_then_combinations_and_the_folder_is_that_of_one_run(tmp_path: Path) -> None:
    with Teacher() as server:
        gsdp(tmp_path, server.url)
        alone = questions(server.calls)
        server.calls.clear()
        for k in (1, 2, 3):
            said = gsdp(tmp_path, server.url, "--shard", f"{k}/3", "--ledger", str(tmp_path / f"p{k}.sqlite"))
            assert "the graph needs the points of all shards" in said
        assert set(server.asked()) == {"knowledge_points"}
        named = tmp_path / "named.sqlite"
        merge(named, [tmp_path / f"p{k}.sqlite" for k in (1, 2, 3)])
        gsdp(tmp_path, server.url, "--until", "graph", "--ledger", str(named), out="graph")
        before = server.asked()
        for k in (1, 2, 3):
            shutil.copyfile(named, tmp_path / f"c{k}.sqlite")
            said = gsdp(tmp_path, server.url, "--shard", f"{k}/3", "--ledger", str(tmp_path / f"c{k}.sqlite"))
            assert f"shard {k}/3: 12 seeds" not in said and " problems, of which " in said
        after = server.asked()
        assert all(after[kind] == before[kind] for kind in ("knowledge_points", "point_filter", "synonyms"))
        assert questions(server.calls) == alone
        server.calls.clear()
        merge(tmp_path / "all.sqlite", [tmp_path / f"c{k}.sqlite" for k in (1, 2, 3)])
        gsdp(tmp_path, server.url, "--ledger", str(tmp_path / "all.sqlite"), out="all")
        assert not server.calls and digest(tmp_path / "all") == digest(tmp_path / "out")


def test_what_no_shard_can_be_told_is_one_sentence(tmp_path: Path) -> None:
    for flags, words in (
        (["--shard", "1/2", "--target", "5"], "--target counts the rows of all shards"),
        (["--shard", "1/2", "--until", "graph"], "--until graph is one run's over all points"),
        (["--shard", "1/2", "--from-ledger"], "--from-ledger makes a folder"),
        (["--shard", "0/4"], "shard is '0/4'"),
    ):
        assert words in gsdp(tmp_path, "http://127.0.0.1:9", *flags, code=2)
    for main, flags, words in (
        (vocabulary.main, ["--shard", "1/2"], "this command takes no --shard"),
        (shards.main, ["mind", "--shards", "0"], "shards is 0; it must be at least 1"),
        (shards.main, ["mind", "--shards", "2", "--shard", "1/2"], "--shard is one part of a run"),
        (shards.main, ["gsdp", "--shards", "2", "--target", "3"], "--target counts the rows of all shards"),
    ):
        with pytest.raises(UserError, match=re.escape(words)):
            main([*flags, "--output", str(tmp_path / "v")])
    with pytest.raises(SystemExit):
        shards.main(["vocabulary", "--shards", "2"])


@pytest.mark.parametrize("name", ["l.sqlite", "l[1].sqlite", "l"])
def test_what_shards_left_is_merged_before_others_begin_and_not_while_one_is_at_work(name: str, tmp_path: Path) -> None:
    recipe = load(Mind, {"ledger": str(tmp_path / name), "output": str(tmp_path / "out")}, "the test")
    job = Job("mind", recipe, (), 2)
    Ledger(tmp_path / "l-notes.sqlite", writable=True).close()
    left = Ledger(job.own(1), writable=True, command="a shard at work")
    left.remember("http://one", {"model": "m", "revision": None, "offers": []})
    with pytest.raises(UserError, match=rf"{re.escape(job.own(1).name)} is in use by process .* \(a shard at work\)"):
        gather(job)
    left.close()
    Ledger(job.own(2), writable=True).close()
    Job("mind", recipe, (), 3).own(3).touch()
    with pytest.raises(UserError):  # an empty file is no ledger, and stays
        gather(job)
    Job("mind", recipe, (), 3).own(3).unlink()
    gather(job)
    found = Ledger(tmp_path / name).remembered("http://one")
    assert found is not None and found["model"] == "m"
    beside = (".lock", ".spare", "-wal", "-shm")
    assert {path.name for path in tmp_path.iterdir() if not path.name.endswith(beside)} == {name, "l-notes.sqlite"}


def test_the_budget_of_all_shards_is_what_no_run_has_spent_in_equal_parts(tmp_path: Path) -> None:
    price = {"sampling": {"max_tokens": 100}, "price": {"input": 1000.0, "output": 1000.0}}
    said = {
        "generator": price,
        "styles": ["debate"],
        "ledger": str(tmp_path / "l.sqlite"),
        "budget": 100.0,
        "rows": "sample",
    }
    with Scripted(lambda call: reply(dialogue(call.body["seed"]), prompt_tokens=500, completion_tokens=500)) as server:
        recipe = load(
            Mind, {**said, "endpoints": [server.url], "limit": 2, "output": str(tmp_path / "out")}, "the test"
        )
        assert unspent(Job("mind", recipe, (), 4)) == 100.0  # no ledger yet
        with contextlib.suppress(MathloomError):
            make(recipe, "tests", passages(documents("sample", limit=2), load_tokenizer()), True)
        paid = len(server.calls)
        assert paid and unspent(Job("mind", recipe, (), 4)) == pytest.approx(100.0 - paid)
        with pytest.raises(BudgetSpent, match=f"{SAFE} with a larger --budget"):
            unspent(Job("mind", replace(recipe, budget=1.0), (), 4))


def test_hours_that_shards_were_paid_for_are_paid_for_in_the_merged_ledger(tmp_path: Path) -> None:
    with Scripted(told) as server:
        run(*mind(tmp_path, server.url, "s.sqlite", "--shard", "1/1"))
    with_hours = Ledger(tmp_path / "s.sqlite").lasted(1)
    merge(tmp_path / "all.sqlite", [tmp_path / "s.sqlite"])
    merge(tmp_path / "all.sqlite", [tmp_path / "s.sqlite"])
    all_ = Ledger(tmp_path / "all.sqlite")
    assert with_hours > 0 and [all_.lasted(run) for run in (1, 2)] == [with_hours, 0]


# -- on Ray --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """Of a cluster of the test's own: its sockets lie in a short place, and it does not find another one's."""
    with tempfile.TemporaryDirectory(prefix="ray", ignore_cleanup_errors=True) as place:
        kept = {name: value for name, value in ENVIRONMENT.items() if name != "RAY_ADDRESS"}
        yield {**kept, "RAY_TMPDIR": place, "RAY_AUTH_MODE": "disabled"}


def workers(process: "subprocess.Popen[str]", name: str) -> list[psutil.Process]:
    """The processes below one in which Ray runs a task of that name."""
    found: list[psutil.Process] = []
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            found += [child] if f"ray::{name}" in " ".join(child.cmdline()) else []
        except psutil.Error:
            continue
    return found


@pytest.mark.skipif(find_spec("ray") is None, reason="needs .[ray]")
@pytest.mark.parametrize("method", ["mind", "gsdp"])
def test_on_ray_a_killed_worker_goes_on_with_its_ledger(
    method: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    def slow(call: Call) -> web.Response:
        time.sleep(0.02)
        return told(call)

    with Teacher(pause=0.1) if method == "gsdp" else Scripted(slow, slots=8) as server:
        if method == "mind":
            words = mind(tmp_path, server.url, "one.sqlite")
        else:
            (tmp_path / "r.yaml").write_text(yaml.safe_dump(ROLES))
            words = ["--config", str(tmp_path / "r.yaml"), "--endpoints", server.url]
        run(*words, "--ledger", str(tmp_path / "one.sqlite"), "--output", str(tmp_path / "one"), module=method)
        alone = questions(server.calls)
        server.calls.clear()
        flags = [*words, "--ledger", str(tmp_path / "l.sqlite"), "--output", str(tmp_path / "out")]
        command = [sys.executable, "-m", "generation.shards", method, "--shards", "4", *flags]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        ) as process:
            until = time.monotonic() + 300
            killed = None
            while killed is None and process.poll() is None and time.monotonic() < until:
                time.sleep(0.02)
                if len(server.calls) >= 12:
                    for worker in workers(process, "shard"):
                        worker.kill()
                        killed = worker.pid
                        break
            said, _ = process.communicate(timeout=600)
        if "node timed out during startup" in said:
            pytest.skip("this machine is too busy for Ray, which gives itself 30 seconds to start")
        assert process.returncode == 0, said[-3000:]
        assert killed is not None
        again = questions(server.calls)
        assert set(again) == set(alone) and sum(again.values()) - len(alone) <= 32, again.most_common(3)
    assert digest(tmp_path / "out") == digest(tmp_path / "one")
    assert not list(tmp_path.glob("l-*"))


@pytest.mark.skipif(find_spec("ray") is None, reason="needs .[ray]")
def test_on_ray_what_is_under_way_at_a_signal_is_kept_and_the_same_command_goes_on(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    async def slow(call: Call) -> web.Response:
        await asyncio.sleep(0.5)
        return told(call)

    with Scripted(slow, slots=4) as server:
        words = mind(tmp_path, server.url, "l.sqlite", "--output", str(tmp_path / "out"))
        command = [sys.executable, "-m", "generation.shards", "mind", "--shards", "2", *words]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        ) as process:
            until = time.monotonic() + 120
            while len(server.calls) < 6 and process.poll() is None and time.monotonic() < until:
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)  # Ray would take it
            said, _ = process.communicate(timeout=120)
        if "node timed out during startup" in said:
            pytest.skip("this machine is too busy for Ray, which gives itself 30 seconds to start")
        assert process.returncode == 130, said[-3000:]
        assert "the same command goes on: python -m generation.shards mind --shards 2" in said
        gather(Job("mind", load(Mind, {"ledger": str(tmp_path / "l.sqlite")}, "the test"), (), 2))
        run(*words)
        assert set(questions(server.calls).values()) == {1}
