"""An experiment: arms that differ in one thing, each mixed, trained and evaluated alike, then a table and a plot with intervals.

    recipe -> output/: commands.sh, mixes/, runs/ (a model per arm, learning rate and seed), scores/, table.md, plot.png, results.json

    python -m train.experiment --config tiny-mind
    python -m train.experiment --config gsdp-figure4 --dry-run

Every step is a command that can be typed by hand, and stands in commands.sh. What is done is not done again: after a kill the same
command goes on, and a run goes on from its last checkpoint. Learning rates are swept for each arm alike, on the seed `sweep_seed`
and the items of `choose`; the seeds that count, and the items of `tasks`, take no part in the choice.
"""

from collections.abc import Sequence
from pathlib import Path

from builders.commands import command, parse
from builders.place import check_links
from builders.screen import say
from train.experiment_plan import FOLDER, Experiment, chosen, plan
from train.experiment_results import report
from train.experiment_steps import Step, alone, done, evaluation, mixing, perform, preparing, training


def main(argv: Sequence[str]) -> None:
    recipe = parse(Experiment, argv, "train.experiment", __doc__.splitlines()[0], FOLDER)
    recipe.check()
    output = Path(recipe.output)
    sweep, finals = plan(recipe)
    before = [*preparing(recipe), *(mixing(recipe, name, arm) for name, arm in recipe.arms.items() if not arm.model)]
    first = [training(recipe, run) for run in sweep]
    say(
        f"{len(recipe.arms)} arms: {len(sweep)} runs to choose a learning rate for each, and {len(finals(None))} that count"
    )
    if recipe.dry_run:
        show([*before, *first, *(training(recipe, run) for run in finals(None))])
        return
    for folder in dict.fromkeys((output, recipe.home)):
        check_links(folder)
    with alone(output) as lock:
        perform(before, output, 1, lock)
        perform(first, output, recipe.parallel, lock)
        asked = [
            evaluation(recipe, name, arm, sweep, "choose")
            for name, arm in recipe.arms.items()
            if sweep and not arm.model
        ]
        perform(asked, output, 1, lock)
        rates = {name: chosen(output, name, sweep) for name in {run.arm: 0 for run in sweep}} if sweep else None
        for name, rate in (rates or {}).items():
            say(f"{name}: learning rate {rate:g}")
        runs = finals(rates)
        last = [training(recipe, run) for run in runs]
        perform(last, output, recipe.parallel, lock)
        ends = [evaluation(recipe, name, arm, runs, "tasks") for name, arm in recipe.arms.items()]
        perform(ends, output, 1, lock)
        typed = [step.typed for step in [*before, *first, *asked, *last, *ends]]
        (output / "commands.sh").write_text("\n".join(typed) + "\n", encoding="utf-8")
        report(recipe, output, runs, sweep, rates)


def show(steps: Sequence[Step]) -> None:
    """What would be done, for --dry-run."""
    for step in steps:
        say(f"{'done  ' if done(step) else '      '}{step.typed}")


if __name__ == "__main__":
    command(main, memory=None)
