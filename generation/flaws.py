"""What can be seen wrong with a problem or a solution without a model: one function per reason, a few lines each.

    a problem (str) -> None, or what was seen (str); `problem_flaw` gives the first as (reason, detail)

GSDP, section 2.5: a problem contains neither its answer nor its prompt, and a solution ends in a boxed answer (A.3). These
are free; what they miss is for the judges.
"""

import re
from collections.abc import Iterator

from builders.answers import BLANK
from generation.balance import unbalanced
from generation.words import grams, runs, words

LEAK_RUNS = 4  # runs of 5 words shared with the instructions: eight words on end

_VALUE = (
    r"(?:\\[(\[]|\$)?\s{0,3}(?:\\boxed\s{0,3}\{)?\s{0,3}(?:[a-zA-Z](?:_\w)?\s{0,3}=\s{0,3})?[-−–+(]?\s{0,3}(?:\\?\$)?\s{0,3}"
    r"(?:\d|\\[dt]?frac\s{0,3}\{?\s{0,3}-?\d|\\sqrt\s{0,3}\{?\s{0,3}\d|\\pi\b|π|\\infty|"
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|ten)\b)"
)
_ANSWER = (
    r"(?:(?:the|my|correct|final|full|detailed|sample|step-by-step|model)[ ]){0,3}(?:answers?|ans|solutions?|proof)(?:[ ](?:key|outline|sketch))?|"
    r"Lösung|Antwort|réponse|respuesta|solución|soluzione|risposta|Решение|Ответ|解答|答案|解|答"
)
# "Answer:" and what follows it; a blank to fill in and a word on the form of the answer are no answers.
_LABELLED = re.compile(
    rf"(?:^|[.?!:;。？！；)\]}}$\n(\[][ \t]{{0,4}}|[ \t][-–—][ \t])[#>*_ \t]{{0,6}}(?P<label>{_ANSWER})"
    r"[*_ \t]{0,4}(?:[:：=]|\n|(?<=ns)\.)[*_ \t]{0,4}\n{0,2}[ \t]*(?P<rest>\S[^\n]{0,80})",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"[\W_]*(?:as|in|give|express|round|correct to|to the|your|choose|select|write|enter|type|leave|use|include|provide|state|show|with|"
    r"an? (?:integer|number|fraction|decimal)|the form|please|units?)\b|[_.…\s?()\[\]{}$-]*$",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"(?<!if )(?<!when )(?<!that )\bthe (?:(?:correct|final|right|exact|desired|required) )?(?:answer|solution|result)"
    r"(?: (?:to (?:this|the) (?:problem|question)|here))? (?:is|equals|will be|must be|turns out to be|comes out (?:as|to))"
    rf"(?: (?:simply|exactly|therefore|thus))?[: ]*\*{{0,2}}{_VALUE}",
    re.IGNORECASE,
)
# A box with nothing or one letter in it is a blank, or a notation.
_BOXED = re.compile(
    r"\\(?:boxed|fbox)\s{0,4}\{\s{0,4}(?!\\phantom|\\h?quad|\\square|\\[,;: ]|[a-zA-Z?]\s{0,4}\})[^\s}]"
)
_ASKS = re.compile(
    r"\?|\b(?:find|determine|compute|calculate|evaluate|prove|show|solve|work out|what|simplify|express|"
    r"how (?:many|much|long|far|old|big|large))\b",
    re.IGNORECASE,
)
_ASKS_ELSEWHERE = re.compile(
    r"[？¿$\\]|\b(?:rewrite|enter|expand|factori?[sz]?e?|rationali[sz]e|reduce|convert|write|graph|draw|plot|list|name|give|state|count|add|subtract|multiply|divide|"
    r"round|order|arrange|estimate|verify|derive|construct|explain|describe|minimi[sz]e|maximi[sz]e|integrate|differentiate)\b|"
    r"\b(?:bestimm|berechn|zeig|beweis|find|trouv|calcul|détermin|démontr|montr|hall|encuentr|demuestr|determin|trova|dimostr|найд|"
    r"вычисл|докаж|определ)\w*|[求证算]|證明|計算",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"(?:therefore|thus|hence|so|consequently|it follows that|we (?:get|find|obtain|conclude))\b"
    rf"[^.?!\n]{{0,80}}?(?:=|\bis\b|\bare\b|\bequals\b|:){_VALUE}",
    re.IGNORECASE,
)
# The value of what was asked for, told behind the question: "Compute a + b. Show that the result is 7." "This comes to 7."
_NUMBER = rf"{_VALUE}[\d.,/{{}}\\a-z]{{0,12}}"
_EQUALS = rf"\$?\s?[a-zA-Z]\s?(?:=|equals)\s?{_VALUE}[\d.,]{{0,12}}\$?(?=[\s.)]|\Z)"
_TOLD = re.compile(
    r"\b(?:show|prove|verify|check|confirm) that (?:the|this|your) (?:answer|result|value|sum|total|remainder)(?: \w+){0,4}? "
    rf"(?:is|equals|comes to)[: ]{_VALUE}|"
    r"\b(?:this|it|the (?:answer|result|value|total|sum|remainder)) (?:comes|works|turns|adds|amounts|evaluates|simplifies)"
    rf" (?:out |up )?(?:to be |to |as |at )(?:exactly |simply )?{_VALUE}|"
    rf"\b(?:you|one|we) should (?:arrive at|get|obtain|end up with|find) {_VALUE}",
    re.IGNORECASE,
)
# The same as the last words of a problem: elsewhere they are mostly something that is given.
_LAST = re.compile(
    rf"(?:\b(?:we|you|one|to) (?:find|get|obtain|conclude)s? (?:that )?{_EQUALS}|"
    rf"(?:\bhint:?|\bso,?|[.?!]\s*\() {{0,2}}{_EQUALS}|"
    rf"\bthe value of \$?\w+\$? is {_NUMBER}|"
    rf"\b(?:which|this) (?:gives|means|makes|yields) {_EQUALS}|"
    rf"(?:[.?!] |\n)(?:it|this|that) (?:is equal to|equals) {_NUMBER}|"
    rf"\bnote that the (?:answer|result|value|remainder)(?: \w+){{0,3}} (?:is|equals) {_NUMBER}|"
    r"\b(?:correct|right) (?:option|choice|answer) ?(?:is|:)[ *(]{0,3}[A-Z]|"
    rf"(?:^|[.?!] )(?:answer |a: ?){_NUMBER})[^\w\n]{{0,8}}\Z",
    re.IGNORECASE | re.MULTILINE,
)
_WANTS = re.compile(
    r"\?|\b(?:find|determine|compute|calculate|evaluate|solve|work out|what|which|how (?:many|much|long|far|old|big|large))\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.?!])\s|\n")
