"""A model that declines to do what it was asked.

    text -> the words with which it declines, or None

A student who cannot solve an equation declines nothing: it takes a request, a dialogue or a policy that is declined, or an
excuse where there is nothing but the excuse.
"""

import re

_I = r"\b(?:I|we)(?:'m|’m|'re| am| are)?"
_CANNOT = (
    r"(?: really| simply| unfortunately)?(?: can(?:no|'|’| no)t| could(?: not|n't)| won(?:'|’)t| will not| (?:not able|unable) to|"
    r" (?:must|have to|need to) (?:\w+ )?decline(?: to)?| decline to| refuse to| not (?:comfortable|allowed|permitted)(?: to)?)"
)
_TASK = r"(?:requests?|dialogue|conversation|content|copyrighted|material|passage|prompt|transcript|role-?play)"
_REFUSAL = re.compile(
    rf"{_I}{_CANNOT} (?:\w+ )?(?:help|assist|comply|fulfil+|provide|generate|generating|create|creating|produce|write|writing|continue|engage|"
    rf"participate|complete|discuss|share|reproduce|process)\b[^.!?\n]{{0,80}}?\b{_TASK}\b|"
    rf"{_I}{_CANNOT} (?:help|assist)(?: you)?(?: (?:with|in) (?:that|this|it)(?: request| task| topic)?)?(?=[.,!;]|\s*$)|"
    rf"\b{_CANNOT.strip()} (?:comply|fulfil+ (?:this|that|your|the))\b|"
    r"\bas an? (?:AI|(?:large )?language model)\b[^.!?\n]{0,60}\b(?:can(?:no|'|’)t|unable|not able|won't|don't)\b|"
    r"\b(?:against|violat\w+|outside) (?:my|our) (?:\w+ ){0,2}(?:guidelines|polic(?:y|ies)|programming|principles)\b|"
    rf"{_I} (?:must|have to|will have to|would like to|'d like to) (?:respectfully |politely )?decline\b",
    re.IGNORECASE,
)
_REFUSING_WORDS = ("sorry", "n't", "n’t", "not", "unable", "decline", "refuse")
# Where there is no dialogue at all, the beginning of an excuse is enough.
_EXCUSE = re.compile(
    r"(?:\b(?:sorry|apologi[sz]e|apologies|unfortunately|regret)\b[^\n]{0,120}?\b(?:can(?:no|'|’)t|unable|not able|won't|not possible|decline)\b|"
    rf"{_I}{_CANNOT}\b|lo siento|no puedo|je suis désolée?|je ne peux pas|es tut mir leid|ich kann (?:\w+ ){{0,3}}nicht|К сожалению|не могу|"
    r"对不起|抱歉|无法|申し訳|できません)",
    re.IGNORECASE,
)


def declines(text: str, anything: bool = False) -> str | None:
    """The words with which a model declines; `anything`: there is nothing else in the reply, so an excuse is enough."""
    low = text.lower()
    if not any(word in low for word in _REFUSING_WORDS) and not anything:
        return None
    match = _REFUSAL.search(text) or (_EXCUSE.search(text[:400]) if anything else None)
    return " ".join(match[0].split()) if match else None
