"""The card of a model that we have trained: what it learnt from, how, and how to load it.

output_dir, Recipe, what run.json says -> README.md
"""

from pathlib import Path
from typing import Any

from train.recipe import Recipe


def write_card(output: Path, recipe: Recipe, facts: dict[str, Any]) -> None:
    """Writes README.md."""
    (output / "README.md").write_text(f"# {output.name}\n\n{facts}\n", encoding="utf-8")
