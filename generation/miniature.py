"""Exact rows in miniature, for experiments with models that begin from nothing: what the rehearsal's teacher would say, without asking it.

    --kind stories -> a config per way of telling (raw, rephrase, dialogue, ...), and dev_<way>, test_<way>: id, problem, answer
    --kind faults  -> kept (true dialogues) and unfiltered (with wrong ones among them), dev, test
    --kind hops    -> one_hop, two_hop, three_hop, and dev_ and test_ of two and three, whose pairs of points are in no row;
                      known_one_hop, which are rows: whether the points themselves are known

    python -m generation.miniature --kind stories --output data/tiny/stories

No two of the other items and the rows are the same problem. `tokenizer.json` beside them has a token for every digit.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml
from datasets import Features
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from builders import VERSION
from builders.commands import command, option, parse
from builders.errors import UserError
from builders.folder import finished
from builders.row import TEXT, Row
from builders.screen import say
from generation.chains import HOPS, chains, held_pairs, walks
from generation.stories import WAYS, Story, spoilt, story, told

MODEL = "mathloom/rehearsal/miniature"
LEARNT = Features({"id": TEXT, "text": TEXT, "model": TEXT})
ASKED = Features({"id": TEXT, "problem": TEXT, "answer": TEXT})
KINDS = ("stories", "faults", "hops")
VOCABULARY, SHOWN = 400, 400  # tokens at most, and rows of each config that the tokenizer learns from

Configs = dict[str, list[Row]]


@dataclass(frozen=True)
class Recipe:
    """What `python -m generation.miniature` is told."""

    kind: str = option("stories", "stories, faults or hops")
    problems: int = option(20_000, "how many are told (hops: of each kind, at most)", metavar="N")
    items: int = option(400, "how many are asked, for each of dev and test; they are in no row", metavar="N")
    steps: int = option(3, "changes of a story", metavar="N")
    largest: int = option(9, "the largest number that comes or goes", metavar="N")
    most: int = option(49, "the largest number that there ever is", metavar="N")
    wrong: float = option(0.25, "faults: the share of dialogues with a wrong step", metavar="SHARE")
    seed: int = option(1, "for all that is drawn", metavar="N")
    output: str = option("", "the folder to write", metavar="DIR")

    def check(self) -> None:
        """Raises UserError for what cannot be made."""
        if self.kind not in KINDS:
            raise UserError(f"kind is {self.kind}; it is one of {', '.join(KINDS)}")
        if not self.output:
            raise UserError("no --output is given; name a folder")
        if not (
            0 <= self.wrong <= 1
            and 1 <= self.steps <= 7
            and 2 <= self.largest < self.most
            and self.problems > 0 < self.items
        ):
            raise UserError(
                "wrong is a share, steps are 1 to 7, largest is 2 or more and below most, problems and items are above 0; the recipe "
                f"says {self.wrong}, {self.steps}, {self.largest}, {self.most}, {self.problems}, {self.items}"
            )  # fmt: skip
        if (
            1.5 * (self.problems + 2 * self.items) > self.most * (2 * (self.largest - 1)) ** self.steps
            and self.kind != "hops"
        ):
            raise UserError(
                f"there are too few different stories of {self.steps} steps up to {self.largest} for {self.problems} "
                "problems; raise steps or largest, or ask for fewer"
            )


def stories(recipe: Recipe) -> tuple[list[Story], list[Story], list[Story]]:
    """Stories to tell, dev items and test items, of which no two have the same numbers."""
    draw, seen, made = Random(f"stories {recipe.seed}"), set[tuple[int, ...]](), list[Story]()
    while len(made) < recipe.problems + 2 * recipe.items:
        one = story(draw, recipe.steps, recipe.largest, recipe.most)
        if one.key not in seen:
            seen.add(one.key)
            made.append(one)
    return made[2 * recipe.items :], made[: recipe.items], made[recipe.items : 2 * recipe.items]


def story_rows(recipe: Recipe) -> Configs:
    """The same stories in every way, and the same items asked in every way."""
    learnt, dev, test = stories(recipe)
    made = {way: [row(at, "".join(told(one, way))) for at, one in enumerate(learnt)] for way in WAYS}
    return made | {
        f"{part}_{way}": [item(part, at, told(one, way)[0], one.totals[-1]) for at, one in enumerate(items)]
        for part, items in (("dev", dev), ("test", test))
        for way in WAYS
    }


def fault_rows(recipe: Recipe) -> Configs:
    """Dialogues, some with a wrong step; `kept` is what a filter that errs never would keep of them."""
    learnt, dev, test = stories(recipe)
    draw = Random(f"faults {recipe.seed}")
    wrong = [draw.random() < recipe.wrong for _ in learnt]
    texts = [
        spoilt(one, draw) if bad else "".join(told(one, "dialogue")) for one, bad in zip(learnt, wrong, strict=True)
    ]
    every = [row(at, text) for at, text in enumerate(texts)]
    made = {"kept": [one for one, bad in zip(every, wrong, strict=True) if not bad], "unfiltered": every}
    return made | {
        part: [item(part, at, told(one, "dialogue")[0], one.totals[-1]) for at, one in enumerate(items)]
        for part, items in (("dev", dev), ("test", test))
    }


def hop_rows(recipe: Recipe) -> Configs:
    """Chains without the held pairs to learn from, chains with one of them to be asked about."""
    held = held_pairs(recipe.seed)
    made: Configs = {}
    for name, hops in HOPS.items():
        draw = Random(f"{name} {recipe.seed}")
        learnt = chains(walks(hops, held, False), draw, recipe.problems)
        made[name] = [row(at, f"{one.prompt}{one.solution}", name) for at, one in enumerate(learnt)]
        asked = chains(walks(hops, held, True), draw, 2 * recipe.items)  # of one hop there are none
        parts = (
            {"dev": asked[: recipe.items], "test": asked[recipe.items :]}
            if asked
            else {"known": learnt[: recipe.items]}
        )
        for part, some in parts.items():
            made[f"{part}_{name}"] = [
                item(f"{part}_{name}", at, one.prompt.rstrip(), one.values[-1]) for at, one in enumerate(some)
            ]
    return made


def row(number: int, text: str, name: str = "story") -> Row:
    """A row to learn from."""
    return {"id": f"{name}-{number}", "text": text, "model": MODEL}


def item(part: str, number: int, problem: str, answer: int) -> Row:
    """An item to be asked."""
    return {"id": f"{part}-{number}", "problem": problem, "answer": str(answer)}


def tokenizer(texts: Iterable[str]) -> str:
    """A byte-level tokenizer as JSON, in which every digit is a token."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    made.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=VOCABULARY, show_progress=False))
    return made.to_str() + "\n"


def main(argv: Sequence[str]) -> None:
    """Rows and items, a finished folder out."""
    recipe = parse(Recipe, argv, "generation.miniature", __doc__.splitlines()[0])
    recipe.check()
    made = {"stories": story_rows, "faults": fault_rows, "hops": hop_rows}[recipe.kind](recipe)
    features = {name: ASKED if "problem" in rows[0] else LEARNT for name, rows in made.items()}
    learnt = [name for name in made if features[name] is LEARNT]
    with finished(Path(recipe.output), features, learnt, "miniature") as folder:
        for name, rows in made.items():
            folder.write(name, rows)
        folder.put("tokenizer.json", tokenizer(row["text"] for name in learnt for row in made[name][:SHOWN]))
        counts = {name: len(rows) for name, rows in made.items()}
        said: dict[str, Any] = {"mathloom": VERSION, "kind": "miniature", "rehearsal": True, "counts": counts}
        folder.put("run.json", json.dumps(said, indent=2) + "\n")
        folder.put("recipe.yaml", yaml.safe_dump({**asdict(recipe), "output": ""}, sort_keys=False))
    say(f"{recipe.output}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()))


if __name__ == "__main__":
    command(main)
