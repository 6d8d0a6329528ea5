"""E-mail addresses and telephone numbers in the rows of a finished folder: counted for the card, and refused on demand.

a finished folder -> kind -> config -> rows that hold one
"""

from collections import Counter

import pyarrow as pa
import pyarrow.compute as pc

from builders.groups import record_batches
from builders.markdown import code, table
from cards.facts import Facts
from cards.refused import strings

KINDS = {
    "e-mail address": r"[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}",
    # With a country's code and at least three groups, or as North America writes them: formulas hold neither.
    "telephone number": r"(?:^|[^\w$+^.])(?:\+\d{1,3}[ -]\(?\d{1,4}\)?[ -]\d{2,4}[ -]?\d{2,5}|\(\d{3}\) ?\d{3}-\d{4})(?:\D|$)",
}


def personal(facts: Facts) -> dict[str, dict[str, int]]:
    """kind -> config -> rows that hold one, of every config that stores rows."""
    found: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
    for name, config in facts.configs.items():
        if name == "default" and len(facts.configs) > 1:
            continue
        for batch in record_batches(config.files):
            for kind, count in _counted(batch).items():
                found[kind][name] = found[kind].get(name, 0) + count
    return found


def _counted(batch: pa.RecordBatch) -> Counter[str]:
    counts: Counter[str] = Counter()
    for kind, pattern in KINDS.items():
        hits = {
            row for at, column in enumerate(batch.columns)
            for row in _rows(pa.RecordBatch.from_arrays([column], [batch.schema.names[at]]), pattern)
        }  # fmt: skip
        counts[kind] = len(hits)
    return +counts


def _rows(batch: pa.RecordBatch, pattern: str) -> set[int]:
    """The rows of a batch of one column in which the pattern is found."""
    if not any(pc.any(pc.match_substring_regex(texts, pattern)).as_py() for _, texts in strings(batch)):
        return set()
    return {
        at for at in range(batch.num_rows)
        if any(pc.any(pc.match_substring_regex(texts, pattern)).as_py() for _, texts in strings(batch.slice(at, 1)))
    }  # fmt: skip


def personal_section(facts: Facts) -> str:
    """What the card says of it, as Markdown."""
    found = personal(facts)
    names = sorted({name for counts in found.values() for name in counts})
    head = "## Personal data\n\n"
    if not names:
        return f"{head}No row holds what reads as an {' or a '.join(KINDS)}."
    rows = [[code(name), *(counts.get(name, 0) for counts in found.values())] for name in names]
    return f"{head}Rows that hold what reads as\n\n" + table(
        ["config", *(f"an {k}" if k[0] in "aeiou" else f"a {k}" for k in KINDS)], rows
    )
