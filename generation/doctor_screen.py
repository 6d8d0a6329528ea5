"""What the doctor shows: one screen for people, one object for machines.

Report -> tables and sentences; or {well, exit_code, servers, here, steps, forecast, spent, findings}
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.table import Table
from rich.text import Text

from generation.doctor_asking import Spent
from generation.doctor_here import Looked
from generation.doctor_honours import HONOURED, NAMES, UNKNOWN, Honours
from generation.doctor_reach import Met
from generation.doctor_run import Tried
from generation.doctor_speed import LEVELS, Wave, best, pays
from generation.findings import NOTE, Finding, exit_code
from generation.forecast import total
from generation.screen import say, show

MARKS = {NOTE: "note", "check": "look", "user": "mend", "world": "world"}  # what stands before a finding
STYLES = {NOTE: "dim", "check": "yellow", "user": "red", "world": "red"}


@dataclass
class Report:
    """All that was found, of all recipes."""

    names: Sequence[str]
    met: Sequence[Met]
    honours: dict[int, Honours]  # by number of the server
    waves: dict[int, list[Wave]]
    here: Sequence[Looked]
    tried: Tried
    spent: Spent
    seconds: float
    found: list[Finding] = field(default_factory=list)

    @property
    def code(self) -> int:
        return exit_code(self.found)


def screen(of: Report) -> None:
    """For people."""
    show(_servers(of))
    if of.honours:
        show("", _doings(of))
    show("", _here(of))
    if of.tried.samples:
        show("", _steps(of))
    if of.tried.lines:
        show("", _forecast(of))
        say(
            "hours are those of the tokens out, at the tokens a second measured above and the lengths of the replies so far"
        )
    if of.found:
        show("", _findings(of))
    say(f"\n{_cost(of)}")
    serious = sum(finding.kind != NOTE for finding in of.found)
    say("all is well" if not serious else f"{serious} {'thing needs' if serious == 1 else 'things need'} attention")


def _table(*columns: str, left: Sequence[str] = ()) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(name, justify="left" if name in left else "right", overflow="fold")
    return table


def _servers(of: Report) -> Table:
    table = _table("role", "address", "model", "tokens in / all", "at once", left=("role", "address", "model"))
    for met in of.met:
        model = Text("cannot be asked", "red")
        if met.playing:
            model = Text(met.playing.model) + Text(f" @ {(met.playing.revision or 'no revision')[:12]}", "dim")
        limits = f"{_number(met.limits.input_tokens)} / {_number(met.limits.total_tokens)}"
        most = met.identity.concurrent if met.identity else None
        table.add_row(", ".join(met.roles), met.where, model, limits, _number(most))
    return table


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _doings(of: Report) -> Table:
    left = ("role", *NAMES)
    table = _table("role", *NAMES, *(f"at {level}" for level in LEVELS), "pays", left=left)
    table.columns[len(left)].header = f"tokens/s at {LEVELS[0]}"
    for number, honours in of.honours.items():
        words = [honours.verdicts[name].word if name in honours.verdicts else "-" for name in NAMES]
        styles = {HONOURED: "green", UNKNOWN: "dim", "-": "dim"}
        waves = of.waves.get(number, [])
        cells = [_rate(waves[at], LEVELS[at]) if at < len(waves) else "-" for at in range(len(LEVELS))]
        worth = pays(waves)
        more = "+" if worth == LEVELS[-1] else ""
        table.add_row(
            ", ".join(of.met[number].roles), *(Text(word, styles.get(word, "yellow")) for word in words), *cells,
            f"{worth}{more}" if worth else "-",
        )  # fmt: skip
    return table


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
    asked = [one for one in of.tried.samples if one.asked]
    prompt = of.spent.prompt + sum(one.prompt_tokens or 0 for one in asked)
    completion = of.spent.completion + sum(one.completion_tokens or 0 for one in asked)
    questions = of.spent.questions + sum(one.asked for one in asked)
    dollars = f"${of.spent.dollars + of.tried.dollars:.4f}" if of.tried.priced else "no price is known"
    return (
        f"asking took {questions:,} questions, {prompt:,} tokens in, {completion:,} out, {of.seconds:.0f} s: {dollars}; "
        f"{sum(one.asked for one in asked):,} replies are kept, which the run need not pay again"
    )


def machine(of: Report) -> dict[str, Any]:
    """For machines."""
    servers = []
    for number, met in enumerate(of.met):
        honours, waves = of.honours.get(number), of.waves.get(number, [])
        chosen = best(waves)
        servers.append(
            {
                "address": met.where, "roles": list(met.roles), "dialect": met.role.dialect, "reachable": met.identity is not None,
                "well": met.well, "model": met.playing.model if met.playing else None,
                "revision": met.playing.revision if met.playing else None,
                "limits": {**asdict(met.limits), "concurrent": met.identity.concurrent if met.identity else None},
                "honours": {name: asdict(one) for name, one in honours.verdicts.items()} if honours else {},
                "speed": [{**asdict(wave), "tokens_per_second": wave.rate} for wave in waves],
                "pays": pays(waves), "tokens_per_second": chosen.rate if chosen else None,
            }
        )  # fmt: skip
    steps = [
        {
            "step": one.step, "role": one.role, "answer": one.answer, "reason": one.reason, "prompt_tokens": one.prompt_tokens,
            "completion_tokens": one.completion_tokens, "seconds": one.seconds, "asked": one.asked,
        }
        for one in of.tried.samples
    ]  # fmt: skip
    money = of.spent.dollars + of.tried.dollars if of.tried.priced else None
    return {
        "well": of.code == 0, "exit_code": of.code, "methods": list(of.names), "servers": servers,
        "here": {looked.name.lower(): {"says": looked.says, **looked.numbers} for looked in of.here},
        "steps": steps,
        "forecast": [{**asdict(line), "dollars": line.dollars if of.tried.priced else None} for line in of.tried.lines],
        "spent": {
            "questions": of.spent.questions + sum(one.asked for one in of.tried.samples),
            "prompt_tokens": of.spent.prompt + sum(one.prompt_tokens or 0 for one in of.tried.samples if one.asked),
            "completion_tokens": of.spent.completion + sum(one.completion_tokens or 0 for one in of.tried.samples if one.asked),
            "dollars": money, "seconds": round(of.seconds, 1),
        },
        "findings": [asdict(finding) for finding in of.found],
    }  # fmt: skip
