"""Mathematics that does not close: delimiters, braces, `\\left` and `\\right`, environments.

    the text of a turn -> None, or what is open (a sentence's worth)

Only what cannot be right is reported. Brackets are not matched, for `[0, 1)` is an interval; a lone dollar before a
number is a price where the talk is of money; code is not mathematics.
"""

import re

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_MARK = re.compile(
    r"\\\\|\\[()\[\]]|\\[{}$]|\\(?:left|right)(?![a-zA-Z])|\\(?:begin|end)[ \t]*\{[^{}\n]{1,40}\}|\$\$|\$|[{}]|\n[ \t]*\n",
)
# Environments of mathematics. Those of prose (theorem, itemize) may begin in one turn and end in another.
_ENVIRONMENT = re.compile(
    r"\\(begin|end)[ \t]*\{((?:equation|align|aligned|alignat|alignedat|flalign|gather|gathered|multline|multlined|eqnarray|split|cases|dcases|rcases|"
    r"array|subarray|smallmatrix|[pbBvV]?matrix|math|displaymath|CD|tikzcd)\*?)\}"
)
_PRICE = re.compile(
    r"\$[ ]?\d[\d,]*(?:\.\d+)?(?:k|m|bn?)?(?:\s+(?:and|or|to|per|for|a|an|in|of|each|is|was|at|on|million|billion|more|less|from|by|as|than|after|if|but|dollars)\b|[.,;:!?)]|\s*$|-|/|\s+[a-z]{3,})"
)
_MONEY = re.compile(
    r"\b(?:dollars?|cents?|price[sd]?|costs?|pay(?:s|ing|ment|ments)?|paid|spen[dt]s?|money|earn(?:s|ed)?|budget|sells?|sold|buys?|bought|worth|profits?|"
    r"revenues?|interest|tax(?:es)?|fees?|wages?|salary|invest\w*|deposit\w*|loans?|usd|charges?|discount|bills?|balance|account)\b|\$\d[\d,]*\.\d\d\b",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"\\[a-zA-Z]+[ \t]*\{|[\^_]\{")
_CLOSES = {"\\)": "\\(", "\\]": "\\["}


def unbalanced(text: str) -> str | None:
    """What is left open, or closed without having been opened, in one turn; None where all is well."""
    if "$" not in text and "\\" not in text and "{" not in text and "}" not in text:
        return None
    if "`" in text:
        text = _CODE.sub(" ", text)
    marks = _MARK.findall(text)
    return _braces(marks, text) or _environments(text) or _delimiters(marks, text)


def _braces(marks: list[str], text: str) -> str | None:
    opened, closed, left, right = marks.count("{"), marks.count("}"), marks.count("\\left"), marks.count("\\right")
    if opened != closed and _COMMAND.search(text):
        return f"{opened} braces open and {closed} close"
    if left != right:
        return f"{left} \\left and {right} \\right"
    return None


def _environments(text: str) -> str | None:
    if "\\begin" not in text and "\\end" not in text:
        return None
    stack: list[str] = []
    for side, name in _ENVIRONMENT.findall(text):
        if side == "begin":
            stack.append(name)
        elif not stack or stack.pop() != name:
            return f"\\end{{{name}}} closes what is not open"
    return f"\\begin{{{stack[-1]}}} is not closed" if stack else None


def _delimiters(marks: list[str], text: str) -> str | None:
    """Follows `$`, `$$`, `\\(` and `\\[` through a turn; an inline formula ends with its paragraph at the latest."""
    inside, inner, line, odd = "", 0, 0, False
    for mark in [*marks, "\n\n"]:
        if mark == "$":
            if inside in ("", "$"):
                inside = "" if inside else "$"
            else:
                inner += 1  # `\text{if $x > 0$}` within a display
        elif mark == "$$":
            if inside in ("", "$$"):
                odd, inside, inner = bool(inner % 2), "" if inside else "$$", 0
            elif inside != "$":
                inner += 2
        elif mark in ("\\(", "\\["):
            if inside in ("\\(", "\\["):
                return f"{mark} within {inside}"
            if not inside:
                inside, inner = mark, 0
        elif mark in _CLOSES:
            if inside != _CLOSES[mark]:
                return f"{mark} closes what is not open"
            odd, inside, inner = bool(inner % 2), "", 0
        elif mark[0] == "\n":
            if inside == "$":
                odd = not _priced(text, line)
                inside = ""
            line += 1
        if odd:
            return "a $ without its other"
    return f"{inside} is not closed" if inside else None


def _priced(text: str, paragraph: int) -> bool:
    """Whether the dollars of a paragraph come out even once those before prices are left out, in talk of money."""
    part = re.split(r"\n[ \t]*\n", text)[paragraph]
    prices = len(_PRICE.findall(part))
    return (
        prices > 0
        and _MONEY.search(text) is not None
        and (part.replace("\\$", "").replace("$$", "").count("$") - prices) % 2 == 0
    )
