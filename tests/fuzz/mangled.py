"""Texts and bytes as nobody means them: real ones, cut, doubled, turned round, and sprinkled with what has a meaning somewhere."""

from collections.abc import Sequence

from hypothesis import strategies as st

SIGNS = [
    "<dialogue>", "</dialogue>", "<text>", "</think>", "<think>", "**", "Teacher:", "Student: ", "\n\n", "\n", "---\n", "1. ", "- ", "$", "$$",
    "\\boxed{", "}", "{", "\\frac{1}{2}", "#### ", "True", "False", "yes", "no", "0.85", "1e400", "-1", "/10", "85%", "½", "\x00", "\ud800", "\u202e",
    "\ufeff", "\r", "\t", " ", "é", "数", "{{", "}}",
    "{% for x in y %}", "{% endfor %}", "|", "```", "</score>", "<score>",
    "&a ", "*a", "!!python/object:os.system ",
    "<<: ", "'", '"', ": ", "[", "]", ",", "#", "9" * 400, "a" * 3000, "(" * 300,
]  # fmt: skip
sprinkles = st.one_of(st.sampled_from(SIGNS), st.text(max_size=20))


@st.composite
def mangled(draw: st.DrawFn, corpus: Sequence[str]) -> str:
    """A text of the corpus after a few changes."""
    text = draw(st.sampled_from(corpus))
    for _ in range(draw(st.integers(0, 6))):
        start, end = sorted((draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))))
        part = text[start:end]
        text = (
            text[:start] + draw(st.one_of(st.just(""), sprinkles, st.just(part * 2), st.just(part[::-1]))) + text[end:]
        )
        if draw(st.booleans()):
            at = draw(st.integers(0, len(text)))
            text = text[:at] + draw(sprinkles) + text[at:]
    return text[:5_000]


@st.composite
def spoilt(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes of which some were changed, and perhaps the end is missing, or zeros."""
    made = bytearray(data)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(made) - 1))
        made[at] ^= 1 << draw(st.integers(0, 7))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(made) - 1))
        piece = draw(st.binary(max_size=64))
        made[at : at + len(piece)] = piece
    end = draw(st.one_of(st.just(len(made)), st.integers(1, len(made))))
    return bytes(made[:end]) + bytes(draw(st.sampled_from([0, 0, 0, len(made) - end])))
