"""What a card says of those who were asked: the models by role, the prompts with their digests and words, and the tokens.

Facts -> tables, as Markdown
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from builders.markdown import code, table, words
from cards.columns import sums, tally
from cards.facts import Facts, mapping
from cards.front import sources

REVISION = 12  # of its characters, which tell revisions of a model apart; run.json and `replies` have all


def models(facts: Facts, parts: Mapping[str, str] | None = None) -> str:
    """The models with revision, licence and sampling; `parts` says what each role does, where a card has several."""
    rows = []
    for model in listed(facts):
        role = str(model.get("role"))
        rows.append(
            [
                code(role),
                *([words(parts.get(role, ""))] if parts else []),
                code(model.get("model")),
                code(str(model.get("revision") or "not stated")[:REVISION]),
                code(said) if (said := licence(facts, model)) else "not stated",
                code(sampling(model)),
            ]
        )
    head = ["role", *(["what it does"] if parts else []), "model", "revision", "licence", "sampling"]
    return table(head, rows) if rows else ""


def listed(facts: Facts) -> list[dict[str, Any]]:
    """The models as run.json lists them."""
    given = facts.run.get("models")
    return [mapping(model) for model in given] if isinstance(given, list) else []


def licence(facts: Facts, model: Mapping[str, Any]) -> str | None:
    """The licence of a model as its role in the recipe states it, unless that role means another model."""
    given = {**facts.recipe}
    for key in ("solvers", "judges"):
        several = facts.recipe.get(key)
        given |= {str(mapping(one).get("name")): one for one in several} if isinstance(several, list) else {}
    role = mapping(given.get(str(model.get("role"))))
    same = role.get("model") in (None, model.get("model"))
    return str(role["license"]) if same and role.get("license") else None


def licences(facts: Facts) -> str:
    """What the recipe states: of the rows, of what they were made from, of the models."""
    place = ", ".join(f"[{words(name)}](https://huggingface.co/datasets/{name})" for name in sources(facts))
    given = [
        ("these rows", facts.recipe.get("license")),
        (f"what they were made from {place}".strip(), facts.recipe.get("source_license")),
    ]
    of_models = {str(model.get("model")): licence(facts, model) for model in listed(facts)}
    rows = [[what, code(said) if said else "not stated"] for what, said in given]
    rows += [[code(name), code(said) if said else "not stated"] for name, said in of_models.items()]
    return table(["what", "licence"], rows)


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


def prompt_texts(facts: Facts) -> list[tuple[str, str]]:
    """The words of the prompts that something was asked with, by their labels, as run.json holds them."""
    config = facts.configs.get("replies")
    used = {label for (label,) in tally(config, ["prompt"])} if config else None
    texts = mapping(facts.run.get("prompts")).items()
    return [(str(label), str(text)) for label, text in texts if used is None or label in used]


def spent(facts: Facts) -> str:
    """Replies and their tokens, by step and model."""
    if "replies" not in facts.configs:
        return ""
    found = sums(facts.configs["replies"], ["step", "model"], ["prompt_tokens", "completion_tokens"])
    rows = [[code(step), code(model), *numbers] for (step, model), numbers in sorted(found.items(), key=str)]
    return table(["step", "model", "replies", "tokens in prompts", "tokens in replies"], rows)
