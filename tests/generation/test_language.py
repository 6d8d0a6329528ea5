"""Whether a dialogue is in its passage's language, and when nothing can be said of it."""

import pytest

from generation.language import other_language

TEXTS = {
    "en": "An even number is twice an integer, and an odd number is one more than an even one. When you add two of these, the sum is "
    "what the definition says it must be. How would you prove that each square of an odd number is odd? Just write it as a sum.",
    "de": "Eine gerade Zahl ist das Doppelte einer ganzen Zahl, und eine ungerade Zahl ist um eins größer als eine gerade. Wenn man zwei "
    "davon addiert, dann ist die Summe das, was die Definition verlangt. Wie beweist man, dass auch das Quadrat ungerade ist?",
    "fr": "Un nombre pair est le double d'un entier, et un nombre impair est plus grand d'une unité. Quand on ajoute deux de ces nombres, "
    "la somme est donc paire. Comment démontrer que le carré d'un nombre impair est impair ? Nous écrivons les termes dans cette somme.",
    "es": "Un número par es el doble de un entero, y un número impar es mayor en una unidad. Cuando se suman dos de estos números, la suma "
    "es par. ¿Cómo se demuestra que el cuadrado de un número impar es impar? Se escribe como una suma con los términos del producto.",
    "pl": "Liczba parzysta jest podwojoną liczbą całkowitą, a liczba nieparzysta jest od niej większa o jeden. Jeśli dodamy dwie takie "
    "liczby, to suma będzie parzysta. Jak udowodnić, że kwadrat liczby nieparzystej jest nieparzysty? Zapiszmy go jako sumę składników.",
    "ru": "Чётное число есть удвоенное целое число, а нечётное число больше чётного на единицу. Если сложить два нечётных числа, то сумма "
    "будет чётной. Как доказать, что квадрат нечётного числа нечётен? Запишем его как сумму.",
    "zh": "偶数是整数的两倍，奇数比偶数大一。两个奇数相加，和是偶数。怎样证明奇数的平方是奇数？把它写成和的形式就可以了，这样每一步都很清楚。",
    "he": "מספר זוגי הוא פעמיים מספר שלם, ומספר אי זוגי גדול ממנו באחד. כאשר מחברים שני מספרים אי זוגיים, הסכום הוא זוגי. איך מוכיחים את זה?",
}


@pytest.mark.parametrize("passage", TEXTS)
@pytest.mark.parametrize("said", TEXTS)
def test_every_language_differs_from_every_other_and_from_itself_never(said: str, passage: str) -> None:
    found = other_language([TEXTS[said]] * 2, TEXTS[passage] * 2)
    assert bool(found) == (said != passage), found


def test_the_two_languages_are_named() -> None:
    assert other_language([TEXTS["de"]], TEXTS["en"]) == "de, and the passage is en"
    assert other_language([TEXTS["pl"]] * 2, TEXTS["en"]) == "pl, and the passage is en"
    assert str(other_language([TEXTS["ru"]], TEXTS["en"])).endswith("letters are Cyrillic, unlike those of the passage")


def test_a_good_part_in_another_language_is_enough() -> None:
    assert other_language([TEXTS["en"], TEXTS["de"]] * 3, TEXTS["en"])
    assert other_language([TEXTS["en"], TEXTS["zh"]] * 3, TEXTS["en"])
    assert other_language([*[TEXTS["en"]] * 9, TEXTS["de"]], TEXTS["en"]) is None


QUIET = [
    ("Ja, genau so ist es.", TEXTS["en"]),
    ("$$\\sum_{k=1}^n k = \\frac{n(n+1)}{2}$$ and $\\int_0^1 x^2 dx = \\frac13$ " * 10, TEXTS["en"]),
    (TEXTS["en"], "$$\\sum_{k=1}^n k = \\frac{n(n+1)}{2}$$ " * 10),
    (
        TEXTS["en"],
        "linkcolor=red, citecolor=green, urlcolor=blue, breakable, arc=9pt, colframe=blue, left=10pt, right=10pt " * 4,
    ),
    ("```\nfor eintrag in liste:\n    drucke(eintrag)\n```\n" * 9 + TEXTS["en"], TEXTS["en"]),
    (TEXTS["en"] + " The names are Łukasz, Gödel, Poincaré, Erdős and Čebyšëv; α, β, Σ and 中 are signs.", TEXTS["en"]),
]


@pytest.mark.parametrize(("said", "passage"), QUIET)
def test_what_is_too_short_or_too_formal_is_not_judged(said: str, passage: str) -> None:
    assert other_language([said], passage) is None
