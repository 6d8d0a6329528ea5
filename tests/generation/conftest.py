"""What several files of these tests begin with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generation.gsdp_runs import Teacher, gsdp


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Teacher]]:
    """A finished run, and its server."""
    folder = tmp_path_factory.mktemp("gsdp")
    with Teacher() as server:
        gsdp(folder, server.url)
        yield folder, server
