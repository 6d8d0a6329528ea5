r"""Texts made comparable, mathematics too: what only looks different becomes the same words.

    "Find $x^{2}$, if \(x = \dfrac12\)." -> find x^2 if x = 1 / 2

Lower case. LaTeX that changes only looks goes (dollars, braces, \left, \text, \displaystyle, environments); a command is a
word without its backslash; fractions and operators are written in one way, and + - * / = < > | ! % are words of their own,
so that x + y is not x - y. Powers and indices stay with what they stand at, a factor does not: 2x is 2 x. Commas between
thousands go, and so does other punctuation. Unicode: NFKC, with its quotes, dashes, superscripts, Greek and signs as ASCII
and LaTeX have them; Chinese, Japanese and Korean signs are words each. It looks at no more than a few characters at once:
what stands in the middle of a text has the same words there as alone.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from html import unescape

END = b"\0"  # a word that no text has: it stands between the texts of a batch

# what changes the looks alone, or groups, or is said by the braces that follow
LOOKS = """left right middle big bigl bigr bigm bigg biggl biggr biggm displaystyle textstyle text textbf textit
textsf textrm textnormal emph underline mbox mathrm mathbf mathit mathsf mathbb mathcal mathscr mathfrak mathop rm bf it bold
boldsymbol operatorname quad qquad hspace hfill frac dfrac tfrac cfrac dots ldots cdots dotsb dotsc dotsi dotsm dotso hline colon
lbrace rbrace lbrack rbrack nonumber thinspace enspace medspace thickspace negthinspace noindent par centering large small item
sfrac nicefrac"""
SAME = {
    "cdot": "*", "times": "*", "ast": "*", "div": "/", "le": "< =", "leq": "< =", "leqslant": "< =", "ge": "> =", "geq": "> =",
    "geqslant": "> =", "ne": "! =", "neq": "! =", "lt": "<", "gt": ">", "pmod": "mod", "bmod": "mod", "dbinom": "binom",
    "tbinom": "binom", "mid": "|", "vert": "|", "lvert": "|", "rvert": "|", "%": "%", "|": "|", "varepsilon": "epsilon",
    "lnot": "neg", "land": "wedge", "lor": "vee", "varphi": "phi", "vartheta": "theta", "varnothing": "emptyset", "gets": "leftarrow",
    "rightarrow": "to", "longrightarrow": "to", "implies": "to", "longleftrightarrow": "iff", "leftrightarrow": "iff", "backslash": "setminus",
    "degree": "degrees", "ell": "l", "overrightarrow": "vec", "widehat": "hat", "widetilde": "tilde", "overline": "bar",
}  # fmt: skip
WRITTEN = {
    **{name.encode(): b" " for name in LOOKS.split()},
    **{name.encode(): f" {word} ".encode() for name, word in SAME.items()},
    **dict.fromkeys((b"!", b"(", b")"), b""),
}  # fmt: skip
NAME = (
    rb"(?:(?:begin|end)\{[a-z]*\*?\}(?:\{[lcr| ]{1,20}\})?"
    rb"|[a-z]+[\^_]?|,(?<=[0-9]\\,)[0-9]{3}(?![0-9])|[\x00-\x7f]?)"
)
COMMAND = re.compile(rb"(\\" + NAME + rb")")
# a command that is a power or an index, or begins one, stays with what it stands at
HIGH = re.compile(rb"(\^ ?\{? ?\\(?:prime(?![a-z])(?: ?\\prime)*|" + NAME + rb"))")
LOW = re.compile(rb"(_ ?\{? ?\\" + NAME + rb")")
# A pattern that begins with one sign is several times as fast as one that begins with either of two.
OPEN = re.compile(rb"\{(?= ) ")
BETWEEN = re.compile(rb"\}(?= \{) ")
BAR = re.compile(rb"\}(?=\{)\{")  # of a fraction
BASE = re.compile(rb"\}(?<=[\^_]\{.\})(?=\{)")  # log_{2}{3} is none
BASE_ALONE = re.compile(rb"\{(?<=[\^_][0-9a-z]\{)")  # log_2{3}
# A dash, or in a word, which x-ab is none; else it is a minus.
HYPHEN = re.compile(rb"-(?:-+|(?<=[a-z]{2}-)(?=[a-z]{2})|(?<=[a-z]-)(?=[a-z]{3}))")
# The letters of choices, which a benchmark keeps apart and a page writes out; in a term like f(a) they stay.
CHOICE = re.compile(rb"[.](?<=[ \n\t][A-H][.])(?=[ \n\t])")
LETTER = re.compile(rb"\((?:(?<=[ \n\t]\()|(?<=(?:bf|xt|rm)\{\())[a-h]\)(?=[ \n\t}~\\])")
LISTED = re.compile(rb"\n\(?[a-h][.)](?= )")
STARS = re.compile(rb"\*(?=\*)\*+")  # of Markdown
# Arguments that are not both in braces get them; TeX's own way of writing both is LaTeX's.
INSIDE = rb"(?:[^{}\0]|\{[^{}\0]{0,40}\}){0,60}"
ARGUMENT = rb"[ \n]?(?:\{(" + INSIDE + rb")\}|([0-9]|[a-z](?![a-z]%b))|(\\[a-z]+))"
SHORT = re.compile(rb"\\[dtc]?(frac|binom)(?![a-z])(?!\{" + INSIDE + rb"\}\{)" + ARGUMENT % b"{2}" + ARGUMENT % b"")
BETWIXT = re.compile(rb"\\(?:over|choose)(?![a-z])")
OVER = re.compile(rb"\{(" + INSIDE + rb"?)\\(over|choose)(?![a-z])(" + INSIDE + rb")\}")
LIMITS = re.compile(rb"\\(?:no)?limits(?![a-z])")
LIMIT = rb"(\{[^{}\0]{0,40}\}|[0-9a-z]|\\[a-z]+)"
ORDER = re.compile(rb"\^ ?" + LIMIT + rb" ?_ ?" + LIMIT)  # an index stands before the power
STOP = re.compile(rb"[.](?![0-9a-z])")  # else it is the point of a decimal
THOUSANDS = re.compile(rb",(?<=[0-9],)(?=[0-9]{3}(?![0-9]))")
NOUGHT = re.compile(rb"0(?<![0-9a-z]0)(?=[.][0-9])")  # .5 is 0.5
FACTOR = re.compile(rb"([0-9])(?=[a-z])")  # 2x is 2 x; builders.word_runs knows it too

BLANKS = bytes((*range(1, 32), 127)) + b'()[]"`:;?~&#@'
SPACES = bytes.maketrans(BLANKS, b" " * len(BLANKS))
NOTHING = b"{}$'"
OPERATORS = [bytes([sign]) for sign in b"+-*/=<>|!%"]

FOLDED = {
    "’": "'", "‘": "'", "′": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "--", "−": "-", "‐": "-", "‑": "-",
    "×": " * ", "·": " * ", "⋅": " * ", "∗": " * ", "÷": " / ", "⁄": "/", "∕": "/", "≤": " < = ", "≥": " > = ", "⩽": " < = ", "⩾": " > = ",
    "≠": " ! = ", "°": " degrees ", "…": " ", "€": " ", "£": " ", "¢": " ", "∛": "\\sqrt 3 ", "∣": "|", "‖": "|", "∥": "\\parallel",
}  # fmt: skip
# signs that LaTeX has a command for; so written, they stay with what they stand at as commands do
NAMED = dict(
    zip(
        "√∞∠△∑∏∫±∓≈≡∼≅∪∩⊂⊆∈∉→⇒⇔⊥⌊⌋⌈⌉∅∂∇∀∃ℓ",
        """sqrt infty angle triangle sum prod int pm mp approx equiv sim cong cup cap subset
