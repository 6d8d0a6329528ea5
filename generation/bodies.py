"""What a prompt's body may hold: variables, choices and loops, so that it is a function of its row, and a quick one.

    a body -> its template, the names it uses;  a template + variables -> text; or one sentence that says what is wrong

Jinja can do more than a prompt should: draw at random, call itself for ever, take a minute, print a place in memory. So
its syntax and its filters are lists of what is known to be harmless, loops and the characters that a body goes through are
counted, and only data is printed.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

import jinja2
from jinja2 import meta, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from builders.errors import UserError

LARGEST = 16_000_000  # characters of a prompt, and of all that it goes through and makes on the way
VALUE = 16  # characters that a value counts as which is no text, and the signs around one that is
PARTS = 10_000  # variables, choices, loops and signs of a body: Python takes half a minute and gigabytes to compile a million
LOOPS = 100_000  # turns of all loops of a prompt together
DIGITS = 300  # of a number, and that one can be rounded to
DEEPEST = 50  # lists within one another that an indentation is counted for
SYNTAX = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.CondExpr,
    nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword,
    nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test,
    nodes.Add, nodes.Sub, nodes.Div, nodes.FloorDiv, nodes.Neg, nodes.Pos, nodes.Concat,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
FILTERS = (
    "abs", "capitalize", "count", "d", "default", "dictsort", "first", "float", "int", "items", "join", "last", "length", "list",
    "lower", "map", "max", "min", "reject", "rejectattr", "replace", "reverse", "round", "select", "selectattr", "sort", "string",
    "sum", "title", "tojson", "trim", "truncate", "unique", "upper", "wordcount",
)  # fmt: skip
_TURNS, _WEIGH, _ADD, _LEFT, _ROOM = (
    "count the turns",
    "weigh",
    "add up",
    "turns left",
    "room left",
)  # no names of a body
_JINJA = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)  # whose filters ours are, once bounded
# What Python raises where a template does what cannot be done; MemoryError and RecursionError for what is too large.
_WRONG = (
    jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, SyntaxError,
    MemoryError, RecursionError, AssertionError,
)  # fmt: skip


def compiled(name: str, body: str) -> tuple[jinja2.Template, frozenset[str]]:
    """A body's template and the variables that it uses; a `UserError` names the prompt and what in it is not done."""
    environment = _environment()
    try:
        tree = environment.parse(body)
        wrong = next(_not_done(tree), None)
        if wrong is None:
            used = meta.find_undeclared_variables(tree)
            tree = _Counting().visit(tree)
            tree.set_environment(environment)
            return environment.from_string(tree), frozenset(used)
    except _WRONG as problem:
        line = f"at line {problem.lineno} of" if isinstance(problem, jinja2.TemplateSyntaxError) else "in"
        raise UserError(f"the prompt {name} has a mistake {line} its body: {_in_words(problem)}") from problem
    raise UserError(f"the prompt {name} has a mistake at line {wrong[0]} of its body: {wrong[1]}")


def written(template: jinja2.Template, variables: Mapping[str, Any]) -> str:
    """The text of a template. Raises ValueError with what is wrong."""
    parts, size = [], 0
    try:
        for part in template.generate({**variables, _LEFT: iter(range(LOOPS)), _ROOM: [LARGEST]}):
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                raise ValueError(f"it has over {LARGEST:,} characters")
    except _WRONG as problem:
        raise ValueError(_in_words(problem)) from problem
    return "".join(parts)


