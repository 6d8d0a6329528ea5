"""The doctor's first look: which servers a recipe has, and what each says of itself.

roles + endpoints -> Met: address, roles, model, revision, limits; or the sentence that says why nothing can be asked there
"""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import aiohttp

from builders.errors import UserError
from generation.addresses import Address, address_of, shown
from generation.dialects import whole
from generation.findings import WORLD, Finding, of_error
from generation.recipes import Price, Role, endpoints_of
from generation.roles import REHEARSAL, Playing, differ, named, nobody, unknown
from generation.servers import Closed, Identity, Transient, get_json, identify

# What servers call the tokens of prompt and reply together: TGI; vLLM and SGLang; others that speak chat completions; llama.cpp (of a slot).
TOTAL = ("max_total_tokens", "max_model_len", "context_length", "max_context_length", "n_ctx")
INPUT = ("max_input_tokens", "max_input_length")


@dataclass(frozen=True)
class Limits:
    """Tokens that a server takes: of a prompt, and of prompt and reply together. None where it does not say."""

    input_tokens: int | None = None
    total_tokens: int | None = None


@dataclass(frozen=True)
class Met:
    """A model behind an address: who it plays, what it says of itself, and what is wrong with it."""

    where: str  # as the recipe names it
    roles: tuple[str, ...]
    role: Role  # the first of them: how it speaks and what it costs
    address: Address | None = None  # None where nothing can be asked
    identity: Identity | None = None
    playing: Playing | None = None
    limits: Limits = Limits()
    wrong: tuple[Finding, ...] = ()

    @property
    def well(self) -> bool:
        """Whether it can be asked something."""
        return self.playing is not None and not self.wrong

    @property
    def price(self) -> Price | None:
        return self.role.price


async def meet(
    session: aiohttp.ClientSession, roles: Mapping[str, Role], given: list[str], rehearsal: str | None
) -> list[Met]:
    """Every server of every role, in the recipe's order; roles that one model at one address plays stand together."""
    seen = [met for name, role in roles.items() for met in _of_role(name, role, given, list(roles), rehearsal)]
    urls = list(dict.fromkeys(met.address.url for met in seen if met.address))
    addresses = {met.address.url: met.address for met in seen if met.address}
    said = dict(zip(urls, await asyncio.gather(*(_said(session, addresses[url]) for url in urls)), strict=True))
    found = [_introduced(met, said[met.address.url]) if met.address else met for met in seen]
    return _together(_alike(found))


def _of_role(name: str, role: Role, given: list[str], names: list[str], rehearsal: str | None) -> list[Met]:
    found = []
    endpoints = endpoints_of(name, role, given, names)
    if endpoints and all(endpoint.url == REHEARSAL for endpoint in endpoints):
        role = replace(role, model=None, served_as=None, revision=None)  # it stands in for whatever model is named
    for endpoint in endpoints:
        if endpoint.url == REHEARSAL:
            found.append(Met(REHEARSAL, (name,), role, Address(f"{rehearsal}/{name}", {})))
            continue
        try:
            address = address_of(endpoint)
            found.append(Met(address.url, (name,), role, address))
        except UserError as problem:
            if any(endpoint.url in text for text in given):
                raise  # what was typed goes into the ledger, and a secret in it must not
            found.append(Met(shown(endpoint.url), (name,), role, wrong=(of_error(problem),)))
    return found or [Met("nowhere", (name,), role, wrong=(of_error(nobody(name)),))]


async def _said(session: aiohttp.ClientSession, address: Address) -> tuple[Identity, dict[str, Any]] | Finding:
    """Who a server says it is, and its limits by model's name ("" for all of them)."""
    try:
        identity = await identify(session, address)
    except Closed as problem:
        return Finding(WORLD, str(problem))
    except Transient as problem:
        if str(problem) == "no such host":
            return of_error(unknown(address))
        return Finding(WORLD, f"{address.url} cannot be reached ({problem})")
    return identity, await _pages(session, address)


async def _pages(session: aiohttp.ClientSession, address: Address) -> dict[str, Any]:
    """What `/info` says, and `/v1/models` of each model; they are not needed, so a server may also keep them to itself."""
    with contextlib.suppress(Closed, Transient):
        info = await get_json(session, address, "/info")
        if isinstance(info, dict) and any(name in info for name in TOTAL):
            return {"": info}
        models = await get_json(session, address, "/v1/models")
        data = models.get("data") if isinstance(models, dict) else None
        return (
            {str(one.get("id")): _flat(one) for one in data if isinstance(one, dict)} if isinstance(data, list) else {}
        )
    return {}


def _flat(model: Mapping[str, Any]) -> dict[str, Any]:
    """A model of `/v1/models` with what llama.cpp says of it under `meta`."""
    meta = model.get("meta")
    return {**(meta if isinstance(meta, dict) else {}), **model}


def _introduced(met: Met, said: tuple[Identity, dict[str, Any]] | Finding) -> Met:
    if isinstance(said, Finding):
        return replace(met, address=None, wrong=(said,))
    identity, pages = said
    try:
        playing = named(met.roles[0], met.role, identity)
    except UserError as problem:
        return replace(met, identity=identity, wrong=(of_error(problem),))
    page = {**pages.get(playing.served, {}), **pages.get("", {})}
    limits = Limits(_first(page, INPUT), _first(page, TOTAL))
    return replace(met, identity=identity, playing=playing, limits=limits)


def _first(page: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((found for name in names if (found := whole(page.get(name)))), None)


def _alike(found: list[Met]) -> list[Met]:
    """The servers of a role must be one model at one revision, for their replies stand under one key."""
    first: dict[str, Met] = {}
    made = []
    for met in found:
        other = first.setdefault(met.roles[0], met) if met.playing else met
        if met.playing and other.playing and _who(met.playing) != _who(other.playing):
            problem = differ(met.roles[0], other.where, other.playing, met.where, met.playing)
            met = replace(met, wrong=(of_error(problem),))
        made.append(met)
    return made


def _who(playing: Playing) -> tuple[str, str | None]:
    return playing.model, playing.revision


def _together(found: list[Met]) -> list[Met]:
    """One line for each model at each address, and for each thing that is wrong."""
    groups: dict[tuple[Any, ...], list[Met]] = {}
    for met in found:
        url = met.address.url if met.address else met.where
        served = met.playing.served if met.playing else None
        # What is wrong in a role is said of that role; what is wrong with a server, once.
        own = [finding.says for finding in met.wrong]
        groups.setdefault((url, served, met.role.dialect, *own), []).append(met)
    return [replace(group[0], roles=tuple(met.roles[0] for met in group)) for group in groups.values()]
