"""Who speaks: finds the lines of a reply that begin a turn, however the model wrote the speaker's name.

    lines of a reply + the names that the prompt gave -> labels (line, name, what follows on that line)

A name that the prompt gave needs little proof. Any other name must look like one, come back, and stand where the other
names stand: so `Note:`, `Step 2:`, `$f: A \\to B$`, 10:30 and the keys of a table stay what they are, text.
"""

import re
from functools import lru_cache
from typing import NamedTuple

# What may stand before a name (bullets, quotes, headings, emphasis, brackets, emoji), and which turn it is.
_LEAD = r"(?P<lead>(?:_|[^\w\n$\\`=+{}@(\"'“‘&%^/.!?;,]){0,24}+)"
_NUMBER = (
    r"(?P<number>(?:[(\[]?\d{1,2}:\d\d(?::\d\d)?|[(\[]?\d{1,3}(?:[.):\]]|[ \t]{0,9}\|)|"
    r"[(\[]?(?i:turn|round|line|exchange|message|utterance)[ \t]*#?\d{1,3}\b)[^\w\n$\\`=+{}@(\"'&%^/]{0,12}+)?(?P<bracket>[(（])?"
)
# A name is a letter and up to 39 characters of which none closes, separates or calculates.
_NOT_IN_A_NAME = r"\n:：∶*\[\]()（）【】{}<>$\\=|\"“”`;!?？！。，、—–+^~@%→⇒"
_CLOSE = r"[*_\]】>})）]{0,4}+"
_NOTE = (
    r"(?P<note>[ \t]*[*_]{0,3}[(\[（][^()\[\]（）\n]{0,60}[)\]）][*_]{0,3}+|[ \t]+[*_]{1,2}[^*_:\n]{1,40}[*_]{1,2})?"
)
_COLON = re.compile(
    rf"{_LEAD}{_NUMBER}(?P<name>[^\W\d_][^{_NOT_IN_A_NAME}]{{0,39}}+)(?P<close>{_CLOSE}){_NOTE}{_CLOSE}[ \t]*"
    rf"(?P<sep>[:：∶])(?![:=/])(?P<after>{_CLOSE})"
)
_OTHER = re.compile(
    rf"{_LEAD}{_NUMBER}(?P<name>[^\W\d_][^{_NOT_IN_A_NAME}-]{{0,39}}+)(?P<close>{_CLOSE}){_NOTE}"
    rf"(?P<sep>[ \t]*(?:[—–]|--?(?=[ \t])|->|[→⇒]|$)|[;|]|(?<=[*_\]】>])[ \t]+(?=\S)|(?<=[\]】])(?=[^\s(:]))(?P<after>)"
)
_NEVER = frozenset("$\\`=+{}@\"'“‘&%^/.!?;,")  # no turn begins with one of these: most are formulas
_ASKED, _BOLD = (("", ": "),), (("**", ":** "), ("**", "**: "))  # as nearly all are written; no pattern is needed
_SIGN = re.compile(r"[—–|→⇒;>*_\]】-]")
_SHORT, _FAR = 70, 200  # characters within which a label ends, without and with a note
_CERTAIN = ("—", "–", "--")  # separators that a name which the prompt did not give may have

# First words of labels that are no names: the furniture of mathematical prose. (Words, not patterns: one looks them up.)
_FURNITURE = """
    note notes nb step steps theorem lemma proposition corollary definition definitions proof remark remarks example examples
    solution solutions problem problems exercise exercises task given case cases part parts hint hints claim claims fact facts goal
    result results conclusion summary recap recall observation observe so thus therefore hence now then also first firstly second
    secondly third thirdly next finally last lastly for in on at by if where when while let since because suppose assume assuming
    input output inputs outputs find show prove compute equation equations formula formulas figure table section chapter warning
    caution tip tips important key main idea ideas point points method methods approach strategy base inductive induction
    hypothesis check verification verify assumption assumptions wait ok okay right yes no well sure hmm exactly topic title setting
    scene characters character participants speakers speaker_list context passage dialogue dialog conversation transcript text source
    sources reference references url http https ftp time date option options choice choices property properties axiom axioms
    algorithm code python value values data simple other final answers questions condition conditions statement statements reason
    reasons justification pros cons domain range codomain left right-hand left-hand lhs rhs notation motivation background overview
    introduction outline objective aim requirement requirements constraint constraints variable variables unknown unknowns known
    type types rule rules law laws principle consider consequently moreover however but and or as what why how which that this these
    those it its we you i'm here there consequence contradiction subcase row column total sum product difference quotient
    begin end start stop turn round exchange message utterance line
    subject format language style instruction instructions rewritten rephrased see think thinking thought
    beispiel lösung satz beweis schritt hinweis bemerkung folgerung anmerkung fall aufgabe definieren gegeben gesucht
    exemple étape théorème remarque preuve démonstration définition énoncé cas donc ainsi ejemplo paso solución teorema nota
    demostración definición caso entonces esempio passo soluzione dimostrazione osservazione exemplo solução definição
    шаг теорема пример решение доказательство замечание определение лемма следствие итак ответ дано случай примечание
"""
NO_NAMES = frozenset(_FURNITURE.split())
_NO_NAMES_CJK = re.compile(
    r"(?:注|例|步骤|第.{1,3}步|解答|答案|定理|证明|注意|结论|总结|定义|引理|性质|提示|补充|説明|証明|例題|定義|結論|参考)"
)
_SAID = "says said asks asked replies replied responds responded answers answered explains explained continues adds"
_SAYS = frozenset(_SAID.split(" "))
_SMALL_WORDS = "of the de von van der den la le el al bin and y e du da di dos"
_PARTICLES = frozenset(_SMALL_WORDS.split(" "))
_SQUEEZE = re.compile(r"[\W_]+")
_BULLET = re.compile(r"[-•–—●▪|]|(?<![*_])[*](?=[ \t])")


