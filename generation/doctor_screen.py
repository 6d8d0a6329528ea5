"""What the doctor shows people: one screen.

Report -> servers, what they do, this machine, a sample of each step, the forecast, what was found, what asking took
"""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from builders.screen import say, show
from generation.doctor_honours import HONOURED, NAMES, Honours
from generation.doctor_reach import Met
from generation.doctor_report import Report
from generation.doctor_speed import LEVELS, Wave, pays
from generation.findings import CHECK, NOTE, USER, WORLD
from generation.forecast_line import total

MARKS = {NOTE: "note", CHECK: "look", USER: "mend", WORLD: "world"}  # what stands before a finding
STYLES = {NOTE: "dim", CHECK: "yellow", USER: "red", WORLD: "red"}


def screen(of: Report) -> None:
    """For people."""
    for line in _addresses(of):
        say(line)
    show(_servers(of))
    if of.honours:
        show("", _doings(of))
    show("", _here(of))
    if of.tried.samples:
        show("", _steps(of))
    if of.tried.lines:
        show("", _forecast(of))
        show(
            "hours are those of the tokens out, at the tokens a second measured above and the lengths of the replies so far"
        )
    if of.found:
        show("", _findings(of))
    show("", _cost(of))
    serious = sum(finding.kind != NOTE for finding in of.found)
    show("all is well" if not serious else f"{serious} {'thing needs' if serious == 1 else 'things need'} attention")


def _table(*columns: str, left: Sequence[str] = ()) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(name, justify="left" if name in left else "right", overflow="fold")
    return table


def _addresses(of: Report) -> list[str]:
    """Who stands where; an address is a line's and no column's: it is copied whole, however narrow the screen."""
    roles: dict[str, list[str]] = {}
    for met in of.met:
        roles.setdefault(met.where, []).extend(met.roles)
    return [f"{', '.join(names) if len(roles) > 1 else 'all'} at {where}" for where, names in roles.items()]


def _servers(of: Report) -> Table:
    table = _table("role", "model", "tokens in / all", "at once", left=("role", "model"))
    for met in of.met:
        model = Text("cannot be asked", "red")
        if met.playing:
            model = Text(met.playing.model) + Text(f" @ {(met.playing.revision or 'no revision')[:12]}", "dim")
        both = (met.limits.input_tokens, met.limits.total_tokens)
        limits = " / ".join(map(_number, both)) if any(both) else "not said"
        most = met.identity.concurrent if met.identity else None
        table.add_row(", ".join(met.roles), model, limits, _number(most))
    return table


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _doings(of: Report) -> Table:
    names = [f"tokens/s at {LEVELS[0]}", *(f"at {level}" for level in LEVELS[1:])]
    table = _table("role", "honours", *names, "pays", left=("role", "honours"))
    for number, honours in of.honours.items():
        waves = of.waves.get(number, [])
        cells = [_rate(waves[at], LEVELS[at]) if at < len(waves) else "-" for at in range(len(LEVELS))]
        worth = pays(waves)
        more = "+" if worth == LEVELS[-1] else ""
        table.add_row(
            ", ".join(of.met[number].roles),
            _honoured(of.met[number], honours),
            *cells,
            f"{worth}{more}" if worth else "-",
        )
    return table


def _honoured(met: Met, honours: Honours) -> Text:
    """What is honoured, and of all else what becomes of it."""
    if not honours.verdicts:
        return Text("(vectors, not tokens)" if met.role.dialect == "embed" and honours.answers else "-", "dim")
    good = [name for name in NAMES if honours.verdicts[name].word == HONOURED]
    others = [f"{name}: {honours.verdicts[name].word}" for name in NAMES if name not in good]
    if not others:
        return Text(", ".join(NAMES), "green")
    return Text(", ".join(good), "green") + Text("; " if good else "") + Text(", ".join(others), "yellow")


def _rate(wave: Wave, level: int) -> str:
    """Tokens per second; in brackets how many were in flight, where it was another number than the column's."""
    text = _number(wave.rate) if wave.rate is not None else "none"
    text += f" ({wave.level})" if wave.level != level else ""
    return text + (f", {wave.busy} x 429" if wave.too_many else "")


def _here(of: Report) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for looked in of.here:
        table.add_row(looked.name, looked.says)
    return table


def _steps(of: Report) -> Table:
    table = _table("step", "in", "out", "s", left=("step",))
    table.add_column("read from one reply", no_wrap=True, overflow="ellipsis", ratio=1)
    table.expand = True
    for one in of.tried.samples:
        answer = Text(one.answer, "red" if one.reason else "")
        seconds = "-" if one.seconds is None else f"{one.seconds:.1f}" if one.asked else "held"
        table.add_row(one.step, _number(one.prompt_tokens), _number(one.completion_tokens), seconds, answer)
    return table


def _forecast(of: Report) -> Table:
    table = _table(
        "the run", "questions", "in the ledger", "tokens in", "tokens out", "hours", "dollars", left=("the run",)
    )
    for line in [*of.tried.lines, total(of.tried.lines)]:
        about = "" if line.exact else "about "
        table.add_row(
            line.step, f"{about}{line.questions:,.0f}", f"{line.held:,.0f}", f"{line.prompt:,.0f}", f"{line.completion:,.0f}",
            f"{line.seconds / 3600:.2f}", f"${line.dollars:,.2f}" if of.tried.priced else "no price",
        )  # fmt: skip
    return table


def _findings(of: Report) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(overflow="fold")
    for finding in sorted(of.found, key=lambda one: one.kind == NOTE):
        table.add_row(Text(MARKS[finding.kind], STYLES[finding.kind]), finding.says)
    return table


def _cost(of: Report) -> str:
    bill = of.bill
    dollars = f"${bill.dollars:.4f}" if bill.dollars is not None else "no price is known"
    kept = bill.questions - of.spent.questions
    replies = "1 reply is kept" if kept == 1 else f"{kept:,} replies are kept"
    return (
        f"asking took {bill.questions:,} questions, {bill.prompt_tokens:,} tokens in, {bill.completion_tokens:,} out, {of.seconds:.0f} s: "
        f"{dollars}; {replies}, which the run need not pay again"
    )
