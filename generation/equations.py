"""Equations as people write them, brought to one form before they are worked out: money, bold type, aligned rows, words.

    `**3 x $4 = $13**` -> `3 × 4 = 13`;    `$3$ times $4$ is $13$` -> `3 × 4 = 13`

Nothing is worked out here; what is no equation of plain numbers stays as it is.
"""

import re

from generation.in_words import BEGIN, END, IS, verbs
from generation.units import without_units

# What stands for another sign wherever it stands, and rows of aligned displays as what they amount to here.
_MARKUP = (
    ("\\approx", "≈"), ("&≈", "≈"), ("&=", "="), ("=&", "="), ("\\\\", " ; "), ("\\(", "$"), ("\\)", "$"), ("\\[", "$"), ("\\]", "$"),
    ("{,}", ","), (",\\!", ","), ("\\;", " "), ("\\:", " "), ("`", " "), ("€", ""), ("£", ""), ("²", "^2"), ("³", "^3"),
    ("½", "(1/2)"), ("¼", "(1/4)"), ("¾", "(3/4)"), ("⅓", "(1/3)"), ("⅔", "(2/3)"), ("“", " "), ("\\dbinom", "\\binom"), ("\\tbinom", "\\binom"),
)  # fmt: skip
_DISPLAY = re.compile(
    r"\\begin\{(?:align(?:ed|at)?|gather(?:ed)?|split|eqnarray|equation|flalign|multline)\*?\}(?:\{\d+\})?"
)
# A row or line that goes on with what is equal, and a row that ended with a sign.
_NEXT_ROW = re.compile(
    r"(?:\\\\(?:\[[^\]\n]{0,12}\])?[ \t]*\n?|\n)[ \t]*(?:\\q?quad[ ]*)?&?[ \t]*(?=(?:[=≈]|\\approx)(?!=))|[ \t]*&[ \t]*(?=[=≈])"
)
_OPEN_ROW = re.compile(r"([-+*/×·=≈]|\\times|\\cdot)[ \t]*\\\\(?:\[[^\]\n]{0,12}\])?\s*&?")
_BEGINS_EQUAL = re.compile(r"\n[ \t]*[=≈]")
_CHOOSE = re.compile(r"\{[ ]*(\d+)[ ]*\\choose[ ]*(\d+)[ ]*\}")
_FACTORIAL = re.compile(r"((?<!\\)\$(?:[^$\n]{0,40}[^\w$.])?\d+!)=")  # $5!=120$, where nobody programs
# What a pattern begins with is what is looked for; what has to stand before it is looked at then.
_AFTER_SIGN = "|".join(
    rf"(?<={sign}{gap}#)" for sign in (r"[-+*/=×÷·−–(]", "times", "cdot", "div", r"[\d)] [xX]") for gap in ("", " ")
)
_MONEY = re.compile(
    rf"\$(?=\.?\d)(?:{_AFTER_SIGN.replace('#', '[$]')})|" + rf"\\(?=\$\.?\d)(?:{_AFTER_SIGN})\$".replace("#", r"[\\]")
)
_TIMES = re.compile(r"[xX](?:(?<=[\d)%][xX])(?=\(?\.?\d)|(?<=[\d)%] [xX])(?= \(?\.?\d))")
_BOLD = re.compile(r"\*\*(?=\S)(?!\d+\*)|(?<=[^\s*])\*\*(?!\d)")
_BOXED = re.compile(r"(?<=[=≈])[ \t]*\\(?:boxed|mathbf|textbf|boldsymbol)[ \t]*\{([-\d.,/]{1,40})\}")
_BEHIND = re.compile(r"\$(?<=[\d)}]\$)[ ]=[ ]\$?(?=\d)")  # $6 \times 15$ = 90
_BARE_POINT = re.compile(r"\.(?<![^ $(=+*/-]\.)(?=\d)")
_OF = re.compile(r"(\d+/\d+|\\[dt]?frac\{?\d+\}?\{?\d+\}?)\$?[ ]of[ ]\\?\$?(?=\d)")
_PERCENT_OF = re.compile(r"(\d+(?:\.\d+)?)(?:[ ]?\\?%\$?|[ ]percent)[ ]?(?:\\text\{[ ]?of[ ]?\}|of)[ ]?\\?\$?(?=\d)")
_HUNDREDTHS = re.compile(r"([=≈][ ]?\d[\d.,]*)(?:[ ]|\$[ ])(?:cents?|per[ ]?cent)\b")
_BULLETS = ("- ", "– ", "• ", "* ")
_BULLET = re.compile(r"(?:\A|(?<=\n\n)|(?<=[.:]\n))[ \t]*[-–•*][ \t]+(?=[\d$(])")
_OPERATES = re.compile(r"[\d)}][ ]?(?:[+*×·÷]|\\times|\\cdot|\\div)|[ ][-−–/][ ]")
_OPERATION = r"(?:[-+*/×·÷−–]|\\(?:times|cdot|div)(?![a-zA-Z]))"
_STATED = re.compile(  # what a verb follows; spaces stand around signs alone, so that every text can be read in one way only
    rf"(?=[-\\$(\d]){BEGIN}(\\?\$?[-(]{{0,3}}\d(?:[^\s=a-zA-Z\\$]|[ ](?={_OPERATION})|(?<=[-+*/×·÷−–])[ ](?=[(\d.])|"
    rf"\\(?:times|cdot|div)[ ]?(?=[(\d.])){{0,200}}+)"
    rf"\$?[ ]{IS}[ ]\\?\$?(?=-?\d[\d,]*(?:\.\d+)?\$?{END})"
)
_SIGNS = ("=", "≈", "\\approx")
_DIGIT = re.compile(r"[\d½¼¾⅓⅔]")
_BEFORE, _AFTER = (
    250,
    150,
)  # characters of a text around what states something that are looked at, with the lines they are of


