"""A person's own gait, as a file gave it: joint angles over time or over one cycle, and the instants of the strides."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import ScenarioError

ANGLES: Final = ("thigh", "knee", "ankle")
FEWEST_SAMPLES: Final = 20
"""A stride with fewer samples shows no swing (design choice)."""
LARGEST_GAP: Final = 3.0
"""Longest step of time in multiples of the usual one (design choice)."""
_PLAUSIBLE_RAD: Final = {"thigh": (-1.4, 1.6), "knee": (-0.5, 2.6), "ankle": (-1.2, 1.0)}
_RANGE_RAD: Final = {"thigh": (0.1, 2.2), "knee": (0.12, 2.4), "ankle": (0.02, 1.5)}


@dataclass(frozen=True, slots=True, eq=False)
class GaitRecording:
    """Angles of one leg; thigh from the vertical, hip and knee flexion and dorsiflexion positive.

    Attributes:
        kind: what it was read from ("CSV", "C3D", "OpenSim"); no name of a file or of a person.
        time_s: (n,), rising; seconds, or 0..1 of the cycle where `one_cycle`.
        angles_rad: `thigh`, `knee`, `ankle`: (n,) each.
        strikes_s: initial contacts of this leg, rising.
        toe_offs_s: toe-offs of this leg.
        one_cycle: the file holds one mean cycle instead of a walk.
        speed_m_s: walking speed, or None where the file does not tell it.
        stride_time_s: of one cycle, or None.
        stance_ratio: of one cycle, or None.
        sd_rad: SD of every angle over the strides of one mean cycle, or empty.
        thigh_known: False where the thigh was guessed from the hip without the pelvis.
    """

    kind: str
    time_s: NDArray[np.float64]
    angles_rad: dict[str, NDArray[np.float64]]
    strikes_s: tuple[float, ...] = ()
    toe_offs_s: tuple[float, ...] = ()
    one_cycle: bool = False
    speed_m_s: float | None = None
    stride_time_s: float | None = None
    stance_ratio: float | None = None
    sd_rad: dict[str, float] | None = None
    thigh_known: bool = True


def checked(recording: GaitRecording, where: str) -> GaitRecording:
    """The recording, if a gait can be read from it.

    Args:
        recording: what was read.
        where: the file, for messages.

    Raises:
        ScenarioError: too few samples, NaN, time that does not rise, a gap, or angles that cannot be a leg's.
    """
    time = recording.time_s
    if time.size < FEWEST_SAMPLES:
        raise ScenarioError(where, f"{time.size} samples are too few for a stride", f"record at least {FEWEST_SAMPLES}")
    for name, values in {"time": time, **recording.angles_rad}.items():
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            problem = f"{name} is not a number in {bad.size} samples, first in sample {int(bad[0]) + 1}"
            raise ScenarioError(where, problem, "fill short gaps in the motion software, or cut the recording")
    steps = np.diff(time)
    if (steps <= 0.0).any():
        k = int(np.flatnonzero(steps <= 0.0)[0])
        raise ScenarioError(where, f"time does not rise after sample {k + 1} ({time[k]:g} s)", "sort the rows by time")
    usual = float(np.median(steps))
    if steps.max() > LARGEST_GAP * usual:
        k = int(np.argmax(steps))
        problem = f"a gap of {steps[k]:.3g} s after {time[k]:.3g} s, usual is {usual:.3g} s"
        raise ScenarioError(where, problem, "fill it, or cut the recording there")
    for name, values in recording.angles_rad.items():
        _hold_plausible(name, values, where)
    return recording


def _hold_plausible(name: str, values: NDArray[np.float64], where: str) -> None:
    low, high = float(values.min()), float(values.max())
    span = high - low
    least, most = _RANGE_RAD[name]
    told = f"{name} runs from {np.degrees(low):.4g} to {np.degrees(high):.4g} deg"
    if span < least:
        mend = "is the column in radians but its header in degrees?" if span * 180 / np.pi > least else "is it a walk?"
        raise ScenarioError(where, f"{told}: too little for a walk", mend)
    if span > most or low < 10 * _PLAUSIBLE_RAD[name][0] or high > 10 * _PLAUSIBLE_RAD[name][1]:
        mend = "is the column in degrees but its header in radians?" if span / 57.3 < most else "is it an angle?"
        raise ScenarioError(where, f"{told}: too much for a leg", mend)
    first, last = _PLAUSIBLE_RAD[name]
    if low < first or high > last:
        mend = "count hip and knee flexion and dorsiflexion positive, 0 standing upright"
        raise ScenarioError(where, f"{told}: allowed {np.degrees(first):.0f} to {np.degrees(last):.0f} deg", mend)
