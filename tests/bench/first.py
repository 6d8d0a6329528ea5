"""The first dataset on a new machine: a fresh clone, `make quickstart`, and rows that load; the caches of pip and of the Hub are empty.

    python -m tests.bench --only first

The Hub is switched off; the package index is needed, and how fast it is counts.
"""

import os
import subprocess
import tempfile
import time
from pathlib import Path

from tests.bench.figures import Figure, Measure, figure

HERE = Path(__file__).parents[2]
LOAD = "from datasets import load_dataset; print(load_dataset('data/quickstart/{}')['train'].num_rows)"


def dataset(quick: bool) -> list[Figure]:
    """The README's two commands, which have to do: three minutes, no torch."""
    with tempfile.TemporaryDirectory() as scratch:
        clone = Path(scratch, "mathloom")
        offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": f"{scratch}/hf"} | ({} if quick else {"PIP_NO_CACHE_DIR": "1"})
        commands = [["git", "clone", "--quiet", str(HERE), str(clone)], ["make", "quickstart"]]
        began = time.monotonic()
        for words, folder in zip(commands, (HERE, clone), strict=True):
            output(words, folder, offline)
        rows = [int(output([".venv/bin/python", "-c", LOAD.format(kind)], clone, offline)) for kind in ("mind", "gsdp")]
        minutes = (time.monotonic() - began) / 60
        packages = output([".venv/bin/pip", "list", "--format", "freeze"], clone, offline).lower()
    measures = [
        Measure("minutes", [minutes], most=3),
        Measure("packages of torch", [packages.count("torch")], most=0),
        Measure("rows of the smaller folder", [min(rows)], least=1),
    ]
    return [figure("first dataset on a new machine", measures)]


def output(words: list[str], folder: Path, more: dict[str, str]) -> str:
    """What a command printed; one that fails ends the bench."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "VIRTUAL_ENV", "PYTHON"))
    }
    run = subprocess.run(words, cwd=folder, env=clean | more, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {run.returncode}:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return run.stdout
