"""A model that declines to do what it was asked.

    text -> the words with which it declines, or None

A student who cannot solve an equation declines nothing: it takes a request, a dialogue or a policy that is declined, or an
excuse where there is nothing but the excuse.
"""

import re

from generation.words import lowered, word_set

_I = r"\b(?:I|we)(?:'m|’m|'re| am| are)?"
_CANNOT = (
    r"(?: really| simply| unfortunately)?(?: can(?:no|'|’| no)t| could(?: not|n't)| won(?:'|’)t| will not| (?:not able|unable) to|"
    r" (?:must|have to|need to) (?:\w+ )?decline(?: to)?| decline to| refuse to| not (?:comfortable|allowed|permitted)(?: to)?)"
)
# What is declined is the task, not "the passage to the limit" or "the content of a polynomial".
_TASK = (
    r"(?:(?:this|that|your|such|any|a|the requested)(?: \w+)? "
    r"(?:requests?|dialogue|conversation|content|material|passage|prompt|transcript|role-?play)|requests?|copyrighted)"
)
_DO = (
    r"(?:help|assist|comply|fulfil+|provide|generate|generating|create|creating|produce|write|writing|continue|engage|participate|complete|"
    r"discuss|share|reproduce|process)"
)
_REFUSAL = re.compile(
    rf"{_I}{_CANNOT} (?:\w+ )?{_DO}\b[^.!?\n]{{0,80}}?\b{_TASK}\b|"
    rf"{_I}{_CANNOT} (?:help|assist)(?: you)?(?: (?:with|in) (?:that|this|it)(?: request| task| topic)?)?(?=[.,!;]|\s*$)|"
    r"\b(?:cannot|can't|can’t|unable to|won't) (?:comply|fulfil+ (?:this|that|your|the))\b|"
    r"\bas an? (?:AI|(?:large )?language model)\b[^.!?\n]{0,60}\b(?:can(?:no|'|’)t|unable|not able|won't|don't)\b|"
    r"\b(?:against|violat\w+|outside) (?:my|our) (?:\w+ ){0,2}(?:guidelines|polic(?:y|ies)|programming|principles)\b|"
    rf"{_I} (?:must|have to|will have to|would like to|'d like to) (?:respectfully |politely )?decline\b",
    re.IGNORECASE,
)
# A word that is in the text, and what then may begin a refusal: the pattern is only tried around that.
_NO = {
    "t": ("can't", "can’t", "won't", "won’t", "couldn't", "couldn’t"),
    "cannot": ("cannot",),
    "not": ("can not", "will not", "could not", "not able to", "not comfortable", "not allowed", "not permitted"),
    "unable": ("unable to",),
    "decline": ("decline",),
    "refuse": ("refuse to",),
    "against": ("against my", "against our"),
    "outside": ("outside my", "outside our"),
    "violate": ("violat",),
    "violates": ("violat",),
    "violating": ("violat",),
    "violation": ("violat",),
    "ai": ("as an ai",),
    "language": ("language model",),
}
_AROUND = 200  # characters to both sides, more than any refusal is long
# Where there is no dialogue at all, an excuse is enough: the beginnings by which the literature tells refusals
# (arXiv 2307.15043, appendix B), and what else a model says of itself, of its limits and of what it was not given.
LONGEST = 600  # characters of an excuse, which holds no formula; anything else must begin with it
_BEGINS = 20
_EXCUSE = re.compile(
    r"\b(?:sorry|apologi[sz]e|apologies|unfortunately|regret|(?:I'm|I’m|I am) afraid)\b[^\n]{0,120}?"
    r"\b(?:can(?:no|'|’)t|unable|not|\w+n[’']t|decline|no|beyond)\b|"
    rf"\bI(?:'m|’m| am)?{_CANNOT}(?! (?:prove|show|derive|repeat|go|need|see)\b)|"
    r"\bI(?: would|'d|’d) (?:rather|prefer) not\b|\bI (?:must|have to|need to) (?:pass|say no|stop)\b|"
    r"\bI (?:do not|don't|don’t) (?:feel (?:comfortable|able|right)|think I (?:can|should)|have (?:enough|access|the \w+))\b|"
    r"(?:\bnot|n't|n’t|\bin)(?: be)? ?(?:appropriate|right|possible|proper) for me\b|\b(?:beyond|outside|not something)(?: what)? I\b|"
    r"\b(?:am|I'm|I’m|as|being)(?: \w+){0,2} an? (?:\w+ ){0,2}(?:AI|language model|assistant)\b|"
    r"\b(?:please|(?:could|can|would) you)(?: please)? (?:provide|share|paste|send|supply|give me)\b|"
    r"\b(?:my|our) (?:\w+ ){0,2}(?:guidelines|polic(?:y|ies)|programming)\b|"
    r"lo siento|no puedo|je suis désolée?|je ne peux pas|es tut mir leid|ich kann (?:\w+ ){0,3}nicht|"
    r"К сожалению|не могу|对不起|抱歉|无法|申し訳|できません",
    re.IGNORECASE,
)


def declines(text: str, anything: bool = False) -> str | None:
    """The words with which a model declines; `anything`: there is nothing else in the reply, so an excuse is enough."""
    low, found = lowered(text), word_set(text)
    for beginning in (each for word, listed in _NO.items() if word in found for each in listed):
        at = low.find(beginning)
        while at >= 0:
            if match := _REFUSAL.search(text, max(0, at - _AROUND), at + _AROUND):
                return " ".join(match[0].split())
            at = low.find(beginning, at + _AROUND // 2)
    excuse = _EXCUSE.search(text) if anything else None
    begins = excuse and excuse.start() < _BEGINS and text.lstrip()[0].isalpha()  # prose with headings is no excuse
    if excuse and (begins or (len(text) < LONGEST and "$" not in text)):
        return " ".join(excuse[0].split())
    return None
