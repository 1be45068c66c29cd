"""Pulses by train, as the measures see them: one train a step."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.measures.openings import set_period_s
from rig.record import Record
from rig.trains import first_pulse_index

__all__ = ["Train", "clipped_rows", "set_period_s", "trains_of"]

_CHANNEL_KEY: Final = 1e9
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
        last_pulse_s: start of the last pulse, s.
        plateau_charge_c: median phase charge on the plateau, C; NaN where every pulse is clipped.
    """

    rows: NDArray[np.int64]
    channel: int
    stride: int
    t0_s: float
    t1_s: float
    last_pulse_s: float
    plateau_charge_c: float


def trains_of(record: Record) -> tuple[Train, ...]:
    """Every train with its pulses, in time order."""
    trains, pulses = record.trains, record.pulses
    order = np.lexsort((pulses["train"], pulses["channel"]))
    key = pulses["channel"][order] * _CHANNEL_KEY + pulses["train"][order]
    wanted = trains["channel"] * _CHANNEL_KEY + trains["train"]
    starts, ends = np.searchsorted(key, wanted, "left"), np.searchsorted(key, wanted, "right")
    found = (
        _train(record, np.sort(order[starts[k] : ends[k]]).astype(np.int64), int(trains["channel"][k]), int(stride))
        for k, stride in enumerate(trains["stride"])
    )
    return tuple(sorted(found, key=lambda train: train.t0_s))


def _train(record: Record, rows: NDArray[np.int64], channel: int, stride: int) -> Train:
    pulses = record.pulses
    return Train(
        rows,
        channel,
        stride,
        float(pulses["t_s"][rows[0]]),
        float(pulses["end_s"][rows[-1]]),
        float(pulses["t_s"][rows[-1]]),
        first_pulse_index(pulses["charge1_c"][rows])[1],
    )


def clipped_rows(record: Record) -> NDArray[np.bool_]:
    """(n,) True for pulses with a clipped sample: they never give a value."""
    return record.pulses["clipped"] > 0
