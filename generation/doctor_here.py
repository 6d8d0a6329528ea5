"""What the doctor looks at on this machine: room on the disks, the ledger, the Hub's token, the tokenizer.

recipe -> Looked: a name, a sentence, numbers for --json, and what is wrong

The token is never shown, and goes to the Hub alone, by huggingface_hub.
"""

import os
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from huggingface_hub import HfApi, constants, get_token, is_offline_mode
from huggingface_hub.errors import HfHubHTTPError

from builders.errors import MathloomError
from builders.place import check_output
from builders.tokens import Tokens
from generation.findings import CHECK, NOTE, USER, Finding, of_error
from generation.ledger import Ledger
from generation.lock import NETWORK, file_system, holder
from generation.recipes import Common

ROOM = 2**30  # bytes that a disk should have left, whatever is asked
PATIENCE = 10.0  # seconds for the Hub


@dataclass(frozen=True)
class Looked:
    """One thing: its name, what there is, the same in numbers, and what is wrong with it."""

    name: str
    says: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    found: tuple[Finding, ...] = ()


def size(count: float) -> str:
    """Bytes in few characters."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:,.0f} {unit}" if count >= 10 or unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def disk(recipe: Common, needed: float = 0.0) -> Looked:
    """Room where the ledger lies and where the folder will; `needed`: bytes that the run will write there."""
    places = {"ledger": Path(recipe.ledger).absolute().parent, "output": Path(recipe.output or ".").absolute().parent}
    free, disks, found = {}, set(), []
    for name, place in places.items():
        there = next(path for path in (place, *place.parents) if path.exists())
        free[name] = shutil.disk_usage(there).free
        disks.add(there.stat().st_dev)
        if name == "ledger" and not os.access(there, os.W_OK):
            found.append(Finding(USER, f"{there}, where the ledger goes, cannot be written to"))
        if recipe.output and name == "output":
            try:
                check_output(Path(recipe.output))
            except MathloomError as problem:
                found.append(of_error(problem))
        if free[name] < max(ROOM, needed):
            wanted = f"this run will write about {size(needed)}" if needed > ROOM else f"{size(ROOM)} should be left"
            found.append(Finding(CHECK, f"{there}, where the {name} goes, has {size(free[name])} left; {wanted}"))
    other = f" for the ledger, {size(free['output'])} for the folder" if len(disks) > 1 else ""
    says = f"{size(free['ledger'])} left{other}"
    says += f"; the run will write about {size(needed)}" if needed else ""
    return Looked("disk", says, {"free": free, "needed": round(needed)}, tuple(found))


def ledger(recipe: Common) -> Looked:
    """Whether it can be read, who writes it, how much it holds, and where its journal is shared."""
    path = Path(recipe.ledger)
    kind, found = file_system(path), []
    if kind.startswith(NETWORK):
        says = f"the ledger {path} lies on {kind}; SQLite's journal (WAL) is shared in one host's memory, so all its readers belong on one"
        found.append(Finding(CHECK, says))
    journal = f"journal on {kind}, for one host" if found else "journal on this host"
    if not path.exists():
        return Looked(
            "ledger", f"{path}: none yet; the first run makes it", {"path": str(path), "replies": 0}, tuple(found)
        )
    try:
        opened = Ledger(path)
        [(replies,)] = opened.query("SELECT count(*) FROM replies")
        opened.close()
    except MathloomError as problem:
        return Looked("ledger", f"{path}: cannot be read", {"path": str(path)}, (of_error(problem), *found))
    files = [path.with_name(path.name + end) for end in ("", "-wal")]
    taken = sum(file.stat().st_size for file in files if file.exists())
    held = holder(path)
    if held:
        found.append(Finding(USER, f"the ledger {path} is in use by {held}; nothing can be asked that it is to keep"))
    says = f"{path}: {replies:,} replies, {size(taken)}, {'in use' if held else 'nobody writes it'}, {journal}"
    return Looked(
        "ledger",
        says,
        {"path": str(path), "replies": replies, "bytes": taken, "held_by": held, "file_system": kind},
        tuple(found),
    )


def hub() -> Looked:
    """Whose token is here, and what it may do; asked of the Hub that HF_ENDPOINT names."""
    token, where = get_token(), constants.ENDPOINT
    if not token:
        return Looked("Hub", "no token here: what is public can be read, and nothing published", {"token": False})
    if is_offline_mode():
        return Looked(
            "Hub", "a token is here; HF_HUB_OFFLINE is set, so nobody was asked what it may do", {"token": True}
        )
    came: list[Any] = []

    def ask() -> None:
        try:
            came.append(HfApi().whoami(token))
        except (HfHubHTTPError, httpx2.HTTPError, OSError) as problem:
            came.append(problem)

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    said = came[0] if came else TimeoutError()
    numbers: dict[str, Any] = {"token": True, "endpoint": where}
    if isinstance(said, dict):
        name, rights = str(said.get("name")), _rights(said)
        return Looked("Hub", f"{name} at {where}: the token may {rights}", {**numbers, "name": name, "may": rights})
    status = said.response.status_code if isinstance(said, HfHubHTTPError) else None
    if status in (401, 403):
        says = (
            f"the Hub at {where} does not take the token that is here ({status}); `hf auth login`, or another HF_TOKEN"
        )
        return Looked("Hub", f"the token is not accepted ({status})", numbers, (Finding(CHECK, says),))
    why = f"it answered {status}" if status else type(said).__name__
    note = Finding(NOTE, f"the Hub at {where} could not be asked what the token may do ({why})")
    return Looked("Hub", "a token is here; the Hub could not be asked", numbers, (note,))


def _rights(said: Mapping[str, Any]) -> str:
    """What a token may do, of what `whoami` says of it."""
    token = (said.get("auth") or {}).get("accessToken") or {}
    role = token.get("role")
    if role != "fineGrained":
        return {"read": "read, and publish nothing", "write": "read and publish"}.get(
            str(role), "do what it may: the Hub does not say"
        )
    fine = token.get("fineGrained") or {}
    rights = {right for scope in fine.get("scoped") or () for right in scope.get("permissions") or ()}
    may = "publish where it was allowed to" if "repo.write" in rights else "publish nothing"
    return f"read, and {may} (fine-grained)"


def tokenizer(tokens: Tokens, counted: list[tuple[int, int]]) -> Looked:
    """Which one counts, and how far servers are from it; `counted`: (a server's count, ours) of the same prompts."""
    ours = sum(pair[1] for pair in counted)
    ratio = sum(pair[0] for pair in counted) / ours if ours else None
    beside = f"; the servers counted {ratio:.2f} times as many tokens" if ratio else ""
    return Looked(
        "tokenizer", f"{tokens.name}{beside}", {"name": tokens.name, "servers_count": ratio and round(ratio, 3)}
    )
