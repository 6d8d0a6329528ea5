"""What is wrong with a recipe, its servers and this machine, found before a run is paid for.

    recipe + endpoints -> one screen: servers, what they honour, how fast they are, a sample of each step, what the run will take
    python -m generation.doctor --config gsdp-today --endpoints http://127.0.0.1:8080
    python -m generation.doctor --endpoints rehearsal --documents sample --seeds sample --json

Write `doctor` in place of `mind` or `gsdp`: it takes recipes and flags of both, and looks at both where nothing says which. Of
each server it asks tiny questions, which are not kept (--help says how many at the most); then one or two questions of each
step, which are the run's own: their replies are kept in the ledger, and the run does not ask them again.
Exit codes: 0 all is well, 1 something needs attention, 2 something of yours, 3 a server is not to be had.
"""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace

import uvloop

from builders.commands import command, said
from builders.errors import UserError
from builders.screen import is_terminal, say
from builders.tokens import load_tokenizer
from generation import doctor_here
from generation import doctor_honours as honours
from generation import doctor_speed as speed
from generation.addresses import address_of
from generation.doctor_asking import Spent
from generation.doctor_honours import Honours
from generation.doctor_reach import Met, meet
from generation.doctor_recipe import Doctor, OfGsdp, OfMind, recipes_of, roles_of
from generation.doctor_report import Report, machine
from generation.doctor_run import Tried, tried
from generation.doctor_screen import screen
from generation.doctor_speed import Wave
from generation.findings import USER, Finding
from generation.money import hours_cost
from generation.recipes import FOLDER, Common, Endpoint, Role, endpoints_of
from generation.rehearsal import rehearse
from generation.roles import REHEARSAL
from generation.transport import session_of

SOCKETS = 256
BYTES = 10  # on the disk for each token asked or replied: some four in the ledger, as many in the folder, and indexes (ours)
ABOUT = (
    "What is wrong with a recipe, its servers and this machine, found before a run is paid for. Write doctor in place of mind or "
    "gsdp: it takes the recipes and flags of both, and looks at both where nothing says which is meant. Each model at each address "
    f"is asked at most {honours.QUESTIONS} tiny questions ({honours.TOKENS} tokens out in all) and {speed.QUESTIONS} of at most "
    f"{speed.LONG} tokens ({speed.TOKENS:,} in all), none of which is kept; then one question of each step, or two where the first "
    "reply cannot be used: these are the run's own, and it does not pay for them again. Exit codes: 0 all is well, 1 something "
    "needs attention, 2 something of yours, 3 a server is not to be had."
)


def main(argv: Sequence[str]) -> None:
    values, where = said(Doctor, argv, "generation.doctor", ABOUT, FOLDER)
    recipes = recipes_of(values, where)
    with contextlib.redirect_stdout(sys.stderr):
        report = examine(recipes)
    if values.get("json"):
        say(json.dumps(machine(report), indent=1, ensure_ascii=False))
    else:
        screen(report)
    sys.exit(report.code)


def examine(recipes: Sequence[OfMind | OfGsdp]) -> Report:
    """Looks at all of it, the cheap things first."""
    began, first = time.monotonic(), recipes[0]
    tokens = load_tokenizer(first.tokenizer)
    with ExitStack() as stack:
        roles, steps, found = roles_of(recipes, stack)
        spent = Spent(tokens)
        asked = time.monotonic()
        _tell("who are the servers, and what do they honour?")
        met, verdicts, waves = _servers(roles, first, spent)
        hourly = {one.where: one.price for one in met if one.well}
        spent.dollars += hours_cost(hourly.values(), time.monotonic() - asked)
        found += [finding for one in met for finding in one.wrong]
        found += [finding for one in verdicts.values() for finding in one.found]
        here = [doctor_here.ledger(first), doctor_here.hub()]
        found += [finding for one in here for finding in one.found]
        unfit = [finding for one in (here[0], doctor_here.disk(first)) for finding in one.found if finding.kind == USER]
        able, lacking = _able(roles, first, met, verdicts)
        made = Tried(priced=all(role.price for role in roles.values()))
        if able and not unfit:
            _tell("a sample question for each step")
            tried(recipes, able, lacking, steps, tokens, _speeds(able, met, waves), made)
        found += made.found + _too_long(roles, met, made)
        pairs = [(one.prompt_tokens, tokens.count([one.text])[0]) for one in made.samples if one.prompt_tokens]
        needed = sum(line.prompt + line.completion for line in made.lines) * BYTES
        room = doctor_here.disk(first, needed)
        found += room.found
        here = [room, *here, doctor_here.tokenizer(tokens, pairs)]
    names = ["mind" if isinstance(recipe, OfMind) else "gsdp" for recipe in recipes]
    return Report(names, met, verdicts, waves, here, made, spent, time.monotonic() - began, list(dict.fromkeys(found)))


