"""What stays whole: each way of writing a formula, an environment and code, and what only looks like one."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.spans import spans

# text -> what is found in it, by the order of ends
CASES = [
    ("plain text", []),
    ("let $x$ and $y_1$.", ["$x$", "$y_1$"]),
    ("$a\n+ b$ over two lines", ["$a\n+ b$"]),
    ("spaced $ x $, also $ y $-axis, $ z $ here", ["$ x $", "$ y $", "$ z $"]),
    ("costs $5 and $6", []),
    ("costs $5 and $6, but let $x$ be", ["$x$"]),
    ("US$5 and A$6 or $x$", ["$x$"]),
    (r"\$5 and $a\$b$ and \$", [r"$a\$b$"]),
    ("touching $a$$b$$c$", ["$a$", "$b$", "$c$"]),
    ("a stray $ sign\n\nand $x$ in the next paragraph", ["$x$"]),
    ("$never closed\n\n$also never\r\n\r\n$x$", ["$x$"]),
    ("$$a + b$$", ["$$a + b$$"]),
    ("$$\na\n$$ and $$b$$", ["$$\na\n$$", "$$b$$"]),
    (r"$$a \text{ if $b$ holds}$$", ["$b$", r"$$a \text{ if $b$ holds}$$"]),
    ("$$a\n\nb$$ across a blank line", ["$$a\n\nb$$"]),
    ("a stray $$ here\n\n$$a$$ and $$b$$", ["$$a$$", "$$b$$"]),
    (r"\(a\) and \[b\]", [r"\(a\)", r"\[b\]"]),
    ("\\[a\n\nb\\]", ["\\[a\n\nb\\]"]),
    ("\\( stray\n\n\\(a\\)", [r"\(a\)"]),
    ("a stray \\) and \\] here", []),
    (r"\begin{pmatrix}a\\[2pt] b\end{pmatrix}", [r"\begin{pmatrix}a\\[2pt] b\end{pmatrix}"]),
    (r"\\(a\\) is no formula", []),
    (r"\begin{a}\begin{a}x\end{a}\end{a}", [r"\begin{a}x\end{a}", r"\begin{a}\begin{a}x\end{a}\end{a}"]),
    (r"\begin{a}\begin{b}x\end{a} $y$", [r"\begin{a}\begin{b}x\end{a}", "$y$"]),
    (r"\end{a} \begin{b} $x$", ["$x$"]),
    (r"\begin{a} \( \end{a} \) $x$", [r"\begin{a} \( \end{a}", "$x$"]),
    (r"\begin{verbatim} $ \begin{a} \end{verbatim} $x$", [r"\begin{verbatim} $ \begin{a} \end{verbatim}", "$x$"]),
    (r"\begin{verbatim} is never closed, $x$", ["$x$"]),
    ("```\n$5\n\n```\n$x$", ["```\n$5\n\n```", "$x$"]),
    ("text\n~~~ python\n```\n$\n~~~~\n$x$", ["~~~ python\n```\n$\n~~~~", "$x$"]),
    ("````\n```\n````", ["````\n```\n````"]),
    ("text\n```\nnever closed, and $x$", ["$x$"]),
    ("text\n```a $x$``` within a line\n$y$", ["$x$", "$y$"]),
    ("in a list:\n    ```\n    $\n    ```\r\n$x$", ["    ```\n    $\n    ```\r", "$x$"]),
]


@pytest.mark.parametrize(("text", "found"), CASES)
def test_what_stays_whole(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text)] == found


SIGNS = ["$", "$$", "\\(", "\\)", "\\[", "\\]", "\\begin{a}", "\\end{a}", "\\begin{b}", "\\end{b}", "\\\\", "\\$"]
SIGNS += ["```", "~~~~", "\n", "\n\n", " ", "x", "5", "\\begin{verbatim}", "\\end{verbatim}"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(SIGNS), max_size=60).map("".join))
def test_what_is_found_is_nested_or_apart_and_comes_in_the_order_of_its_ends(text: str) -> None:
    found = list(spans(text))
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert [end for _, end in found] == sorted(end for _, end in found)
    for number, (start, end) in enumerate(found):
        for low, high in found[:number]:
            assert high <= start or start <= low < high <= end


@pytest.mark.parametrize(
    "sign", [*SIGNS, "$x", "$ ", "$ a\n", "\n\n$", "\n\n$$ a", "\n```", "\n```a", "$a$", "\\begin{a} $ "]
)
def test_time_grows_with_the_length_of_a_text_whatever_stands_in_it(sign: str) -> None:
    def seconds(size: int) -> float:
        text = sign * (size // len(sign))
        taken = []
        for _ in range(2):
            start = time.process_time()
            for _ in spans(text):
                pass
            taken.append(time.process_time() - start)
        return min(taken)

    assert seconds(400_000) < 4 * 3 * seconds(100_000) + 0.05
