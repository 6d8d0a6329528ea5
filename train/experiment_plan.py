"""What an experiment is told, and the runs that follow from it.

Experiment -> runs to choose each arm's learning rate, and, once it is chosen, the runs that count
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builders.commands import option
from builders.errors import UserError
from builders.recipe import read_recipe

FOLDER = Path(__file__).parent / "recipes"


@dataclass(frozen=True)
class Arm:
    """What makes an arm different: its mix, and where its model or its items differ, those."""

    mix: dict[str, Any] = field(default_factory=dict)  # keys of train.mix, beside those all arms have
    train: dict[str, Any] = field(default_factory=dict)  # keys of the training command
    tasks: list[Any] = field(default_factory=list)  # of train.evaluate, instead of those all arms have
    choose: list[Any] = field(default_factory=list)
    model: str = ""  # a model that is evaluated as it is: nothing is mixed or trained
    note: str = ""  # what the table says of it


@dataclass(frozen=True)
class Experiment:
    """What `python -m train.experiment` is told."""

    title: str = option("", "what the table is called")
    about: str = option("", "what is compared, and what is the same in all arms")
    make: list[str] = option([], "commands that make the folders the mixes read", flag=False)
    mix: dict[str, Any] = field(
        default_factory=dict, metadata={"flag": False, "help": "keys of train.mix for all arms"}
    )
    arms: dict[str, Arm] = field(default_factory=dict, metadata={"flag": False, "help": "name -> what differs"})
    control: str = option("", "the arm that the others are compared with (default: the first)")
    launch: str = option("python -m", "how training is started: python -m, accelerate launch -m, torchrun ... -m")
    command: str = option("train.pretrain", "train.pretrain or train.sft")
    train: dict[str, Any] = field(
        default_factory=dict, metadata={"flag": False, "help": "keys of the training command for all arms"}
    )
    evaluate: dict[str, Any] = field(
        default_factory=dict, metadata={"flag": False, "help": "keys of train.evaluate for all arms"}
    )
    evaluate_recipe: str = option("", "a recipe of train.evaluate to start from, with its tasks", flag=False)
    tasks: list[Any] = option([], "what the runs that count are asked", flag=False)
    choose: list[Any] = option([], "what the learning rate is chosen by; other items than those of tasks", flag=False)
    rates: list[float] = option([], "learning rates tried for every arm (none: the recipe's own, without a choice)")
    sweep_seed: int = option(0, "of the runs that choose; not among `seeds`", metavar="N")
    seeds: list[int] = option([1, 2, 3], "of the runs that count", metavar="N")
    parallel: int = option(1, "runs at once", metavar="N")
    threads: int | None = option(None, "threads of each run (default: the machine's own choice)", metavar="N")
    hardware: str = option("", "what it was meant for, with memory and hours", flag=False)
    runs: str = option(
        "", "where mixes and runs are (default: output), to evaluate those of another experiment", metavar="DIR"
    )
    output: str = option("", "the folder of the experiment", metavar="DIR")
    dry_run: bool = option(False, "print the commands, and do nothing")

    @property
    def home(self) -> Path:
        """Where mixes and runs are."""
        return Path(self.runs or self.output)

    @property
    def asked(self) -> dict[str, Any]:
        """Keys of train.evaluate for all arms."""
        return {**(read_recipe(self.evaluate_recipe, FOLDER) if self.evaluate_recipe else {}), **self.evaluate}

    @property
    def chooses(self) -> bool:
        """Whether there is a learning rate to choose."""
        return len(self.rates) > 1

    def check(self) -> None:
        """Raises UserError for what would be no experiment."""
        if len(self.arms) < 2 and not self.dry_run:
            raise UserError("an experiment needs two arms at least; name them under `arms`")
        if not self.output:
            raise UserError("no --output is given; name a folder")
        if self.control and self.control not in self.arms:
            raise UserError(f"control is {self.control}; the arms are {', '.join(self.arms)}")
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise UserError(f"seeds are {self.seeds}; name one at least, each once")
        if self.chooses and self.sweep_seed in self.seeds:
            raise UserError(
                f"the learning rate is chosen on seed {self.sweep_seed}, which must not count; take it out of seeds"
            )
        for name, arm in self.arms.items():
            if not (arm.tasks or self.tasks or self.asked.get("tasks")):
                raise UserError(f"the arm {name} is asked nothing; name tasks")
            if self.chooses and not (arm.choose or self.choose):
                raise UserError(f"rates are tried for {name}, but nothing says by what items to choose; name `choose`")
            if arm.model and (arm.mix or arm.train):
                raise UserError(f"the arm {name} is the model {arm.model} as it is; it can have no mix and no training")
            if self.chooses and (arm.choose or self.choose) == (arm.tasks or self.tasks):
                raise UserError(f"{name} would be chosen by the items that count; name other items under `choose`")


@dataclass(frozen=True)
class Run:
    """A model to train."""

    arm: str
    seed: int
    rate: float | None

    @property
    def name(self) -> str:
        """Its folder."""
        return f"{self.arm}-seed{self.seed}" + (f"-lr{self.rate:g}" if self.rate is not None else "")


def plan(recipe: Experiment) -> tuple[list[Run], Callable[[Mapping[str, float] | None], list[Run]]]:
    """The runs that choose, and those that count once the rates are known."""
    trained = [name for name, arm in recipe.arms.items() if not arm.model]
    sweep = [Run(name, recipe.sweep_seed, rate) for name in trained for rate in recipe.rates if recipe.chooses]

    def finals(rates: Mapping[str, float] | None) -> list[Run]:
        only = recipe.rates[0] if len(recipe.rates) == 1 else None
        return [Run(name, seed, rates[name] if rates else only) for name in trained for seed in recipe.seeds]

    return sweep, finals


def chosen(output: Path, arm: str, sweep: Sequence[Run]) -> float:
    """The learning rate whose run scored best on the items to choose by; the lower of equals."""
    mine = [run for run in sweep if run.arm == arm]
    best = max(mine, key=lambda run: (value(output / "scores" / "choose" / run.name), -(run.rate or 0)))
    assert best.rate is not None
    return best.rate


def value(folder: Path) -> float:
    """The mean over tasks of a model's first metric."""
    scores = json.loads((folder / "run.json").read_text(encoding="utf-8"))["scores"]
    firsts = [next(iter(found.values()))["value"] for found in scores.values()]
    return float(sum(firsts) / len(firsts))
