"""What `python -m generation.measure` can be told, and which models have a part in it.

FOLDER, other sets, seeds, embeddings, endpoints -> Recipe; its roles, none where nothing is asked
"""

from contextlib import ExitStack
from dataclasses import dataclass, field

from builders.commands import option
from builders.errors import UserError
from generation.embeddings import NONE, ROLE, with_embedder
from generation.recipes import Common, Role, Sampling


@dataclass(frozen=True)
class Recipe(Common):
    """What `python -m generation.measure` is told."""

    folder: str = option("", "a finished folder of mind or gsdp; may stand first, without the flag", metavar="FOLDER")
    compare: list[str] = option(
        [],
        "other sets beside a gsdp folder's rows: NAME:column=SEEDS, several SEEDS joined by +",
        metavar="NAME:column=SEEDS",
    )
    seeds: str | None = option(None, "where the folder's seeds are (default: where its recipe says)", metavar="SEEDS")
    sample: int = option(
        80_000, "rows of a set that are embedded, at most; all sets get as many as the smallest has", metavar="N"
    )
    reverse: int = option(200, "rows whose points are asked for again, where there is a model to ask", metavar="N")
    embeddings: str | None = option(
        None,
        "URL of a text-embeddings-inference server, NAME for sentence-transformers, rehearsal, or none (default: none without "
        "--endpoints, the rehearsal where that answers, else BAAI/bge-m3)",
        metavar="URL|NAME",
    )
    output: str | None = option(None, "", flag=False)
    limit: int | None = option(None, "", flag=False)  # --sample says how many
    extractor: Role = field(
        default_factory=lambda: Role(paper_model="deepseek-ai/deepseek-math-7b-rl", sampling=Sampling(0.7, 0.95, 1024)),
        metadata={"flag": False, "help": "the model that names the points of a problem"},
    )
    embedder: Role = field(
        default_factory=lambda: Role(paper_model="BAAI/bge-m3", dialect="embed"),
        metadata={"flag": False, "help": "the model that embeds"},
    )

    def check(self) -> None:
        """Refuses what no run could mean."""
        super().check()
        for name in ("sample", "reverse"):
            if getattr(self, name) < 1:
                raise UserError(f"{name} is {getattr(self, name)}; it must be at least 1")

    @property
    def embeds(self) -> bool:
        """Whether texts are embedded."""
        said = self.embeddings is not None or self.embedder.endpoints or self.endpoints or self.from_ledger
        return self.embeddings != NONE and bool(said)

    @property
    def asks(self) -> bool:
        """Whether a model is asked for points."""
        given = [text for text in self.endpoints if not text.startswith(f"{ROLE}=")]
        return bool(given or self.extractor.endpoints or self.from_ledger)


def roles_for(recipe: Recipe, kind: str, stack: ExitStack) -> dict[str, Role]:
    """The roles that have a part in it; none, where nothing is asked."""
    roles = {"extractor": recipe.extractor} if recipe.asks and kind == "gsdp" else {}
    if recipe.embeds:
        roles = with_embedder({**roles, ROLE: recipe.embedder}, recipe, stack)
    return roles
