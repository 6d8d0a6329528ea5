"""A problem whose mathematics is spelled otherwise is the same text, whole or in part: each spelling on every problem of the sample."""

import pytest

from builders.normal import words
from builders.overlap import DECIDES, Index, Item
from tests.builders.spellings import SPELLINGS
from tests.builders.test_normal import PROBLEMS

# what the sample's own problems hardly hold
MORE = [
    r"Find $\sqrt2 + 3\sqrt{5} - \frac12 + \frac{x}{10}$ for $x^2y = 2 x y - x^2 y + 3\,xy$ and $0.5 \le x < .75$. Is $a^2_1 = 10,000$?",
    r"Let $\binom{n}{2} = \tbinom52$ and $\sum_{k=1}^n k^{2} = \prod_{k=1}^{n} \left(1 + |x_1|\right)$. Is $\theta = \sin x$, if $a_1^2 = b_{12}$?",
    r"Solve \[x + y = 3,\] \[\begin{align*} 2x - y &= 30^\circ, \\ a_1 + \dots + a_n &\geq \pi \cdot \tan x. \end{align*}\] Find $(x, y)$.",
]
TEXTS = PROBLEMS + MORE
# of which only the whole is the same text: one word becomes two, or a half of a fraction does not say what it is
WHOLE = {"x ^ 2 for x^2", "x _ 1 for x_1", "x y for xy", "xy for x y", r"{a \over b}", r"{n \choose k}"}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_problem_spelled_otherwise_is_the_same_text(name: str) -> None:
    index = Index.of(Item("sample", str(at), text) for at, text in enumerate(TEXTS))
    changed = {str(at): other for at, text in enumerate(TEXTS) if (other := SPELLINGS[name](text)) != text}
    looks = dict(zip(changed, index.look(list(changed.values())), strict=True))
    lost = {
        at: changed[at]
        for at, look in looks.items()
        if (at, "exact") not in {(hit["id"], hit["layer"]) for hit in look.hits}
    }
    assert changed and not lost


@pytest.mark.parametrize("name", [name for name in SPELLINGS if name not in WHOLE])
def test_half_of_a_problem_spelled_otherwise_is_found(name: str) -> None:
    index = Index.of(Item("sample", str(at), text) for at, text in enumerate(TEXTS))
    for at, text in enumerate(TEXTS):
        parts = (other := SPELLINGS[name](text)).split(" ")
        half = " ".join(parts[: len(parts) // 2])
        if other != text and len(words(half)) > DECIDES:
            assert str(at) in {hit["id"] for hit in index.hits(half)}, half
