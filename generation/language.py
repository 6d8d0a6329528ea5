"""Whether a dialogue is in the passage's language: counts letters and common words, and asks a detector where those are unsure.

    turns, passage -> None, or which language stands where which was expected

The detector (builders.detector) is only loaded by the first text of which common words tell nothing. Formulas, code and
commands are not language, and a text of few words is not judged.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from builders.detector import detected
from generation.words import beyond_ascii, word_set, words

# Common words that the neighbours do not have ("in", "was", "on", "so" are also German, French, ...). Of 100 words of a paragraph
# without its formulas the English ones are 38 in the middle and 15 at the 2 % mark in English (555 paragraphs of the sample),
# and none in the sample's German, French and Spanish.
_COMMON = {
    "en": "the of and to is that it for with be this are we from which if not you have can but its then there what one let where each how "
    "just when they because these two does those any our your about would by",
    "de": "der und ist nicht das ein eine einen einer von zu mit auf für dem den wir wenn auch sich wird als aber oder sind dann gilt man",
    "fr": "le les des est une dans que qui pour pas avec sur nous vous donc mais cette ce aux sont par alors comme où être c'est",
    "es": "el los las una para con por como del más pero entonces este esta son donde muy también cuando porque es lo",
    "it": "il gli della che di per con non sono una del nel questo quindi anche come perché dei alla è",
    "pt": "não uma para com os das dos então isso você mais são pelo pela também quando é em um ao",
    "nl": "het een van niet dat voor met zijn wordt ook als maar deze naar dan hebben we kunnen",
}
_WORDS = {code: frozenset(listed.split()) for code, listed in _COMMON.items()}
_OTHERS = frozenset().union(*(_WORDS[code] for code in _WORDS if code != "en")) - _WORDS["en"]
# Different common words, which are counted in no time: with so many English ones and so few others, a text is English. 1,879 passages
# of OpenWebMath have 19 and none in the middle, and 97 % of them pass; the sample's German, French and Spanish ones have 1 at most.
SURELY, STRAY = 8, 3
PLAINLY = 0.12  # of a text's words, with or without its formulas
HARDLY = 0.04  # of a text's or a turn's words: not this language
LEAST_WORDS, LEAST_LETTERS = 8, 120  # of a turn, of a text; below, nothing is said
CERTAIN = (
    0.6  # of the detector; real prose gets 0.9 and more, settings and rows of words 0.2 to 0.8 (and then mostly "en")
)
DETECTABLE = 200  # letters that the detector needs
SHARED = 0.3  # of a dialogue's words: what has so many of a passage's words is in its language, whichever that is
FOREIGN_SCRIPT = 0.15  # of the letters: more than the names and quotations that occur in any language
HOME_SCRIPT = 0.6  # of a passage's letters: it is written in it
FOREIGN_TURNS = 0.3  # of the words
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
_ACCENTED = re.compile("[\u00c0-\u024f]")
_NOT_LATIN = re.compile("[\u0370-\u1fff\u3040-\ud7af]")


def other_language(turns: Sequence[str], passage: str) -> str | None:
    """What is wrong with the language of a dialogue, or None; nothing is said of texts too short or too formal to tell."""
    text = "\n\n".join(turns)
    if not (text.isascii() and passage.isascii()) and (script := _other_script(text, passage)):
        return script
    if _is_english(passage) and _is_english(text) and not _is_accented(text):
        return None
    said = [prose for prose in map(_prose, turns) if prose.count(" ") >= LEAST_WORDS]
    theirs = _listed(passage) or _listed(_prose(passage))
    if theirs is None:
        found = words(" ".join(said))
        if sum(map(frozenset(words(passage)).__contains__, found)) >= SHARED * len(found):
            return None
        theirs = _detected(_prose(passage))
    if theirs in _WORDS:  # turns with hardly any of its words, if that is a good part of what is said
        foreign = [prose for prose in said if _is_foreign(prose, theirs)]
        if sum(map(len, foreign)) <= FOREIGN_TURNS * sum(map(len, said)):
            return None
        said = foreign
    prose = " ".join(said)
    ours = (_listed(prose) or _detected(prose)) if theirs else None
    return f"{ours}, and the passage is {theirs}" if ours and ours != theirs else None


def _is_foreign(prose: str, home: str) -> bool:
    """Hardly a word of a listed language in it, or twice as many of another one."""
    share = _share(prose, home)
    return share < HARDLY or share * 2 <= max(_share(prose, code) for code in _WORDS)


def _is_english(text: str) -> bool:
    """Whether the different words of a text leave no doubt."""
    found = word_set(text)
    return len(found & _WORDS["en"]) >= SURELY and len(found & _OTHERS) <= STRAY


def _is_accented(text: str) -> bool:
    """More accents than names bring along, which speaks for a language that is not listed."""
    return len(_ACCENTED.findall(beyond_ascii(text))) > 0.01 * len(text)


@lru_cache(maxsize=128)
def _share(text: str, code: str) -> float:
    """The share of a language's common words."""
    found = words(text)
    return sum(map(_WORDS[code].__contains__, found)) / len(found) if found else 0.0


def _listed(text: str) -> str | None:
    """The language whose common words are there, and hardly another's; ISO 639-1."""
    if len(text) < LEAST_LETTERS:
        return None
    best, second = sorted(((_share(text, code), code) for code in _WORDS), reverse=True)[:2]
    return best[1] if best[0] >= PLAINLY and best[0] >= 2 * second[0] else None


@lru_cache(maxsize=16)
def _detected(prose: str) -> str | None:
    """What the detector says, where there is enough to read and both halves of it say the same."""
    if len(_LETTER.findall(prose)) < DETECTABLE:
        return None
    half = len(prose) // 2
    found = [detected(part) for part in (prose, prose[:half], prose[half:])]
    language, score = found[0]
    return language if score >= CERTAIN and len({each for each, _ in found}) == 1 else None


def _prose(text: str) -> str:
    """A text without formulas, commands, code and addresses."""
    return " ".join(_STRIP.sub(" ", text).split())[:3000]


def _other_script(text: str, passage: str) -> str | None:
    """Letters of a script that the passage hardly has, or none of the one that it is written in; not Latin letters."""
    if max(len(_NOT_LATIN.findall(beyond_ascii(each))) for each in (text, passage)) < LEAST_LETTERS / 4:
        return None
    letters, source = len(_LETTER.findall(text)) or 1, len(_LETTER.findall(passage)) or 1
    for script, pattern in _SCRIPTS.items():
        ours, theirs = (sum(map(len, pattern.findall(each))) for each in (text, passage))
        if ours >= LEAST_LETTERS / 4 and ours > FOREIGN_SCRIPT * letters and 4 * theirs / source < ours / letters:
            return f"{ours} of {letters} letters are {script}, unlike those of the passage"
        if letters >= LEAST_LETTERS / 4 and theirs >= LEAST_LETTERS / 4 and theirs > HOME_SCRIPT * source > 0 == ours:
            return f"none of {letters} letters is {script}, unlike those of the passage"
    return None
