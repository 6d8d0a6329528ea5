"""The seed problems that ship: every line a problem as MATH has them, every solution well-formed, boxed and right where it calculates."""

import ast
import json
import math
import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parents[2] / "builders" / "sample" / "problems.jsonl"
COLUMNS = ["problem", "level", "type", "solution"]
SUBJECTS = {
    "Algebra",
    "Counting & Probability",
    "Geometry",
    "Intermediate Algebra",
    "Number Theory",
    "Prealgebra",
    "Precalculus",
}
LEVELS = {f"Level {i}" for i in range(1, 6)}

# knowledge -> how the solutions speak of it: what several problems share makes a graph of their points
SHARED = {
    "Pythagorean theorem": "Pythagorean theorem",
    "factoring": r"\bfactors? as\b|we factor",
    "Vieta's formulas": "Vieta's formulas",
    "quadratic equations": r"quadratic (?:equation|polynomial)",
    "prime factorization": r"= 2\^\d \\cdot (?:3|5)",
    "divisors": r"\bdivisors?\b",
    "remainders": r"\bremainder|\\equiv",
    "binomial coefficients": r"\\binom",
    "law of cosines": "law of cosines",
    "inclusion and exclusion": "inclusion and exclusion",
    "similar figures": r"\bsimilar\b",
    "arithmetic and geometric mean": r"geometric mean",
    "De Moivre's theorem": "De Moivre",
    "logarithms and powers": r"\\log|power of",
}

FORMULA = re.compile(r"\$\$.*?\$\$|\$.*?\$", re.DOTALL)


def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SAMPLE.read_bytes().decode("utf-8").split("\n")[:-1]]


def boxes(text: str) -> Iterator[str]:
    """What stands in the boxes of a text, nested braces and all."""
    for match in re.finditer(r"\\boxed\{", text):
        depth, end = 1, match.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        yield text[match.end() : end - 1]


