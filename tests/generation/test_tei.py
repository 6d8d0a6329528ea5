"""The rehearsal as text-embeddings-inference: vectors, limits, and what it says of itself."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from generation.rehearsal import Rehearsal, rehearse
from generation.tei import BATCH, INPUT
from generation.vectors import SIZE
from tests.generation.rehearsing import get, post


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with rehearse(Rehearsal(port=0, faults="0", outages="0")) as address:
        yield f"{address}/embedder"


def embedded(url: str, **body: Any) -> list[list[float]]:
    status, text = post(f"{url}/embed", body)
    assert status == 200, text
    return list(json.loads(text))


def test_a_text_or_a_list_of_them_has_a_vector_each(url: str) -> None:
    one, many = embedded(url, inputs="sine function"), embedded(url, inputs=["sine function", "cosine function"])
    assert [len(one), len(many)] == [1, 2] and one[0] == many[0] and len(one[0]) == SIZE
    assert sum(x * x for x in one[0]) == pytest.approx(1, abs=1e-5)


def test_what_is_not_normalised_is_longer(url: str) -> None:
    bare = embedded(url, inputs="sine function", normalize=False)[0]
    assert sum(x * x for x in bare) > 2
    assert embedded(url, inputs="sine function", normalize=True) == embedded(url, inputs="sine function")


def test_every_server_gives_the_same_vectors(url: str) -> None:
    with rehearse(Rehearsal(port=0, seed=8, outages="0")) as other:
        assert embedded(other, inputs=["GCD"]) == embedded(url, inputs=["GCD"])


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"inputs": ["x"] * (BATCH + 1)}, 413, f"batch size {BATCH + 1} > maximum allowed batch size {BATCH}"),
        ({"inputs": "word " * INPUT}, 413, f"must have less than {INPUT} tokens"),
        ({"inputs": []}, 400, "cannot be empty"),
        ({"inputs": ""}, 400, "cannot be empty"),
        ({"inputs": [1]}, 422, "inputs"),
        ({"text": "x"}, 422, "missing field `inputs`"),
        ({"inputs": "x", "truncate": "yes"}, 422, "boolean"),
        (b"{", 400, "JSON"),
    ],
)
def test_what_it_does_not_take_it_refuses_as_the_original_does(url: str, body: Any, status: int, words: str) -> None:
    found, text = post(f"{url}/embed", body)
    assert (found, words in text) == (status, True), text


def test_a_long_text_may_be_cut(url: str) -> None:
    assert embedded(url, inputs="word " * 2 * INPUT, truncate=True) == embedded(
        url, inputs="word " * INPUT, truncate=True
    )


def test_it_says_what_it_is(url: str) -> None:
    info = json.loads(get(f"{url}/info")[1])
    assert info["model_id"] == "mathloom/rehearsal/embedder" and info["model_sha"]
    assert (info["max_client_batch_size"], info["max_input_length"]) == (BATCH, INPUT)
    assert get(f"{url}/health")[0] == 200
    assert post(f"{url}/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]})[0] == 404


def test_a_role_that_replies_gives_vectors_too(url: str) -> None:
    assert embedded(url.removesuffix("/embedder"), inputs="GCD") == embedded(url, inputs="GCD")


def test_outages_reach_embeddings_as_well() -> None:
    with rehearse(Rehearsal(port=0, outages="unavailable=0.5")) as other:
        statuses = [post(f"{other}/embedder/embed", {"inputs": f"text {n}"})[0] for n in range(60)]
    assert set(statuses) == {200, 503}
