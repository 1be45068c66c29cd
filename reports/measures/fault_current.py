"""Direct current after a single fault of the output stage, and for how long it flows (regulatory.md CHG-13)."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.measures.collecting import collected, nothing, spans_array
from reports.samples import Samples
from reports.uncertainty import Term, bounded
from rig.record import EventRecord, Record

FAULT_EVENT: Final = "fault.inject"
WINDOW_S: Final = 0.25
"""Time over which a direct current is averaged: several pulse periods, a quarter of the second that is allowed."""


def fault_dc_time(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Longest time without a break for which the mean current after a fault exceeds `above`, s: one sample a fault.

    The mean over each quarter of a second is the sum of the net charges of its pulses over that time, plus the offset
    of the quiet cells from what it was before the fault. A window nearer to `above` than the U of its mean is counted
    as exceeding it, and half of the doubtful time is the bound of the error.
    """
    above_a = float(parameters.get("above", 50e-6))
    events = [event for event in record.events.values() if event.kind == FAULT_EVENT and event.fired]
    if not events:
        return nothing("s", "no fault was injected")
    values, t0_s, t1_s, strides, doubts, lost = [], [], [], [], [], []
    for k, event in enumerate(events):
        until_s = events[k + 1].start_s if k + 1 < len(events) else record.span_s[1]
        surely, perhaps = _longest_s(record, event, until_s, above_a)
        values.append(0.5 * (surely + perhaps))
        doubts.append(0.5 * (perhaps - surely))
        t0_s.append(event.end_s)
        t1_s.append(until_s)
        strides.append(event.stride)
        if not _tried(record, event, until_s):
            lost.append((event.end_s, until_s))
    n = len(values)
    terms: tuple[Term, ...] = (
        bounded(
            "doubtful windows", np.array(doubts), n, systematic=False, source="mean nearer to the limit than its U"
        ),
        bounded("window", np.full(n, 0.5 * WINDOW_S), n, systematic=False, source="length of the averaging window"),
    )
    edges = np.array(lost).reshape(-1, 2)
    return collected(
        "s",
        values,
        t0_s,
        t1_s,
        strides,
        terms,
        lost_s=spans_array(edges[:, 0], edges[:, 1]),
        lost_because="no pulse after the fault: it had nothing to spoil",
    )


def _tried(record: Record, event: EventRecord, until_s: float) -> bool:
    """True where the device gave a pulse after the fault: only then it could do harm."""
    t_s = record.pulses["t_s"]
    return bool(np.any((t_s >= event.start_s) & (t_s < until_s)))


def _longest_s(record: Record, event: EventRecord, until_s: float, above_a: float) -> tuple[float, float]:
    """(surely, at most) the longest time above the limit."""
    edges = np.arange(event.start_s, until_s + 0.5 * WINDOW_S, WINDOW_S)
    mean_a, expanded_a = _means(record, edges)
    size = np.abs(mean_a)
    return _run_s(size - expanded_a > above_a), _run_s(size + expanded_a > above_a)


def _run_s(over: NDArray[np.bool_]) -> float:
    longest = current = 0
    for one in over:
        current = current + 1 if one else 0
        longest = max(longest, current)
    return longest * WINDOW_S


def _means(record: Record, edges: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean current in each window, A, and its U."""
    pulses = record.pulses
    which = np.searchsorted(edges, pulses["t_s"], "right") - 1
    inside = (which >= 0) & (which < edges.size - 1) & np.isfinite(pulses["net_c"])
    n = edges.size - 1
    charge_c = np.bincount(which[inside], pulses["net_c"][inside], n)[:n]
    role = next((name for name in sorted(record.idle) if name.partition(".")[0] == "current"), "")
    offset = np.zeros(n)
    doubt = np.zeros(n)
    if role:
        cells, accuracy = record.idle[role], record.accuracy[role]
        before = cells.t0_s + cells.cell_s <= edges[0]
        zero = float(np.mean(cells.mean[before])) if before.any() else 0.0
        doubt += accuracy.offset_bound if not before.any() else 0.0
        at = np.searchsorted(edges, cells.t0_s, "right") - 1
        good = (at >= 0) & (at < n)
        count = np.bincount(at[good], minlength=n)[:n]
        total = np.bincount(at[good], cells.mean[good], n)[:n]
        offset = np.where(count > 0, total / np.maximum(count, 1) - zero, 0.0)
        noise = accuracy.noise_rms / max(1.0, cells.cell_s * accuracy.rate_hz) ** 0.5
        doubt += 2.0 * noise / np.sqrt(np.maximum(count, 1))
    # a clipped or cut pulse has no net charge: its whole phase may have stayed
    unknown = (which >= 0) & (which < n) & ~np.isfinite(pulses["net_c"])
    worst = np.nanmax(np.abs(pulses["charge1_c"]), initial=0.0)
    doubt += np.bincount(which[unknown], minlength=n)[:n] * worst / WINDOW_S
    return charge_c / WINDOW_S + offset, doubt