_THIS = r"\b(?:this|the|our|following|above) (?:new |original )?(?:math(?:ematics|ematical)? )?(?:problem|question|exercise)"
# Talk of the task, which no problem holds.
_PROMPT = re.compile(
    "|".join(
        (
            r"\bknowledge[- ]points?\b",
            r"\b(?:new|original) (?:math(?:ematics|ematical)? )?problem[ \t]{0,4}[:：]",
            r"\bfree (?:from|of) (?:any )?(?:mathematical |logical )*errors\b",
            rf"{_THIS} (?:is|was) (?:designed|constructed|created|written|meant|intended|generated|formulated)\b",
            rf"{_THIS} (?:requires?|combines?|integrates?|incorporates?|involves?|tests?|assesses|covers|needs|demands|challenges|ensures)\b",
            r"\b(?:combin|integrat|incorporat|us|appl)(?:e|es|ing|y|ies|ying) (?:all|both|each) (?:of )?(?:the |these )?"
            r"(?:(?:given |listed |provided )points|concepts|topics|entries)\b",
            r"\b(?:students?|learners|solvers?) (?:to|will|must|should|need to|have to) "
            r"(?:understand|demonstrate|apply (?:the concepts?|their|knowledge|both))\b",
            r"\bas requested\b",
            r"\b(?:create|write|design|compose|invent|pose) an? (?:new |original )?(?:math(?:ematics|ematical)? )?"
            r"(?:problem|question|exercise) (?:that|which|about|combining|using)\b",
            r"\bI hope (?:this|it|that) helps\b",
            r"\blet me (?:know if|know whether|think about)\b",
            r"\bexplanation of how\b",
            r"\(uses:",
            r"\b(?:I|we) (?:was|were|am|are|have been) (?:asked|told|instructed|given the task) to "
            r"(?:write|create|make|compose|produce|invent|pose|generate|design|formulate)\b",
            r"\bthe prompt (?:asks|says|wants|requires|calls|states|demands|tells)\b",
            r"\b(?:these|your|the above) instructions\b",
            r"\bas an? (?:AI|(?:large )?language) (?:language )?model\b",
            r"</?(?:points?|problem|solution|think)>|<\|[a-z_]{2,20}\|>|\[/?INST\]|### ?(?:instruction|response)",
            r"\b(?:put|enclose|box|write|give|place|express|provide|present)\b[^.\n]{0,40}\banswer\b[^.\n]{0,30}\\boxed",
        )
    ),
    re.IGNORECASE,
)
_BOX = re.compile(r"\\(?:boxed|fbox)[ \t]{0,4}(\{|\S)|\\.|[{}]", re.DOTALL)


