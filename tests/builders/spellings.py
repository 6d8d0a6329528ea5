r"""Other spellings of the same mathematics: one change of the LaTeX each, in formulas alone.

a problem -> the same problem, as another hand writes it: SPELLINGS by name
"""

import re
from collections.abc import Callable

FORMULA = re.compile(r"\\\[.+?\\\]|\\\(.+?\\\)|(?<!\\)\$\$.+?\$\$|(?<!\\)\$(?:[^$\\]|\\.)+\$", re.DOTALL)
DRAWING = re.compile(r"(\[asy\].*?\[/asy\])", re.DOTALL)
WORDS = r"\\(?:text(?:bf|it|rm)?|mbox|mathrm|operatorname|begin|end) ?\{[^{}]*\}(?:\{[clr|]+\})?"
PART = r"\{[^{}]*\}"  # an argument in braces, without others in it


def where(pattern: str, said: str | Callable[[re.Match[str]], str]) -> Callable[[str], str]:
    """A change of formulas, but not of the words in them and not of drawings."""
    words = re.compile(f"({WORDS})")

    def change(formula: re.Match[str]) -> str:
        return "".join(
            part if at % 2 else re.sub(pattern, said, part) for at, part in enumerate(words.split(formula[0]))
        )

    def spelled(text: str) -> str:
        parts = DRAWING.split(text)
        return "".join(part if at % 2 else FORMULA.sub(change, part) for at, part in enumerate(parts))

    return spelled


def one(part: str) -> str:
    """An argument of one sign without its braces."""
    return part[1:-1] if re.fullmatch(r"\{[0-9a-zA-Z]\}", part) else part


def short(match: re.Match[str]) -> str:
    r"""\frac{a}{b} as \frac ab, \frac{10}{b} as \frac{10}b."""
    first, second = one(match[2]), one(match[3])
    return f"{match[1]}{' ' if first[0].isalpha() else ''}{first}{second}"


def apart(match: re.Match[str]) -> str:
    """xy as x y."""
    return match[0] if match[0][0] == "\\" else " ".join(match[0])


