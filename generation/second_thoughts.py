"""A verdict that its own judge takes back: "True. ... Therefore, it is not correct."

    the text of a reply -> the sentence that takes its verdict back, or None

Only whole, short sentences about the solution count. Within longer ones the same words mostly say something else: "no step is
wrong", "it supposes that the claim is false", "the answer should be 24, and the solution obtains 24".
"""

import re

LONGEST = 14  # words of such a sentence

_SPLIT = re.compile(r"(?<=[.!?;])\s+|\n+|</?\w+>|(?<=:)\s+(?=[A-Z])")
_LEAD = r"(?:(?:so|therefore|thus|hence|wait|no|actually|overall|in conclusion|on reflection|on second thought|correction|however|sorry)[,:]? )*"
_WHICH = r"(?:(?:whole|final|given|provided|last|first|second|third|key) )?"
_WORK = r"(?:solution|answer|reasoning|result|calculation|computation|arithmetic|argument|proof|logic|conclusion|step|line|part|work)"
# What a solution itself may find wrong, so that a judge who says so has nothing against the solution.
_OTHERS = (
    r"(?:statement|claim|assumption|converse|student|root|option|choice|other|original|conjecture|hypothesis|guess|premise|proposition|"
    r"sentence|clock|machine|data|reading|negation|opposite|suspect|witness|person|label|sign|bulb|ticket)"
)
_IT = (
    rf"(?:it|this|that|(?:the|this|its) {_WHICH}{_WORK}s?(?: (?:in|of|for) (?:step \d+|[^\s,;]{{1,24}})| [^\s,;a-zA-Z][^\s,;]{{0,24}})?|"
    r"(?:steps?|lines?|parts?) \(?\w{1,3}\)?(?:(?:, | and )\(?\w{1,3}\)?)*)"
)
_IS = (
    r"(?: ?(?:is|are|was|were|seems|appears|remains)|['’]s)(?: (?:to be|actually|clearly|therefore|thus|also|simply))*"
)
_BAD = (
    r"(?:incorrect|wrong|flawed|invalid|incomplete|mistaken|erroneous|false|unjustified|missing|unanswered|an? (?:error|mistake)|"
    r"lacking|truncated|cut off|"
    r"not (?:fully |entirely |completely |quite )?(?:correct|right|valid|complete|justified|true|answered|stated|given|shown|sound))"
)
_TAIL = r"(?:(?:,? (?:since|because|as)| in| at| on| for)\b[^,;]{1,60})?"
_TAKES_BACK = re.compile(
    rf"{_LEAD}(?:"
    rf"{_IT}{_IS} {_BAD}{_TAIL}|"
    rf"{_IT} (?:is|are|was|were)(?:n't|n’t) (?:correct|right|valid|complete|justified|true|answered){_TAIL}|"
    rf"the (?!(?:\w+ )?{_OTHERS})\w+(?: \w+)?{_IS} (?:incorrect|wrong|flawed|mistaken|erroneous|not (?:correct|right)){_TAIL}|"
    r"(?:incorrect|wrong|false|invalid|not (?:correct|right|true|valid))|"
    rf"{_IT} (?:fails|stops .{{1,40}}|lacks .{{1,60}}|(?:does(?: not|n't|n’t)) follow)|"
    r"does(?: not|n't|n’t) (?:answer|address|solve)\b[^,;]{1,60}|no (?:final )?answer is given(?: for [^,;]{1,30})?|"
    r"(?:an? )?(?:errors?|mistakes?)(?: in|:) (?:step|line|part) .{1,60}|"
    rf"(?:there (?:is|are)|{_IT} (?:contains?|has|have|makes?|made)|I (?:find|found|see)) (?:an?|one|two|some|several)(?: \w+){{0,2}} "
    r"(?:error|mistake|flaw|gap|slip)s?(?: (?:in|at|on|with)\b[^,;]{1,60})?|"
    r"(?:the )?(?:final |correct |right )?(?:answer|result|value) should(?: instead)? (?:be|have been) [^\s,]{1,24}(?:, not [^\s,]{1,24})?|"
    rf"[^\s]{{1,24}}, not [^\s,]{{1,12}}, so {_IT}{_IS} {_BAD}|"
    rf"{_IT} (?:fails to|omits|overlooks|misses|does(?: not|n't|n’t) (?:answer|address|consider|follow|solve|prove|justify))\b"
    r"(?!.*because)[^,;]{1,60}|"
    r"(?:one|a|an|the|some) (?:\w+ )?(?:case|step|justification|factor|answer|root|term|part|unit|proof)s?(?: [^\s,;]{1,12}){0,2} "
    r"(?:is|are) (?:missing|missed|left out|omitted|not (?:answered|considered|shown))|"
    rf"(?:{_IT} )?miscalculat\w+\b.{{1,40}}|"
    r".{0,40}\bnot \S{1,12} as (?:stated|claimed|given)|"
    r"[^\s,]{1,24} (?:is|equals|=) [^\s,]{1,12}, not [^\s,]{1,12}|"
    r"I (?:get|find|obtain|compute) [^\s,]{1,12},? (?:instead of|not) [^\s,]{1,12}|"
    r"(?:calculations?|logic|completeness): (?:no|fails?|wrong|false|incorrect|incomplete)|"
    r"(?:yes|true|correct): it fails"
    r")",
    re.IGNORECASE,
)
# Nobody who means True says so of the verdict itself, wherever it stands.
_AFTER = re.compile(
    r"\b(?:verdict|judge?ment)(?: is| should be| must be| to)? ?:? false\b|\bI (?:meant|would say|say|mean) false\b|\bit should be false\b|"
    r"</\w+>\s*(?:wait|actually|correction|on reflection|on second thought)\b(?!-)|\(with reservations?\b",
    re.IGNORECASE,
)


def taken_back(text: str) -> str | None:
    """The first sentence that takes a good verdict back."""
    if found := _AFTER.search(text):
        return found[0]
    sentences = _SPLIT.split(text)
    for sentence in [*sentences, *(part for one in sentences if ": " in one for part in one.split(": "))]:
        bare = sentence.strip(" \t*_>#-–•()\"'“”").rstrip(".!;: ")
        if 0 < len(bare.split()) <= LONGEST and _TAKES_BACK.fullmatch(bare):
            return bare
    return None
