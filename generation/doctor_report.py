"""All that the doctor found, and the same as one object for machines.

Report -> {well, exit_code, methods, servers, here, steps, forecast, spent, findings}
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from generation.doctor_asking import Spent
from generation.doctor_here import Looked
from generation.doctor_honours import Honours
from generation.doctor_reach import Met
from generation.doctor_run import Tried
from generation.doctor_speed import Wave, best, pays
from generation.findings import Finding, exit_code


@dataclass(frozen=True)
class Bill:
    """What all questions took, those of the samples too; `dollars` is None where a role has no price."""

    questions: int
    prompt_tokens: int
    completion_tokens: int
    dollars: float | None


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

    @property
    def bill(self) -> Bill:
        spent, asked = self.spent, [one for one in self.tried.samples if one.asked]
        return Bill(
            spent.questions + sum(one.asked for one in asked),
            spent.prompt + sum(one.paid[0] for one in asked),
            spent.completion + sum(one.paid[1] for one in asked),
            spent.dollars + self.tried.dollars if self.tried.priced else None,
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
                "honours": {name: {"verdict": one.word, "seen": one.seen} for name, one in honours.verdicts.items()} if honours else {},
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
    return {
        "well": of.code == 0, "exit_code": of.code, "methods": list(of.names), "servers": servers,
        "here": {looked.name.lower(): {"says": looked.says, **looked.numbers} for looked in of.here},
        "steps": steps,
        "forecast": [{**asdict(line), "dollars": line.dollars if of.tried.priced else None} for line in of.tried.lines],
        "spent": {**asdict(of.bill), "seconds": round(of.seconds, 1)},
        "findings": [asdict(finding) for finding in of.found],
    }  # fmt: skip
