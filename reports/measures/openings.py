"""What asks for stimulation in each stride, and whether it was on already.

A switch opens and closes. A sensor without a threshold (tilt, motion) leaves it to the device when to answer: there the
heel asks, from a little before heel-off until the foot lands.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.uncertainty import COVERAGE, Term, bounded
from rig.record import Record

ON_FACTOR: Final = 1.5
"""Stimulation is on for this many periods after a pulse (a period beyond it is a missing pulse)."""

EARLY_S: Final = 0.1
"""Without a switch an answer may come this much before heel-off (design choice); what comes sooner nobody asked for."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The first opening of the sensor in a stride, or the heel-off where the sensor is no switch.

    Attributes:
        row: row of the stride table.
        stride: number of the stride.
        t_s: the opening, s.
        from_s: pulses from here on answer it: the opening less its uncertainty, s.
        running: True where a pulse came less than 1.5 periods before `from_s`.
        until_s: the next closing, or the landing, s; infinite where none was seen.
    """

    row: int
    stride: int
    t_s: float
    from_s: float
    running: bool
    until_s: float


def is_switch(record: Record) -> bool:
    """True where the sensor of the case opens and closes."""
    return record.case.sensor.thresholds_v is not None


def why_no_trigger(record: Record) -> str:
    """Why nobody knows when the device had to answer, or ""."""
    if is_switch(record) or np.any(np.isfinite(record.strides["heel_off_s"])) or not record.case.is_recorded:
        return ""
    return "no labelled events: heel-off is not known"


def closings_s(record: Record) -> NDArray[np.float64]:
    """(N,) what ends the question of each stride, s: the closing of a switch, else the landing; NaN for none."""
    return record.strides["sensor_on_s" if is_switch(record) else "landing_s"]


def sensor_terms(record: Record, n: int) -> tuple[Term, ...]:
    """Uncertainty of an instant of the sensor at the device's terminal.

    The emitted signal is held between its samples, so a crossing is known to one sample period (rectangular over one
    period: T/sqrt(12)); the way to the terminal adds the bench's delay with its bound.
    """
    period_s = 1.0 / record.case.sensor.rate_hz
    sampling = bounded("sensor sampling", 0.5 * period_s, n, systematic=False, source="half a sample period")
    delay = bounded("sensor output delay", record.sensor_delay_s[1], n, systematic=True, source="bound of the bench")
    return sampling, delay


def set_period_s(record: Record) -> float | None:
    """Programmed pulse period, s; None where the rate is not known."""
    rate_hz = record.case.device.programmed.get("rate")
    return 1.0 / rate_hz if rate_hz else None


def period_s(record: Record) -> float:
    """Set period, or the median of all periods, s."""
    intervals_s = np.diff(record.pulses["t_s"])
    return set_period_s(record) or (float(np.median(intervals_s)) if intervals_s.size else 0.0)


def openings_of(record: Record) -> tuple[Opening, ...]:
    """Every stride's opening, in time order."""
    strides, t_s = record.strides, record.pulses["t_s"]
    if is_switch(record):
        off_s = strides["sensor_off_s"]
        early_s = COVERAGE * math.sqrt(sum(float(part.standard_value[0]) ** 2 for part in sensor_terms(record, 1)))
        from_s = off_s - early_s
    else:
        off_s = strides["heel_off_s"]
        from_s = off_s - EARLY_S
    until_s = closings_s(record)
    rows = np.flatnonzero(~np.isnan(off_s))
    before = np.searchsorted(t_s, from_s[rows]) - 1
    last_s = np.where(before >= 0, t_s[np.maximum(before, 0)] if t_s.size else -np.inf, -np.inf)
    pause_s = ON_FACTOR * period_s(record)
    asked_s = off_s if is_switch(record) else from_s
    return tuple(
        Opening(
            int(row),
            int(strides["stride"][row]),
            float(off_s[row]),
            float(from_s[row]),
            bool(asked_s[row] - last < pause_s),
            math.inf if np.isnan(until_s[row]) else float(until_s[row]),
        )
        for row, last in zip(rows, last_s, strict=True)
    )
