"""Every shared run of ten words is found, with the item and the words; nothing else is."""

import pickle
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.normal import split, words
from builders.overlap import DECIDES, REPORTED, Index, Item
from builders.word_runs import words_of

LONG = "A farmer has $17$ sheep and all but $9$ of them run away; how many sheep are left?"
SHORT = r"What is $\frac{1}{2} + 3$?"
INDEX = Index.of([Item("b", "long", LONG), Item("b", "short", SHORT), Item("c", "bare", "...")])


def ids(text: str) -> list[tuple[str, str]]:
    return [(hit["id"], hit["layer"]) for hit in INDEX.hits(text)]


CASES = [
    ("the text itself", LONG, [("long", "exact")]),
    ("the text, written in another way", "a FARMER has 17 sheep, and all but \\(9\\) of them run away: how many sheep are left", [("long", "exact")]),
    ("ten words of it", "Here 17 sheep and all but 9 of them run away, he says.", [("long", "n-gram")]),
    ("nine words of it", "Here 17 sheep and all but 9 of them run home, he says.", []),
    ("its words in another order", "left are sheep many how away run them of 9 but all and sheep 17", []),
    ("a short item whole", "Tell me: what is 1/2 + 3? Say it.", [("short", "n-gram")]),
    ("a short item itself", "What is $\\dfrac12 + 3$", [("short", "exact")]),
    ("a short item less a word", "what is 1/2 + 4", []),
    ("both", f"{LONG} {SHORT}", [("long", "n-gram"), ("short", "n-gram")]),
    ("a text without words", "...", []),
    ("nothing", "", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_run_of_ten_words_counts_and_a_short_item_whole(text: str, expected: list[tuple[str, str]]) -> None:
    assert ids(text) == expected


def test_the_evidence_is_the_longest_run_that_both_have() -> None:
    text = "all but 9 of them run away how many sheep. And: 17 sheep and all but 9 of them run away how many"
    assert INDEX.hits(text) == [
        {
            "benchmark": "b",
            "id": "long",
            "layer": "n-gram",
            "evidence": "17 sheep and all but 9 of them run away how many",
        }
    ]


def test_each_item_is_a_hit_of_its_own_the_exact_one_first() -> None:
    index = Index.of([Item("a", "1", LONG + " Say why."), Item("b", "1", LONG), Item("b", "2", LONG)])
    assert [(hit["benchmark"], hit["id"], hit["layer"]) for hit in index.hits(LONG)] == [
        ("b", "1", "exact"), ("b", "2", "exact"), ("a", "1", "n-gram"),
    ]  # fmt: skip


def test_the_longest_of_the_reported_runs_is_told() -> None:
    text = words(LONG)
    told = [
        INDEX.look([" ".join(["x", *text[:count], "y"])])[0].runs.get("b", 0) for count in (7, 8, 9, 10, 12, 13, 15)
    ]
    assert told == [0, 8, 8, 10, 10, 13, 15] and REPORTED == (8, 10, 13, 15)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(alphabet="ab \n()\\{}$.,-é求²\0\ud800", max_size=60), max_size=6))
def test_whatever_a_text_holds_it_meets_itself_and_breaks_nothing(given_texts: list[str]) -> None:
    index = Index.of(Item("b", str(at), text) for at, text in enumerate(given_texts))
    for at, (text, look) in enumerate(zip(given_texts, index.look(given_texts), strict=True)):
        assert (str(at), "exact") in {(hit["id"], hit["layer"]) for hit in look.hits} or not words(text)
        assert list(look.hits) == index.hits(text)


def test_an_index_of_nothing_finds_nothing() -> None:
    assert Index.of([]).hits(LONG) == [] and INDEX.look([]) == []


def test_an_index_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(INDEX)).hits(LONG) == INDEX.hits(LONG)


WORDS = [f"w{number}" for number in range(400)]


