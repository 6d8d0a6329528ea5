"""What a prompt's body may hold: variables, choices and loops, so that it is a function of its row, and a quick one.

    a body -> its template, the names it uses;  a template + variables -> text; or one sentence that says what is wrong

Jinja can do more than a prompt should: draw at random, call itself for ever, take a minute, print a place in memory. So
its syntax and its filters are lists of what is known to be harmless, loops and what filters make are counted, and only
data is printed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from typing import Any

import jinja2
from jinja2 import meta, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from builders.errors import UserError

LARGEST = 16_000_000  # characters of a prompt, and of what all its filters make together
LOOPS = 100_000  # turns of all loops of a prompt together
DIGITS = 300  # that a number can be rounded to
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
_TURNS, _LEFT, _ROOM = "count the turns", "turns left", "room left"  # no name that a body could use
_JINJA = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)  # whose filters ours are, once bounded
# What Python raises where a template does what cannot be done; MemoryError and RecursionError for what is too large.
_WRONG = (
    jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, SyntaxError,
    MemoryError, RecursionError,
)  # fmt: skip


def compiled(name: str, body: str) -> tuple[jinja2.Template, frozenset[str]]:
    """A body's template and the variables that it uses; a `UserError` names the prompt and what in it is not done."""
    environment = _environment()
    try:
        tree = environment.parse(body)
        wrong = next(_not_done(tree), None)
        if wrong is None:
            used = meta.find_undeclared_variables(tree)
            for loop in tree.find_all(nodes.For):
                loop.iter = nodes.Filter(loop.iter, _TURNS, [], [], None, None)
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
        undefined=jinja2.StrictUndefined, finalize=_data, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    environment.filters = {name: _bounded(name) for name in FILTERS} | {_TURNS: _counted}
    return environment


def _not_done(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, SYNTAX):
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
        yield value


def _bounded(name: str) -> Callable[..., Any]:
    """A filter that makes no more than there is room for: `replace` and `join` could make a text of any size from a short one."""

    @jinja2.pass_context
    def call(context: Context, value: Any, *args: Any, **more: Any) -> Any:
        if name == "join":
            value = list(value)
        _take(context, _foreseen(name, value, [*args, *more.values()]))
        made = _JINJA.call_filter(name, value, list(args), more, context=context)
        _take(context, len(made) if isinstance(made, str) else 0)
        return made

    return call


def _foreseen(name: str, value: Any, given: list[Any]) -> int:
    """Characters that a filter is about to make, where they can be more than those that it is given."""
    if name == "replace" and len(given) > 1:
        return len(str(given[1])) * str(value).count(str(given[0]))
    if name == "join":
        return sum(len(item) for item in value if isinstance(item, str)) + sum(len(str(d)) for d in given) * len(value)
    if name == "round" and any(isinstance(number, int) and abs(number) > DIGITS for number in given):
        raise ValueError(f"it rounds to over {DIGITS} digits")
    return 0


def _take(context: Context, size: int) -> None:
    context[_ROOM][0] -= size
    if context[_ROOM][0] < 0:
        raise ValueError(f"its filters make over {LARGEST:,} characters")


def _data(value: Any) -> Any:
    """The value, where its text is the same in every process: functions say where in memory they are, sets have no order."""
    if isinstance(value, (str, int, float, jinja2.Undefined)) or value is None:
        return value
    if callable(value) or isinstance(value, (Iterator, Set)):
        raise ValueError(f"it prints a {type(value).__name__}, which is no text; is '| list' or '| join' missing?")
    for item in (
        (*value, *value.values()) if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    ):
        _data(item)
    return value


def _in_words(problem: BaseException) -> str:
    return " ".join(str(problem).split()) or type(problem).__name__
