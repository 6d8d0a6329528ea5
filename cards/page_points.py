"""The points of a folder for its page: how each got its name, which points stand beside it, which rows are about it.

vocabulary, edges, the points and seeds that rows name -> pieces `points` and `seeds`, and the list of all points
"""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from builders.groups import rows_in
from builders.row import Row
from cards.columns import Config
from cards.facts import Facts
from cards.page_files import Pieces, order, write_piece
from cards.page_replies import About


class Points:
    """Points by name, and seeds by id: decisions about spellings, neighbours with weights, the rows that name them."""

    def __init__(self, facts: Facts) -> None:
        self.spelled: dict[str, list[Row]] = defaultdict(list)
        self.beside: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
        self.rows: dict[str, list[int]] = defaultdict(list)
        self.of_seed: dict[str, list[Row]] = defaultdict(list)
        self.rows_of_seed: dict[str, list[int]] = defaultdict(list)
        for row in _rows(facts.configs.get("vocabulary"), "spelling", "seed_ids"):
            self.spelled[row.get("knowledge_point") or row["spelling"]].append(row)
            for seed in row["seed_ids"] or []:
                self.of_seed[seed].append(row)
        for row in _rows(facts.configs.get("edges"), "a", "b"):
            self.beside[row["a"]].append((row["b"], row.get("weight")))
            self.beside[row["b"]].append((row["a"], row.get("weight")))

    def take(self, number: int, row: Row) -> None:
        """A row that may name points and seeds."""
        for column, rows in (("knowledge_points", self.rows), ("seed_ids", self.rows_of_seed)):
            names = row.get(column)
            for name in dict.fromkeys(map(str, names)) if isinstance(names, list) else ():
                rows[name].append(number)

    def asked(self) -> About:
        """What is looked for in the replies that no row names."""
        spellings = {seed: frozenset(row["spelling"] for row in of) for seed, of in self.of_seed.items()}
        return About(spellings, frozenset(row["spelling"] for of in self.spelled.values() for row in of))

    def write(self, folder: Path, about: About) -> dict[str, list[int | str]]:
        """Writes points and seeds; gives the names with which the files begin, none where the folder knows no points."""
        if not self.beside and not self.spelled:
            return {}
        names = sorted({*self.spelled, *self.beside}, key=order)
        points = Pieces(folder, "points")
        for name in names:
            points.add(name, self._point(name, about))
        seeds = Pieces(folder, "seeds")
        for seed in sorted({*self.of_seed, *self.rows_of_seed}, key=order):
            rows = [[row["spelling"], row.get("knowledge_point")] for row in self.of_seed.get(seed, ())]
            seeds.add(
                seed,
                {"points": rows, "asked": about.of_seed.get(seed, []), "rows": self.rows_of_seed.get(seed, [])},
            )
        listed = [[name, len(self.beside.get(name, ())), len(self.rows.get(name, ()))] for name in names]
        write_piece(folder, "all-points", sorted(listed, key=lambda point: (-point[2], -point[1], order(point[0]))))
        return {"points": points.end(), "seeds": seeds.end()}

    def _point(self, name: str, about: About) -> dict[str, Any]:
        rows = self.spelled.get(name, [])
        asked = dict.fromkeys(one for row in rows for one in about.of_point.get(row["spelling"], ()))
        return {
            "spellings": sorted(rows, key=lambda row: str(row["spelling"])),
            "beside": sorted(self.beside.get(name, ()), key=lambda other: (-(other[1] or 0), other[0])),
            "rows": self.rows.get(name, []),
            "asked": sorted(asked, key=lambda one: (one[1], one[0])),
        }


def _rows(config: Config | None, *needs: str) -> Iterator[Row]:
    """The rows of a config that has these columns, in which none of them is null."""
    if config is None or not set(needs) <= set(config.columns):
        return
    for row in rows_in(config.files):
        if all(row[name] is not None for name in needs):
            yield row
