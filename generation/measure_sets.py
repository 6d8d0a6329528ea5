"""The sets that are put beside one another: a folder's own rows, and those that --compare names, with their seeds.

recipe, facts -> Set(name, rows, texts, seeds), ours first
"""

from collections.abc import Iterator, Sequence

from builders.errors import UserError
from builders.screen import say
from cards.facts import Facts
from generation.diversity import Set, compared, drawn, texts_of
from generation.measure_recipe import Recipe
from generation.problem_measures import problems

OURS = "ours"


def equal(recipe: Recipe, sets: Sequence[Set]) -> int:
    """How many rows of each set are embedded: as many as the smallest has."""
    return min([recipe.sample, *(len(each.texts) for each in sets)])


def sets_of(recipe: Recipe, facts: Facts) -> Iterator[Set]:
    """Our rows, and the sets that they are compared with, with their seeds."""
    count, found = drawn((row["problem"] or "" for row in problems(facts)), recipe.sample, recipe.seed)
    yield Set(OURS, count, found, list(seeds_of(recipe, facts)))
    seen = {OURS}
    for words in recipe.compare:
        other = compared(words, recipe.compare)
        count, found = drawn(texts_of(other.where), recipe.sample, recipe.seed)
        if other.name in seen:
            raise UserError(f"two sets are called '{other.name}'; name each once")
        seen.add(other.name)
        if not count:
            raise UserError(f"{other.where} has no row with a text; there is nothing to compare")
        yield Set(other.name, count, found, [text for where in other.seeds for text in texts_of(where)])


def seeds_of(recipe: Recipe, facts: Facts) -> Iterator[str]:
    """The texts of the folder's seeds; none where they are only looked for by name, and are not there."""
    where = recipe.seeds or facts.recipe.get("rows")
    if recipe.embeds and isinstance(where, str):
        try:
            yield from texts_of(where)
        except UserError as problem:
            if recipe.seeds:
                raise
            say(f"the seeds are not to be had ({problem}), so nothing is said of how near they are; --seeds names them")
