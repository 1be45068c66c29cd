"""What lies in the way of a walk: pavement lips, rugs, thresholds, clutter.

Source: rate and heights of pavement, 5 per 100 m and 8 mm, model.md 6.1 (design choice); rates, sizes and the shares
seen of household clutter are design choices.
"""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

TerrainWord: TypeAlias = Literal["level", "uneven", "cluttered"]


@dataclass(frozen=True, slots=True)
class Thing:
    """A kind of obstacle.

    Attributes:
        share: of all obstacles, 0..1.
        low_m: lowest, m.
        high_m: highest, m.
        length_m: extent in walking direction, m.
    """

    share: float
    low_m: float
    high_m: float
    length_m: float


HOUSEHOLD: Final = (
    Thing(0.4, 0.005, 0.012, 1.2),  # rugs and mats
    Thing(0.3, 0.015, 0.020, 0.10),  # thresholds
    Thing(0.3, 0.010, 0.030, 0.06),  # cables, shoes, toys
)


@dataclass(frozen=True, slots=True)
class Terrain:
    """What lies in the way.

    Attributes:
        kind: `level`: nothing; `uneven`: pavement with lips of exponential height; `cluttered`: household things.
        per_100_m: obstacles per 100 m.
        mean_height_m: mean height of pavement lips, m.
        length_m: extent of a lip, m.
        seen_ratio: share of them that is seen in normal light.
    """

    kind: TerrainWord = "level"
    per_100_m: float = 0.0
    mean_height_m: float = 0.008
    length_m: float = 0.05
    seen_ratio: float = 0.0


LEVEL_GROUND: Final = Terrain()
TERRAINS: Final[dict[TerrainWord, Terrain]] = {
    "level": LEVEL_GROUND,
    "uneven": Terrain("uneven", per_100_m=5.0),
    "cluttered": Terrain("cluttered", per_100_m=30.0, seen_ratio=0.8),
}
"""Pavement lips are unseen (the reading of model.md 6.1); in a cluttered room four of five things are seen."""