def problem_flaw(problem: str, instructions: str = "") -> tuple[str, str] | None:
    """The first (reason, detail) for which a problem is not kept; `instructions`: the body of the prompt that asked for it."""
    if detail := prompt_leak(problem, instructions):
        return "prompt_leak", detail
    if detail := answer_inside(problem):
        return "answer_inside", detail
    if detail := unbalanced(problem):
        return "mathematics", detail
    return None


def asks(text: str) -> bool:
    """Whether a text may be a problem: it asks for something, or it holds a formula."""
    return bool(_ASKS.search(text) or _ASKS_ELSEWHERE.search(text))


def answer_inside(problem: str) -> str | None:
    """Whether a problem states its own answer: in a box, behind a label, in a sentence, or as its conclusion."""
    if match := _BOXED.search(problem):
        return f"it holds {problem[match.start() : match.end() + 20]!r}"
    for match in _LABELLED.finditer(problem):
        if not _FORM.match(match["rest"]):
            return f"it says {(match['label'] + ': ' + match['rest'])[:60]!r}"
    asked = _ASKS.search(problem)
    for match in _SPOKEN.finditer(problem, asked.end() if asked else len(problem)):
        return f"it says {problem[match.start() : match.end() + 10]!r}"
    wanted = _WANTS.search(problem)
    for match in _TOLD.finditer(problem, wanted.end() if wanted else len(problem)):
        return f"it says {problem[match.start() : match.end() + 10]!r}"
    if match := _LAST.search(problem, wanted.end() if wanted else len(problem)):
        return f"it ends with {match[0][-60:]!r}"
    *before, last = ["", *(part for part in _SENTENCES.split(problem) if part.strip())]
    if _CONCLUDES.match(last.lstrip(" $\\([*")) and not _ASKS.search(last) and _ASKS.search(" ".join(before)):
        return f"it ends with {last[:60]!r}"
    return None


def prompt_leak(problem: str, instructions: str = "") -> str | None:
    """Whether a problem speaks of the task that it was written for, or repeats its instructions."""
    if match := _PROMPT.search(problem):
        return f"it says {' '.join(match[0].split())!r}"
    shared = grams(problem) & grams(instructions) if instructions else frozenset()
    if len(shared) >= LEAK_RUNS:
        first = next(run for run in runs(words(problem)) if hash(run) in shared)
        return f"{len(shared)} runs of words from the instructions, as {' '.join(first)!r}"
    return None


def no_boxed_answer(solution: str) -> str | None:
    """Whether a solution lacks an answer in a box; an empty box, or one that never closes, holds none."""
    seen = 0
    for answer in _boxes(solution):
        seen += 1
        if not BLANK.fullmatch(answer):
            return None
    unclosed = "\\boxed" in solution or "\\fbox" in solution
    return "its box is empty" if seen else "its box does not close" if unclosed else "nothing stands in \\boxed{}"


def _boxes(text: str) -> Iterator[str]:
    """The beginnings of what stands in the boxes of a text that close."""
    opened: list[int] = []
    for match in _BOX.finditer(text):
        if match[1] == "{":
            opened.append(match.end())
        elif match[1]:
            yield match[1]
        elif match[0] == "{":
            opened.append(-1)
        elif match[0] == "}" and opened and (start := opened.pop()) >= 0:
            yield text[start : min(match.start(), start + 200)]
