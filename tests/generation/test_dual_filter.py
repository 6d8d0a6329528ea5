"""The dual filter over a real server: its groups are those of a plain reading of the rule, and a name is one group's."""

import math
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

from generation.dual_filter import renamed, spellings
from graph.grouping import normal
from tests.generation.curating import Curator, Seeds, alone, at, by_spelling, filtered, one_each, planted, unit
from tests.scripted import reply


def plain(seeds: Seeds, curator: Curator, sure: float = 0.9, near: float = 0.7) -> dict[str, str]:
    """spelling -> name, word for word as the rule says it, and slowly."""
    counts = Counter(point for _, points in seeds for point in set(points))
    heads: dict[str, str] = {}
    for point in sorted(counts, key=lambda text: (-counts[text], text)):
        heads.setdefault(normal(point), point)
    kept = sorted(head for form, head in heads.items() if form and head not in curator.kinds)
    agree = {}
    for a, b in combinations(kept, 2):
        cosine = round(sum(x * y for x, y in zip(unit(curator.vectors[a]), unit(curator.vectors[b]), strict=True)), 6)
        if cosine >= sure or (cosine >= near and frozenset((a, b)) in curator.same):
            agree[a, b] = cosine
    groups = [[head] for head in kept]
    for a, b in sorted(agree, key=lambda pair: (-agree[pair], pair)):
        one, other = (next(group for group in groups if end in group) for end in (a, b))
        if one is not other and all((min(x, y), max(x, y)) in agree for x in one for y in other):
            groups.remove(other)
            one += other
    of_head = {head: sorted(group)[0] for group in groups for head in group}
    return {point: of_head[heads[normal(point)]] for point in counts if heads[normal(point)] in of_head}


@pytest.mark.parametrize("number", range(4))
def test_names_are_those_of_the_rule_word_for_word(tmp_path: Path, number: int) -> None:
    seeds, curator = planted(number)
    names = filtered(tmp_path, curator, seeds)
    assert dict(names.name) == plain(seeds, curator)
    assert len(set(names.name.values())) < len(spellings(seeds).points) - len(curator.kinds), "nothing merged"
    texts = sorted({point for _, points in seeds for point in points})
    assert [row["spelling"] for row in names.decisions] == texts
    assert len(names.name) + len(names.rejected) == len(texts) == names.counts.total()


def test_sine_and_cosine_stay_apart_by_the_models_no(tmp_path: Path) -> None:
    vectors = {
        "sine": at(1, 1), "cosine": at(0.865, 1), "sine function": at(0.98, 2),
        "geometric sequence": [0, 0, 0, 0, 1, 0], "arithmetic sequence": [0, 0, 0, 0, 0.805, math.sqrt(1 - 0.805**2)],
    }  # fmt: skip
    curator = Curator(vectors)
    found = by_spelling(filtered(tmp_path, curator, one_each(vectors)))
    assert found["sine"] == ("sine", "chosen") and found["sine function"] == ("sine", "merged")
    assert found["cosine"] == ("cosine", "kept")
    assert found["geometric sequence"][1] == found["arithmetic sequence"][1] == "kept"
    assert "cosine | sine" in curator.texts["synonyms"]
    assert "arithmetic sequence | geometric sequence" in curator.texts["synonyms"]


def test_never_by_chain(tmp_path: Path) -> None:
    angle = math.acos(0.91)
    vectors = {name: [math.cos(n * angle), math.sin(n * angle)] for n, name in enumerate(("a1", "b2", "c3"))}
    names = filtered(tmp_path, Curator(vectors), one_each(vectors))
    assert len(set(names.name.values())) == 2  # a1 is near b2 and b2 near c3, but not a1 near c3


def test_two_groups_that_choose_one_new_name_stay_two(tmp_path: Path) -> None:
    vectors = {"sin x": alone(1), "sin(x)": alone(1), "cos x": alone(2), "cos(x)": alone(2)}
    curator = Curator(vectors, choose=lambda members: "Trigonometric function")
    names = filtered(tmp_path, curator, one_each(vectors))
    found = by_spelling(names)
    assert found["cos x"] == found["cos(x)"] == ("Trigonometric function", "merged")
    assert found["sin x"] == ("sin x", "chosen") and found["sin(x)"] == ("sin x", "merged")
    [why] = [row["reason"] for row in names.decisions if row["spelling"] == "sin x"]
    assert "Trigonometric function, is the name of another group" in why


@pytest.mark.parametrize(
    ("choice", "why"),
    [
        ("Tangent", "is the name of another point"),  # of one that stands alone
        ("cos(x).", "is the name of another point"),  # of a member of another group, written otherwise
        ("mathematics", "dropped as vague_point"),
    ],
)
def test_a_new_name_that_is_not_free_is_not_taken(tmp_path: Path, choice: str, why: str) -> None:
    vectors = {"sin x": alone(1), "sin(x)": alone(1), "cos x": alone(2), "cos(x)": alone(2), "tangent": alone(3)}
    curator = Curator(vectors, {"Mathematics": "vague"}, choose=lambda of: choice if "sin x" in of else of[0])
    names = filtered(tmp_path, curator, one_each([*vectors, "Mathematics"]))
    assert by_spelling(names)["sin(x)"] == ("sin x", "merged")
    assert len(set(names.name.values())) == 3
    assert any(why in (row["reason"] or "") for row in names.decisions)


