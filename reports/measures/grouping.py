"""Pulses by train."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rig.record import Record

_CHANNEL_KEY = 1e9
"""Larger than any train number: channel and train sort as one number."""


@dataclass(frozen=True, slots=True, eq=False)
class Train:
    """One train of a record.

    Attributes:
        rows: rows of its pulses in `record.pulses`, in time order.
        channel: stimulation channel, from 1.
        stride: stride in which it starts.
        t0_s: start of the first pulse, s.
        t1_s: end of the last pulse's charge window, s.
        first_pulse_s: first pulse that reaches 10 % of the plateau, s.
        last_pulse_s: start of the last pulse, s.
        plateau_charge_c: median phase charge on the plateau, C; NaN where every pulse is clipped.
    """

    rows: NDArray[np.int64]
    channel: int
    stride: int
    t0_s: float
    t1_s: float
    first_pulse_s: float
    last_pulse_s: float
    plateau_charge_c: float


def trains_of(record: Record) -> tuple[Train, ...]:
    """Every train with its pulses, in time order."""
    trains, pulses = record.trains, record.pulses
    order = np.lexsort((pulses["train"], pulses["channel"]))
    key = pulses["channel"][order] * _CHANNEL_KEY + pulses["train"][order]
    wanted = trains["channel"] * _CHANNEL_KEY + trains["train"]
    starts, ends = np.searchsorted(key, wanted, "left"), np.searchsorted(key, wanted, "right")
    found: list[Train] = []
    for k in range(wanted.size):
        rows = np.sort(order[starts[k] : ends[k]]).astype(np.int64)
        if rows.size:
            found.append(
                Train(
                    rows,
                    int(trains["channel"][k]),
                    int(trains["stride"][k]),
                    float(trains["t0_s"][k]),
                    float(trains["t1_s"][k]),
                    float(trains["first_pulse_s"][k]),
                    float(pulses["t_s"][rows[-1]]),
                    float(trains["plateau_charge_c"][k]),
                )
            )
    return tuple(found)


def clipped_rows(record: Record) -> NDArray[np.bool_]:
    """(n,) True for pulses with a clipped sample: they never give a value."""
    return record.pulses["clipped"] > 0


def set_period_s(record: Record) -> float | None:
    """Programmed pulse period, s; None where the rate is not known."""
    rate_hz = record.case.device.programmed.get("rate")
    return 1.0 / rate_hz if rate_hz else None