def texts(draw: random.Random, count: int) -> list[str]:
    return [" ".join(draw.choices(WORDS, k=draw.choice([3, 9, 10, 11, 40, 300]))) for _ in range(count)]


@pytest.mark.parametrize("seed", range(3))
def test_every_planted_span_is_found_with_its_item(seed: int) -> None:
    draw = random.Random(seed)
    items, hosts = texts(draw, 300), texts(draw, 500)
    index, planted = Index.of(Item("b", str(at), text) for at, text in enumerate(items)), []
    for host in hosts:
        at = draw.randrange(len(items))
        span, inside = items[at].split(), host.split()
        if len(span) > DECIDES:
            first = draw.randrange(len(span) - DECIDES + 1)
            span = span[first : first + DECIDES]
        place = draw.randrange(len(inside) + 1)
        planted.append((str(at), " ".join(span), " ".join([*inside[:place], *span, *inside[place:]])))
    for (name, span, _), look in zip(planted, index.look([text for *_, text in planted]), strict=True):
        assert any(hit["id"] == name and span in hit["evidence"] for hit in look.hits)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from("abc"), max_size=24), max_size=5),
    st.lists(st.lists(st.sampled_from("abc"), max_size=30), max_size=5),
)
def test_it_finds_what_a_plain_loop_over_sets_finds(items: list[list[str]], given_texts: list[list[str]]) -> None:
    index = Index.of(Item("bc"[at % 2], str(at), " ".join(text)) for at, text in enumerate(items))
    for text, look in zip(given_texts, index.look([" ".join(text) for text in given_texts]), strict=True):
        plain = {
            str(at)
            for at, item in enumerate(items)
            if item and any(run in runs(text, min(DECIDES, len(item))) for run in runs(item, min(DECIDES, len(item))))
        }
        assert {hit["id"] for hit in look.hits} == plain
        assert {hit["id"] for hit in look.hits if hit["layer"] == "exact"} == {
            str(at) for at, item in enumerate(items) if item == text and item
        }
        shared = {
            name: max((n for n in REPORTED if any(runs(item, n) & runs(text, n) for item in items[at::2])), default=0)
            for at, name in enumerate("bc")
        }
        assert look.runs == {name: n for name, n in shared.items() if n}


def runs(found: list[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(found[at : at + length]) for at in range(len(found) - length + 1)}


@given(st.lists(st.text(alphabet="ab12 .,-${}\\^_é求\0\n", max_size=30), max_size=5))
def test_the_words_that_are_hashed_are_those_that_a_text_has(given_texts: list[str]) -> None:
    made = words_of(given_texts)
    assert [made.text(at, 1) for at in range(len(made.begins) - 1)] == split(given_texts)


def test_a_text_is_the_same_however_it_is_spaced_but_not_between_digits() -> None:
    index = Index.of([Item("b", "products", "If $xy = 1$, what is $2x^2y + f(1, 23)$?")])
    assert index.hits("If $x y=1$ , what is $2 x^2 y+f(1,23)$ ?")[0]["layer"] == "exact"
    for other in ("If $xy = 1$, what is $2x^2y + f(12, 3)$?", "If $xy = 1$, what is $2x^2y - f(1, 23)$?"):
        assert all(hit["layer"] == "n-gram" for hit in index.hits(other))


def test_different_runs_have_different_hashes() -> None:
    draw = random.Random(1)
    made = words_of(texts(draw, 500))
    for length in (1, 8, 10):
        hashes = made.runs(length).tolist()
        assert len(set(hashes)) == len({made.text(at, length) for at in range(len(hashes))})


def test_a_text_that_repeats_itself_is_found_and_costs_no_more_than_another() -> None:
    index = Index.of([Item("b", "noughts", "0 " * 50_000)])
    assert [hit["layer"] for hit in index.hits("0 " * 50_000)] == ["exact"]
    assert [hit["layer"] for hit in index.hits("0 " * 49_000)] == ["n-gram"]
