"""Evaluation: what endpoints and models on disk are asked, that answers are graded as they are meant, and nothing is asked twice."""

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("torch")

from aiohttp import web
from datasets import load_dataset
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, set_seed

from builders.errors import UserError, WorldError
from tests.scripted import Call, Scripted, reply, reset
from tests.train.small import MODEL, tokenizer
from train.evaluate import main, places, theirs_of
from train.kept import Kept
from train.kept import asked as asked_of
from train.score_table import table

ITEMS = 12


@pytest.fixture
def items(tmp_path: Path) -> Path:
    place = tmp_path / "items.jsonl"
    rows = [{"id": f"i{at}", "problem": f"What is {at} plus {at}?", "answer": str(2 * at)} for at in range(ITEMS)]
    place.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return place


def recipe(tmp_path: Path, items: Path, **more: Any) -> list[str]:
    path = tmp_path / "evaluate.json"
    task = {"name": "sums", "rows": str(items), "max_tokens": 16}
    path.write_text(json.dumps({"tasks": [task], "output": str(tmp_path / "scores"), **more}))
    return ["--config", str(path)]


def asked(call: Call) -> int:
    return int(call.text.split("What is ")[1].split()[0])


def clever(call: Call) -> Any:
    """Right where the number is even, and in three ways of writing."""
    at = asked(call)
    said = [f"\\boxed{{{2 * at}}}", f"#### {2 * at}", f"The answer is {4 * at}/2."][at % 3]
    return reply(said if at % 2 == 0 else f"\\boxed{{{2 * at + 1}}}")


def run_json(tmp_path: Path, name: str) -> dict[str, Any]:
    return dict(json.loads((tmp_path / "scores" / name / "run.json").read_text()))


def test_an_endpoint_is_graded_by_what_it_says(tmp_path: Path, items: Path) -> None:
    with Scripted(clever) as server:
        main([*recipe(tmp_path, items), "--models", f"clever={server.url}"])
        assert len(server.calls) == ITEMS and "Reason step by step" in server.calls[0].text
    rows = load_dataset(str(tmp_path / "scores" / "clever"), "items", split="train")
    assert [row["right"][0] for row in rows] == [at % 2 == 0 for at in range(ITEMS)]
    found = run_json(tmp_path, "clever")["scores"]["sums"]["pass@1"]
    assert found["value"] == 0.5 and found["of"] == ITEMS and 0 < found["low"] < 0.5 < found["high"] < 1


def test_samples_have_seeds_of_their_own_and_are_voted_on(tmp_path: Path, items: Path) -> None:
    def moody(call: Call) -> Any:
        return reply(f"\\boxed{{{2 * asked(call) + (call.body['seed'] == 1)}}}")

    with Scripted(moody, info=False) as server:
        main([*recipe(tmp_path, items, samples=3, temperature=0.7), "--models", f"moody={server.url}/v1"])
        assert sorted({call.body["seed"] for call in server.calls}) == [0, 1, 2]
        assert all("top_p" not in call.body for call in server.calls)
    scores = run_json(tmp_path, "moody")["scores"]["sums"]
    assert scores["pass@1"]["value"] == pytest.approx(2 / 3, abs=1e-5) and scores["maj@3"]["value"] == 1


def test_what_was_evaluated_is_not_asked_again_and_another_sampling_is(tmp_path: Path, items: Path) -> None:
    with Scripted(clever) as server:
        main([*recipe(tmp_path, items), "--models", f"clever={server.url}"])
        main([*recipe(tmp_path, items), "--models", f"clever={server.url}"])
        assert len(server.calls) == ITEMS
        main([*recipe(tmp_path, items, temperature=0.5), "--models", f"clever={server.url}"])
        assert len(server.calls) == 2 * ITEMS


def test_a_killed_evaluation_goes_on_and_pays_for_nothing_twice(tmp_path: Path, items: Path) -> None:
    """Samples, too, which lm-eval's own cache does not keep."""
    flags = recipe(tmp_path, items, samples=2, temperature=0.7, concurrency=2)

    async def slow(call: Call) -> Any:
        await asyncio.sleep(0.05)
        return clever(call)

    with Scripted(slow) as server:
        command = [sys.executable, "-m", "train.evaluate", *flags, "--models", f"clever={server.url}"]
        killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while len(server.calls) < ITEMS + 4:  # within the second sample
            assert killed.poll() is None
            time.sleep(0.01)
        killed.kill()
        killed.wait()
        main([*flags, "--models", f"clever={server.url}"])
        asked_for = Counter((call.body["seed"], call.text) for call in server.calls)
        assert len(asked_for) == 2 * ITEMS and asked_for.total() <= 2 * ITEMS + 2  # what was under way
        assert run_json(tmp_path, "clever")["scores"]["sums"]["pass@1"]["value"] == 0.5


