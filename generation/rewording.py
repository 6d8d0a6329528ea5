"""The rehearsal's way of saying a sentence differently: English words exchanged one by one, formulas left alone.

sentence -> the same sentence in other words
"""

import re

from generation.material import FORMULA

# Each pair keeps its sense wherever mathematics is written.
OTHER_WORDS = {
    "therefore": "hence", "hence": "therefore", "thus": "so", "because": "since", "since": "because",
    "because of": "owing to", "shows": "makes clear", "show": "make clear", "prove": "establish",
    "proves": "establishes", "obtain": "get", "obtains": "gets", "get": "obtain", "find": "determine",
    "consider": "look at", "suppose": "assume", "assume": "suppose", "let": "take", "each": "every",
    "every": "each", "also": "likewise", "but": "yet", "however": "still", "if": "whenever", "when": "as soon as",
    "where": "in which", "which": "and this", "called": "known as", "such that": "with the property that",
    "for all": "for any", "for any": "for all", "there exists": "one can find", "there is": "one has",
    "there are": "we find", "we have": "it holds that", "we can": "one can", "our": "the", "is equal to": "equals",
    "equals": "is equal to", "for example": "for instance", "for instance": "for example",
    "in particular": "above all", "note that": "observe that", "observe that": "note that",
    "using": "with the help of", "use": "employ", "same": "identical", "different": "distinct",
    "important": "essential", "simple": "plain", "easy": "not hard", "small": "little", "large": "big",
    "first": "to begin with", "finally": "in the end", "only": "just", "may": "might", "and": "as well as",
    "some": "certain", "many": "a good number of", "often": "frequently", "about": "concerning",
    "always": "at all times", "never": "at no time", "like": "such as", "has": "possesses", "have": "possess",
    "given": "prescribed", "result": "outcome", "problem": "task",
}  # fmt: skip
PATTERN = re.compile(r"\b(" + "|".join(sorted(OTHER_WORDS, key=len, reverse=True)) + r")\b", re.IGNORECASE)


def reworded(sentence: str) -> str:
    """A sentence with its words exchanged outside of formulas and commands."""
    parts, start = [], 0
    for formula in [*FORMULA.finditer(sentence), None]:
        end = formula.start() if formula else len(sentence)
        parts.append(PATTERN.sub(_exchange, sentence[start:end]))
        if formula:
            parts.append(formula.group())
            start = formula.end()
    return "".join(parts)


def _exchange(match: re.Match[str]) -> str:
    word = match.group()
    if match.start() and match.string[match.start() - 1] == "\\":
        return word
    other = OTHER_WORDS[word.lower()]
    return other[0].upper() + other[1:] if word[0].isupper() else other
