"""A role as a question sees it: which model its keys name, how it is sampled, what it costs."""

from dataclasses import dataclass, field
from typing import Any

from generation.recipes import Price


@dataclass(frozen=True)
class Model:
    """A role as a question sees it: its name in the recipe, and which model its keys name."""

    role: str
    name: str
    revision: str | None
    served: str
    dialect: str
    sampling: dict[str, Any] = field(hash=False)
    price: Price | None = None