def test_another_task_asks_for_nothing_that_was_said(tmp_path: Path, items: Path) -> None:
    more = tmp_path / "more.jsonl"
    more.write_text('{"id": "m", "problem": "What is 100 plus 100?", "answer": "200"}\n')
    tasks = [{"name": name, "rows": str(rows), "max_tokens": 16} for name, rows in (("sums", items), ("more", more))]
    with Scripted(clever) as server:
        main([*recipe(tmp_path, items), "--models", f"clever={server.url}"])
        main([*recipe(tmp_path, items, tasks=tasks), "--models", f"clever={server.url}"])
        assert len(server.calls) == ITEMS + 1


def test_of_equal_questions_each_has_a_reply_of_its_own(tmp_path: Path) -> None:
    """lm-eval repeats a request where a task says so, and every repeat is drawn."""
    kept = Kept(tmp_path / "said.sqlite", ["a model"])
    request = SimpleNamespace(args=("1 + 1", {"temperature": 1.0}))

    def ask(requests: list[Any]) -> list[str]:
        said = [f"reply {number}" for number in range(len(requests))]
        for each, text in zip(requests, said, strict=True):
            kept.add_partial("generate_until", each.args, text)
        return said

    assert asked_of(kept, "generate_until", ask, [request] * 2) == ["reply 0", "reply 1"]
    assert asked_of(kept, "generate_until", ask, [request] * 3) == ["reply 0", "reply 1", "reply 0"]


@pytest.mark.parametrize("change", ["the model that is served", "an item"])
def test_what_is_another_now_is_asked_again(tmp_path: Path, items: Path, change: str) -> None:
    with Scripted(clever) as server:
        main([*recipe(tmp_path, items), "--models", f"clever={server.url}"])
        if change == "an item":
            items.write_text(items.read_text().replace("What is 3 plus 3?", "What is 3 plus three?"))
        else:
            server.model = "tests/another"
        main([*recipe(tmp_path, items), "--models", f"clever={server.url}"])
        assert len(server.calls) == ITEMS + (1 if change == "an item" else ITEMS)


def test_numbers_stand_when_their_endpoint_is_switched_off(tmp_path: Path, items: Path) -> None:
    with Scripted(clever) as server:
        main([*recipe(tmp_path, items), "--models", f"clever={server.url}"])
    main([*recipe(tmp_path, items), "--models", f"clever={server.url}"])


