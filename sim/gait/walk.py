"""The walk that is asked for: speed, number of strides, aid, compensation, pauses."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sim.gait.light import LightWord
from sim.gait.manner import Passage
from sim.gait.sitting import Sit
from sim.gait.terrain import LEVEL_GROUND, Terrain

Legs: TypeAlias = Literal["one", "both"]
"""Which legs are walked: the stimulated one alone, or the other as well."""

CompensationStart: TypeAlias = Literal["acute", "adapted", "none"]
"""State of the compensation at stride 1.

`acute`: what this patient reaches after 200 unrecorded strides without device or aid, adapting from there; `adapted`:
the same with them; `none`: zero and frozen.
"""


@dataclass(frozen=True, slots=True)
class Orthosis:
    """An ankle-foot orthosis as a linear spring: torque = -stiffness (ankle angle - set angle).

    Attributes:
        stiffness_n_m_rad: stiffness, N m/rad. Default 0.4 N m/deg: design choice inside 0.2-0.6 of posterior leaf
            springs.
        set_angle_rad: ankle angle without torque, rad, dorsiflexion positive (0: design choice).
    """

    stiffness_n_m_rad: float = 22.918
    set_angle_rad: float = 0.0


@dataclass(frozen=True, slots=True)
class Pause:
    """Standing still in the middle of the stance that begins stride `stride`.

    Attributes:
        stride: number of the stride whose stance is prolonged, from 1.
        duration_s: how long the foot stays flat longer than usual, s.
    """

    stride: int
    duration_s: float


@dataclass(frozen=True, slots=True)
class Rug:
    """A raised patch of floor: a throw rug, a mat, a threshold.

    Its near edge lies under the forward-most point of the stimulated foot at `t_ns`.

    Attributes:
        t_ns: instant that places the near edge.
        height_m: height above the floor, m.
        length_m: extent in walking direction, m.
        edge_m: place of the near edge along the walk where it is known already; NaN: it is laid down at `t_ns`.
    """

    t_ns: int
    height_m: float
    length_m: float
    edge_m: float = math.nan


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk: level at one speed, save for its passages.

    Attributes:
        speed_m_s: mean walking speed, m/s, 0.2 to 2.0.
        strides: number of whole strides of the stimulated leg after gait start.
        compensation: see `CompensationStart`.
        orthosis: ankle-foot orthosis, or None.
        pauses: where the patient stands still.
        legs: see `Legs`; the other leg changes nothing of this one.
        passages: strides that are walked in a manner of their own; they do not overlap.
        sits: where the patient sits down and stands up again.
        terrain: what lies in the way.
        light: in which it is walked.
    """

    speed_m_s: float
    strides: int
    compensation: CompensationStart = "acute"
    orthosis: Orthosis | None = None
    pauses: tuple[Pause, ...] = ()
    legs: Legs = "one"
    passages: tuple[Passage, ...] = ()
    sits: tuple[Sit, ...] = ()
    terrain: Terrain = LEVEL_GROUND
    light: LightWord = "normal"
