"""One table of truth: both methods on the rehearsal with every kind of planted fault, over several seeds that no test uses.

    the sample -> for each seed a folder of MIND and one of GSDP, compared with what was planted -> a table; FILE (JSON)
    python -m generation.truth_table --seeds 12 --output cards/truth.json

Half of the seeds solve each problem once (what is wrong with a solution meets the judges), half three times (it meets the
vote first). What a judge, a curator or an embedding says is the rehearsal's own: the table shows what becomes of their
verdicts, biased and broken ones among them, not how well a model judges.
"""

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from builders.commands import command, option, parse
from builders.errors import CheckFailed, UserError
from builders.reasons import GSDP, MIND
from builders.screen import say, show
from generation import gsdp, mind
from generation.found import Tallies, missed, rows, table
from generation.rehearsal import Rehearsal, rehearse
from generation.truth import compared
from generation.truth_lines import read_truth

FIRST = 2000  # seeds from here on are this table's alone: filters and tests are written by looking at others
FAULTS = "0.4,biased=0.02,proportion=0.04,contaminated=0.03"  # so many that each kind occurs; few passages are ground for `proportion`
ROLES = (
    "extractor",
    "curator",
    "writer",
    "rater",
    "solver",
    "strong_solver",
    "judge_a",
    "judge_b",
    "judge_c",
    "embedder",
)
SAMPLES = (1, 3)  # of each problem, by turns
LEAST = 30  # of each reason
NO_REPLY = {  # what no reply can be
    "bad_row": "what is wrong with a document or a seed, and no reply's fault",
    "no_answer": "no reply at all: the world's fault, and asked again by the next run",
}
NOT_PLANTED = {
    "mind": {
        **NO_REPLY,
        "not_verified": "what is said of a problem before a dialogue is made of it, and no reply's fault",
    },
    "gsdp": NO_REPLY,
}
RETOLD = 60  # problems of each seed that dialogues are made about


@dataclass(frozen=True)
class Dice:
    """What `python -m generation.truth_table` can be told."""

    seeds: int = option(12, f"how many seeds of the rehearsal are pooled, from {FIRST} on", metavar="N")
    output: str = option("cards/truth.json", "where the table goes as JSON", metavar="FILE")


def planted(seed: int, samples: int, folder: Path, limit: int | None = None) -> Tallies:
    """Both methods, and dialogues about the problems, against the rehearsal with one seed; what was found of what it planted."""
    truth, ledger = folder / "truth.jsonl", str(folder / "ledger.sqlite")
    few = [] if limit is None else [f"--limit={limit}", f"--quota={limit}"]
    with rehearse(Rehearsal(port=0, seed=seed, faults=FAULTS, outages="0", truth=str(truth))) as url:
        roles = [f"{role}={url}/{role}" for role in ROLES]
        shared = ["--ledger", ledger, "--keep-going"]
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            words = ["--config", "mind-quickstart", "--output", str(folder / "mind"), "--endpoints", url]
            mind.main([*words, "--benchmarks", "sample", *shared, *few[:1]])
            words = ["--config", "gsdp-quickstart", "--output", str(folder / "gsdp"), "--endpoints", *roles]
            gsdp.main([*words, f"--samples={samples}", f"--embeddings={url}/embedder", *shared, *few])
            words = ["--config", "combo", "--output", str(folder / "combo"), "--endpoints", url, "--tries=1"]
            about = ["--documents", str(folder / "gsdp"), "--verified", "yes", "undecided"]
            mind.main([*words, *about, f"--limit={limit or RETOLD}", *shared])
    known = read_truth(truth)
    return Tallies().pool(compared(known, folder / name)[0] for name in ("mind", "gsdp", "combo"))


def seldom(tallies: Tallies) -> dict[str, int]:
    """Reasons that were planted less than LEAST times, of dialogues and of all units of GSDP."""
    counts: dict[str, int] = {}
    for method, reasons in (("mind", MIND), ("gsdp", GSDP)):
        for reason in reasons.keys() - NOT_PLANTED[method].keys():
            there = (
                tally.planted
                for (unit, name), tally in tallies.items()
                if name == reason and (unit == "dialogue") == (method == "mind")
            )
            counts[f"{reason} ({method.upper()})"] = sum(there)
    return {name: count for name, count in sorted(counts.items()) if count < LEAST}


def text_of(tallies: Tallies, seeds: Sequence[int]) -> str:
    """The table as JSON, a line per row."""
    head: Mapping[str, object] = {"seeds": list(seeds), "faults": FAULTS, "not_planted": NOT_PLANTED}
    lines = ",\n".join(f"  {json.dumps(row)}" for row in rows(tallies))
    return json.dumps(head, indent=1)[:-2] + f',\n "rows": [\n{lines}\n ]\n}}\n'


def main(argv: Sequence[str]) -> None:
    settings = parse(Dice, argv, "generation.truth_table", __doc__.splitlines()[0])
    if settings.seeds < 1:
        raise UserError(f"seeds is {settings.seeds}; it must be at least 1")
    output, seeds, tallies = Path(settings.output), range(FIRST, FIRST + settings.seeds), Tallies()
    if not output.parent.is_dir():
        raise UserError(f"{output.parent} is no folder; --output names a file of one that is there")
    for seed in seeds:
        with TemporaryDirectory() as folder:
            tallies.pool([planted(seed, SAMPLES[seed % len(SAMPLES)], Path(folder))])
        say(f"seed {seed}: {sum(tally.planted for tally in tallies.values()):,} units so far")
    say("found: of the planted; right: of what was given the reason")
    show(table(tallies))
    for sentence in missed(tallies):
        say(f"  {sentence}")
    output.write_text(text_of(tallies, seeds), encoding="utf-8")
    say(f"written to {output}")
    if few := seldom(tallies):
        listed = ", ".join(f"{name} {count}" for name, count in few.items())
        raise CheckFailed(f"these were planted less than {LEAST} times: {listed}; take more --seeds")


if __name__ == "__main__":
    command(main)
