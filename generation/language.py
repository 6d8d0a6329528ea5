"""Whether a dialogue is in the passage's language: counts letters and common words, and asks a detector where those are unsure.

    dialogue, passage -> None, or which language stands where which was expected

The detector (py3langid, 100 MB once loaded) is only loaded by the first text that is not plainly English. Formulas, code
and commands are not language, and a text of few words is not judged.
"""

import re
from functools import lru_cache

from generation.words import words

# The commonest words of English; in running English prose they are 35 to 45 of 100 words, in other languages under 8
# (counted in the sample's documents and in texts of five languages).
COMMON = frozenset(
    """the of and to a in is that it for as with on be by this are or an we from at which if not you have has can but so all its
    then there what i was one let where each do how will just when they because these two does those any our your about would""".split()
)
PLAINLY = 0.2
ENOUGH = 30  # words, and letters of another script, below which nothing is said
FOREIGN = 0.15  # of the letters: more than the names and quotations that occur in any language
_STRIP = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]{0,500}\$|\\\[.*?\\\]|\\\(.*?\\\)|\\[a-zA-Z]+(?:\{[^{}\n]{0,60}\})?|https?://\S+|[\d{}\\^_&|]+",
    re.DOTALL,
)
_SCRIPTS = {
    "Cyrillic": re.compile("[\u0400-\u04ff]"),
    "Hebrew": re.compile("[\u0590-\u05ff]"),
    "Arabic": re.compile("[\u0600-\u06ff]"),
    "Devanagari": re.compile("[\u0900-\u097f]"),
    "Thai": re.compile("[\u0e00-\u0e7f]"),
    "Hangul": re.compile("[\uac00-\ud7af]"),
    "kana": re.compile("[\u3040-\u30ff]"),
    "Chinese": re.compile("[\u4e00-\u9fff]"),
    "Greek": re.compile("[\u0370-\u03ff]{3,}"),
}  # fmt: skip
_LETTER = re.compile(r"[^\W\d_]")


@lru_cache(maxsize=16)
def is_plainly_english(text: str) -> bool:
    """Among a text's words, formulas included, enough of the commonest English ones."""
    found = words(text)
    return len(found) >= ENOUGH and sum(map(COMMON.__contains__, found)) >= PLAINLY * len(found)


def other_language(text: str, passage: str) -> str | None:
    """What is wrong with the language of a dialogue, or None; nothing is said of texts too short or too formal to tell."""
    if text.isascii() and is_plainly_english(text) and is_plainly_english(passage):
        return None
    if not text.isascii() and (script := _other_script(text, passage)):
        return script
    if is_plainly_english(text) and is_plainly_english(passage):
        return None
    said, source = _prose(text), _prose(passage)
    if min(len(_LETTER.findall(said)), len(_LETTER.findall(source))) < 6 * ENOUGH:
        return None
    ours, theirs = _detect(said), _detect(source)
    if ours is None or theirs is None or ours == theirs:
        return None
    return f"{ours}, and the passage is {theirs}"


def _other_script(text: str, passage: str) -> str | None:
    """Letters of a script that the passage hardly has: a model that changes its language in the middle of a dialogue."""
    letters, source = len(_LETTER.findall(text)) or 1, len(_LETTER.findall(passage)) or 1
    for script, pattern in _SCRIPTS.items():
        count = sum(map(len, pattern.findall(text)))
        if (
            count >= ENOUGH
            and count > FOREIGN * letters
            and 4 * sum(map(len, pattern.findall(passage))) / source < count / letters
        ):
            return f"{count} of {letters} letters are {script}, unlike the passage's"
    return None


@lru_cache(maxsize=16)
def _prose(text: str) -> str:
    return " ".join(_STRIP.sub(" ", text).split())[:3000]


@lru_cache(maxsize=16)
def _detect(text: str) -> str | None:
    """ISO 639-1, or None where the detector is not clear about it."""
    import py3langid  # loading it costs 0.5 s and 100 MB, which a run over English never needs

    half = len(text) // 2
    whole, first, second = (str(py3langid.classify(part)[0]) for part in (text, text[:half], text[half:]))
    return whole if whole in (first, second) else None
