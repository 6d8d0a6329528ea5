"""What a page knows of a row before it is opened: what the list shows, what it is filtered by, which words are in it.

a row of any finished folder -> its title, its values of style, hop, reason, judge, contamination, its texts
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from builders.row import Row
from cards.facts import Facts

APART = ("replies", "vocabulary", "edges")  # configs that are looked up, and hold no rows that one reads
KEPT = "kept"
TITLES = ("passage", "problem", "question", "text", "knowledge_points", "knowledge_point", "spelling")
LONG = 140  # characters of a title
# columns whose texts nobody looks for: keys, and names that stand in every row
NOT_SEARCHED = {"reply", "replies", "model", "prompt", "messages", "problem_models"}


def own(facts: Facts) -> list[str]:
    """The configs whose rows one reads; `default` where it is more than a list of the others' files."""
    others = {file for name, config in facts.configs.items() if name != "default" for file in config.files}
    return [
        name
        for name, config in facts.configs.items()
        if name not in APART and (name != "default" or not others.issuperset(config.files))
    ]


def kept(row: Row) -> Row:
    """A row without nulls, and without what stands in it twice."""
    said = {name: value for name, value in row.items() if value is not None}
    if said.get("turns") or (said.get("problem") and said.get("solution") and "hop" in said):
        said.pop("text", None)
    if said.get("problem") and said.get("solution"):
        said.pop("messages", None)
    return said


def title(row: Row) -> str:
    """The beginning of what a row is about, on one line."""
    for name in TITLES:
        value = row.get(name)
        value = ", ".join(map(str, value)) if isinstance(value, list) else value
        if isinstance(value, str) and value.strip():
            line = " ".join(value[: 4 * LONG].split())
            return line if len(line) <= LONG else f"{line[:LONG]}…"
    return ""


def texts(value: Any) -> Iterator[str]:
    """Every text in a row, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in NOT_SEARCHED:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def keys(row: Row) -> list[str]:
    """The keys of the replies about a row, in the order in which they were asked for."""
    listed = row.get("replies")
    of = [one.get("key") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return [key for key in [row.get("reply"), *of] if isinstance(key, str)]


def filtered_by(row: Row, config: str, least: float | None) -> dict[str, tuple[str, ...]]:
    """The values by which a row is found; `least`: the score under which a judge's is said."""
    by: dict[str, tuple[str, ...]] = {
        name: (str(row[name]),) if row.get(name) else () for name in ("style", "hop") if name in row
    }
    return {
        **(by or {"config": (config,)}),
        "reason": (str(row.get("reason") or KEPT),),
        "judge": tuple(dict.fromkeys(_judged(row, least))),
        "contamination": tuple(dict.fromkeys(_shared(row))),
    }


def _judged(row: Row, least: float | None) -> Iterator[str]:
    for one in _listed(row, "problem_scores"):
        score = one.get("score")
        if score is None:
            yield f"{one.get('judge')}: no score"
        elif least is not None and score < least:
            yield f"{one.get('judge')}: score under {least:g}"
    words = {True: "right", False: "wrong", None: "no verdict"}
    for one in _listed(row, "solution_verdicts"):
        yield f"{one.get('judge')}: {words.get(one.get('verdict'), 'no verdict')}"


def _shared(row: Row) -> Iterator[str]:
    if row.get("contamination") == []:
        yield "nothing found"
    for hit in _listed(row, "contamination"):
        yield f"{hit.get('benchmark')}, {hit.get('layer')}"


def _listed(row: Row, column: str) -> Iterable[Mapping[str, Any]]:
    value = row.get(column)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


class Facets:
    """What rows are filtered by: of each name the values, and of each row which of them it has."""

    def __init__(self) -> None:
        self.rows = 0
        self._values: dict[str, dict[str, int]] = {}
        self._sets: dict[str, dict[tuple[int, ...], int]] = {}
        self._of: dict[str, list[int]] = {}

    def take(self, found: Mapping[str, tuple[str, ...]]) -> None:
        """The next row's."""
        for name in {*found, *self._of}:
            if name not in self._of:
                self._values[name], self._sets[name], self._of[name] = {}, {(): 0}, [0] * self.rows
            values, sets, of = self._values[name], self._sets[name], self._of[name]
            numbers = tuple(values.setdefault(value, len(values)) for value in found.get(name, ()))
            of.append(sets.setdefault(numbers, len(sets)))
        self.rows += 1

    def said(self) -> list[dict[str, Any]]:
        """As the page reads it; what no row has, or all rows alike, filters nothing and is left out."""
        return [
            {"name": name, "values": list(self._values[name]), "sets": list(self._sets[name]), "of": self._of[name]}
            for name in ("config", "style", "hop", "reason", "judge", "contamination")
            if self._values.get(name) and (name == "reason" or len(set(self._of[name])) > 1)
        ]