subseteq in notin to to iff perp lfloor rfloor lceil rceil emptyset partial nabla forall exists ell""".split(),
        strict=True,
    )
)
NAMED |= {chr(code): unicodedata.name(chr(code)).split()[3].lower() for code in range(0x3B1, 0x3CA) if code != 0x3C2}
FOLD = str.maketrans(FOLDED | {sign: f"\\{name}" for sign, name in NAMED.items()})
APART = re.compile(f"[{''.join(NAMED)}∥](?=[a-z])")  # a letter behind the sign is none of its name
POWER = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱ]+")
INDEX = re.compile("[₀₁₂₃₄₅₆₇₈₉₊₋ₙᵢₖⱼₘ]+")
UNSEEN = re.compile("[\u00ad\u034f\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]")
ENTITY = re.compile("&(?:[a-z]{2,8}|#[0-9]{1,5});", re.IGNORECASE)  # of HTML, as pages of the web leave them
TAG = re.compile("</?(?:b|i|u|em|strong|sub|sup|span|p|br|div|font|tt|code|mark)(?: [^<>]{0,200})?/?>", re.IGNORECASE)
SIGN_WORD = re.compile("([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])")
PUNCTUATION = re.compile(r"[^\w\x00-\x7f]+")


def words(text: str) -> list[str]:
    """The words of a text."""
    return [word.decode() for word in split([text])[:-1]]


def split(texts: Sequence[str]) -> list[bytes]:
    """The words of many texts, with `END` behind each text."""
    return FACTOR.sub(rb"\1 ", plain(b"\t" + b"".join([folded(text) + b"\t\0\t" for text in texts]))).split()


def folded(text: str) -> bytes:
    """A text as bytes that are ASCII wherever there is a way to write it so."""
    if "\0" in text:
        text = text.replace("\0", " ")
    if "&" in text:
        text = ENTITY.sub(lambda entity: unescape(entity[0]), text)
    if "</" in text or "/>" in text:
        text = TAG.sub(" ", text)
    if not text.isascii():  # mostly for its quotes
        text = text.replace("’", "'").replace("“", '"').replace("”", '"')
    if text.isascii():
        return text.encode()
    text = INDEX.sub(r"_\g<0>", POWER.sub(r"^\g<0>", UNSEEN.sub("", text)))
    text = APART.sub(r"\g<0> ", unicodedata.normalize("NFKC", text).casefold()).translate(FOLD)
    return PUNCTUATION.sub(" ", SIGN_WORD.sub(r" \1 ", text)).encode("utf-8", "replace")


def plain(data: bytes) -> bytes:
    """The words of a text with spaces between them; what it begins and ends with must be a tab."""
    *parts, last = CHOICE.split(STARS.sub(b" ", data))
    data = b"".join([*(part[:-1] for part in parts), last])
    data = OPEN.sub(b"{", data.lower())
    data = b"^".join([part.strip(b" ") for part in data.split(b"^")])
    data = b"_{".join([part.rstrip(b" ") for part in data.split(b"_{")])  # a _ alone is a gap to fill in
    data = BASE_ALONE.sub(b"\t{", data)
    data = LISTED.sub(b"\n", LETTER.sub(b"", data))
    if b"\\" in data:
        if b"limits" in data:
            data = LIMITS.sub(b"", data)
        if BETWIXT.search(data):
            data = OVER.sub(braced, data)
        data = BASE.sub(b"}\t", BETWEEN.sub(b"}", data))
        data = SHORT.sub(rb"\\\1{\2\3\4}{\5\6\7}", data)
        data = ORDER.sub(rb"_\2^\1", data)
        for pattern, said in ((HIGH, stuck), (LOW, stuck), (COMMAND, written)):
            parts = pattern.split(data)
            parts[1::2] = map(said, parts[1::2])  # quicker than `sub` with a function
            data = b"".join(parts)
    data = BAR.sub(b"/", data.replace(b"$$", b" ")).translate(SPACES, NOTHING)
    data = STOP.sub(b" ", HYPHEN.sub(b" ", data))
    for sign in OPERATORS:
        data = data.replace(sign, b" " + sign + b" ")
    if b"," in data:
        data = THOUSANDS.sub(b"", data).replace(b",", b" ")
    return NOUGHT.sub(b"", data)


def braced(fraction: re.Match[bytes]) -> bytes:
    r"""{a \over b} as \frac{a}{b}, {n \choose k} as \binom{n}{k}."""
    above, name, below = fraction.groups()
    return (b"\\frac{" if name == b"over" else b"\\binom{") + above + b"}{" + below + b"}"


@lru_cache(maxsize=10_000)
def written(command: bytes) -> bytes:
    """A command of LaTeX in words, with the sign of a power or an index that follows it."""
    name = command[1:]
    if name[:1] == b"," and len(name) > 1:
        return name[1:]  # a thin space between thousands
    if name[-1:] in (b"^", b"_") and len(name) > 1:
        return written(command[:-1]).rstrip() + name[-1:]
    return WRITTEN.get(name, b" " + name + b" " if name.isalpha() else b" ")


@lru_cache(maxsize=10_000)
def stuck(command: bytes) -> bytes:
    """The same of a command behind the sign of a power or an index."""
    sign, _, name = command.partition(b"\\")
    if name == b"circ":
        return b" degrees "
    if name.startswith(b"prime"):
        return b""  # as the quote that it stands for
    return sign[:1] + written(b"\\" + name).lstrip()
