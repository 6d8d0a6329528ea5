"""What the rehearsal's teacher finds in a passage: whole sentences with sound formulas, terms to ask about, a language.

passage -> sentences, a term for each, the book of its language (None: a language the teacher does not speak)
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from generation.phrases import ENGLISH, Book
from generation.phrases_de import GERMAN
from generation.phrases_fr_es import FRENCH, SPANISH
from generation.phrases_ru_zh import CHINESE, RUSSIAN

LONGEST = 24_000  # characters of a passage that are looked at
UNIT = 700  # characters; a longer sentence is left out where there are others
DISPLAYS = (
    "equation|align|alignat|flalign|gather|multline|eqnarray|displaymath|math|aligned|split|cases|array|tabular|tikzcd|"
    "matrix|pmatrix|bmatrix|vmatrix|Vmatrix|Bmatrix|smallmatrix|verbatim|lstlisting|tikzpicture|asy|CD|Verbatim"
)
FORMULA = re.compile(
    r"```.*?```|\$\$.*?\$\$|\$[^$\n]+\$|\\\[.*?\\\]|\\\(.*?\\\)|\\begin\{((?:" + DISPLAYS + r")\*?)\}.*?\\end\{\1\}",
    re.DOTALL,
)
# Between two sentences: after a full stop, at an empty line, before a list's next item, at a text's own environments.
END = re.compile(
    r"(?<!\n\d[.])(?<!\n\d\d[.])(?<=[.!?])\s+|(?<=[。!?])\s*|\n\s*\n|\n(?=[ \t]*(?:[-*#|>]|\d+[.)])\s)|\\(?:item|ii)\b"
    r"|\\(?:begin|end)\{\w+\*?\}(?:\[[^\]\n]*\])?|\\(?:label|ref|(?:sub)*section\*?)\{[^{}\n]*\}"
)
DELIMITER = re.compile(
    r"\\\\|\\[{}$]|\$\$?|[{}]|\\[\[\]()]|\\(begin|end)\{([^{}]*)\}|\\left(?![a-zA-Z])|\\right(?![a-zA-Z])|```"
)
SHORT = re.compile(r"\$[^$\n]{1,40}\$")
COMMAND = re.compile(r"\\[a-zA-Z]+")
SIGN = re.compile(r"\w")
LEAD = re.compile(r"^\s*(?:[#>*]+\s+|-\s+|\d+[.)]\s+)*")
OURS = re.compile(r"</?(?:dialogue|text|think|passage)\b", re.IGNORECASE)
WORD = re.compile(r"(?<![\\\w])[^\W\d_]{4,20}(?!\w)")
LETTERS = re.compile(r"[^\W\d_]+")
BEYOND_LATIN = re.compile(r"[^\x00-\u024f\W\d_]")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
HAN = re.compile(r"[\u4e00-\u9fff]")
KANA = re.compile(r"[\u3040-\u30ff]")

SPOKEN = (ENGLISH, FRENCH, GERMAN, SPANISH)
BOOKS = (*SPOKEN, RUSSIAN, CHINESE)
# Italian, Portuguese, Dutch and Polish are only recognised, so that none of them is taken for a language in SPOKEN.
FOREIGN = (
    "il di che è per una sono della con gli non più si nel questo anche dei delle ogni come",
    "o de que é para uma são não com os em um do da ou se mais como então por",
    "het een van is dat en niet voor op met zijn te wordt er deze als ook naar dan aan",
    "jest się nie na że do dla przez oraz który to jako są lub gdy ma po z w",
)
LANGUAGES: dict[str, list[int]] = {}
for _number, _words in enumerate((*(book.words for book in SPOKEN), *FOREIGN)):
    for _word in _words.split():
        LANGUAGES.setdefault(_word, []).append(_number)


@dataclass(frozen=True)
class Material:
    """A passage taken apart. `terms[i]`: a word or formula of `sentences[i]`; `words`: how many outside formulas."""

    sentences: tuple[str, ...]
    terms: tuple[str, ...]
    book: Book | None
    words: int


@lru_cache(maxsize=512)  # seven styles ask about one passage within moments
def material(passage: str) -> Material:
    """Takes a passage apart; one without a usable sentence has none."""
    passage = passage[:LONGEST].replace("\x00", "")
    masked = FORMULA.sub(_mask, passage)
    found, start = [], 0
    for cut in [*END.finditer(masked), None]:
        end = cut.start() if cut else len(passage)
        text = _tidy(passage[start:end])
        if SIGN.search(COMMAND.sub("", text)) and balanced(text) and not OURS.search(text):
            found.append((text, _term(text, masked[start:end])))
        start = cut.end() if cut else end
    short = [pair for pair in found if len(pair[0]) <= UNIT] or [(_shortened(text), term) for text, term in found[:1]]
    letters = LETTERS.findall(masked.lower())
    return Material(tuple(t for t, _ in short), tuple(t for _, t in short), _book(masked, letters), len(letters))


def _mask(formula: re.Match[str]) -> str:
    # A full stop at a formula's end ends its sentence too.
    last = "." if formula.group().rstrip("$]}) \\\n").endswith(".") else "\x00"
    return "\x00" * (len(formula.group()) - 1) + last


def _tidy(raw: str) -> str:
    text = LEAD.sub("", raw, count=1)
    if "\n" not in text:
        text = text.strip()
    elif "```" in text or "\\begin" in text or "|" in text:
        text = "\n".join(line.rstrip() for line in text.strip().splitlines() if line.strip())
    else:
        text = " ".join(text.split())
    return f"{text}." if text[-1:].isalnum() else text


def _shortened(text: str) -> str:
    cut = text[:UNIT].rsplit(" ", 1)[0]
    return cut if balanced(cut) else text


def _term(text: str, plain: str) -> str:
    for formula in FORMULA.finditer(text):
        if SHORT.fullmatch(formula.group()):
            return formula.group()
    words = WORD.findall(plain) or WORD.findall(text) or LETTERS.findall(plain)
    return f"“{max(words, key=len)[:20]}”" if words else ""


def balanced(text: str) -> bool:
    """Whether dollar signs, braces, brackets, environments, \\left and fences in a text all close, in order."""
    if not any(sign in text for sign in "${}\\`"):
        return True
    open_: list[str] = []
    for found in DELIMITER.finditer(text):
        sign = found.group()
        if sign[:1] == "\\" and sign[1:2] in "\\{}$" and len(sign) == 2:
            continue
        if sign in ("$", "$$", "```"):
            closes, opens = sign, sign if sign not in open_ else ""
        elif sign in ("{", "\\[", "\\(", "\\left") or found.group(1) == "begin":
            closes, opens = "", found.group(2) or sign
        else:
            closes = found.group(2) or {"}": "{", "\\]": "\\[", "\\)": "\\(", "\\right": "\\left"}[sign]
            opens = ""
        if opens:
            open_.append(opens)
        elif not open_ or open_.pop() != closes:
            return False
    return not open_


def _book(masked: str, letters: list[str]) -> Book | None:
    beyond = len(BEYOND_LATIN.findall(masked))
    if beyond >= 8 and 2 * beyond > sum(map(len, letters)):
        if 2 * len(CYRILLIC.findall(masked)) > beyond:
            return RUSSIAN
        chinese = 2 * len(HAN.findall(masked)) > beyond and 20 * len(KANA.findall(masked)) < beyond
        return CHINESE if chinese else None
    hits = [0] * (len(SPOKEN) + len(FOREIGN))
    for word in letters:
        for number in LANGUAGES.get(word, ()):
            hits[number] += 1
    best = max(range(len(hits)), key=hits.__getitem__)
    if hits[best] < 2 or hits[0] == hits[best]:
        return ENGLISH
    if best < len(SPOKEN):
        return SPOKEN[best]
    return None if hits[best] >= 4 else ENGLISH
