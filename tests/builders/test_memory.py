"""How much memory there is: the machine's, or what the nearest of all groups above a process leaves of it."""

from pathlib import Path

import pytest

from builders import memory


@pytest.mark.parametrize(
    ("limits", "most"),
    [
        ({"job/memory.max": "4000000", "job/step/memory.max": "max"}, 3_000_000),
        ({"job/memory.max": "4000000", "job/step/memory.max": "2000000"}, 1_500_000),
        ({"v1/old/memory.limit_in_bytes": "800000", "memory.max": "4000000"}, 600_000),
    ],
)
def test_the_least_of_all_groups_above_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: dict[str, str], most: int
) -> None:
    for name, said in limits.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{said}\n")
    (tmp_path / "groups").write_text("5:cpu:/x\n4:memory:/old/of/mine\n0::/job/step\n")
    monkeypatch.setattr(memory, "GROUPS", tmp_path / "groups")
    places = {"": (str(tmp_path), "memory.max"), "memory": (str(tmp_path / "v1"), "memory.limit_in_bytes")}
    monkeypatch.setattr(memory, "LIMITS", places)
    assert memory._share() == most
