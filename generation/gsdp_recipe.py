"""What a GSDP run can be told: the recipe of all its steps, the roles it has, and what is refused before anything is asked.

a recipe -> Gsdp; its roles by name, the questions of each
"""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import ClassVar

from builders.commands import option
from builders.errors import UserError
from generation import vocabulary
from generation.difficulty import STEP as DIFFICULTY
from generation.embedded import EMBEDDED
from generation.embeddings import ROLE, with_embedder
from generation.embeddings import STEP as EMBEDDING
from generation.judge import PROBLEM, SOLUTION, Judges
from generation.knowledge_points import STEP as POINTS
from generation.knowledge_points import KnowledgePoints
from generation.panels import Judge, Solver, roles_of
from generation.problems import STEP as WRITTEN
from generation.problems import Problems
from generation.recipes import Role
from generation.semantic import ALIKE, NOVEL, check_similarity
from generation.semantic import STEPS as SAME
from generation.solutions import STEP as SOLVED
from generation.solutions import Solutions
from generation.vocabulary import Vocabulary
from graph.kinds import GRIP, GSDP, HOPS, Rules

RULES = {"gsdp": GSDP, "grip": GRIP}


@dataclass(frozen=True)
class Gsdp(KnowledgePoints, Vocabulary, Problems, Solutions, Judges):
    """What `python -m generation.gsdp` can be told."""

    steps: ClassVar[tuple[str, ...]] = ("knowledge_points", "vocabulary", "graph")
    sharded: ClassVar[bool] = True
    rows: str = option(
        "EleutherAI/hendrycks_math",
        "where seed problems come from: a Hub id, a local file or folder, or sample",
        metavar="SEEDS",
    )
    hops: list[str] = option(list(HOPS), f"kinds of combinations, of {', '.join(HOPS)}", metavar="HOP")
    quota: int | None = option(None, "combinations of each kind at the most (default: all)", metavar="N")
    rules: str = option("gsdp", "what counts as a combination: gsdp or grip", metavar="NAME")
    core_share: float = option(GSDP.core_share, "the share of points, those of highest degree, that are core")
    target: int | None = option(None, "draw combinations until so many rows are kept", metavar="N")
    alike: float = option(
        ALIKE, "similarity to a benchmark's item from which a model says whether a problem that is kept is the same"
    )
    novel_below: float = option(NOVEL, "a problem is novel where its nearest seed is less similar than this")
    expected_yield: float = option(0.5, "share of drawn combinations that are kept, before there is one to go by")

    def check(self) -> None:
        """Refuses what no run could mean."""
        super().check()
        unknown = [hop for hop in self.hops if hop not in HOPS]
        if unknown or not self.hops:
            raise UserError(f"there is no kind of combination '{', '.join(unknown)}'; there are {', '.join(HOPS)}")
        if self.rules not in RULES:
            raise UserError(f"there are no rules '{self.rules}'; there are {', '.join(RULES)}")
        for name in ("quota", "target"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise UserError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if not 0 < self.expected_yield <= 1:
            raise UserError(f"expected_yield is {self.expected_yield}; it must be above 0 and at most 1")
        check_similarity(self, "alike", "novel_below")

    def check_shard(self, shard: str) -> None:
        """Refuses what needs all shards together."""
        super().check_shard(shard)
        if self.target is not None:
            raise UserError(
                "--target counts the rows of all shards, of which one knows nothing; give --quota with --shard, or no --shard"
            )
        if self.until not in (None, POINTS):
            raise UserError(
                f"--until {self.until} is one run's over all points, and no shard's; a shard ends after {POINTS}, or at its end"
            )

    @property
    def ruled(self) -> Rules:
        """What counts as a combination."""
        return replace(RULES[self.rules], core_share=self.core_share)


def roles_for(recipe: Gsdp, stack: ExitStack) -> dict[str, Role]:
    """The roles of a run; the embedder's server is started where it is a model on this machine."""
    roles = roles_of(recipe)
    if recipe.until == POINTS or recipe.dry_run:
        return {name: role for name, role in roles.items() if name != ROLE}
    return with_embedder(roles, recipe, stack)


def steps_for(roles: dict[str, Role]) -> dict[str, list[str]]:
    """The questions of each role."""
    steps = {
        "extractor": [POINTS],
        "curator": [*vocabulary.STEPS, *SAME],
        "embedder": [EMBEDDING, EMBEDDED],
        "writer": [WRITTEN],
        "rater": [DIFFICULTY],
    }
    for name, role in roles.items():
        if isinstance(role, Judge):
            steps[name] = [f"{PROBLEM}/{name}", f"{SOLUTION}/{name}"]
        if isinstance(role, Solver):
            steps[name] = [f"{SOLVED}/{name}"]
    return steps
