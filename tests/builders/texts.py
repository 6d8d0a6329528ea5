"""Texts made of words, formulas, environments, code and white space, with the places of what must stay whole."""

from hypothesis import strategies as st

WORDS = [
    "the",
    "sum",
    "of",
    "odd",
    "prime.",
    "So",
    "it",
    "is",
    "Thus",
    "слово",
    "كلمة",
    "数学",
    "🙂",
    "e\u0301",
    "\\$5",
]
WORDS += ["(see", "ref)", "\u200d", "\ufeff", "x\x00y", "'tis", "50%", "ab" * 30]
MATHEMATICS = [
    "x",
    "^2",
    "\\frac{a}{b}",
    "+",
    "=",
    "\\alpha ",
    "_{i,j}",
    " ",
    "12",
    "\\text{if }",
    "\\\\",
    "(",
    ")",
    "\\$",
]
GAPS = [" ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\n \n", "   ", "\t", "\n" * 9]

words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map(" ".join)
# a formula neither begins nor ends with a space, and no backslash takes its delimiter away
formulas = st.lists(st.sampled_from(MATHEMATICS), max_size=20).map(lambda signs: "y" + "".join(signs) + "z")


def wrapped(before: str, after: str) -> st.SearchStrategy[str]:
    return formulas.map(lambda inner: f"{before}{inner}{after}")


inline = st.one_of(wrapped("$", "$"), wrapped("\\(", "\\)"))
display = st.one_of(wrapped("$$", "$$"), wrapped("\\[", "\\]"), wrapped("$$\n", "\n$$"), wrapped("\\[\n\n", "\\]"))
environments = st.tuples(st.sampled_from(["align*", "proof"]), words, st.one_of(inline, display, words)).map(
    lambda made: f"\\begin{{{made[0]}}}\n{made[1]}\n\n{made[2]}\n\\end{{{made[0]}}}"
)
code = words.map(lambda inner: f"```python\n{inner} $ \\begin{{proof}}\n\n$$\n```")
whole = st.one_of(inline, inline, display, environments, code)


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    """A text, and start and end of what must stay whole in it."""
    text, places = "", []
    for _ in range(draw(st.integers(0, 12))):
        if draw(st.booleans()):
            text += draw(words)
        else:
            part = draw(whole)
            if part.startswith("```"):  # a fence begins its line
                text += "\n"
            places.append((len(text), len(text) + len(part)))
            text += part + ("\n" if part.startswith("```") else draw(st.sampled_from(["", "", ",", ".", ")"])))
        text += draw(st.sampled_from(GAPS))
    return text, places
