"""Cuts a recorded walk into strides: the mean cycle, how much strides differ, when the foot leaves the floor."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from scenarios.gait_recording import ANGLES, FEWEST_SAMPLES, GaitRecording
from sim.errors import ScenarioError
from sim.gait.curves import POINTS

ENOUGH_STRIDES: Final = 5
"""Strides from which a standard deviation is taken (design choice)."""
STRIDE_TIME_S: Final = (0.5, 4.0)
STANCE: Final = (0.58, 0.75)
"""Bounds of `Patient.stance_ratio`."""


@dataclass(frozen=True, slots=True, eq=False)
class MeanCycle:
    """What the strides of a recording have in common.

    Attributes:
        angles_rad: `thigh`, `knee`, `ankle`: (101,) each, 0 % = initial contact.
        strides: how many were averaged.
        stride_time_s: mean.
        stance_ratio: mean toe-off, 0..1, or None where nothing tells it.
        speed_m_s: walking speed, or None.
        stride_time_sd_ratio: coefficient of variation, or None with few strides.
        sd_rad: SD over strides of the mean thigh and knee angle and of the ankle in mid-swing; empty with few strides.
    """

    angles_rad: dict[str, NDArray[np.float64]]
    strides: int
    stride_time_s: float
    stance_ratio: float | None
    speed_m_s: float | None
    stride_time_sd_ratio: float | None
    sd_rad: dict[str, float]


def mean_cycle(recording: GaitRecording, where: str) -> MeanCycle:
    """Average the strides of a recording.

    Raises:
        ScenarioError: no whole stride, a stride of impossible length, or too few samples in a stride.
    """
    if recording.one_cycle:
        return _of_one_cycle(recording, where)
    time = recording.time_s
    strikes = [t for t in recording.strikes_s if time[0] - 1e-9 <= t <= time[-1] + 1e-9]
    if len(strikes) < 2:
        problem = (
            f"no whole stride between {time[0]:.3g} and {time[-1]:.3g} s: {len(strikes)} initial contacts lie there"
        )
        raise ScenarioError(where, problem, 'give at least two: --strikes "0.52 s, 1.66 s"')
    times = np.diff(strikes)
    if (times <= 0).any():
        raise ScenarioError(where, "the initial contacts do not rise", "sort them by time")
    bad = np.flatnonzero((times < STRIDE_TIME_S[0]) | (times > STRIDE_TIME_S[1]))
    if bad.size:
        k = int(bad[0])
        problem = (
            f"a stride of {times[k]:.3g} s from {strikes[k]:.3g} s; allowed {STRIDE_TIME_S[0]} to {STRIDE_TIME_S[1]} s"
        )
        raise ScenarioError(where, problem, "name the initial contacts of one leg only, each of them")
    samples = times.min() / float(np.median(np.diff(time)))
    if samples < FEWEST_SAMPLES:
        problem = f"{samples:.0f} samples a stride are too few"
        raise ScenarioError(where, problem, f"record at least {FEWEST_SAMPLES / times.min():.0f} Hz")
    phase = np.linspace(0.0, 1.0, POINTS)
    at = np.array(strikes)[:-1, None] + times[:, None] * phase
    cycles = {name: CubicSpline(time, recording.angles_rad[name])(at) for name in ANGLES}
    stances = [
        _stance(recording.toe_offs_s, begin, begin + length) for begin, length in zip(strikes, times, strict=False)
    ]
    known = [stance for stance in stances if stance is not None]
    stance = float(np.mean(known)) if known else recording.stance_ratio
    enough = times.size >= ENOUGH_STRIDES
    swing = slice(int(100 * (0.5 * (stance or 0.62) + 0.5)), None)
    scatter = (
        {
            "thigh": float(np.std(cycles["thigh"].mean(axis=1), ddof=1)),
            "knee": float(np.std(cycles["knee"].mean(axis=1), ddof=1)),
            "ankle": float(np.std(cycles["ankle"][:, swing].mean(axis=1), ddof=1)),
        }
        if enough
        else {}
    )
    return MeanCycle(
        angles_rad={name: values.mean(axis=0) for name, values in cycles.items()},
        strides=int(times.size),
        stride_time_s=float(times.mean()),
        stance_ratio=_held_stance(stance, where),
        speed_m_s=recording.speed_m_s,
        stride_time_sd_ratio=float(times.std(ddof=1) / times.mean()) if enough else None,
        sd_rad=scatter,
    )


def _stance(toe_offs_s: tuple[float, ...], begin_s: float, end_s: float) -> float | None:
    inside = [t for t in toe_offs_s if begin_s < t < end_s]
    return (inside[0] - begin_s) / (end_s - begin_s) if inside else None


def _of_one_cycle(recording: GaitRecording, where: str) -> MeanCycle:
    phase = np.linspace(0.0, 1.0, POINTS)
    if recording.stride_time_s is None:
        raise ScenarioError(where, "a cycle over 0-100 % has no stride time", 'say `--stride-time "1.2 s"`')
    return MeanCycle(
        angles_rad={name: CubicSpline(recording.time_s, recording.angles_rad[name])(phase) for name in ANGLES},
        strides=1,
        stride_time_s=recording.stride_time_s,
        stance_ratio=_held_stance(recording.stance_ratio, where),
        speed_m_s=recording.speed_m_s,
        stride_time_sd_ratio=None,
        sd_rad=dict(recording.sd_rad or {}),
    )


def _held_stance(stance_ratio: float | None, where: str) -> float | None:
    if stance_ratio is not None and not STANCE[0] <= stance_ratio <= STANCE[1]:
        known = f"the model knows {100 * STANCE[0]:g} to {100 * STANCE[1]:g} %"
        problem = f"stance of {100 * stance_ratio:.1f} % of the stride; {known}"
        raise ScenarioError(where, problem, "check initial contacts and toe-offs; running is no walk")
    return stance_ratio
