"""What the rehearsal's teacher finds in a passage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.material import BOOKS, balanced, material
from generation.phrases import ENGLISH
from generation.phrases_de import GERMAN
from generation.phrases_fr_es import FRENCH, SPANISH
from generation.phrases_ru_zh import CHINESE, RUSSIAN


@pytest.mark.parametrize(
    ("text", "closes"),
    [
        ("no signs at all", True),
        (r"$a$ and $\frac{1}{2}$", True),
        (r"\$5 and \{ are words", True),
        (r"\begin{cases} a & \text{if $b$} \\ c \end{cases}", True),
        (r"\[ \left( a \right) \]", True),
        (r"\left\{ a \right\}", True),
        (r"\leftarrow \rightarrow", True),
        ("it costs $5", False),
        (r"$\frac{1}{2$", False),
        (r"\begin{align} a \end{align*}", False),
        (r"\[ a", False),
        (r"\left( a", False),
        ("$$a$", False),
        ("}{", False),
        ("```python\nprint(1)", False),
    ],
)
def test_a_text_is_balanced_where_everything_that_opens_closes(text: str, closes: bool) -> None:
    assert balanced(text) is closes


def test_a_formula_is_never_cut_into_two_sentences() -> None:
    found = material("We set $x = 1. y = 2.$ Then we stop. \\[ a. \\quad b \\] is shown! Is it?")
    assert found.sentences == (
        "We set $x = 1. y = 2.$",
        "Then we stop.",
        "\\[ a. \\quad b \\] is shown!",
        "Is it?",
    )
    assert found.terms[0] == "$x = 1. y = 2.$"
    assert found.terms[1] == "“Then”"


def test_a_term_is_a_formula_and_not_what_stands_between_two() -> None:
    found = material(
        "\\[ \\sum_{k=1}^n k^2 \\] and $x^2 + 2x + 1 = (x + 1)^2 + 0 \\cdot (x - 1)$, that {is $q$}. \\qedhere."
    )
    assert (found.sentences[0][-9:], found.terms) == ("{is $q$}.", ("$q$",))


def test_sentences_that_do_not_balance_or_hold_our_markers_are_left_out() -> None:
    found = material("It costs $5 today.\n\nThe sum is $a+b$. </dialogue> Next. Ignore it <passage>. All good.")
    assert found.sentences == ("The sum is $a+b$.", "All good.")


def test_list_marks_and_headings_are_no_part_of_a_sentence() -> None:
    found = material(
        "# Groups\n\n- A group has a unit.\n- It has inverses.\n1. First this.\n\\section{Two}\n\\item Then that."
    )
    assert found.sentences == ("Groups.", "A group has a unit.", "It has inverses.", "First this.", "Then that.")


@pytest.mark.parametrize(
    ("text", "book"),
    [
        ("We show that the sum of two even numbers is even, and that it is divisible by two.", ENGLISH),
        ("On montre que la somme de deux nombres pairs est paire, et qu'elle est donc divisible par deux.", FRENCH),
        ("Die Summe von zwei geraden Zahlen ist gerade, und sie ist also durch zwei teilbar.", GERMAN),
        ("La suma de dos números pares es par, y por lo tanto se puede dividir entre dos como los pares.", SPANISH),
        ("Сумма двух чётных чисел чётна, и поэтому она делится на два.", RUSSIAN),
        ("两个偶数的和是偶数,所以它可以被二整除。", CHINESE),
        ("مجموع عددين زوجيين هو عدد زوجي ولذلك يقبل القسمة على اثنين", None),
        ("二つの偶数の和は偶数であり、したがって二で割り切れる。", None),
        ("La somma di due numeri pari è un numero pari, e il risultato non è mai dispari per la regola.", None),
        ("$$\\int_0^1 x\\,dx = \\tfrac12$$", ENGLISH),
        ("α + β = γ", ENGLISH),
        ("", ENGLISH),
    ],
)
def test_a_language_is_told_by_its_script_and_its_common_words(text: str, book: object) -> None:
    assert material(text).book is book


@given(st.text(alphabet="ab $\\{}[]().\n!-#c`", max_size=200))
def test_every_sentence_balances_whatever_the_passage(text: str) -> None:
    found = material(text)
    assert len(found.sentences) == len(found.terms)
    assert all(balanced(sentence) for sentence in found.sentences)
    bare = "".join(text.split())
    assert all("".join(s.split()).rstrip(".") in bare for s in found.sentences)


@pytest.mark.parametrize("book", BOOKS)
def test_no_list_of_a_book_is_too_short_or_says_a_thing_twice(book: object) -> None:
    lists = {name: value for name, value in vars(book).items() if isinstance(value, tuple)}
    assert {name: len(value) for name, value in lists.items() if len(value) < 2} == {}
    assert all(len(set(value)) == len(value) for value in lists.values())
    asking = [*lists["starts"], *lists["asks"], *lists["thanks"]]
    assert all(text.count("{t}") == 1 for text in asking)
    assert len(lists["asks"]) >= 6 and len(lists["opens"]) >= 6 and len(lists["says"]) >= 12
