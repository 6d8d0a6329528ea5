"""Mathematics that does not close: delimiters, braces, `\\left` and `\\right`, environments.

    the text of a turn -> None, or what is open (a sentence's worth)

Only what cannot be right is reported. Brackets are not matched, for `[0, 1)` is an interval; a lone dollar before a
number is a price where the talk is of money; code is not mathematics.
"""

import re

LONELY = "a $ without its other"
_GAP = re.compile(r"\n[ \t]*\n")
_LEFT, _RIGHT = re.compile(r"\\left(?![a-zA-Z])"), re.compile(r"\\right(?![a-zA-Z])")
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_MARK = re.compile(
    r"\$\$?|[{}]|\\(?:[\\()\[\]{}$]|(?:begin|end)[ \t]*\{[^{}\n]{1,40}\})",
)
# Environments of mathematics. Those of prose (theorem, itemize) may begin in one turn and end in another.
_ENVIRONMENT = re.compile(
    r"\\(begin|end)[ \t]*\{((?:equation|align|aligned|alignat|alignedat|flalign|gather|gathered|multline|multlined|eqnarray|split|"
    r"cases|dcases|rcases|array|subarray|smallmatrix|[pbBvV]?matrix|math|displaymath|CD|tikzcd)\*?)\}"
)
# A dollar and an amount, and then a word, the end of a phrase or more of such a calculation: no formula goes on like this.
# Nor is one opened by a dollar between spaces, or by three of them.
_PRICE = re.compile(
    r"\$\d[\d,]*(?:\.\d+)?(?:k|m|bn?)?(?:\s+(?:[a-z]{3,}|an?|or|to|of|in|is|at|on|by|as|if)\b|[.,;:!?)/-]|\s*$|\s*[-+=*/x×·÷]\s*\$?\d)|"
    r"(?<![^\s(])\$(?![^\s.,)])|\${3,}"
)
_MONEY = re.compile(
    r"\b(?:dollars?|cents?|price[sd]?|costs?|pay(?:s|ing|ment|ments)?|paid|spen[dt]s?|money|earn(?:s|ed)?|budget|sells?|sold|buys?|bought|worth|profits?|"
    r"revenues?|interest|tax(?:es)?|fees?|wages?|salary|invest\w*|deposit\w*|loans?|usd|charges?|discount|bills?|balance|account)\b|\$\d[\d,]*\.\d\d\b",
    re.IGNORECASE,
)
_COMMAND = re.compile(r"\\[a-zA-Z]+[ \t]*\{|[\^_]\{")
_BRACE = re.compile(r"(?:\\[a-zA-Z]+[ \t]*|[_^])\{|\\.|[{}]")
_TEMPLATE = re.compile(r"\{[{%#]")  # braces of templates, which passages also speak of
_RARE = ("$$", "\\(", "\\)", "\\[", "\\]", "\\\\", "\\$")  # without these and braces, it is enough to count the dollars
_OPENS = {"$": "$", "$$": "$$", "\\(": "\\)", "\\[": "\\]"}


def unbalanced(text: str) -> str | None:
    """What is left open, or closed without having been opened, in one turn; None where all is well."""
    if "$" not in text and "\\" not in text and "{" not in text and "}" not in text:
        return None
    if "`" in text:
        text = _CODE.sub(" ", text)
    if "\\left" in text or "\\right" in text:
        left, right = len(_LEFT.findall(text)), len(_RIGHT.findall(text))
        if left != right:
            return f"{left} \\left and {right} \\right"
    if "{" not in text and "}" not in text and "\n" not in text and not any(map(text.__contains__, _RARE)):
        return LONELY if text.count("$") % 2 and _without_prices(text, text) is None else None
    return _environments(text) or _formulas(text)


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


def _formulas(text: str) -> str | None:
    """Follows formulas paragraph by paragraph, for an inline one ends with its paragraph at the latest."""
    inside, bare, braces = "", True, 0
    for paragraph in _GAP.split(text) if "\n" in text else [text]:
        marks = _MARK.findall(paragraph)
        inside, outer, found = _follow(marks, inside)
        if found == LONELY and (rest := _without_prices(paragraph, text)) is not None:
            inside, outer, found = _follow(_MARK.findall(rest), "")
        if found:
            return found
        bare = bare and not any(mark in _OPENS for mark in marks)
        braces += outer
    if inside:
        return f"{inside} is not closed"
    if not braces or not _COMMAND.search(text) or _TEMPLATE.search(text):
        return None
    if bare:  # TeX without dollars
        return "braces do not balance"
    return (
        "a command's brace is not closed" if braces > 0 and _commands(text) else None
    )  # others are prose beside formulas


def _commands(text: str) -> bool:
    """Whether a brace that follows a command, as in `\\emph{so`, is never closed; a note may run on."""
    opened: list[bool] = []
    for mark in _BRACE.findall(text):
        if mark == "}":
            del opened[-1:]
        elif mark[-1] == "{" and mark != "\\{":
            opened.append(mark != "{" and "note" not in mark)
    return any(opened)


def _follow(marks: list[str], inside: str) -> tuple[str, int, str | None]:
    """(what is open after a paragraph, braces open outside formulas, what is wrong), from what was open before it."""
    depth, inner, outer = 0, 0, 0
    for mark in marks:
        if mark == "{":
            depth, outer = depth + bool(inside), outer + (not inside)
        elif mark == "}":
            depth, outer = depth - bool(inside), outer - (not inside)
            if depth < 0:
                return inside, outer, "a brace closes that was not opened"
        elif mark in _OPENS and not inside:
            inside, depth, inner = mark, 0, 0
        elif mark == "$" and (depth or inside != "$"):
            inner += 1  # `\text{if $x > 0$}` within a formula
        elif mark == _OPENS.get(inside):
            if depth or inner % 2:
                return inside, outer, "a brace is not closed" if depth else LONELY
            inside = ""
        elif mark == "$$":
            inner += 2 * (inside != "$")  # between neighbours, `$a$$b$`, it closes one and opens the next
        elif mark in ("\\(", "\\[", "\\)", "\\]"):
            return inside, outer, f"{mark} within {inside}" if inside else f"{mark} closes what is not open"
    if inside == "$":
        return inside, outer, LONELY
    return inside, outer, "a brace is not closed" if depth else None


def _without_prices(paragraph: str, text: str) -> str | None:
    """A paragraph without the dollars of prices, if the talk is of money and the others then come out even."""
    rest, prices = _PRICE.subn(" ", paragraph.replace("\\$", " ").replace("$$ ", " "))
    return rest if prices and rest.count("$") % 2 == 0 and _MONEY.search(text) else None
