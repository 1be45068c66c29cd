"""Obstacles along a walk, drawn beforehand, and the higher steps over those that are seen.

Obstacles lie along the walk as a Poisson process; heights are exponential (pavement) or those of household things. Each
is seen with a given probability, and a seen one is stepped over: the leg is lifted by its height and by `SEEN_LIFT_M`
in the stride whose swing passes it. The streams `<prefix>.terrain` and `<prefix>.seen` hold the draws, so that the same
obstacles lie there for every device, light and patient of a seed.

Source: lift over visible obstacles 11 mm, Schulz 2011 (model.md 6.2).
"""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.gait.light import LIGHTS, LightWord
from sim.gait.terrain import HOUSEHOLD, Terrain
from sim.gait.walk import Rug
from sim.streams import Streams

SEEN_LIFT_M: Final = 0.011
HIGHEST_M: Final = 0.05
GAP_M: Final = 0.2
"""Obstacles lie at least this far apart."""
CLEAR_M: Final = 1.0
"""The first metre of the walk is free."""
FOOT_AHEAD_M: Final = 0.35
"""Forefoot ahead of the point that moves with the mean pace, at landing (design choice: 0.15 m ankle, 0.2 m foot)."""


def draw_obstacles(terrain: Terrain, length_m: float, streams: Streams, prefix: str) -> tuple[Rug, ...]:
    """Obstacles along `length_m` of walk, in order, not overlapping.

    Args:
        terrain: what lies in the way.
        length_m: of the walk, m.
        streams: of the case.
        prefix: of the stream's name.
    """
    if terrain.kind == "level" or terrain.per_100_m <= 0.0:
        return ()
    generator = streams.generator(f"{prefix}.terrain")
    found: list[Rug] = []
    x = CLEAR_M
    while True:
        x += GAP_M + generator.exponential(100.0 / terrain.per_100_m)
        rug = _obstacle(terrain, generator)
        if x > length_m:
            return tuple(found)
        found.append(replace(rug, edge_m=x))
        x += rug.length_m


def _obstacle(terrain: Terrain, generator: np.random.Generator) -> Rug:
    kind, size = generator.random(), generator.random()
    if terrain.kind == "uneven":
        height = min(-terrain.mean_height_m * float(np.log1p(-size)), HIGHEST_M)
        return Rug(0, height, terrain.length_m)
    shares = np.cumsum([thing.share for thing in HOUSEHOLD])
    thing = HOUSEHOLD[min(int(np.searchsorted(shares, kind, "right")), len(HOUSEHOLD) - 1)]
    return Rug(0, thing.low_m + size * (thing.high_m - thing.low_m), thing.length_m)


def lifts_m(
    terrain: Terrain,
    light: LightWord,
    obstacles: tuple[Rug, ...],
    start_x_m: NDArray[np.float64],
    length_m: NDArray[np.float64],
    streams: Streams,
    prefix: str,
) -> NDArray[np.float64]:
    """How much higher each stride steps because of what is seen in its way, (N + 1,), m.

    Args:
        terrain: what lies in the way.
        light: in which it is seen or not.
        obstacles: from `draw_obstacles`.
        start_x_m: (N + 1,), place at which each stride begins, m.
        length_m: (N + 1,), its progression, m.
        streams: of the case.
        prefix: of the stream's name.
    """
    lifts = np.zeros(len(start_x_m))
    if not obstacles:
        return lifts
    seen = streams.generator(f"{prefix}.seen").random(len(obstacles)) < terrain.seen_ratio * LIGHTS[light].seen_ratio
    toe = start_x_m + FOOT_AHEAD_M
    for rug, is_seen in zip(obstacles, seen, strict=True):
        if not is_seen:
            continue
        over = (toe < rug.edge_m + rug.length_m) & (toe + length_m > rug.edge_m)
        lifts[over] = np.maximum(lifts[over], LIGHTS[light].reaction_ratio * (rug.height_m + SEEN_LIFT_M))
    return lifts