def places(text: str) -> list[tuple[int, int]]:
    """(start, end) of the parts of a text, whole lines, in which numbers are said to be equal: all others need no look."""
    found = []
    for sign in _SIGNS:
        at = text.find(sign)
        while at >= 0:
            after = at + len(sign)
            if _DIGIT.search(text, max(0, at - 16), at) and _DIGIT.search(text, after, after + 24):
                found.append(at)
            at = text.find(sign, after)
    found += verbs(text)
    parts: list[tuple[int, int]] = []
    for at in sorted(found):
        if parts and at + _AFTER < parts[-1][1]:
            continue
        start, end = text.rfind("\n", 0, max(0, at - _BEFORE)) + 1, text.find("\n", at + _AFTER)
        end = end if end >= 0 else len(text)
        if parts and start <= parts[-1][1]:
            start = parts.pop()[0]
        parts.append((start, end))
    return parts


def plain(text: str) -> str:
    """The text with its equations in one form: no markup around figures, one sign for one operation."""
    if "\\\\" in text or "&" in text:
        text = _NEXT_ROW.sub(" ", _OPEN_ROW.sub(r"\1 ", text))
    elif _BEGINS_EQUAL.search(text):
        text = _NEXT_ROW.sub(" ", text)
    if "\\begin" in text:
        text = _DISPLAY.sub(" $", text)
    for written, meant in _MARKUP:
        if written in text:
            text = text.replace(written, meant)
    if "$" in text:
        text = _MONEY.sub("", _BEHIND.sub(" = ", text))
    if "**" in text:
        text = _BOLD.sub(" ", re.sub(r"(?<=\d)\*\*(?=\d)", "^", text))
    if "\\choose" in text:
        text = _CHOOSE.sub(r"\\binom{\1}{\2}", text)
    if "!=" in text:
        text = _FACTORIAL.sub(r"\1 =", text)
    if "\\bo" in text or "bf{" in text:
        text = _BOXED.sub(r" \1", text)
    if "%" in text or "percent" in text:
        text = _PERCENT_OF.sub(r"\1/100 * ", text)
    if "x" in text or "X" in text:
        text = _TIMES.sub("×", text)
    text = without_units(text)
    if " cent" in text or " percent" in text or " per cent" in text:
        text = _HUNDREDTHS.sub(r"\1%", text)
    if " of " in text and ("/" in text or "frac" in text):
        text = _OF.sub(_part, text)
    if text[:1] == "." or " ." in text or "$." in text:
        text = _BARE_POINT.sub("0.", text)
    if text[:2] in _BULLETS or any(f"\n{bullet}" in text for bullet in _BULLETS):
        text = _BULLET.sub("; ", text)
    if verbs(text):
        text = _STATED.sub(_stated, text)
    return text


def _stated(match: re.Match[str]) -> str:
    """`3 + 4 = ` for `3 + 4 is `; what calculates nothing stays as it is."""
    return f"{match[1].strip('$')} = " if _OPERATES.search(match[1]) else match[0]


def _part(match: re.Match[str]) -> str:
    """`1/2 * ` for `1/2 of `, but where it is a result: 3/3 - 2/3 = 1/3 of the money."""
    return match[0] if match.string[: match.start()].endswith(("=", "= ", "≈", "≈ ")) else f"{match[1]} * "
