"""Texts of benchmarks that the rehearsal gives back as if they were new problems.

FILE (jsonl; a line's problem, question or text) -> its texts; by default the sample's seed problems
"""

import json
from pathlib import Path

from builders.errors import UserError

SAMPLE = Path(__file__).parent.parent / "builders" / "sample" / "problems.jsonl"
COLUMNS = ("problem", "question", "text")


def read_borrowed(file: str | None) -> tuple[str, ...]:
    """The texts of a file, in its order."""
    path = Path(file) if file else SAMPLE
    made = []
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            row = json.loads(line) if line.strip() else {}
            text = next((row[name] for name in COLUMNS if isinstance(row, dict) and row.get(name)), None)
            if not isinstance(text, str):
                raise UserError(f"{path}, line {number}, has no text; it needs one of {', '.join(COLUMNS)}")
            made.append(text)
    except OSError as problem:
        raise UserError(f"the texts of {path} cannot be read: {problem.strerror}") from problem
    except ValueError as problem:
        raise UserError(f"{path} is not jsonl in UTF-8: {problem}") from problem
    return tuple(made)
