"""A run.json of a stranger: what a card reckons with is what it must be, or one sentence names the place."""

from pathlib import Path
from typing import Any

import pytest

from builders.errors import UserError
from cards.told import check_told

DEEP: dict[str, Any] = {"a": 1}
for _ in range(900):
    DEEP = {"a": DEEP}
ODD: list[tuple[dict[str, Any], str]] = [
    ({"counts": 7}, "counts holds a number; it must be a mapping"),
    ({"counts": ["a"]}, "counts holds"),
    ({"counts": {"units": {"seed": {"in": "x"}}}}, "counts: units: seed: in holds a text; it must be a whole number"),
    ({"counts": {"hops": {"one_hop": {"drawn": None}}}}, "counts: hops: one_hop: drawn holds null"),
    ({"counts": {"documents": [1]}}, "counts: documents holds"),
    ({"counts": {"styles": {"debate": {"asked": 1.5}}}}, "asked holds a number; it must be a whole number"),
    ({"counts": {"styles": {"debate": {"kept": True}}}}, "kept holds true or false"),
    ({"counts": {"styles": {"debate": {"kept": -1}}}}, "kept holds a number"),
    ({"counts": {"styles": {"debate": {"kept": 10**400}}}}, "kept holds a number"),
    ({"counts": DEEP}, "holds an object; it must be a whole number"),
    ({"counts": {"\x1b[2J\n": "x"}}, r"counts: \\x1b\[2J\\n holds a text"),
    ({"graph": {"points": {"a": "x"}}}, "graph: points: a holds a text"),
    ({"models": 1.5}, "models holds a number; it must be a list"),
    ({"panel": {"judge": "a"}}, "panel holds an object; it must be a list"),
    ({"panel": [{"judge": "a", "also": 7}]}, "panel: also holds a number"),
    ({"benchmarks": 7}, "benchmarks holds a number"),
    ({"problem_models": 7}, "problem_models holds a number"),
    ({"contamination": {"layers": 7}}, "contamination: layers holds a number"),
]


@pytest.mark.parametrize(("run", "said"), ODD, ids=[said for _, said in ODD])
def test_an_odd_type_in_run_json_is_one_sentence(run: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said) as problem:
        check_told(Path("data/theirs"), run)
    assert str(problem.value).startswith("data/theirs/run.json: ") and len(str(problem.value)) < 400


def test_what_a_run_writes_may_stand_there() -> None:
    check_told(
        Path("a"),
        {"counts": {"units": {"seed": {"in": 3, "rejected": {}}}}, "graph": None, "panel": None, "models": []},
    )
    check_told(Path("a"), {"counts": {"hops": None}})
    check_told(Path("a"), {"kind": "mind"})
