"""Points and labels of a picture put where there is room, so that each can be seen and none lies on another.

boxes: where they should stand (n x 2), sizes (n x 2); discs: places (m x 2), radii (m) -> where they go (n x 2)
"""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
RINGS, WAYS = 200, 24  # places that are tried around the wanted one


def apart(wanted: Numbers, sizes: Numbers, places: Numbers, radii: Numbers) -> Numbers:
    """Where boxes go that should stand at `wanted`: one after the other, each to the nearest place still free."""
    turns = np.linspace(0, 2 * np.pi, WAYS, endpoint=False) - np.pi / 2
    ways = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    tried = (np.arange(1, RINGS)[:, None, None] * ways).reshape(-1, 2) * sizes.min(initial=np.inf) / 4
    tried = np.concatenate([np.zeros((1, 2)), tried])
    discs = np.repeat(radii[:, None] * 2, 2, axis=1)
    made = wanted.copy()
    for number, (place, size) in enumerate(zip(wanted, sizes, strict=True)):
        taken, extents = np.concatenate([made[:number], places]), np.concatenate([sizes[:number], discs])
        inside = np.abs((place + tried)[:, None] - taken[None]) < (size + extents) / 2
        made[number] += tried[np.argmin(inside.all(axis=2).any(axis=1))]
    return made
