"""What models say about knowledge points, as they really write it, and what the readers make of it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.errors import Unreadable
from generation.point_verdicts import chosen, read_choice, read_kind, read_same
from generation.points import read_points, same_name
from generation.prompts import load_prompt

POINTS, KIND, SAME, CHOICE = (
    load_prompt(name).front for name in ("knowledge_points", "point_filter", "synonyms", "representative")
)
TWO = ["Factoring", "Vieta's formulas"]

# how it is written -> (the reply, the points)
LISTS: dict[str, tuple[str, list[str]]] = {
    "as asked for": ("<points>\n1. Factoring\n2. Vieta's formulas\n</points>", TWO),
    "marks inline": ("<points>1. Factoring\n2. Vieta's formulas</points>", TWO),
    "marks in another case": ("<Points>\n1. Factoring\n2. Vieta's formulas\n</POINTS>", TWO),
    "marks escaped": ("&lt;points&gt;\n1. Factoring\n2. Vieta's formulas\n&lt;/points&gt;", TWO),
    "marks in bold": ("**<points>**\n1. Factoring\n2. Vieta's formulas\n**</points>**", TWO),
    "marks in brackets": ("[points]\n1. Factoring\n2. Vieta's formulas\n[/points]", TWO),
    "no mark at the end": ("<points>\n1. Factoring\n2. Vieta's formulas", TWO),
    "no mark at the beginning": ("1. Factoring\n2. Vieta's formulas\n</points>", TWO),
    "no marks": ("1. Factoring\n2. Vieta's formulas", TWO),
    "the form said again before it is filled": (
        "<points>\n1. ...\n2. ...\n</points>\n\n<points>\n1. Factoring\n2. Vieta's formulas\n</points>",
        TWO,
    ),
    "a draft and a better list": ("<points>\n1. Algebra\n</points>\nBetter:\n<points>\n1. Factoring\n2. Vieta's formulas\n</points>", TWO),
    "the paper's heading": ("Relevant Math knowledge points:\n1. Factoring\n2. Vieta's formulas", TWO),
    "a preamble and a remark": ("Sure! Here are the 2 points:\n\n1. Factoring\n2. Vieta's formulas\n\nI hope this helps. 3 more exist.", TWO),
    "thinking before it": ("<think>\n1. Draft\n2. Other\n</think>\n\n1. Factoring\n2. Vieta's formulas", TWO),
    "round brackets": ("1) Factoring\n2) Vieta's formulas", TWO),
    "brackets on both sides": ("(1) Factoring\n(2) Vieta's formulas", TWO),
    "square brackets": ("[1] Factoring\n[2] Vieta's formulas", TWO),
    "colons": ("1: Factoring\n2: Vieta's formulas", TWO),
    "dashes": ("1 - Factoring\n2 – Vieta's formulas", TWO),
    "no space": ("1.Factoring\n2.Vieta's formulas", TWO),
    "escaped dots": ("1\\. Factoring\n2\\. Vieta's formulas", TWO),
    "numbers in circles": ("① 因式分解\n② 韦达定理", ["因式分解", "韦达定理"]),
    "enumeration comma": ("1、因式分解\n2、韦达定理", ["因式分解", "韦达定理"]),
    "numbers in bold": ("**1.** Factoring\n**2.** Vieta's formulas", TWO),
    "numbers and names in bold": ("**1. Factoring**\n**2. Vieta's formulas**", TWO),
    "headings": ("### 1. Factoring\nIt is needed here.\n### 2. Vieta's formulas\nAnd so are these.", TWO),
    "in words": ("Knowledge point 1: Factoring\nKnowledge point 2: Vieta's formulas", TWO),
    "in words and bold": ("**Point 1:** Factoring\n**Point 2:** Vieta's formulas", TWO),
    "hyphens": ("- Factoring\n- Vieta's formulas", TWO),
    "stars": ("* Factoring\n* Vieta's formulas", TWO),
    "dots": ("• Factoring\n• Vieta's formulas", TWO),
    "LaTeX": ("\\begin{enumerate}\n\\item Factoring\n\\item Vieta's formulas\n\\end{enumerate}", TWO),
    "quoted": ('> 1. "Factoring"\n> 2. “Vieta\'s formulas”', TWO),
    "in a fence": ("```\n1. Factoring\n2. Vieta's formulas\n```", TWO),
    "in a fence between marks": ("<points>\n```markdown\n1. Factoring\n2. Vieta's formulas\n```\n</points>", TWO),
    "every number a one": ("1. Factoring\n1. Vieta's formulas", TWO),
    "empty lines between": ("1. Factoring\n\n\n2. Vieta's formulas", TWO),
    "Windows": ("1. Factoring\r\n2. Vieta's formulas\r\n", TWO),
    "on one line": ("1. Factoring 2. Vieta's formulas", TWO),
    "on one line behind the heading": ("Relevant Math knowledge points: 1. Factoring, 2. Vieta's formulas", TWO),
    "lines without numbers between marks": ("<points>\nFactoring\nVieta's formulas\n</points>", TWO),
    "a heading and lines without numbers between marks": ("<points>\nKnowledge points:\nFactoring\nVieta's formulas\n</points>", TWO),
    "stops and semicolons": ("1. Factoring.\n2. Vieta's formulas;", TWO),
    "code": ("1. `Factoring`\n2. `Vieta's formulas`", TWO),
    "italics": ("1. *Factoring*\n2. _Vieta's formulas_", TWO),
    "brackets copied from a form": ("1. [Factoring]\n2. [Vieta's formulas]", TWO),
    "bold titles with explanations": ("1. **Factoring**: writing as a product.\n2. **Vieta's formulas:** sums and products of roots.", TWO),
    "bold titles and a dash": ("1. **Factoring** – writing as a product\n2. __Vieta's formulas__ - sums of roots", TWO),
    "explanations below": ("1. **Factoring**\n   - writing as a product\n   - used in step 2\n2. **Vieta's formulas**\n   - about roots", TWO),
    "explanations in bullets at the margin": ("1. Factoring\n- writing as a product\n2. Vieta's formulas\n- about roots", TWO),
    "a second list about the first": ("1. Factoring\n2. Vieta's formulas\n\nWhy:\n1. The trinomial splits.\n2. The sum is given.", TWO),
    "the end of the paper's form copied": ("1. Factoring\n2. Vieta's formulas\n3. (Continue the list as necessary)", TWO),
    "the end of a form in other words": (
        "1. Factoring\n2. Vieta's formulas\n3. [Add more as needed]\n4. (more points if needed)\n5. Continue...",
        TWO,
    ),
    "names that begin like the end of a form": (
        "1. Add fractions\n2. More general equations\n3. Repeat a trial",
        ["Add fractions", "More general equations", "Repeat a trial"],
    ),
    "empty entries": ("1. Factoring\n2.\n3. Vieta's formulas\n4. ...\n5. N/A", TWO),
    "groups with headings": (
        "**Algebra**\n- Factoring\n- Vieta's formulas\n\n**Geometry**\n- Area of a disc",
        [*TWO, "Area of a disc"],
    ),
    "a calculation below bullets": ("- Factoring\n- Vieta's formulas\n\n3 - 2 = 1", TWO),
    "a chat template's end": ("1. Factoring\n2. Vieta's formulas<|im_end|>", TWO),
    "one alone": ("1. Factoring", ["Factoring"]),
    "bold in the middle": ("1. **Area** of a circle\n2. Circumference of a **circle**", ["Area of a circle", "Circumference of a circle"]),
    "explanations without bold": (
        "1. Factoring: writing a sum of several terms as a product of factors.\n"
        "2. Vieta's formulas - they give the sum and the product of the roots of a polynomial.",
        TWO,
    ),
    "what is short behind a colon belongs to the name": ("1. Completing the square: adding $(b/2)^2$", ["Completing the square: adding $(b/2)^2$"]),
    "mathematics stays": (
        "1. $\\log_a(xy) = \\log_a x + \\log_a y$\n2. Intervals $[0, 1)$ and $(0, 1]$\n3. [0, 1) and (0, 1]\n4. $a_1 * a_2$",
        ["$\\log_a(xy) = \\log_a x + \\log_a y$", "Intervals $[0, 1)$ and $(0, 1]$", "[0, 1) and (0, 1]", "$a_1 * a_2$"],
    ),
    "numbers that belong to the names": (
        "1. 2D vectors\n2. 3.14 as a value of pi\n3. 30-60-90 triangles",
        ["2D vectors", "3.14 as a value of pi", "30-60-90 triangles"],
    ),
    "derivatives are no quotes": ("1. The sign of $f'(x)$\n2. The sign of $f(x)$", ["The sign of $f'(x)$", "The sign of $f(x)$"]),
    "a surrogate": ("1. Factoring \ud800\n2. Roots", ["Factoring \ufffd", "Roots"]),
}  # fmt: skip

# replies that hold no list -> the reason
NO_LISTS = {
    "": "unreadable",
    " \n\t\n": "unreadable",
    "1.\n2.\n3.": "unreadable",
    "1. ...\n2. ...": "unreadable",
    "1. n/a\n2. NA\n3. na": "unreadable",
    "<points>\n1. ...\n2. ...\n</points>": "unreadable",
    "<points>\n</points>": "unreadable",
    "Factoring, roots and Vieta's formulas": "unreadable",
    "The problem needs factoring. It also needs roots.": "unreadable",
    "2.5 is a number.": "unreadable",
    "<think>1. Factoring\n2. Roots": "unreadable",
    "<think>1. Factoring</think>": "unreadable",
    '{"points": ["Factoring"]}': "unreadable",
    "I'm sorry, but I cannot help with that.": "refusal",
}


@pytest.mark.parametrize("case", LISTS)
def test_a_list_of_points_is_read_as_it_is_meant(case: str) -> None:
    reply, points = LISTS[case]
    assert read_points(reply, POINTS) == {"points": points, "points_over": [], "points_repeated": 0}


@pytest.mark.parametrize("reply", NO_LISTS)
def test_a_reply_without_a_list_says_why_it_is_none(reply: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_points(reply, POINTS)
    assert caught.value.reason == NO_LISTS[reply]
    assert caught.value.detail


@pytest.mark.parametrize("most", [1, 5, 10])
def test_points_beyond_the_most_are_dropped_and_named(most: int) -> None:
    read = read_points("\n".join(f"{i}. the number {i}" for i in range(1, 13)), POINTS, most)
    assert read["points"] == [f"the number {i}" for i in range(1, most + 1)]
    assert read["points_over"] == [f"the number {i}" for i in range(most + 1, 13)]


def test_a_point_that_comes_again_takes_nobodys_place() -> None:
    reply = "1. Primes\n2. primes.\n3. PRIMES\n4. $Primes$\n5. Divisors\n6. Powers"
    assert read_points(reply, POINTS, 2) == {
        "points": ["Primes", "Divisors"],
        "points_over": ["Powers"],
        "points_repeated": 3,
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The sign of f'(x)", "The sign of f(x)"),
        ("$a^2$", "$a_2$"),
        ("x²", "x2"),
        ("A + B", "A - B"),
        ("sin x", "cos x"),
        (r"the function $\Gamma$", r"the function $\gamma$"),
    ],
)
def test_names_that_mean_different_things_stay_different(one: str, other: str) -> None:
    assert same_name(one) != same_name(other)


@pytest.mark.parametrize(
    "other",
    ["vieta's  formulas", " Vieta's formulas. ", '"Vieta\'s formulas"', "**Vieta's formulas**", "VIETA'S FORMULAS:"],
)
def test_spellings_of_one_name_are_one(other: str) -> None:
    assert same_name("Vieta's formulas") == same_name(other)


KINDS = {
    "<kind>\nkeep\n</kind>\n<reason>\nIt is definite.\n</reason>": ("keep", "It is definite."),
    "<kind>vague</kind><reason>Too broad, hence wrong for us.</reason>": ("vague", "Too broad, hence wrong for us."),
    "<kind>keep</kind>\n<reason>Not vague, not wrong, not detailed.</reason>": (
        "keep",
        "Not vague, not wrong, not detailed.",
    ),
    "keep": ("keep", None),
    "**Wrong.**": ("wrong", None),
    "Kind: detailed\nReason: it is one equation": ("detailed", "it is one equation"),
    "overly detailed": ("detailed", None),
    "Verdict: incorrect\nExplanation: the sum is constant": ("wrong", "the sum is constant"),
    "The entry is vague.": ("vague", None),
    "keep (not vague)": ("keep", None),
    "Reason: it names a theorem.\nKind: keep": ("keep", "it names a theorem."),
    "<think>vague? no</think><kind>keep</kind>": ("keep", None),
}


@pytest.mark.parametrize("reply", KINDS)
def test_the_kind_of_a_point_is_read(reply: str) -> None:
    kind, why = KINDS[reply]
    assert read_kind(reply, KIND) == {"kind": kind, "why": why}


@pytest.mark.parametrize(
    "reply",
    ["", "...", "good", "keep or drop", "vague/wrong", "vague, wrong", "keep, but it is rather vague", "<kind>keep</kind><kind>vague</kind>", "keep?",
     "I would not keep it", "keep\n\nKind: wrong", "keep, although it is a little vague", "Keep. Vague.",
     "False, keep", "vague, the verdict is keep"],
)  # fmt: skip
def test_what_is_no_kind_or_two_is_unreadable(reply: str) -> None:
    with pytest.raises(Unreadable):
        read_kind(reply, KIND)


def test_a_strangers_verdicts_need_no_python() -> None:
    front = {"marks": ["art", "grund"], "verdicts": {"behalten": "keep", "Verfahren": "procedure"}}
    assert read_kind("<art>\nVerfahren\n</art>\n<grund>\nEs ist eine Handlung.\n</grund>", front) == {
        "kind": "procedure",
        "why": "Es ist eine Handlung.",
    }
    assert read_kind("Behalten.", front) == {"kind": "keep", "why": None}
    with pytest.raises(Unreadable):
        read_kind("keep", front)


SAMES: dict[str, bool | None] = {
    "yes": True,
    "No": False,
    "<same>\nyes\n</same>\n<reason>\nTwo names of one theorem.\n</reason>": True,
    "<same>no</same>\n<reason>One is about sines, the other about cosines.</reason>": False,
    "Yes, both name the same theorem.": True,
    "No, they are two kinds of sequence.": False,
    "**Answer:** No": False,
    "Synonymous: yes": True,
    "They are the same.": True,
    "They are not the same.": False,
    "The two entries are different.": False,
    "No, but they are close.": False,
    "Yes, but only in the plane": None,
    "Yes and no.": None,
    "maybe": None,
    "": None,
    "similar": None,
    "<same>yes</same><reason>They are not the same, though.</reason>": None,
    "<same>yes</same><reason>They name different concepts.</reason>": None,
    "Yes. No.": None,
}


@pytest.mark.parametrize("reply", SAMES)
def test_points_mean_the_same_only_where_the_model_says_so_without_reservation(reply: str) -> None:
    if SAMES[reply] is None:
        with pytest.raises(Unreadable):
            read_same(reply, SAME)
    else:
        assert read_same(reply, SAME)["same"] is SAMES[reply]


CHOICES: dict[str, tuple[str, str | None]] = {
    "<choice>\nSine rule\n</choice>\n<reason>\nSchools call it so.\n</reason>": ("Sine rule", "Schools call it so."),
    "Best knowledge points: Sine rule\n\nReason: Schools call it so.": ("Sine rule", "Schools call it so."),
    '**Best knowledge point:** "Sine rule"\n**Reason:** common': ("Sine rule", "common"),
    "Best knowledge point:\nSine rule\nReason: common": ("Sine rule", "common"),
    "My choice is: Sine rule": ("Sine rule", None),
    "Sine rule": ("Sine rule", None),
    "<choice>2. Sine rule.</choice>": ("Sine rule", None),
    "<choice>\nBest: Sine rule\n</choice>": ("Sine rule", None),
    "<choice>\n**Sine rule**\n\nIt is common.\n</choice>": ("Sine rule", None),
    "<choice>...</choice>\n<choice>Sine rule</choice>": ("Sine rule", None),
    "None of them suits.\nNew knowledge point: Law of sines\nReason: standard": ("Law of sines", "standard"),
    "<choice>2</choice>": ("2", None),
}


@pytest.mark.parametrize("reply", CHOICES)
def test_the_choice_is_read_with_its_reason(reply: str) -> None:
    made = read_choice(reply, CHOICE)
    assert (made["choice"], made["why"]) == CHOICES[reply]
    assert made["stated"] or "\n" not in reply


@pytest.mark.parametrize(
    "reply",
    ["", "<choice>None</choice>", "<choice>...</choice>", "I would choose\nthe second one", "The best is the second entry.",
     "Best knowledge points:\nReason: x",
     "Best knowledge points: A\nBest knowledge points: B", f"<choice>{'long ' * 100}</choice>"],
)  # fmt: skip
def test_what_is_no_choice_is_unreadable(reply: str) -> None:
    with pytest.raises(Unreadable):
        read_choice(reply, CHOICE)


MEMBERS = ["Law of sines", "Sine rule", "The sine rule for triangles"]


@pytest.mark.parametrize(
    ("choice", "name", "new"),
    [
        ("Sine rule", "Sine rule", False),
        ("sine  RULE.", "Sine rule", False),
        ("“Sine rule”", "Sine rule", False),
        ("2", "Sine rule", False),
        ("#3", "The sine rule for triangles", False),
        ("Entry 1", "Law of sines", False),
        ("4", "4", True),
        ("0", "0", True),
        ("Sines, law of", "Sines, law of", True),
    ],
)
def test_a_choice_is_a_member_of_the_group_or_a_new_name(choice: str, name: str, new: bool) -> None:
    assert chosen(choice, MEMBERS) == (name, new)


def test_a_member_that_is_a_number_is_chosen_by_its_name() -> None:
    assert chosen("2", ["2", "Two"]) == ("2", False)


NO_NAMES = (
    "etc",
    "na",
    "more",
    "add",
    "none",
    "null",
    "repeat",
    "nothing",
    "end",
    "continue",
)  # a form's remains, no points
NAMES = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9).filter(lambda name: name not in NO_NAMES),
    min_size=2, max_size=9, unique=True,
)  # fmt: skip


@given(
    NAMES,
    st.sampled_from(
        [
            "{i}. {name}",
            "{i}) {name}",
            "- {name}",
            "**{i}.** {name}",
            "{i}. **{name}**: it is needed",
            "Point {i}: {name}",
            "{i}. {name}: what one does to write a sum as a product",
        ]
    ),
)
def test_any_names_in_any_form_come_back_in_order(names: list[str], form: str) -> None:
    lines = [form.format(i=i, name=name) for i, name in enumerate(names, 1)]
    assert read_points("\n".join(lines), POINTS)["points"] == names
    assert read_points("<points>\n" + "\n".join(lines) + "\n</points>", POINTS)["points"] == names


READERS: list[tuple[Callable[[str, Any], dict[str, Any]], dict[str, Any]]] = [
    (read_points, POINTS),
    (read_kind, KIND),
    (read_same, SAME),
    (read_choice, CHOICE),
]
ANY = st.text() | st.lists(
    st.sampled_from(
        ["<points>", "</points>", "<kind>", "</choice>", "1. ", "- ", "\n", "**", "$", "yes", "no", "keep", ": ", "Best: ", "Reason: ", "...",
         "<think>", "\\", "{", "\x00", "\ud800"]
    )
).map("".join)  # fmt: skip


@given(ANY)
@settings(max_examples=300)
def test_whatever_a_model_writes_is_read_or_unreadable_and_the_same_each_time(text: str) -> None:
    for read, front in READERS:
        outcomes = []
        for _ in range(2):
            try:
                outcomes.append(str(read(text, front)))
            except Unreadable as problem:
                outcomes.append(f"{problem.reason} {problem.detail}")
        assert outcomes[0] == outcomes[1]