def test_two_models_are_compared_on_the_same_items(
    tmp_path: Path, items: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Scripted(clever) as one, Scripted(lambda call: reply(f"\\boxed{{{2 * asked(call)}}}")) as two:
        main([*recipe(tmp_path, items, paper={"Theirs-7B": {"sums": 12.5}}, source="a table", lacking={"Poems": "nobody asks"}),
              "--models", f"one={one.url}", f"two={two.url}"])  # fmt: skip
    said = (tmp_path / "scores" / "table.md").read_text()
    assert "| two - one | +0.500" in said and "| 6 / 0 |" in said
    assert "12.5 %" in said and "another harness" in said and "Poems: nobody asks" in said
    assert "two - one" in capsys.readouterr().out


def test_an_endpoint_that_fails_is_no_wrong_answer(
    tmp_path: Path, items: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("train.asking.TRIES", 1)
    with Scripted(reset) as server:
        with pytest.raises(WorldError, match="sums"):
            main([*recipe(tmp_path, items), "--models", f"broken={server.url}"])
    assert not (tmp_path / "scores" / "broken").exists()
    with pytest.raises(WorldError, match="which model it serves"):
        main([*recipe(tmp_path, items), "--models", f"gone={server.url}"])


@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize(
    "body", ['{"error": "overloaded"}', '{"choices": []}', "<html>502</html>", '["nothing"]'], ids=str
)
def test_what_is_no_completion_is_no_wrong_answer(
    tmp_path: Path, items: Path, monkeypatch: pytest.MonkeyPatch, body: str, concurrency: int
) -> None:
    """lm-eval takes it for an empty text."""
    monkeypatch.setattr("train.asking.TRIES", 1)

    def garbled(call: Call) -> Any:
        return web.Response(text=body, content_type="application/json") if asked(call) == 5 else clever(call)

    with Scripted(garbled) as server:
        with pytest.raises(WorldError, match="endpoint"):
            main([*recipe(tmp_path, items, concurrency=concurrency), "--models", f"garbled={server.url}"])
    assert not (tmp_path / "scores" / "garbled").exists()


def test_a_model_on_disk_says_what_its_own_generate_says(tmp_path: Path, items: Path) -> None:
    set_seed(1)
    place = tmp_path / "model"
    made = PreTrainedTokenizerFast(tokenizer_file=str(tokenizer(tmp_path)), eos_token="!", pad_token="!")
    model = LlamaForCausalLM(LlamaConfig(**{**MODEL, "vocab_size": len(made), "eos_token_id": made.eos_token_id}))
    model.generation_config.eos_token_id = made.eos_token_id
    model.save_pretrained(place)
    made.save_pretrained(place)
    main([*recipe(tmp_path, items, batch=5, dtype="float32"), "--models", str(place)])
    rows = load_dataset(str(tmp_path / "scores" / "model"), "items", split="train")
    inputs = made(f"Problem:\n{rows[4]['problem']}\n\nSolution:\n", return_tensors="pt")
    said = model.generate(
        **{name: inputs[name] for name in ("input_ids", "attention_mask")}, max_new_tokens=16, do_sample=False
    )
    alone = made.decode(said[0][inputs["input_ids"].shape[1] :], skip_special_tokens=True)
    assert rows[4]["replies"] == [alone.split("\n\nProblem:")[0]]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--models"], "no --models"),
        (["--samples", "4"], "several need one above 0"),
        (["--limit", "0"], "limit is 0"),
        (["--batch", "0"], "batch is 0"),
        (["--dtype", "float7"], "dtype is float7; it is auto"),
        (["--models", "a/../b=/nowhere"], "names no folder"),
        (["--tasks", "gsm9k"], "lm-eval has no task gsm9k; what comes near"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, items: Path, flags: list[str], said: str) -> None:
    more = ["--models", "/nowhere"] if flags != ["--models"] else []
    with pytest.raises(UserError, match=said):
        main([*recipe(tmp_path, items), *more, *(flags if more else [])])


def test_a_model_that_is_not_there_is_named(tmp_path: Path, items: Path) -> None:
    with pytest.raises(UserError, match="no model at /nowhere"):
        main([*recipe(tmp_path, items), "--models", "/nowhere"])
    with pytest.raises(UserError, match="two models are called a"):
        places(["x/a", "a=y"])


def test_numbers_of_lm_evals_own_tasks_keep_their_errors() -> None:
    given = {
        "alias": "arc",
        "acc,none": 0.5,
        "acc_stderr,none": 0.1,
        "acc_norm,none": 0.6,
        "acc_norm_stderr,none": "N/A",
    }
    made = theirs_of("arc", given, {"n-samples": {"arc": {"effective": 30}}})
    assert made["acc"] == {"value": 0.5, "low": pytest.approx(0.304), "high": pytest.approx(0.696), "of": 30}
    assert made["acc_norm"]["low"] is None


def test_the_papers_numbers_of_tasks_that_were_not_asked_are_left_out() -> None:
    number = {"value": 0.5, "low": 0.4, "high": 0.6, "of": 9}
    lines = table({"m": {"sums": {"pass@1": number}}}, {}, {"P": {"other": 3.0}}, "s", {})
    assert lines == ["| task | metric | m |", "| --- | --- | --- |", "| sums | pass@1 | 0.500 [0.40, 0.60] |"]


def test_a_token_goes_nowhere_it_may_not(tmp_path: Path, items: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secretsecret")
    monkeypatch.setenv("OTHER", "of-its-own")
    for place, name, said in (
        ("http://127.0.0.1:9", "HF_TOKEN", "would get your Hugging Face token"),
        ("http://example.invalid", "OTHER", "would travel in the clear"),
    ):
        with pytest.raises(UserError, match=said):
            main(recipe(tmp_path, items, models=[f"a={place}"], token_env=name))


def test_no_token_follows_a_redirect(tmp_path: Path, items: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER", "of-its-own")
    taken: list[str | None] = []

    class Takes(Scripted):
        async def _serve(self, request: web.Request) -> web.StreamResponse:
            taken.append(request.headers.get("Authorization"))
            return web.json_response({"data": [{"id": "m"}]})

    class Sends(Scripted):
        async def _serve(self, request: web.Request) -> web.StreamResponse:
            return web.Response(status=302, headers={"Location": f"{takes.url}{request.path}"})

    with Takes(clever) as takes, Sends(clever) as sends:
        with pytest.raises(WorldError, match="which model it serves"):
            main(recipe(tmp_path, items, models=[f"a={sends.url}"], token_env="OTHER"))
    assert not taken


def test_the_table_is_not_written_through_a_link(tmp_path: Path, items: Path) -> None:
    (tmp_path / "scores").mkdir()
    (tmp_path / "mine.txt").write_text("mine")
    (tmp_path / "scores" / "table.md").hardlink_to(tmp_path / "mine.txt")
    (tmp_path / "scores" / ".table.md").symlink_to(tmp_path / "mine.txt")
    with Scripted(clever) as server:
        main(recipe(tmp_path, items, models=[f"a={server.url}"]))
    assert (tmp_path / "mine.txt").read_text() == "mine" and "sums" in (tmp_path / "scores" / "table.md").read_text()


async def endless(request: web.Request) -> web.StreamResponse:
    """A body of which more is read than a reply may have, or the test fails."""
    sent = web.StreamResponse()
    await sent.prepare(request)
    with suppress(ConnectionError):
        for _ in range(200):
            await sent.write(b" " * (1 << 20))
        raise AssertionError("all of it was read")
    return sent


async def sends_on(request: web.Request) -> web.StreamResponse:
    return web.Response(status=307, headers={"Location": "http://127.0.0.1:9/v1/chat/completions"})


async def deep(request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"[" * 1_000_000)


async def odd(request: web.Request) -> web.StreamResponse:
    return web.json_response({"choices": [{"message": {"content": ["a", {}]}}]})


async def nothing(request: web.Request) -> web.StreamResponse:
    return web.json_response(None)


async def text(request: web.Request) -> web.StreamResponse:
    return web.json_response("2")


@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (endless, "over 16 MiB"),
        (sends_on, "answered 307"),
        (deep, "no JSON, but .*RecursionError"),
        (odd, "no chat completion, but"),
        (nothing, "no chat completion, but None"),
        (text, "no chat completion, but 2"),
    ],
    ids=["endless", "sends_on", "deep", "odd", "nothing", "text"],
)
def test_what_an_endpoint_sends_has_a_bound_and_leads_nowhere(
    tmp_path: Path,
    items: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
    said: str,
    concurrency: int,
) -> None:
    monkeypatch.setattr("train.asking.TRIES", 1)

    class Odd(Scripted):
        async def _serve(self, request: web.Request) -> web.StreamResponse:
            if request.method == "GET":
                return web.json_response({"data": [{"id": "m"}]})
            await request.read()
            return await answer(request)

    with Odd(clever) as server:
        with pytest.raises(WorldError, match=f"the endpoint failed over an item of sums, 1 times: .*{said}"):
            main(recipe(tmp_path, items, models=[f"a={server.url}"], concurrency=concurrency, limit=2))


@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize("token", ["of-its-own", None])
def test_questions_take_the_token_that_is_named_and_no_other(
    tmp_path: Path, items: Path, monkeypatch: pytest.MonkeyPatch, token: str | None, concurrency: int
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "somebody-elses")
    if token:
        monkeypatch.setenv("OTHER", token)

    def echoing(call: Call) -> Any:
        return reply(f"{call.headers.get('Authorization')} \\boxed{{0}}")

    with Scripted(echoing) as server:
        main(recipe(tmp_path, items, models=[f"a={server.url}"], token_env="OTHER", concurrency=concurrency))
    assert {call.headers.get("Authorization") for call in server.calls} == {token and f"Bearer {token}"}
    assert len(server.calls) == ITEMS
    kept = b"".join(path.read_bytes() for path in (tmp_path / "scores").rglob("*") if path.is_file())
    assert b"of-its-own" not in kept and b"somebody-elses" not in kept


@pytest.mark.parametrize("concurrency", [1, 4])
def test_no_more_are_asked_at_once_than_is_said(tmp_path: Path, items: Path, concurrency: int) -> None:
    under_way, most = 0, 0

    async def slow(call: Call) -> web.StreamResponse:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.03)
        under_way -= 1
        return clever(call)

    with Scripted(slow) as server:
        main(recipe(tmp_path, items, models=[f"a={server.url}"], concurrency=concurrency))
    assert most == concurrency


def test_what_an_endpoint_refuses_is_asked_once_and_says_why(tmp_path: Path, items: Path) -> None:
    def refuses(call: Call) -> web.StreamResponse:
        return web.json_response({"error": "max_tokens is too large"}, status=400)

    with Scripted(refuses) as server:
        with pytest.raises(UserError, match=r"refuses an item \(400\): .*max_tokens is too large"):
            main(recipe(tmp_path, items, models=[f"a={server.url}"], concurrency=1, limit=1))
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    "scores", [5, [1], {"t": "x"}, {"sums": {"pass@1": "x"}}, {"sums": {"\x1b[2J": {"value": 1}}}], ids=str
)
def test_numbers_that_are_none_are_measured_again(tmp_path: Path, items: Path, scores: Any) -> None:
    with Scripted(clever) as server:
        flags = recipe(tmp_path, items, models=[f"a={server.url}"])
        main(flags)
        said = run_json(tmp_path, "a")
        (tmp_path / "scores" / "a" / "run.json").write_text(json.dumps({**said, "scores": scores}))
        main(flags)
        assert run_json(tmp_path, "a") == said and len(server.calls) == ITEMS


def test_a_folder_that_is_a_link_gets_nothing(tmp_path: Path, items: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores" / "a").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="scores/a is a link"):
        main(recipe(tmp_path, items, models=["a=http://127.0.0.1:9"]))
    assert not list((tmp_path / "elsewhere").iterdir())