SIGNS = {"pi": "π", "theta": "θ", "alpha": "α", "beta": "β", "infty": "∞", "l": "≤", "g": "≥", "n": "≠"}
LIMIT = rf"(?:{PART}|[0-9a-zA-Z]|\\infty)"
SPELLINGS: dict[str, Callable[[str], str]] = {
    "2 x for 2x": where(r"(?<=[0-9])(?=[a-zA-Z])", " "),
    "2x for 2 x": where(r"(?<=[0-9]) (?=[a-zA-Z])", ""),
    "x^2 y for x^2y": where(rf"(\^(?:{PART}|[0-9a-z]))(?=[a-zA-Z])", r"\1 "),
    "x^2y for x^2 y": where(rf"(\^(?:{PART}|[0-9])) (?=[a-zA-Z])", r"\1"),
    "x ^ 2 for x^2": where(r"\^", " ^ "),
    "x^{2} for x^2": where(r"([\^_])([0-9a-z])", r"\1{\2}"),
    "x^2 for x^{2}": where(r"([\^_])\{([0-9a-z])\}", r"\1\2"),
    "x _ 1 for x_1": where(r"_", " _ "),
    "a_1^2 for a^2_1": where(rf"(\^{LIMIT})(_{LIMIT})", r"\2\1"),
    "a^2_1 for a_1^2": where(rf"(_{LIMIT})(\^{LIMIT})", r"\2\1"),
    "x y for xy": where(r"\\[a-zA-Z]+|[a-zA-Z]{2,}", apart),
    "xy for x y": where(r"(?<![\\a-zA-Z])([a-zA-Z]) (?=[a-zA-Z](?![a-zA-Z]))", r"\1"),
    "no spaces": where(r"(\\[a-zA-Z]+ (?=[a-zA-Z])|\\ |(?<=[0-9]) (?=[0-9]))|[ \n]+", lambda match: match[1] or ""),
    "spaces around signs": where(r"(?<!\\)([=+<>()/-])", r" \1 "),
    "thin spaces": where(r"(?<!\\)([=+<>])", r"\\,\1\\;"),
    r"\sqrt 2 for \sqrt{2}": where(r"\\sqrt ?\{([0-9a-z])\}", r"\\sqrt \1"),
    r"\sqrt2 for \sqrt{2}": where(r"\\sqrt ?\{([0-9])\}", r"\\sqrt\1"),
    r"\sqrt{2} for \sqrt2": where(r"\\sqrt ?([0-9a-z])", r"\\sqrt{\1}"),
    r"3 \sqrt{2} for 3\sqrt{2}": where(r"(?<=[0-9a-z])(?=\\sqrt)", " "),
    r"\frac ab for \frac{a}{b}": where(rf"(\\[dt]?frac) ?({PART})({PART})", short),
    r"\frac{a}{b} for \frac ab": where(r"(\\[dt]?frac) ?([0-9])([0-9])", r"\1{\2}{\3}"),
    r"\frac {a} {b}": where(rf"(\\[dt]?frac) ?({PART})({PART})", r"\1 \2 \3"),
    r"\dfrac for \frac": where(r"\\frac", r"\\dfrac"),
    r"a/b for \frac{a}{b}": where(r"(?<![0-9])\\[dt]?frac\{([0-9a-z]+)\}\{([0-9a-z]+)\}", r"\1/\2"),
    r"{a \over b}": where(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}", r"{\1 \\over \2}"),
    r"\dbinom52": where(rf"\\[dt]?(binom) ?({PART})({PART})", lambda match: "\\d" + short(match)),
    r"{n \choose k}": where(r"\\[dt]?binom ?\{([^{}]*)\}\{([^{}]*)\}", r"{\1 \\choose \2}"),
    r"\limits": where(r"\\(sum|prod|lim|int)(?![a-z])(?!\\limits)", r"\\\1\\limits"),
    ".5 for 0.5": where(r"(?<![0-9])0(?=\.[0-9])", ""),
    "0.5 for .5": where(r"(?<![0-9])(?=\.[0-9])", "0"),
    r"\left( for (": where(r"(?<![\\a-z])([(\[])(.*)([)\]])(?=\$)", r"\\left\1\2\\right\3"),
    r"( for \left(": where(r"\\(?:left|right|[bB]igg?[lrm]?)(?![a-z])", ""),
    r"\leq, \geq for \le, \ge": where(r"\\([lg]e)q?(?![a-z])", r"\\\1q"),
    r"<= of Unicode": where(r"\\([lgn])eq?(?![a-z])", lambda match: SIGNS[match[1]]),
    "letters of Unicode": where(r"\\(pi|theta|alpha|beta|infty) ?(?![a-z])", lambda match: SIGNS[match[1]]),
    "degrees": where(r"\^ ?\{?\\circ\}?", "°"),
    "dots": where(r"\\(?:ldots|cdots|dots)(?![a-z])", "..."),
    r"\( for $": lambda text: FORMULA.sub(lambda match: rf"\({match[0][1:-1]}\)" if match[0][0] == "$" and match[0][1] != "$" else match[0], text),
    r"$$ for \[": lambda text: FORMULA.sub(lambda match: f"$${match[0][2:-2]}$$" if match[0][1] == "[" else match[0], text),
    r"\lvert for |": where(r"(?<!\\)\|([^|\\]*)\|", r"\\lvert \1 \\rvert"),
    r"\sin{x} for \sin x": where(r"\\(sin|cos|tan|log|ln) ([a-z])(?![a-z])", r"\\\1{\2}"),
    r"\sin(x) for \sin x": where(r"\\(sin|cos|tan|log|ln) ([a-z])(?![a-z])", r"\\\1(\2)"),
    "10000 for 10,000": where(r"(?<=[0-9])(?:,|\{,\}|,\\!)(?=[0-9]{3}(?![0-9]))", ""),
    "aligned for align*": lambda text: text.replace("{align*}", "{aligned}"),
    r"\times for \cdot": where(r"\\cdot(?![a-z])", r"\\times"),
    "lines": lambda text: re.sub(r"(?<=[a-z,.?]) (?=[a-z])", "\n", text),
    "capitals": str.upper,
}  # fmt: skip
