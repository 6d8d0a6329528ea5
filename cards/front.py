"""The front matter of a card: what the Hub shows and filters by, and what `load_dataset` reads.

Facts -> licence, languages, task, tags, sizes, sources, configs, and the columns, rows and bytes of each
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from datasets import DatasetInfo, SplitInfo
from datasets.info import DatasetInfosDict
from datasets.splits import SplitDict
from huggingface_hub import DatasetCardData

from builders.sources import ON_HUB
from cards.columns import Config
from cards.facts import Facts
from cards.words import METHODS, TITLES

RELEASED = "released"  # the kind of a view of a folder of a method
MADE = (*METHODS, RELEASED)
SHARE = 0.1  # of the rows that are looked at: a language that fewer seem to be in is a mistake of the detector's

# identifiers of the Hub that data is given under (hub docs, repositories-licenses); others are `other` + license_name
LICENSES = {
    "apache-2.0", "mit", "odc-by", "odbl", "pddl", "cc0-1.0", "cc-by-2.0", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0",
    "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-4.0", "cdla-permissive-1.0", "cdla-permissive-2.0",
    "cdla-sharing-1.0", "c-uda", "gfdl", "openmdw-1.0", "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4", "gemma",
    "other", "unknown",
}  # fmt: skip


def front_matter(facts: Facts) -> DatasetCardData:
    """What the Hub and `load_dataset` read."""
    licence = str(facts.recipe.get("license") or "unknown").strip().lower()
    card = DatasetCardData(
        license=licence if licence in LICENSES else "other",
        language=sorted(spoken(facts)) or None,
        pretty_name=title(facts),
        tags=_tags(facts),
        task_categories=["text-generation"] if facts.kind in MADE else None,
        size_categories=[size_category(sum(config.rows for config in facts.main))],
        source_datasets=sources(facts) or None,
    )
    if licence not in LICENSES:
        card["license_name"] = re.sub(r"[^a-z0-9.+]+", "-", licence).strip("-") or "unnamed"
    card["configs"] = facts.declared
    infos = DatasetInfosDict({name: _info(config) for name, config in facts.configs.items()})
    if infos:
        infos.to_dataset_card_data(card)
    return card


def title(facts: Facts) -> str:
    """What the folder holds, in a few words."""
    return TITLES.get(facts.kind, f"Rows of kind {facts.kind}")


def spoken(facts: Facts) -> Counter[str]:
    """ISO 639-1 -> rows that read as that language, of those looked at; only languages of a tenth of them or more."""
    found = facts.read_as
    return Counter({name: count for name, count in found.items() if count >= SHARE * found.total()})


def sources(facts: Facts) -> list[str]:
    """The repos of the Hub that the rows were made from, as the recipe names them."""
    given = facts.recipe.get("rows")
    match = ON_HUB.fullmatch(given.removeprefix("hf://datasets/")) if isinstance(given, str) else None
    return [match["repo"]] if match else []


def size_category(rows: int) -> str:
    """The Hub's word for a number of rows: n<1K, 1K<n<10K, ..., n>1T."""
    steps = ["1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T"]
    power = next((step for step in range(len(steps)) if rows < 1000 * 10**step), len(steps))
    if power == 0:
        return "n<1K"
    return f"{steps[power - 1]}<n<{steps[power]}" if power < len(steps) else "n>1T"


def _tags(facts: Facts) -> list[str]:
    return [*dict.fromkeys(_said(facts))]


def _said(facts: Facts) -> Iterator[str]:
    # what a model had a part in; other kinds are cut from what there was
    if facts.kind in MADE or facts.run.get("models"):
        yield "synthetic"
    yield "mathloom"
    kind = str(facts.run.get("of", facts.kind)).lower() if facts.kind == RELEASED else facts.kind.lower()
    if kind := re.sub(r"[^a-z0-9-]+", "-", kind).strip("-"):
        yield kind
    yield "mathematics"
    if facts.rehearsal:
        yield "rehearsal"


def _info(config: Config) -> DatasetInfo:
    """Columns, rows and sizes, by which `load_dataset` checks what it read."""
    split: Any = SplitInfo("train", num_bytes=config.raw_bytes, num_examples=config.rows)
    return DatasetInfo(
        features=config.columns,
        splits=SplitDict({"train": split}),
        download_size=config.bytes,
        dataset_size=config.raw_bytes,
    )
