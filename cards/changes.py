"""What changed from one version to the next: rows added, removed and changed, by their ids.

the rows of both versions, config by config -> a list in Markdown, and the section of the card that keeps all of them

A row is known by its `id`, a reply by its `key`, any other by what it holds; `default` lists the files of others.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO

from builders.groups import rows_in
from builders.markdown import code

KNOWN_BY = ("id", "key")
SHOWN = 5  # ids that a line names
LENGTH = 60  # characters of an id that are shown
SECTION = re.compile(r"\n*<!-- versions -->\n(.*?)\n<!-- end of versions -->\n?", re.DOTALL)
ENTRY = re.compile(r"^(### ([^\s,]+).*?)(?=^### |\Z)", re.MULTILINE | re.DOTALL)

Opened = Callable[[], AbstractContextManager[BinaryIO]]
Rows = dict[str, bytes]


def rows_of(files: Sequence[Opened]) -> Rows:
    """What a row is known by -> a digest of all it holds."""
    found: Rows = {}
    seen: Counter[str] = Counter()
    for opened in files:
        with opened() as raw:
            for row in rows_in([raw]):
                digest = hashlib.blake2b(json.dumps(row, sort_keys=True, default=str).encode(), digest_size=16)
                name = next((str(row[name]) for name in KNOWN_BY if row.get(name) is not None), digest.hexdigest())
                seen[name] += 1
                found[name if seen[name] == 1 else f"{name} ({seen[name]})"] = digest.digest()
    return found


def difference(config: str, old: Rows | None, new: Rows) -> str:
    """A line about a config: how many rows are new, gone and other, and which; None where nobody can read the old ones."""
    there = f"- {code(config)}, now {len(new):,} rows: "
    if old is None:
        return f"{there}what stood there cannot be read"
    kinds = {
        "added": [name for name in new if name not in old],
        "removed": [name for name in old if name not in new],
        "changed": [name for name in new if name in old and new[name] != old[name]],
    }
    said = [f"{len(names):,} {kind} ({_few(names)})" for kind, names in kinds.items() if names]
    return there + (", ".join(said) or "the same in other files")


def _few(names: Sequence[str]) -> str:
    shown = [code(name if len(name) <= LENGTH else f"{name[:LENGTH]}…") for name in names[:SHOWN]]
    return ", ".join(shown) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")


def without_versions(card: str) -> str:
    """A card without the section about its versions."""
    return SECTION.sub("\n", card)


def versions(card: str) -> dict[str, str]:
    """What a card says of each version, by its name, the newest first; nothing where it says none."""
    found = SECTION.search(card)
    return {name: entry.strip() for entry, name in ENTRY.findall(found[1])} if found else {}


def with_versions(card: str, entries: Sequence[str]) -> str:
    """A card with this section at its end."""
    section = "\n\n".join(["## Versions", *entries])
    return f"{without_versions(card).rstrip()}\n\n<!-- versions -->\n{section}\n<!-- end of versions -->\n"
