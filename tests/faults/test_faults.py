"""The short form of `make faults`: a run of each method that is killed, and some of the other things that can happen to one."""

from random import Random
from shutil import copytree

import pytest

from tests.faults.runs import Wrong, case, undisturbed
from tests.faults.scenes import SCENES

SEED = 7


@pytest.mark.parametrize(
    ("scene", "method"),
    [("kills", "mind"), ("kills", "gsdp"), ("another", "mind"), ("limit", "mind"), ("memory", "mind")],
)
def test_a_run_that_is_disturbed_ends_as_if_nothing_had_been(scene: str, method: str) -> None:
    with case(method, SEED) as made:
        SCENES[scene](made, 1, Random(SEED))


def test_a_folder_that_is_not_the_undisturbed_runs_is_seen() -> None:
    with case("mind", SEED, outages="0") as made:
        copytree(undisturbed("mind", SEED), made.out)
        made.check()
        [file] = (made.out / "data" / "debate").iterdir()
        file.write_bytes(file.read_bytes()[:-1] + b"?")
        with pytest.raises(Wrong, match="other bytes"):
            made.check()