def _servers(
    roles: Mapping[str, Role], options: Common, spent: Spent
) -> tuple[list[Met], dict[int, Honours], dict[int, list[Wave]]]:
    async def look(rehearsal: str | None) -> tuple[list[Met], dict[int, Honours], dict[int, list[Wave]]]:
        async with session_of(SOCKETS) as session:
            met = await meet(session, roles, options.endpoints, rehearsal)
            well = [number for number, one in enumerate(met) if one.well]
            came = await asyncio.gather(*(honours.examined(session, met[number], spent) for number in well))
            verdicts = dict(zip(well, came, strict=True))
            waves = {}
            for number in well:  # one after the other: they may be one machine
                if verdicts[number].answers:
                    _tell(f"how fast is {met[number].where}, with {', '.join(map(str, speed.LEVELS))} in flight?")
                    waves[number] = await speed.measured(session, met[number], spent)
            return met, verdicts, waves

    with ExitStack() as stack:
        chosen = [e for name, role in roles.items() for e in endpoints_of(name, role, options.endpoints, list(roles))]
        ours = any(endpoint.url == REHEARSAL for endpoint in chosen)
        rehearsal = stack.enter_context(rehearse(seed=options.seed)) if ours else None
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(look(rehearsal))


def _tell(text: str) -> None:
    """What is being done, for whoever looks on."""
    if is_terminal(sys.stderr):
        say(text, error=True)


def _able(
    roles: Mapping[str, Role], options: Common, met: Sequence[Met], verdicts: Mapping[int, Honours]
) -> tuple[dict[str, Role], list[str]]:
    """The roles that can be asked something, each with those of its servers that answer; and the names of the others."""
    able: dict[str, Role] = {}
    for name, role in roles.items():
        mine = [(number, one) for number, one in enumerate(met) if name in one.roles]
        differ = any(finding.kind == USER for _, one in mine for finding in one.wrong)
        well = {one.where for number, one in mine if one.well and verdicts[number].answers}
        endpoints = [e for e in endpoints_of(name, role, options.endpoints, list(roles)) if _place(e) in well]
        if endpoints and not differ:
            able[name] = replace(role, endpoints=[asdict(endpoint) for endpoint in endpoints])
    return able, [name for name in roles if name not in able]


def _place(endpoint: Endpoint) -> str | None:
    if endpoint.url == REHEARSAL:
        return REHEARSAL
    try:
        return address_of(endpoint).url
    except UserError:  # which was told of where it was met
        return None


def _speeds(roles: Mapping[str, Role], met: Sequence[Met], waves: Mapping[int, list[Wave]]) -> dict[str, float]:
    """Tokens per second of each role's servers together, at what pays."""
    rates = {number: found.rate or 0.0 for number, of in waves.items() if (found := speed.best(of))}
    sums = {name: sum(rate for number, rate in rates.items() if name in met[number].roles) for name in roles}
    return {name: rate for name, rate in sums.items() if rate}


def _too_long(roles: Mapping[str, Role], met: Sequence[Met], made: Tried) -> list[Finding]:
    """Where a prompt and the longest reply to it have no room together: such questions are refused, each of them."""
    found = []
    for one in made.samples:
        most = roles[one.role].sampling.max_tokens
        for server in met:
            limit = server.limits.total_tokens
            if one.role in server.roles and limit and one.prompt_tokens and one.prompt_tokens + most > limit:
                says = f"{one.role}: max_tokens {most:,} and a prompt of {one.prompt_tokens:,} do not fit the {limit:,} tokens of {server.where}"
                found.append(Finding(USER, says))
    return found


if __name__ == "__main__":
    command(main)