def value(side: str) -> float | None:
    """What one side of an equation comes to; None where it is more than numbers."""
    side = re.sub(r"\\boxed\{(.*)\}", r"\1", side)
    for _ in range(3):
        side = re.sub(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", side)
        side = re.sub(r"\\binom\{(\d+)\}\{(\d+)\}", r"comb(\1,\2)", side)
        side = re.sub(r"(?<=[\d)])\s*\\sqrt\{(\d+)\}", r"*sqrt(\1)", side)
        side = re.sub(r"\\sqrt\{([^{}]*)\}", r"sqrt(\1)", side)
        side = re.sub(r"\^\{([^{}]*)\}|\^(\d)", r"**(\1\2)", side)
    side = side.replace(r"\cdot", "*").replace(r"\div", "/").replace(r"\left", "").replace(r"\right", "").strip()
    side = re.sub(r"(?<=[\d)])\s*(?=\()", "*", side)
    if not re.search(r"\d", side) or not re.fullmatch(r"(?:[\d.+\-*/() ]|sqrt|comb\(\d+,\d+\))+", side):
        return None
    try:
        return calculated(ast.parse(side.strip(), mode="eval").body)
    except SyntaxError:
        return None


SIGNS: dict[type, Callable[..., float]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow,
    ast.UAdd: operator.pos, ast.USub: operator.neg,
}  # fmt: skip


def calculated(node: ast.expr) -> float:
    """What numbers, the signs above, `sqrt` and `comb` come to."""
    match node:
        case ast.Constant(int() | float() as number):
            return number
        case ast.UnaryOp(sign, one):
            return SIGNS[type(sign)](calculated(one))
        case ast.BinOp(one, sign, other):
            return SIGNS[type(sign)](calculated(one), calculated(other))
        case ast.Call(ast.Name("sqrt"), [one]):
            return math.sqrt(calculated(one))
        case ast.Call(ast.Name("comb"), [ast.Constant(int() as many), ast.Constant(int() as few)]):
            return math.comb(many, few)
    raise ValueError(f"{ast.unparse(node)} is no calculation")


def calculations(text: str) -> Iterator[tuple[str, float, float]]:
    """(both sides as they are written, the value of each) of every equation of a text that consists of numbers."""
    for formula in FORMULA.findall(text):
        if "pmod" in formula or "_2" in formula:
            continue
        for part in re.split(r"\\equiv|\\ge\b|\\le\b|\\neq|[<>]", formula.strip("$")):
            sides = part.split("=")
            for left, right in pairwise(sides):
                one, other = value(left), value(right)
                if one is not None and other is not None:
                    yield f"{left.strip()} = {right.strip()}", one, other


PROBLEMS = rows()


def test_there_are_some_120_problems_over_all_subjects_and_levels() -> None:
    assert 115 <= len(PROBLEMS) <= 130
    cells = Counter((row["type"], row["level"]) for row in PROBLEMS)
    assert set(cells) == {(subject, level) for subject in SUBJECTS for level in LEVELS}
    assert min(cells.values()) >= 3


def test_every_line_has_the_columns_of_math_and_every_value_is_a_filled_string() -> None:
    for row in PROBLEMS:
        assert list(row) == COLUMNS
        assert all(isinstance(text, str) and text == text.strip() and text for text in row.values()), row["problem"]


def test_no_problem_stands_twice_and_the_first_rows_are_of_all_subjects() -> None:
    assert len({row["problem"].casefold() for row in PROBLEMS}) == len(PROBLEMS)
    assert {row["type"] for row in PROBLEMS[:7]} == SUBJECTS


@pytest.mark.parametrize("row", PROBLEMS, ids=lambda row: row["problem"][:40])
def test_a_solution_explains_and_ends_in_one_boxed_answer(row: dict[str, Any]) -> None:
    [answer] = boxes(row["solution"])
    assert answer.strip() and "\\boxed" not in row["problem"]
    assert len(row["solution"].split()) >= 15
    assert "\\boxed" in re.split(r"(?<=[.:]) (?=[A-Z])", row["solution"])[-1]


@pytest.mark.parametrize("row", PROBLEMS, ids=lambda row: row["problem"][:40])
def test_the_mathematics_of_a_row_balances(row: dict[str, Any]) -> None:
    for text in (row["problem"], row["solution"]):
        assert text.replace(r"\$", "").count("$") % 2 == 0
        for formula in FORMULA.findall(text):
            bare = formula.replace(r"\{", "").replace(r"\}", "")
            assert bare.count("{") == bare.count("}") and bare.count(r"\left") == bare.count(r"\right"), formula
            assert bare.count(r"\begin") == bare.count(r"\end"), formula


@pytest.mark.parametrize("row", PROBLEMS, ids=lambda row: row["problem"][:40])
def test_what_a_solution_calculates_is_right(row: dict[str, Any]) -> None:
    for written, one, other in calculations(row["solution"]):
        assert math.isclose(one, other, abs_tol=1e-9), written


def test_hundreds_of_calculations_were_looked_at() -> None:
    assert sum(1 for row in PROBLEMS for _ in calculations(row["solution"])) > 200


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (r"$3 \cdot 4 = 13$", 1),
        (r"$\frac{1}{2} + \frac{1}{3} = \frac{5}{6}$", 0),
        (r"$\frac{1}{2} + \frac{1}{3} = \frac{2}{5}$", 1),
        (r"$2^5 = 32 = 4 \cdot 9$", 1),
        (r"$\binom{6}{3} = 20$", 0),
        (r"$\sqrt{49} = \boxed{8}$", 1),
        (r"$4\sqrt{3} \cdot 2 = 8\sqrt{3}$", 0),
        (r"$(8 - 2) \cdot 180 = 1000$", 1),
        (r"$2(3 + 4)(1 + 1) = 28$", 0),
    ],
)
def test_a_wrong_calculation_is_seen(text: str, wrong: int) -> None:
    found = list(calculations(text))
    assert found and sum(not math.isclose(one, other, abs_tol=1e-9) for _, one, other in found) == wrong


@pytest.mark.parametrize("knowledge", SHARED)
def test_several_problems_share_knowledge(knowledge: str) -> None:
    assert sum(1 for row in PROBLEMS if re.search(SHARED[knowledge], row["solution"])) >= 2


def test_knowledge_is_shared_across_subjects() -> None:
    across = [
        knowledge
        for knowledge, words in SHARED.items()
        if len({row["type"] for row in PROBLEMS if re.search(words, row["solution"])}) > 1
    ]
    assert len(across) >= 8


def test_the_answers_are_of_many_kinds() -> None:
    answers = [next(boxes(row["solution"])) for row in PROBLEMS]
    kinds = {r"-?\d+": 60, r".*\\frac.*": 15, r".*\\sqrt.*": 5, r".*\\pi.*": 4, r".*i": 1, r"\(.*,.*\)": 1, r"-.*": 5}
    for kind, least in kinds.items():
        assert sum(re.fullmatch(kind, answer) is not None for answer in answers) >= least, kind