class Label(NamedTuple):  # a dozen a reply: made in a fifth of a frozen dataclass's time
    """The beginning of a turn: `line` counts from 0, `name` is as it will stand, `key` is what equal names share."""

    line: int
    name: str
    key: str
    given: bool
    layout: tuple[bool, bool]  # in a list or table, as a heading
    rest: str
    open: str  # emphasis that begins before the name and does not end with it


@lru_cache(maxsize=512)
def squeeze(name: str) -> str:
    """What the spellings of a name share: `STUDENT_A` and `Student A` are one, so are `Prof. A` and `Professor A`."""
    key = _SQUEEZE.sub("", name).casefold()
    return f"professor{key[4:]}" if name[:5].casefold() in ("prof.", "prof ") else key


def read_label(number: int, line: str, given: dict[str, str]) -> Label | None:
    """The label that a line begins with, or None. `given`: squeezed name -> name, of the prompt's speakers."""
    if line.lstrip()[:1] in _NEVER:
        return None
    for before, after in _BOLD if line.startswith("**") else _ASKED:
        name, found, rest = line[len(before) :].partition(after)
        if found and name in given.values():
            return Label(number, name, squeeze(name), True, (False, False), rest.strip(), "")
    head = line[:_FAR]
    match = _COLON.match(line) if ":" in head or "：" in head or "∶" in head else None
    name, known = _named(match, given) if match else ("", False)
    if match is None or not (known or could_be_a_name(name)):
        match = _OTHER.match(line) if len(head) < _SHORT or _SIGN.search(head, 0, _SHORT) else None
        if match is None:
            return None
        name, known = _named(match, given)
        sign = match["sep"].strip()
        if not known and not ((sign in _CERTAIN or match["close"] or "#" in match["lead"]) and could_be_a_name(name)):
            return None
    lead = match["lead"]
    emphasis = lead[len(lead.rstrip("*_")) :]
    closed = not emphasis or any(mark in "*_" for mark in match[0][match.end("name") :])
    rest = line[match.end() :].strip()
    return Label(
        line=number,
        name=name,
        key=squeeze(name),
        given=known,
        layout=(bool(match["number"] or _BULLET.search(lead)), "#" in lead),
        rest=rest.removeprefix("|").removesuffix("|").strip() if "|" in lead + match["sep"] else rest,
        open="" if closed else emphasis,
    )


def _named(match: re.Match[str], given: dict[str, str]) -> tuple[str, bool]:
    """(name, whether the prompt gave it): `Teacher says`, `Teacher, smiling` and `the teacher` are the prompt's Teacher."""
    words = match["name"]
    if words in given.values():
        return words, True
    if match["note"] and (noted := squeeze(words + match["note"])) in given:
        return given[noted], True  # `Student (A)`
    name = words.strip(" \t_'’.,#-&/")
    if words.rstrip(" \t_").endswith(".") and " " not in name and len(name) > 1:
        name = words.strip(" \t_'’,#-&/")
    for short in (name, name.partition(",")[0], name.removeprefix("The ").removeprefix("the ")):
        if squeeze(short) in given:
            return given[squeeze(short)], True
    first, _, last = name.rpartition(" ")
    if last in _SAYS:
        name = first
        return (given[squeeze(first)], True) if squeeze(first) in given else (first, False)
    return " ".join(name.split()), False


def could_be_a_name(name: str) -> bool:
    """At most four words, each with a capital (in scripts that have them), and the first is not one of `NO_NAMES`."""
    words = name.replace("_", " ").replace("#", " ").split()
    if not words or len(words) > 4 or "http" in name:
        return False
    head = words[0].casefold().strip(".,'’")
    if head in NO_NAMES or "," in name or _NO_NAMES_CJK.match(name):
        return False
    if name.isascii():
        return (
            all(word[0].isupper() or word.isdigit() or word in _PARTICLES for word in words) and not words[0].isdigit()
        )
    return not any(word[0].islower() and word not in _PARTICLES for word in words) and (
        name[0].isupper() or len(name) <= 16
    )
