"""What the stages of one GSDP run share, and what is known of its problems before any is written.

recipe, run, seeds -> Work; a typical row, and the seeds' language
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builders.contamination import Shared
from builders.folder import Folder
from builders.overlap import Index
from builders.row import Row
from builders.tokens import Tokens
from generation.embedded import Gathered
from generation.forecast import Counted
from generation.gsdp_recipe import Gsdp
from generation.gsdp_rows import CONFIGS, of
from generation.judge import Panel
from generation.semantic import Near
from generation.yields import Yields

if TYPE_CHECKING:
    from generation.run import Run

LANGUAGE = 5000  # characters of seeds by which their language is told


@dataclass(frozen=True)
class Work:
    """What the stages of one run share."""

    recipe: Gsdp
    run: "Run"
    folder: Folder | None  # None in a shard, which makes none
    yields: Yields
    tokens: Tokens
    typical: Row
    panel: Panel
    index: Index | None
    shared: Shared
    language: str
    seeds: Gathered = field(default_factory=Gathered)
    near: Near | None = None

    def write(self, config: str, *rows: Row) -> None:
        """Rows of a config, with the config's columns."""
        if self.folder is not None:
            self.folder.write(config, [of(row, CONFIGS[config]) for row in rows])


def typical_of(known: Counted) -> Row:
    """A seed's problem and solution: as long as those to come, as far as anybody knows beforehand."""
    row = next((row for row in known.first() if not row["reason"]), {})
    problem = row.get("problem") or ""
    return {"problem": problem, "solution": row.get("solution") or "", "alike": [problem]}


def language_of(rows: Iterable[Row]) -> str:
    """The beginning of the seeds, as a text in their language."""
    text = ""
    for row in rows:
        text += "" if row["reason"] else f"{row['problem']}\n{row.get('solution') or ''}\n"
        if len(text) >= LANGUAGE:
            break
    return text[:LANGUAGE]
