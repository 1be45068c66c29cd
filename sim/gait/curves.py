"""A measured gait cycle as arrays, and the periodic splines made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

POINTS: Final = 101
"""Rows of a measured cycle: 0, 1, ..., 100 % from initial contact to initial contact."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredCycle:
    """One person's measured cycle of one leg, (101,) each, 0 % = initial contact.

    Angles of thigh and shank are absolute, from the vertical, distal end forward positive; knee flexion and ankle
    dorsiflexion positive.

    Attributes:
        name: file it came from.
        thigh_rad: thigh from the vertical, rad.
        knee_rad: knee flexion, rad.
        ankle_rad: ankle, rad; 0 with the foot at right angles to the shank.
        hip_x_m: hip in walking direction about a point that moves with the mean speed, m.
        hip_y_m: hip height, m.
        thigh_length_m: hip to knee, m.
        shank_length_m: knee to ankle, m.
        leg_length_m: height of the hip standing, m; the cycle is scaled to the patient's by it.
        speed_m_s: walking speed of the trial, m/s.
        stride_time_s: stride time of the trial, s.
        toe_off_ratio: toe-off, 0..1 of the cycle.
        healthy: cycle of the healthy twin, where this one is a patient's own; None where it is healthy itself.
    """

    name: str
    thigh_rad: NDArray[np.float64]
    knee_rad: NDArray[np.float64]
    ankle_rad: NDArray[np.float64]
    hip_x_m: NDArray[np.float64]
    hip_y_m: NDArray[np.float64]
    thigh_length_m: float
    shank_length_m: float
    leg_length_m: float
    speed_m_s: float
    stride_time_s: float
    toe_off_ratio: float
    healthy: "MeasuredCycle | None" = None

    @property
    def yardstick(self) -> "MeasuredCycle":
        """The healthy cycle on which whatever is calibrated is calibrated."""
        return self if self.healthy is None else self.healthy


def periodic(values: NDArray[np.float64]) -> CubicSpline:
    """Periodic cubic spline over the phase 0..1 through evenly spaced `values`, (n + 1,), two derivatives continuous.

    A measured cycle does not close exactly: its mismatch is spread evenly over the cycle.
    """
    count = len(values) - 1
    phase = np.linspace(0.0, 1.0, count + 1)
    closed = np.asarray(values, float) - (values[-1] - values[0]) * (phase - 0.5)
    closed[-1] = closed[0]
    return CubicSpline(phase, closed, bc_type="periodic")


def bump(x: NDArray[np.float64], a: float, b: float, c: float, d: float) -> NDArray[np.float64]:
    """Raised cosine: 0 before a, 1 from b to c, 0 after d."""
    rise = np.clip((x - a) / (b - a), 0.0, 1.0)
    fall = np.clip((d - x) / (d - c), 0.0, 1.0)
    return 0.25 * (1.0 - np.cos(np.pi * rise)) * (1.0 - np.cos(np.pi * fall))


def measured_cycle(name: str, columns: Mapping[str, NDArray[np.float64]], facts: Mapping[str, float]) -> MeasuredCycle:
    """A cycle from the columns and facts of a file of `scenarios/patients/measured`.

    Two kinds of file are read. Absolute thigh angles with hip positions: columns ``thigh_deg, knee_deg, ankle_deg,
    hip_x_m, hip_y_m``; the progression is taken out of ``hip_x_m``. Joint angles: ``hip_deg, knee_deg, ankle_deg,
    pelvis_tilt_deg, pelvis_y_m``; there the thigh from the vertical is hip flexion plus pelvis tilt (OpenSim counts
    backward tilt positive), the hip height is that of the pelvis origin less the `hip_below_pelvis_m` of the model,
    and the hip moves at constant speed, because its oscillation was not kept (design choice).

    Args:
        name: of the file.
        columns: (101,) each, degrees and metres.
        facts: ``speed_m_s, stride_time_s, toe_off_ratio, thigh_length_m, shank_length_m, leg_length_m``.

    Raises:
        KeyError: a column or a fact is missing.
        ValueError: a column has not 101 finite values.
    """
    for column, values in columns.items():
        if values.shape != (POINTS,) or not np.isfinite(values).all():
            raise ValueError(
                f"measured cycle {name}, column {column}: 101 finite values are needed, got {values.shape}"
            )
    if "thigh_deg" in columns:
        thigh = columns["thigh_deg"]
        hip_y = columns["hip_y_m"]
        hip_x = columns["hip_x_m"] - np.linspace(columns["hip_x_m"][0], columns["hip_x_m"][-1], POINTS)
    else:
        thigh = columns["hip_deg"] + columns["pelvis_tilt_deg"]
        hip_y = columns["pelvis_y_m"] - facts["hip_below_pelvis_m"]
        hip_x = np.zeros(POINTS)
    return MeasuredCycle(
        name=name,
        thigh_rad=np.radians(thigh),
        knee_rad=np.radians(columns["knee_deg"]),
        ankle_rad=np.radians(columns["ankle_deg"]),
        hip_x_m=hip_x,
        hip_y_m=hip_y,
        thigh_length_m=facts["thigh_length_m"],
        shank_length_m=facts["shank_length_m"],
        leg_length_m=facts["leg_length_m"],
        speed_m_s=facts["speed_m_s"],
        stride_time_s=facts["stride_time_s"],
        toe_off_ratio=facts["toe_off_ratio"],
    )