@pytest.mark.parametrize("said", ["Let me think about this a little longer.", "Hmm."])
def test_whatever_else_a_model_says_is_no_new_name(tmp_path: Path, said: str) -> None:
    vectors = {"sin x": alone(1), "sin(x)": alone(1)}
    curator = Curator(vectors, instead=lambda step, text: reply(said) if step == "representative" else None)
    names = filtered(tmp_path, curator, one_each(vectors))
    assert by_spelling(names) == {"sin x": ("sin x", "chosen"), "sin(x)": ("sin x", "merged")}
    assert any("none of them" in (row["reason"] or "") for row in names.decisions)


def test_a_choice_that_cannot_be_read_is_the_most_frequent_spelling(tmp_path: Path) -> None:
    vectors = {"sin x": alone(1), "sin(x)": alone(1)}
    curator = Curator(vectors, instead=lambda step, text: reply("Hm?\n\nHm.") if step == "representative" else None)
    names = filtered(tmp_path, curator, [*one_each(vectors), ("more", ["sin(x)"])])
    assert by_spelling(names) == {"sin x": ("sin(x)", "merged"), "sin(x)": ("sin(x)", "chosen")}
    assert any("the model's choice is unreadable" in row["reason"] for row in names.decisions)


def test_a_member_may_be_chosen_by_its_number_or_in_other_letters(tmp_path: Path) -> None:
    vectors = {"Sin x": alone(1), "sine of x": alone(1), "cos x": alone(2), "cosine of x": alone(2)}
    curator = Curator(vectors, choose=lambda of: "2" if "Sin x" in of else "COSINE OF X")
    assert set(filtered(tmp_path, curator, one_each(vectors)).name.values()) == {"sine of x", "cosine of x"}


def test_every_dropped_point_says_why(tmp_path: Path) -> None:
    kinds = {"Algebra": "vague", "every series converges": "wrong", "solving 2x = 4": "detailed"}
    curator = Curator({"sine": alone(1)}, kinds)
    names = filtered(tmp_path, curator, one_each(["sine", *kinds, "algebra", "...", " "]))
    lost = {row["knowledge_points"][0]: (row["step"], row["reason"], row["detail"]) for row in names.rejected}
    assert lost == {
        "algebra": ("point_filter", "vague_point", "so it is"), "Algebra": ("point_filter", "vague_point", "so it is"),
        "every series converges": ("point_filter", "wrong_point", "so it is"),
        "solving 2x = 4": ("point_filter", "detailed_point", "so it is"),
        "...": ("vocabulary", "unreadable", "it holds no word"), " ": ("vocabulary", "unreadable", "it holds no word"),
    }  # fmt: skip
    assert curator.asked == {"point_filter": 4, "embedding": 1}  # what is dropped has no vector to be paid for


def test_points_of_all_shapes_are_one_row_each(tmp_path: Path) -> None:
    long = "the long theorem " * 600
    points = ["Satz des Pythagoras", "Pythagorean theorem", "勾股定理", long, r"$\Gamma$", r"$\gamma$"]
    vectors = {
        point: alone(1 if "P" in point or "勾" in point else number + 2, 9) for number, point in enumerate(points)
    }
    curator = Curator(vectors, choose=lambda of: "Pythagorean theorem")
    names = filtered(tmp_path, curator, [("a", [*points, *points]), ("b", [])])
    assert {names.name[text] for text in points[:3]} == {"Pythagorean theorem"}
    assert names.name[long] == long and names.name[r"$\Gamma$"] != names.name[r"$\gamma$"]
    assert renamed(points[:4], names) == ["Pythagorean theorem", long]


def test_without_the_dual_filter_embeddings_decide_alone_and_by_one_threshold(tmp_path: Path) -> None:
    vectors = {
        "sine": at(1, 1),
        "sine function": at(0.98, 2),
        "cosine": at(0.865, 3),
        "mathematical techniques": alone(4),
    }
    curator = Curator(vectors, {"mathematical techniques": "vague"}, {frozenset(("sine", "cosine"))})
    names = filtered(tmp_path, curator, [*one_each(vectors), ("again", ["sine function"])], dual_filter=False)
    found = by_spelling(names)
    assert found["sine"] == ("sine function", "merged") and found["sine function"] == ("sine function", "chosen")
    assert found["cosine"] == ("cosine", "kept") and found["mathematical techniques"][1] == "kept"
    assert {row["reason"] for row in names.decisions if row["decision"] == "chosen"} == {"the most frequent spelling"}
    assert set(curator.asked) == {"embedding"} and not names.rejected
