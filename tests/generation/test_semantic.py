"""What lies near an item of a benchmark is shown to a model, and what it calls the same problem is set apart; what is far from seeds is novel."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from builders.overlap import Item
from generation.embedded import Known
from generation.gsdp_questions import Question, question_of
from generation.semantic import Near, _novel
from generation.vectors import embedding
from tests.generation.curating import at
from tests.generation.folders import digest
from tests.generation.gsdp_runs import Teacher, gsdp, reasons, rows, step
from tests.generation.test_decontaminate import write
from tests.scripted import Call, Scripted, reply

ITEMS = {
    "apples": "Tom has 12 apples and eats 5. How many?",
    "circle": "Find the area of a circle of radius 7 in the plane.",
}
ROWS = {  # what is asked -> its vector: the first axis is that of the apples, the second that of the circle
    "Ann has 31 pears and eats 9. How many?": at(0.95, 2),
    "Ann has 31 pears. How old is she? {{ 7 * 7 }} \\boxed{} </problem> $\0": at(0.9, 3),
    "Bob sold some pears.": at(0.79, 2),
    "Was ist die Fläche eines Kreises mit Radius 9?": [0.6, 0.8, 0, 0, 0, 0],
    "tom HAS $12$ apples, and eats 5: how many": at(0.9, 4),
}
VECTORS: dict[str, Any] = {**ROWS, ITEMS["apples"]: at(1.0, 1), ITEMS["circle"]: at(0.0, 1)}
SEEDS = {json.loads(line)["problem"] for line in Path("builders/sample/problems.jsonl").read_text().splitlines()}
YES = ("31 pears and eats", "Kreises")


@dataclass
class Judge:
    """Embeds the texts that it knows, and says yes where a problem holds one of some words."""

    instead: Callable[[Call], web.StreamResponse | None] = lambda call: None

    def __call__(self, call: Call) -> web.StreamResponse:
        other = self.instead(call)
        if other is not None:
            return other
        if call.path == "/embed":
            return web.json_response([list(VECTORS[call.text])])
        asked = question_of(call.text)
        assert asked is not None and asked.kind == "same_problem"
        word = "yes" if any(sign in asked.points[0] for sign in YES) else "no"
        return reply(f"<equal>\n{word}\n</equal>\n<reason>\nOnly names and numbers are different.\n</reason>")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "items.jsonl", [{"id": name, "problem": text} for name, text in ITEMS.items()])
    write(tmp_path / "rows.jsonl", [{"problem": text, "reason": "mine", "vector": 7} for text in ROWS])
    return tmp_path


def decontaminate(
    folder: Path, url: str, *flags: str, out: str = "out", code: int = 0, embeddings: str | None = None
) -> str:
    given = {"rows": str(folder / "rows.jsonl"), "benchmarks": [str(folder / "items.jsonl")]}
    return step("decontaminate", folder, url, *flags, code=code, out=out, embeddings=embeddings or url, **given)


def embedded(calls: list[Call]) -> list[str]:
    return sorted(call.text for call in calls if call.path == "/embed")


def test_what_a_model_calls_the_same_is_set_apart_with_its_evidence(folder: Path) -> None:
    with Scripted(Judge()) as server:
        said = decontaminate(folder, server.url)
        assert "5 rows: 2 kept; rejected: 3 contaminated" in said
        # The one that has the words of an item is asked nothing, and the one below the bound no model sees.
        assert embedded(server.calls) == sorted(set(VECTORS) - {list(ROWS)[4]})
        seen = [asked.points for call in server.calls if call.path != "/embed" and (asked := question_of(call.text))]
        assert sorted(seen) == sorted(
            (list(ROWS)[n], ITEMS[item]) for n, item in ((0, "apples"), (1, "apples"), (3, "circle"))
        )
        before = len(server.calls)
        assert "5 rows: 2 kept" in decontaminate(folder, server.url, out="again")
        assert len(server.calls) == before
    assert "5 rows: 2 kept" in decontaminate(folder, "http://127.0.0.1:9", "--from-ledger", out="replay")
    assert digest(folder / "out") == digest(folder / "again") == digest(folder / "replay")
    kept = {row["problem"]: row for row in rows(folder / "out", "default")}
    assert list(kept) == [list(ROWS)[1], list(ROWS)[2]]
    assert all(row["contamination"] == [] and row["reason"] == "mine" and row["vector"] == 7 for row in kept.values())
    lost = {row["problem"]: row for row in rows(folder / "out", "rejected")}
    [hit] = lost["Ann has 31 pears and eats 9. How many?"]["contamination"]
    assert hit == {
        "benchmark": "items.jsonl", "id": "apples", "layer": "semantic",
        "evidence": f"similarity 0.950 (Only names and numbers are different.): {ITEMS['apples']}",
    }  # fmt: skip
    translated = lost[list(ROWS)[3]]
    assert (translated["step"], translated["detail"]) == ("same_problem", "the same problem as items.jsonl circle")
    assert lost[list(ROWS)[4]]["contamination"][0]["layer"] == "exact"
    assert len(rows(folder / "out", "replies")) == 9


def test_a_dry_run_counts_the_questions_and_asks_none(folder: Path) -> None:
    with Scripted(Judge()) as server:
        said = decontaminate(folder, server.url, "--dry-run")
        assert server.calls == [] and "2 items of the benchmarks are embedded" in said
        assert re.search(r"problem_embedding +4 +0 +4", said)
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("url", "embeddings", "why"), [("", None, "without a model"), ("http://127.0.0.1:9", "none", "without embeddings")]
)
def test_without_a_model_or_embeddings_the_layer_is_off_and_says_so(
    folder: Path, url: str, embeddings: str | None, why: str
) -> None:
    said = decontaminate(folder, url, embeddings=embeddings)
    assert f"exact and n-gram layers alone: {why}, nearest neighbours are not looked for" in said
    assert "5 rows: 4 kept; rejected: 1 contaminated" in said and not (folder / "ledger.sqlite").exists()


def test_a_row_without_an_answer_is_not_clean_and_is_asked_again(folder: Path) -> None:
    broken = Judge(lambda call: web.Response(status=503) if "Bob" in call.text or "radius 7" in call.text else None)
    with Scripted(broken) as server:
        said = decontaminate(folder, server.url, "--deadline", "0.5", code=3)
        assert "1 of 2 items of benchmarks have no answer yet" in said
        broken.instead = lambda call: web.Response(status=503) if "Bob" in call.text else None
        assert "5 rows: 1 kept; rejected: 3 contaminated, 1 no_answer" in decontaminate(
            folder, server.url, "--deadline", "0.5"
        )
        broken.instead = lambda call: None
        assert "5 rows: 2 kept" in decontaminate(folder, server.url)
    assert len([text for text in embedded(server.calls) if text == next(iter(ROWS))]) == 1


def test_a_verdict_that_cannot_be_read_is_never_a_clean_row(folder: Path) -> None:
    with Scripted(Judge(lambda call: None if call.path == "/embed" else reply("Hm."))) as server:
        assert "5 rows: 1 kept; rejected: 1 contaminated, 3 unreadable" in decontaminate(folder, server.url)


def test_a_similarity_that_is_none_is_refused(folder: Path) -> None:
    assert "alike is 1.5; it is a cosine" in decontaminate(folder, "http://127.0.0.1:9", "--alike", "1.5", code=2)


def near_seeds(*seeds: list[float], missing: int = 0) -> Any:
    vectors = np.array(seeds, np.float32).reshape(len(seeds), 6)
    known = Known(tuple(Item("", str(n), "") for n in range(len(seeds))), vectors, missing)
    return Near(None, None, None, Known(), known, 0.8, 0.7)  # type: ignore[arg-type]


def test_novel_is_what_no_seed_is_near_enough_to() -> None:
    points = np.array([at(0.71, 1), at(0.7, 2), at(0.699, 3), at(0.1, 4)], np.float32)
    assert _novel(points, near_seeds(at(1.0, 1), at(0.0, 5))) == [False, False, True, True]
    assert _novel(points, near_seeds(at(1.0, 1), missing=1)) == [False, False, None, None]
    assert _novel(points, near_seeds()) == [None] * 4


@dataclass
class Embedding(Teacher):
    """Problems that speak of an odd number lie at the first seed, and the others nowhere near any."""

    async def _answer(self, call: Call) -> web.StreamResponse:
        if call.path != "/embed":
            return await super()._answer(call)
        near = any(sign in call.text for sign in ("remainder", "modulo", "divided"))
        other = not near and (len(call.text) < 60 or call.text in SEEDS)  # a point, or another seed
        return web.json_response([embedding(call.text) if other else at(0.9 if near else 0.0, 1 + near, 128)])


def test_problems_of_a_run_are_novel_or_not_and_those_of_a_benchmark_in_other_words_are_rejected(
    tmp_path: Path,
) -> None:
    write(
        tmp_path / "items.jsonl",
        [{"id": "b", "problem": "What remains of eleven when it is divided by a dozen and a half and nine more?"}],
    )

    def same(asked: Question, call: Call) -> str:
        return f"<equal>\n{'yes' if '7' in asked.points[0] else 'no'}\n</equal>\n<reason>\nSo it is.\n</reason>"

    recipe: dict[str, Any] = {
        "seeds": str(Path("builders/sample/problems.jsonl")),
        "benchmarks": [str(tmp_path / "items.jsonl")],
    }
    with Embedding(says={"same_problem": same}) as server:
        gsdp(tmp_path, server.url, embeddings=server.url, **recipe)
        asked = {call.text for call in server.calls if call.path == "/embed"}
    made = rows(tmp_path / "out")
    apart = [row for row in rows(tmp_path / "out", "rejected") if row["step"] == "same_problem"]
    near = [row for row in made + apart if any(sign in row["problem"] for sign in ("remainder", "modulo", "divided"))]
    assert {row["novel"] for row in made} == {True, False} and reasons(tmp_path / "out")["contaminated"] == len(
        apart
    ) > 0
    assert all(row["novel"] is (row not in near) for row in made)
    assert all(
        "7" in row["problem"] and row in near and row["contamination"][0]["layer"] == "semantic" for row in apart
    )
    lost = [
        row["problem"] for row in rows(tmp_path / "out", "rejected") if row["step"] not in ("same_problem", "problem")
    ]
    assert not asked & {text for text in lost if text} and {row["problem"] for row in made} <= asked
    assert {"problem_embedding"} <= {said["step"] for said in made[0]["replies"]}
    before = digest(tmp_path / "out")
    gsdp(tmp_path, server.url, "--from-ledger", embeddings=server.url, **recipe)
    assert digest(tmp_path / "out") == before
