"""Trains: which pulses belong together, and to which stride (formats.md section 1)."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.record import Table

SHORTEST_BREAK_S: Final = 0.150
"""Pulses further apart than max(3 set periods, 150 ms) begin a new train (formats.md section 1)."""

_PLATEAU_RATIO: Final = 0.8
"""A pulse is on the plateau of its train if its phase charge reaches this part of the largest (design choice)."""


def longest_interval_s(t_s: NDArray[np.float64], programmed: Mapping[str, float]) -> float:
    """Longest start-to-start interval inside a train, s; 3 median periods where no rate is set."""
    if rate_hz := programmed.get("rate"):
        return max(3.0 / rate_hz, SHORTEST_BREAK_S)
    intervals = np.diff(t_s)
    return max(3.0 * float(np.median(intervals)) if intervals.size else 0.0, SHORTEST_BREAK_S)


_PAUSE_PERIODS: Final = 1.5
"""A break longer than this many periods in which the sensor opens begins a new train: every step is judged by itself,
also at a brisk walk where the ramp down of one step ends less than 150 ms before the next one (added to formats.md)."""


def _starts(
    t_s: NDArray[np.float64], openings_s: NDArray[np.float64], programmed: Mapping[str, float]
) -> NDArray[np.int64]:
    """Rows at which a train begins."""
    intervals_s = np.diff(t_s, prepend=-np.inf)
    rate_hz = programmed.get("rate")
    period_s = 1.0 / rate_hz if rate_hz else float(np.median(intervals_s[1:])) if t_s.size > 1 else 0.0
    opened = np.searchsorted(openings_s, t_s, "right") > np.searchsorted(openings_s, t_s - intervals_s, "right")
    answered = opened & (intervals_s > _PAUSE_PERIODS * period_s)
    return np.flatnonzero(answered | (intervals_s >= longest_interval_s(t_s, programmed)))


def first_pulse_index(charge_c: NDArray[np.float64]) -> tuple[int, float]:
    """First pulse of a train whose phase charge reaches 10 % of the plateau, and the plateau's median charge, C.

    A train of clipped pulses has no charge: its first pulse counts and the plateau is NaN.
    """
    size = np.abs(charge_c)
    if not np.any(np.isfinite(size)):
        return 0, float("nan")
    plateau = float(np.nanmedian(size[size >= _PLATEAU_RATIO * np.nanmax(size)]))
    return int(np.argmax(~(size < 0.1 * plateau))), plateau


def assign_trains(
    pulses: NDArray[Any],
    stride_t0_s: NDArray[np.float64],
    leg: int,
    programmed: Mapping[str, float],
    openings_s: NDArray[np.float64] | None = None,
) -> tuple[Table, Table]:
    """Give every pulse its train and stride.

    Args:
        pulses: (n,) of `PULSE_DTYPE`, in time order.
        stride_t0_s: prescribed heel strikes of strides 1 to N + 1, s.
        leg: 0 left, 1 right.
        programmed: settings that are known.
        openings_s: instants at which the sensor opened, s; None where they are not known.

    Returns:
        The columns of `pulses.parquet` and `end_s`, and the trains as `rig.record.Record.trains` lists them. A train
        belongs to the stride in which it starts; before stride 1 that is 0.
    """
    n = pulses.size
    train = np.zeros(n)
    stride = np.zeros(n)
    rows: list[tuple[float, ...]] = []
    for channel in np.unique(pulses["channel"]):
        own = np.flatnonzero(pulses["channel"] == channel)
        t_s = pulses["t_s"][own]
        starts = _starts(t_s, np.empty(0) if openings_s is None else openings_s, programmed)
        for number, (a, b) in enumerate(zip(starts, [*starts[1:], own.size], strict=True), 1):
            members = own[a:b]
            of_stride = float(np.searchsorted(stride_t0_s, t_s[a], "right"))
            train[members], stride[members] = number, of_stride
            first, plateau_c = first_pulse_index(pulses["charge1_c"][members])
            last = members[-1]
            rows.append(
                (
                    float(channel),
                    of_stride,
                    float(number),
                    float(t_s[a]),
                    float(pulses["end_s"][last]),
                    float(b - a),
                    float(pulses["t_s"][members[first]]),
                    plateau_c,
                    float(pulses["t_s"][last]),
                )
            )
    names = ("channel", "stride", "train", "t0_s", "t1_s", "pulses", "first_pulse_s", "plateau_charge_c", "last_s")
    table = np.array(sorted(rows, key=lambda row: row[3])).reshape(-1, len(names))
    columns: dict[str, NDArray[np.float64]] = {"channel": pulses["channel"].astype(np.float64)}
    columns |= {"leg": np.full(n, float(leg)), "stride": stride, "train": train}
    columns |= {name: pulses[name].astype(np.float64) for name in pulses.dtype.names or () if name != "channel"}
    return columns, {name: table[:, column] for column, name in enumerate(names)}
