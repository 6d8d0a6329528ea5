r"""Mathematics in a page: the formulas of a text that anybody may have written, typeset as MathML by the browser alone.

    "let $x^2 = 2$ <script>" -> let <math><msup>...</msup></math> &lt;script&gt;

latex2mathml reads the formula; of what it makes only the tags and attributes below get into the page, and every text is
escaped here: it passes `\text{<script>}`, `\href` and `\style` through. What it cannot read stands as it was written.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from latex2mathml import exceptions
from latex2mathml.converter import Converter
from markupsafe import Markup, escape

from builders.markdown import clean
from builders.spans import spans

LONGEST = 4000  # characters of a formula that is read
# What changes how later formulas are read, or makes a few characters into millions of them.
DEFINES = re.compile(
    r"\\(?:def|edef|gdef|let|(?:re|provide)?new(?:command|environment)|renewcommand|providecommand|Declare)"
)
ENVIRONMENTS = re.compile(
    r"(?:equation|align|alignat|aligned|alignedat|gather|gathered|multline|eqnarray|split|cases|array|smallmatrix|[bBpvV]?matrix)\*?"
)
FORMS = (("$$", "$$", True), (r"\[", r"\]", True), (r"\(", r"\)", False), ("$", "$", False))
TAGS = {
    "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub",
    "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "mmultiscripts", "mprescripts", "none",
}  # fmt: skip
ATTRIBUTES = {
    "accent", "columnalign", "columnlines", "depth", "display", "displaystyle", "fence", "form", "height", "largeop", "linethickness",
    "lspace", "maxsize", "minsize", "movablelimits", "notation", "rowlines", "rspace", "scriptlevel", "separator", "stretchy", "voffset",
    "width",
}  # fmt: skip
VALUE = re.compile(r"[a-z-]+(?: [a-z-]+)*|-?(?:\d{1,2}|\d?\.\d{1,4}|\d\.\d{1,4})(?:em|ex|pt|mu|px)?")
# Letters that browsers take from Unicode, and not from `mathvariant`.
ALPHABETS = {"bold": "BOLD", "double-struck": "DOUBLE-STRUCK", "script": "SCRIPT", "fraktur": "FRAKTUR"}
# What latex2mathml raises at what is no LaTeX; its own have no root in common.
NO_LATEX: tuple[type[Exception], ...] = (
    *(error for error in vars(exceptions).values() if isinstance(error, type) and issubclass(error, Exception)),
    ArithmeticError, AttributeError, LookupError, RecursionError, StopIteration, TypeError, ValueError,
)  # fmt: skip


def typeset(text: str) -> Markup:
    """A text as HTML, its formulas as MathML; the line ends stay."""
    shown = clean(text)
    found = sorted(spans(shown), key=lambda span: (span[0], -span[1]))
    return Markup("").join(_parts(shown, found))


def _parts(text: str, found: list[tuple[int, int]]) -> Iterator[Markup]:
    """What stands between formulas, and the formulas; one that cannot be typeset is a text that may hold others."""
    at = 0
    for start, end in found:
        if start >= at and (made := formula(text[start:end])):
            yield escape(text[at:start])
            yield made
            at = end
    yield escape(text[at:])


def formula(source: str) -> Markup | None:
    """A formula with its delimiters as MathML, or None where it cannot be typeset."""
    if len(source) > LONGEST or DEFINES.search(source):
        return None
    inner, block = source, True
    if environment := re.match(r"\\begin[ \t]*\{([^{}\n]*)\}", source):
        if not ENVIRONMENTS.fullmatch(environment[1]):
            return None
    else:
        form = next((form for form in FORMS if source.startswith(form[0]) and source.endswith(form[1])), None)
        if form is None or len(source) <= len(form[0] + form[1]):
            return None
        inner, block = source[len(form[0]) : -len(form[1])], form[2]
    try:
        return Markup(_written(Converter(display="block" if block else "inline").convert_to_element(inner)))
    except NO_LATEX:
        return None


def _written(element: Element) -> str:
    """An element as HTML, with nothing in it that is not allowed; the children of a tag that is not stay."""
    inner = html.escape(clean(html.unescape(_letters(element)))) + "".join(map(_written, element))
    if element.tag not in TAGS:
        return inner
    said = {name: value for name, value in element.attrib.items() if name in ATTRIBUTES and VALUE.fullmatch(value)}
    attributes = "".join(f' {name}="{value}"' for name, value in said.items())
    return f"<{element.tag}{attributes}>{inner}</{element.tag}>"


def _letters(element: Element) -> str:
    text = element.text or ""
    alphabet = ALPHABETS.get(element.attrib.get("mathvariant", ""))
    return "".join(_letter(character, alphabet) for character in text) if alphabet else text


def _letter(character: str, alphabet: str) -> str:
    """A letter of an alphabet of mathematics, where Unicode has it: some stand apart from the others of theirs."""
    kind = "CAPITAL" if character.isupper() else "SMALL"
    special = "BLACK-LETTER" if alphabet == "FRAKTUR" else alphabet
    for name in (f"MATHEMATICAL {alphabet} {kind} {character}", f"{special} {kind} {character}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return character
