"""What a walk may be: its bounds, and that no stride is asked for twice."""

from typing import Final

from sim.errors import ScenarioError
from sim.gait.sitting import SHORTEST_S
from sim.gait.walk import Walk

SPEED_RANGE_M_S: Final = (0.2, 2.0)
LONGEST_PAUSE_S: Final = 3600.0


def check_walk(walk: Walk) -> None:
    """Refuse a walk that has no meaning.

    Raises:
        ScenarioError: speed, strides, pauses, sits or passages out of range, or two passages in one stride.
    """
    low, high = SPEED_RANGE_M_S
    if not low <= walk.speed_m_s <= high:
        raise ScenarioError("walk.speed", f"{walk.speed_m_s:g} m/s", f"a walk has {low:g} to {high:g} m/s")
    if walk.strides < 1:
        raise ScenarioError("walk.strides", f"{walk.strides} strides", "ask for at least 1")
    for pause in walk.pauses:
        _check_stride(walk, "walk.pauses", "a pause", pause.stride)
        if not 0.0 < pause.duration_s <= LONGEST_PAUSE_S:
            raise ScenarioError(
                "walk.pauses", f"a pause of {pause.duration_s:g} s", f"allowed: over 0 s to {LONGEST_PAUSE_S:g} s"
            )
    for sit in walk.sits:
        _check_stride(walk, "walk.sits", "a sit", sit.stride)
        if not SHORTEST_S <= sit.duration_s <= LONGEST_PAUSE_S:
            raise ScenarioError(
                "walk.sits", f"a sit of {sit.duration_s:g} s", f"allowed: {SHORTEST_S:g} s to {LONGEST_PAUSE_S:g} s"
            )
    _check_passages(walk)


def _check_stride(walk: Walk, where: str, what: str, stride: int) -> None:
    if not 1 <= stride <= walk.strides:
        raise ScenarioError(where, f"{what} in stride {stride}", f"this walk has strides 1 to {walk.strides}")


def _check_passages(walk: Walk) -> None:
    still = {each.stride for each in (*walk.pauses, *walk.sits)}
    taken: dict[int, str] = {}
    for passage in walk.passages:
        name = passage.manner.name
        if passage.strides < 1:
            raise ScenarioError("walk.passages", f"{name}: {passage.strides} strides", "ask for at least 1")
        for stride in (passage.first, passage.last):
            _check_stride(walk, "walk.passages", name, stride)
        for stride in range(passage.first, passage.last + 1):
            if stride in taken:
                raise ScenarioError(
                    "walk.passages", f"stride {stride} is both {taken[stride]} and {name}", "move one of the two"
                )
            taken[stride] = name
            if passage.manner.riser_m != 0.0 and stride in still:
                raise ScenarioError("walk.passages", f"a pause on the stairs, stride {stride}", "move one of the two")
