"""The vocabulary where the world or a model fails it: one point is rejected, or all wait, and nothing is asked twice."""

from collections import Counter
from pathlib import Path

import pytest
from aiohttp import web

from builders.errors import UserError, WorldError
from generation.dual_filter import decided
from generation.vocabulary import Vocabulary
from tests.generation.curating import Curator, Vector, alone, by_spelling, filtered, one_each, open_run, planted, unit
from tests.scripted import Scripted


@pytest.mark.parametrize("vector", [[0.0] * 6, [None] * 6, [1e300, 0, 0, 0, 0, 0]])
def test_a_vector_without_direction_rejects_its_point_alone(tmp_path: Path, vector: Vector) -> None:
    names = filtered(tmp_path, Curator({"sine": alone(1), "odd": vector}), one_each(["sine", "odd"]))
    assert by_spelling(names) == {"odd": (None, "dropped"), "sine": ("sine", "kept")}
    [lost] = names.rejected
    assert (lost["step"], lost["reason"]) == ("embedding", "unreadable")


@pytest.mark.parametrize("status", [413, 422])
def test_a_text_that_the_server_refuses_is_rejected_alone(tmp_path: Path, status: int) -> None:
    def refuse(step: str, text: str) -> web.Response | None:
        odd = step == "embedding" and text == "odd"
        return web.json_response({"error": "too long", "error_type": "Validation"}, status=status) if odd else None

    curator = Curator({"sine": alone(1)}, instead=refuse)
    for _ in range(2):  # and it is asked once only
        names = filtered(tmp_path, curator, one_each(["sine", "odd"]))
        [lost] = names.rejected
        assert (lost["reason"], lost["detail"]) == ("refused", f"{status}: too long")
    assert curator.texts["embedding"].count("odd") == 1


def test_embeddings_of_two_dimensions_are_the_users_to_sort_out(tmp_path: Path) -> None:
    vectors = {"sine": alone(1), "cosine": alone(2), "odd": alone(1, 4)}
    with pytest.raises(UserError, match=r"2 embeddings have 6 numbers and 1 have 4.*forget --run"):
        filtered(tmp_path, Curator(vectors), one_each(vectors))


def test_a_server_that_is_down_ends_the_run_and_a_replay_needs_none(tmp_path: Path) -> None:
    seeds, curator = planted(1)
    with Scripted(curator) as server, open_run(tmp_path, server.url) as (recipe, run):
        first = decided(seeds, recipe, run)
        url = server.url
    with open_run(tmp_path, url, from_ledger=True) as (recipe, run):
        assert decided(seeds, recipe, run) == first
    with open_run(tmp_path, url, patience=0.2) as (recipe, run):  # everything is in the ledger
        assert decided(seeds, recipe, run) == first
    with open_run(tmp_path, url, patience=0.2) as (recipe, run), pytest.raises(WorldError):
        decided([*seeds, ("new", ["a new point"])], recipe, run)


def test_a_server_of_embeddings_that_dies_on_the_way_ends_the_run_and_nothing_is_lost(tmp_path: Path) -> None:
    seeds, curator = planted(3)
    other = Curator(curator.vectors)
    with Scripted(curator) as server, Scripted(other, model="tests/vectors") as vectors:

        def die(step: str, text: str) -> web.Response | None:
            vectors.healthy = other.asked.total() < 20
            return None if vectors.healthy else web.Response(status=503)

        other.instead = die
        with open_run(tmp_path, server.url, embeddings=vectors.url, patience=0.5) as (recipe, run):
            with pytest.raises(WorldError, match="the same command goes on"):
                decided(seeds, recipe, run)
        other.instead, vectors.healthy = lambda step, text: None, True
        with open_run(tmp_path, server.url, embeddings=vectors.url) as (recipe, run):
            names = decided(seeds, recipe, run)
    assert max(Counter(curator.texts["point_filter"]).values()) == 1, "a point was judged twice"
    assert names == filtered(tmp_path / "whole", curator, seeds)


def test_what_has_no_answer_holds_the_graph_back_unless_one_goes_on(tmp_path: Path) -> None:
    curator = Curator(
        {"sine": alone(1), "odd": alone(2)},
        instead=lambda step, text: web.Response(status=503) if text == "odd" else None,
    )
    with pytest.raises(WorldError, match="1 of 1 points have no answer yet|1 of 2 points have no answer yet"):
        filtered(tmp_path, curator, one_each(["sine", "odd"]), deadline=0.3)
    names = filtered(tmp_path, curator, one_each(["sine", "odd"]), deadline=0.3, keep_going=True)
    assert [row["reason"] for row in names.rejected] == ["no_answer"]


def test_one_seed_more_asks_nearly_nothing(tmp_path: Path) -> None:
    seeds, curator = planted(2)
    curator.vectors = curator.vectors | {"a new point": unit([1.0] * 8)}
    before = filtered(tmp_path, curator, seeds)
    asked = curator.asked.total()
    curator.asked.clear()
    after = filtered(tmp_path, curator, [*seeds, ("new", ["a new point"])])
    assert curator.asked["point_filter"] == curator.asked["embedding"] == 1
    assert curator.asked.total() < asked / 10
    assert {text: after.name[text] for text in before.name} == before.name


def test_without_embeddings_only_what_is_written_otherwise_merges(tmp_path: Path) -> None:
    seeds = one_each(["Law of cosines", "law of  Cosines.", "cosine rule"])
    names = filtered(tmp_path, Curator({}), [*seeds, ("more", ["law of  Cosines."])], embeddings="none")
    assert dict(names.name) == {
        "Law of cosines": "law of  Cosines.", "law of  Cosines.": "law of  Cosines.", "cosine rule": "cosine rule",
    }  # fmt: skip
    assert [row["similarity"] for row in names.decisions] == [1.0, None, None]


@pytest.mark.parametrize(("near", "sure"), [(0.0, 0.9), (0.9, 0.8), (0.7, 1.1), (float("nan"), 0.9)])
def test_thresholds_that_no_cosine_has_are_refused(near: float, sure: float) -> None:
    with pytest.raises(UserError, match="0 < near <= sure <= 1"):
        Vocabulary(output="out", near=near, sure=sure).check()
