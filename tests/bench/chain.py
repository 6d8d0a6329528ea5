"""Two models in one lazy chain: every row is asked of the first, then of the second.

python -m tests.bench.chain ROWS.jsonl LEDGER URL [URL]
"""

import sys
from typing import Any

from datasets import Features, IterableDataset, Value

from builders.rows import read
from generation.ask import Ask, ask
from generation.prompts import load_prompt
from generation.recipes import Common, Role, Sampling
from generation.run import running

COLUMNS = Features({"id": Value("string"), "text": Value("string")})


def main(path: str, ledger: str, *urls: str) -> None:
    """Asks every row, and looks at none of the answers."""
    names = [f"model_{i}" for i in range(len(urls))]
    common = Common(endpoints=[f"{name}={url}" for name, url in zip(names, urls, strict=True)], ledger=ledger)
    roles = {name: Role(sampling=Sampling(1.0, 0.9, 1024)) for name in names}
    with running(roles, common) as run:
        rows = IterableDataset.from_generator(lambda: read(path, needs=["text"]), features=COLUMNS)
        for name in names:
            rows = ask(rows, question(name, run))
        if sum(1 for row in rows if row[names[-1]]) == 0:
            raise SystemExit("nothing was answered")


def question(name: str, run: Any) -> Ask:
    """The same words to each model."""
    prompt = load_prompt("teacher_student")
    return Ask(name, prompt, run.model(name), lambda text: {name: text}, Features({name: Value("string")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
