"""What a card says of those who were asked: the models by role, and the prompts with their digests.

Facts -> tables, as Markdown
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from cards.facts import Facts, mapping, tally
from cards.markdown import code, table, words


def models(facts: Facts, parts: Mapping[str, str] | None = None) -> str:
    """The models with revision and sampling; `parts` says what each role does, where a card has several."""
    rows = []
    for model in listed(facts):
        role = str(model.get("role"))
        rows.append(
            [
                code(role),
                *([words(parts.get(role, ""))] if parts else []),
                code(model.get("model")),
                code(model.get("revision") or "not stated"),
                code(sampling(model)),
            ]
        )
    head = ["role", *(["what it does"] if parts else []), "model", "revision", "sampling"]
    return table(head, rows) if rows else ""


def listed(facts: Facts) -> list[dict[str, Any]]:
    """The models as run.json lists them."""
    given = facts.run.get("models")
    return [mapping(model) for model in given] if isinstance(given, list) else []


def sampling(model: Mapping[str, Any]) -> str | None:
    """How a model was sampled, in a line."""
    return ", ".join(f"{name}: {value}" for name, value in mapping(model.get("sampling")).items()) or None


def prompts(facts: Facts) -> str:
    """Prompts by name and digest, with the replies (else the rows) that came of them."""
    found: Counter[str] = Counter()
    for config in [facts.configs["replies"]] if "replies" in facts.configs else facts.configs.values():
        if config.name != "default":
            for (label,), count in tally(config, ["prompt"]).items():
                found[label or ""] += count
    rows = [(*label.partition("@")[::2], count) for label, count in sorted(found.items()) if label]
    counted = "replies" if "replies" in facts.configs else "rows"
    return (
        table(["prompt", "digest", counted], ([code(name), code(digest), count] for name, digest, count in rows))
        if rows
        else ""
    )
