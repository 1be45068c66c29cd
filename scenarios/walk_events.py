"""Events that change the prescribed strides: they are placed by stride and read before the strides are drawn.

Each gives passages (strides in a manner of their own), pauses or sits; `stimrig` refuses two of them in one stride. The
numbers of a manner are design choices unless its event names a source.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from scenarios.catalogue import EventSpec, Parameter
from sim.gait.manner import Manner, Passage
from sim.gait.schedule import StrideSchedule
from sim.gait.sitting import SHORTEST_S, Sit
from sim.gait.slope import STEEPEST_RAD
from sim.gait.walk import Pause
from sim.timebase import TimeNs

Change: TypeAlias = Passage | Pause | Sit
"""What an event makes of the strides."""

HALF_HIPS_M: Final = 0.085
"""From the middle of the body to a hip: half of 0.17 m (model.md 5.3)."""
WALK_STOP: Final = "walk.stop"
SHORT_STEP: Final = Manner("short step", speed_ratio=0.8, step_ratio=0.75, time_ratio=0.95)
"""The first step after standing and the last one before it (Miff 2005, from memory: about three quarters)."""
TURN: Final = Manner("turn", speed_ratio=0.8, stance_change_ratio=0.02)
"""Slower, with longer stance (Orendurff 2006, from memory)."""
SHUFFLE: Final = Manner(
    "shuffle",
    speed_ratio=0.6,
    step_ratio=0.6,
    time_ratio=0.7,
    stance_change_ratio=0.03,
    knee_ratio=0.6,
    clearance_ratio=0.5,
    heel_rises=False,
)
"""Short, quick, low steps of a foot that stays flat: a parkinsonian or very cautious walk."""


def _count(parameters: Mapping[str, Any], name: str = "strides") -> int:
    value = float(parameters[name])
    if value != round(value) or value < 1:
        raise ValueError(f"`{name}` is {value:g}", "give a whole number from 1 on")
    return round(value)


def _stop(parameters: Mapping[str, Any], stride: int, _speed_m_s: float, _leg: str) -> tuple[Change, ...]:
    pause = Pause(stride, parameters["duration"])
    if parameters["steps"] == "usual":
        return (pause,)
    before = (Passage(stride - 1, 1, SHORT_STEP),) if stride > 1 else ()
    return (*before, pause, Passage(stride, 1, SHORT_STEP))


def _sit(parameters: Mapping[str, Any], stride: int, _speed_m_s: float, _leg: str) -> tuple[Change, ...]:
    return (Sit(stride, parameters["duration"], parameters["heel"]),)


def _speed(parameters: Mapping[str, Any], stride: int, speed_m_s: float, _leg: str) -> tuple[Change, ...]:
    ratio = parameters["speed"] / speed_m_s
    return (Passage(stride, _count(parameters), Manner("speed", speed_ratio=ratio)),)


def _turn(parameters: Mapping[str, Any], stride: int, _speed_m_s: float, leg: str) -> tuple[Change, ...]:
    strides = _count(parameters)
    sign = -1.0 if parameters["toward"] == leg else 1.0
    longer_m = sign * HALF_HIPS_M * parameters["angle"] / strides
    return (Passage(stride, strides, replace(TURN, path_change_m=longer_m)),)


def _stairs(parameters: Mapping[str, Any], stride: int, _speed_m_s: float, _leg: str) -> tuple[Change, ...]:
    steps = _count(parameters, "steps")
    if steps % 2:
        raise ValueError(f"`steps` is {steps}", "give an even number: the stimulated leg takes two a stride")
    up = parameters["direction"] == "up"
    riser_m = parameters["riser"] if up else -parameters["riser"]
    name = "upstairs" if up else "downstairs"
    return (Passage(stride, steps // 2, Manner(name, riser_m=riser_m, tread_m=parameters["tread"])),)


def _ramp(parameters: Mapping[str, Any], stride: int, _speed_m_s: float, _leg: str) -> tuple[Change, ...]:
    name = "uphill" if parameters["slope"] > 0.0 else "downhill"
    return (Passage(stride, _count(parameters), Manner(name, slope_rad=parameters["slope"])),)


def _shuffle(parameters: Mapping[str, Any], stride: int, _speed_m_s: float, _leg: str) -> tuple[Change, ...]:
    return (Passage(stride, _count(parameters), SHUFFLE),)


def _heel_off(parameters: Mapping[str, Any], stride: int, _speed_m_s: float, _leg: str) -> tuple[Change, ...]:
    manner = Manner("late heel-off", heel_off_lead_s=parameters["lead"])
    return (Passage(stride, _count(parameters), manner),)


def _nothing(_: Mapping[str, Any], _start_ns: TimeNs, _schedule: StrideSchedule) -> tuple[Any, ...]:
    return ()


def _lasts_s(parameters: Mapping[str, Any]) -> float:
    """Of a pause; a passage lasts as long as its strides, which the timeline knows."""
    return float(parameters.get("duration", 0.0))


def _strides(default: str | None = None) -> Parameter:
    return Parameter("strides", "", default=default, bounds=(1.0, 100_000.0), summary="for how many strides")


def _event(name: str, changes: Any, parameters: tuple[Parameter, ...], summary: str) -> EventSpec:
    return EventSpec(name, _nothing, _lasts_s, parameters, summary=summary, changes=changes)


WALK_EVENTS: Final = (
    _event(
        WALK_STOP,
        _stop,
        (
            Parameter("duration", "s", bounds=(0.1, 600.0), summary="how long the patient stands"),
            Parameter(
                "steps",
                choices=("usual", "gradual"),
                default="usual",
                summary="gradual: the last step before and the first step after standing are shorter and slower",
            ),
        ),
        "the patient stands still in the stance of this stride, then walks on",
    ),
    _event(
        "walk.sit",
        _sit,
        (
            Parameter("duration", "s", bounds=(SHORTEST_S, 3600.0), summary="from standing still to walking on"),
            Parameter(
                "heel",
                choices=("open", "closed", "shifting"),
                default="open",
                summary="what the heel switch shows of a seated foot",
            ),
        ),
        "the patient sits down in the stance of this stride, stands up and walks on",
    ),
    _event(
        "walk.speed",
        _speed,
        (Parameter("speed", "m/s", bounds=(0.2, 2.0), summary="speed of these strides"), _strides()),
        "the patient walks at another speed",
    ),
    _event(
        "walk.turn",
        _turn,
        (
            Parameter("angle", "rad", bounds=(0.02, 6.3), summary="how far, for example 90 deg"),
            Parameter("toward", choices=("left", "right"), summary="to which side"),
            _strides("2"),
        ),
        "the patient turns: slower, the inner leg's steps shorter, the outer leg's longer",
    ),
    _event(
        "walk.stairs",
        _stairs,
        (
            Parameter("direction", choices=("up", "down"), summary="up or down"),
            Parameter("steps", "", bounds=(2.0, 400.0), summary="how many steps, an even number"),
            Parameter("riser", "m", default="170 mm", bounds=(0.10, 0.20), summary="height of a step"),
            Parameter("tread", "m", default="290 mm", bounds=(0.26, 0.36), summary="depth of a step"),
        ),
        "a staircase, foot over foot, two steps a stride",
    ),
    _event(
        "walk.ramp",
        _ramp,
        (
            Parameter(
                "slope", "rad", bounds=(-STEEPEST_RAD, STEEPEST_RAD), summary="uphill positive, for example 4.8 deg"
            ),
            _strides(),
        ),
        "the ground slopes",
    ),
    _event("walk.shuffle", _shuffle, (_strides(),), "short low steps with the foot flat: the heel switch never opens"),
    _event(
        "walk.heel_off",
        _heel_off,
        (
            Parameter("lead", "s", bounds=(0.0, 0.5), summary="heel-off this long before toe-off; 0 s: both at once"),
            _strides(),
        ),
        "the heel leaves the floor late, the foot flatter at toe-off",
    ),
)
"""What the entry point `stimrig.events` gives, beside `scenarios.events`."""
