"""Reads and writes what lies in the way of a walk, and the light it is walked in."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from scenarios.fields import Key, quantity, read_keys, word
from scenarios.problems import Problems
from scenarios.quantities import exact_quantity
from scenarios.text import Node
from sim.errors import ScenarioError
from sim.gait.light import LIGHTS
from sim.gait.terrain import LEVEL_GROUND, TERRAINS, Terrain
from sim.gait.walk import Walk

MOST_PER_100_M: Final = 200.0
"""One in half a metre."""

OBSTACLE_UNITS: Final[Mapping[str, str]] = {"per_100_m": "", "mean_height": "m", "length": "m", "seen": ""}
"""Keys of `walk.obstacles` and their units."""


def _read_obstacles(node: Node) -> dict[str, float]:
    problems = Problems()
    keys = {
        "per_100_m": Key(quantity("", 0.0, MOST_PER_100_M, "per_100_m")),
        "mean_height": Key(quantity("m", 0.001, 0.05, "mean_height")),
        "length": Key(quantity("m", 0.01, 1.0, "length")),
        "seen": Key(quantity("", 0.0, 1.0, "seen")),
    }
    found = read_keys(node, keys, "`walk.obstacles`", problems)
    problems.raise_any()
    return found


TERRAIN_KEYS: Final[Mapping[str, Key]] = {
    "terrain": Key(word(tuple(TERRAINS), "terrain")),
    "light": Key(word(tuple(LIGHTS), "light")),
    "obstacles": Key(_read_obstacles),
}
"""The keys of `walk` that are read here."""


def terrain_of(found: Mapping[str, Any], node: Node) -> Terrain:
    """The terrain of a `walk`, its usual numbers changed by `obstacles`.

    Raises:
        ScenarioError: obstacles on level ground, or sizes of household things, which are what they are.
    """
    terrain = TERRAINS[found.get("terrain", "level")]
    asked: dict[str, float] = found.get("obstacles", {})
    if not asked:
        return terrain
    if terrain.kind == "level":
        raise ScenarioError(str(node.where), "`obstacles` on level ground", "write `terrain: uneven` or `cluttered`")
    if terrain.kind == "cluttered" and {"mean_height", "length"} & set(asked):
        problem = "household things have heights and lengths of their own"
        raise ScenarioError(str(node.where), problem, "give `per_100_m` or `seen`, or write `terrain: uneven`")
    return replace(
        terrain,
        per_100_m=asked.get("per_100_m", terrain.per_100_m),
        mean_height_m=asked.get("mean_height", terrain.mean_height_m),
        length_m=asked.get("length", terrain.length_m),
        seen_ratio=asked.get("seen", terrain.seen_ratio),
    )


def terrain_values(walk: Walk) -> dict[str, Any]:
    """The same keys as `case.yaml` holds them; what is as usual on level ground is left out."""
    terrain = walk.terrain
    values: dict[str, Any] = {"terrain": terrain.kind}
    if walk.light != "normal":
        values["light"] = walk.light
    if terrain == LEVEL_GROUND:
        return values
    obstacles = {"per_100_m": repr(terrain.per_100_m), "seen": repr(terrain.seen_ratio)}
    if terrain.kind == "uneven":
        obstacles["mean_height"] = exact_quantity(terrain.mean_height_m, "m")
        obstacles["length"] = exact_quantity(terrain.length_m, "m")
    return values | {"obstacles": obstacles}
