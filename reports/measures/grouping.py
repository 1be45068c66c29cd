"""Pulses by train, as the measures see them: one train a step."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.measures.openings import openings_of, set_period_s
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
    """Every train with its pulses, in time order.

    At a brisk walk the ramp down of one step ends less than the break of 150 ms before the next step begins, and the
    record then holds one train for many steps. Where the sensor opens in a pause of the stimulation a new train is
    taken to begin, so that every step is judged by itself.
    """
    trains, pulses = record.trains, record.pulses
    t_s = pulses["t_s"]
    order = np.lexsort((pulses["train"], pulses["channel"]))
    key = pulses["channel"][order] * _CHANNEL_KEY + pulses["train"][order]
    wanted = trains["channel"] * _CHANNEL_KEY + trains["train"]
    starts, ends = np.searchsorted(key, wanted, "left"), np.searchsorted(key, wanted, "right")
    paused = [opening for opening in openings_of(record) if not opening.running]
    found: list[Train] = []
    for k in range(wanted.size):
        rows = np.sort(order[starts[k] : ends[k]]).astype(np.int64)
        cuts = np.searchsorted(t_s[rows], [opening.from_s for opening in paused])
        strides = {int(cut): opening.stride for cut, opening in zip(cuts, paused, strict=True) if 0 < cut < rows.size}
        first = {0: int(trains["stride"][k])}
        for (start, stride), end in zip((first | strides).items(), [*strides, rows.size], strict=True):
            if end > start:
                found.append(_train(record, rows[start:end], int(trains["channel"][k]), stride))
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