def _environment() -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(
        undefined=jinja2.StrictUndefined, finalize=_printed, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    environment.filters = {name: _bounded(name) for name in FILTERS} | {
        _TURNS: _counted,
        _WEIGH: _weighed,
        _ADD: _added,
    }
    return environment


class _Counting(NodeTransformer):
    """Sends what is gone round, joined, added, compared and cut through filters that count it."""

    def visit_For(self, node: nodes.For) -> nodes.Node:
        node.iter = _through(_TURNS, node.iter)
        return self.generic_visit(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        return self.generic_visit(_through("join", nodes.List(node.nodes)))

    def visit_Add(self, node: nodes.Add) -> nodes.Node:
        return self.generic_visit(_through(_ADD, node.left, node.right))

    def visit_Operand(self, node: nodes.Operand | nodes.Compare) -> nodes.Node:
        node.expr = _through(_WEIGH, node.expr)
        return self.generic_visit(node)

    visit_Compare = visit_Operand

    def visit_Test(self, node: nodes.Test) -> nodes.Node:
        if node.name not in ("defined", "undefined"):  # which look at a name
            node.node, node.args = _through(_WEIGH, node.node), [_through(_WEIGH, given) for given in node.args]
        return self.generic_visit(node)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:
        if isinstance(node.arg, nodes.Slice):
            node.node = _through(_WEIGH, node.node)
        return self.generic_visit(node)


def _through(name: str, value: Any, *given: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(value, name, list(given), [], None, None)


def _not_done(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    for number, node in enumerate(tree.find_all(nodes.Node)):
        if number == PARTS:
            yield node.lineno, f"it has over {PARTS:,} variables, choices, loops and signs"
        elif isinstance(node, nodes.Const) and isinstance(node.value, float) and not math.isfinite(node.value):
            yield node.lineno, "a number is too large"
        elif not isinstance(node, SYNTAX):
            kind = type(node).__name__.lower()
            yield node.lineno, f"'{kind}' is not for prompts; they have {{{{ variables }}}}, {{% if %}} and {{% for %}}"
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield node.lineno, f"the filter '{node.name}' is not for prompts; theirs are {', '.join(FILTERS)}"


@jinja2.pass_context
def _counted(context: Context, values: Iterable[Any]) -> Iterator[Any]:
    left = context[_LEFT]
    for value in values:
        if next(left, None) is None:
            raise ValueError(f"its loops go round over {LOOPS:,} times")
        _take(context, _weight(value))
        yield value


@jinja2.pass_context
def _weighed(context: Context, value: Any) -> Any:
    _take(context, _weight(value))
    return value


@jinja2.pass_context
def _added(context: Context, left: Any, right: Any) -> Any:
    _take(context, _weight([left, right]))
    return left + right


def _bounded(name: str) -> Callable[..., Any]:
    """A filter that goes through and makes no more than there is room for: a short text can be made into one of any size."""

    @jinja2.pass_context
    def call(context: Context, value: Any, *args: Any, **more: Any) -> Any:
        value, *given = (list(one) if isinstance(one, Iterator) else one for one in (value, *args, *more.values()))
        _take(context, _foreseen(name, value, given))
        named = dict(zip(more, given[len(args) :], strict=True))
        made = _JINJA.call_filter(name, value, given[: len(args)], named, context=context)
        if isinstance(made, int) and abs(made) >= 10**DIGITS:
            raise ValueError(f"it makes a number of over {DIGITS} digits")
        _take(context, len(made) if isinstance(made, str) else 0)
        return made

    return call


def _foreseen(name: str, value: Any, given: Sequence[Any]) -> int:
    """Characters that a filter goes through, and those that it is about to make of few."""
    size = _weight(value) + (len(value) if isinstance(value, (list, tuple, dict)) else 1) * _weight(given)
    if name == "replace" and len(given) > 1 and size <= LARGEST:
        return size + len(str(given[1])) * str(value).count(str(given[0]))
    if name == "sum" and any(isinstance(start, (list, tuple)) for start in given):
        return size * (1 + len(value))
    numbers = [abs(number) for number in given if isinstance(number, int)]
    if name == "round" and any(number > DIGITS for number in numbers):
        raise ValueError(f"it rounds to over {DIGITS} digits")
    return size * (1 + DEEPEST * sum(numbers)) if name == "tojson" else size


def _take(context: Context, size: int) -> None:
    context[_ROOM][0] -= size
    if context[_ROOM][0] < 0:
        raise ValueError(f"it goes through over {LARGEST:,} characters")


def _weight(value: Any) -> int:
    """Characters of a value as it would be printed, about, up to LARGEST and a little. Raises ValueError where it is no data."""
    waiting, size = [value], 0
    while waiting and size <= LARGEST:
        value = waiting.pop()
        size += VALUE
        if isinstance(value, (str, bytes)):
            size += len(value)
        elif isinstance(value, dict):
            waiting += (*value, *value.values())
        elif isinstance(value, (list, tuple)):
            waiting += value
        elif (callable(value) and not isinstance(value, jinja2.Undefined)) or isinstance(value, (Iterator, Set)):
            raise ValueError(f"it prints a {type(value).__name__}, which is no text; is '| list' or '| join' missing?")
    return size


@jinja2.pass_context
def _printed(context: Context, value: Any) -> Any:
    """The value, where its text is the same in every process: functions say where in memory they are, sets have no order."""
    if not isinstance(value, str):
        _take(context, _weight(value))
    return value


def _in_words(problem: BaseException) -> str:
    return " ".join(str(problem).split()) or type(problem).__name__
