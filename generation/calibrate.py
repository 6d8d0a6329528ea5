"""The judge lab: every panel of some judges against labels, and which of them to take (GSDP, section 3.8, table 4).

    rows with problem_label, solution_label, problem_scores, solution_verdicts -> measures of each panel at each threshold
    python -m generation.calibrate --rows data/trial --labels data/labels.jsonl --precision 0.94 --output data/calibration

Labels stand in the rows (generation.trial has a strong model give them), or in a file (generation.label has a person write
it). Prints the recipe's lines of the cheapest panel whose precision is high enough; with none, exit 1.
"""

from collections.abc import Sequence

from builders.commands import command, parse
from builders.errors import CheckFailed
from builders.place import check_output
from builders.screen import say, show
from generation.advice import best, cheapest, chosen, recipe_lines
from generation.alike import accused
from generation.calibration import Calibration, Recipe, calibrated
from generation.calibration_folder import write
from generation.calibration_tables import doubts, heading, judges_table, table, told, unread
from generation.judged import disagreement, left_out
from generation.recipes import FOLDER

RULES = {"retained": "the paper's rule, most retained", "cheapest": "our rule, the cheapest"}


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "generation.calibrate", __doc__.splitlines()[0], FOLDER)
    recipe.check()
    if recipe.output:
        check_output(recipe.output)
    found = calibrated(recipe)
    unused = found.labels.unused() if found.labels else ()
    for sentence in [*unused, *disagreement(found.rows), *left_out(found.rows), *unread(found.rows), found.known.said]:
        say(sentence)
    for criterion in found.lines:
        say(f"\n{heading(found, criterion)}")
        show(table(found, criterion))
    say("\neach judge alone")
    show(judges_table(found.judges))
    for sentence in accused(found.judges, found.pairs):
        say(sentence)
    if recipe.output:
        write(found)
    advise(found)


def advise(found: Calibration) -> None:
    """What either rule chooses, with the lines to paste; CheckFailed where no panel is precise enough."""
    wanted, costs = found.recipe.precision, found.known.costs
    if not found.choices:
        line = best(found.lines[found.criterion], cheapest(costs, found.recipe.least_score))
        there = f"; the best is {told(line)}" if line else "; none keeps a row"
        raise CheckFailed(f"no panel reaches a precision of {wanted:g}{there}")
    for choice in found.choices:
        say(f"\n{RULES[choice.rule]}, at a precision of {wanted:g} or more: {told(choice.line)}")
        for sentence in doubts(choice, wanted):
            say(sentence)
    say_surely(found)
    by = "by prices and tokens" if costs else "by their number: what a question costs is not known here"
    say(f"\nfor the recipe, by our rule ({by}):\n")
    say(recipe_lines(found.choices[-1].line, found.known.weights, found.known.roles).rstrip("\n"))


def say_surely(found: Calibration) -> None:
    """Which panel is precise enough with its whole interval, where our choice is not."""
    wanted, ours = found.recipe.precision, found.choices[-1].line
    if ours.confusion.measures()["precision"].low >= wanted:
        return
    rule = cheapest(found.known.costs, found.recipe.least_score)
    line = chosen(found.lines[found.criterion], rule, wanted, surely=True)
    if line is None:
        say(
            f"\nno panel's precision is above {wanted:g} with its whole interval; take these lines on trust, or label more"
        )
    else:
        say(f"\nthe cheapest panel whose whole interval is above {wanted:g}: {told(line)}")


if __name__ == "__main__":
    command(main)
