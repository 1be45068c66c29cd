"""Which part of the run a check looks at: the words `during: {from, until, except}` as time spans (formats.md 2)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.intervals import ALWAYS, Spans, all_inside, all_touching, difference
from reports.samples import Samples
from rig.record import EventRecord, Record
from scenarios.case import During


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a run that a check looks at.

    Attributes:
        windows: spans that count; the strides that `except` leaves out are already cut away.
        left_out: first and last stride of each exception.
        missing: events that the check names and that never fired.
    """

    windows: Spans = ALWAYS
    left_out: tuple[tuple[int, int], ...] = ()
    missing: tuple[EventRecord, ...] = ()

    @property
    def end_s(self) -> float:
        """Instant after which the check needs no more data, s; infinite where it looks at the whole run."""
        return self.windows[-1][1] if self.windows else -math.inf


def _stride_span(record: Record, first: int, last: int) -> tuple[float, float]:
    """From the heel strike of stride `first` to the end of stride `last`; empty where the record has none of them."""
    numbers = record.strides.get("stride", np.empty(0))
    rows = np.flatnonzero((numbers >= first) & (numbers <= last))
    if not rows.size:
        return 0.0, 0.0
    t0_s, stride_time_s = record.strides["t0_s"][rows], record.strides["stride_time_s"][rows]
    return float(t0_s[0]), float(t0_s[-1] + stride_time_s[-1])


def part_of(record: Record, during: During) -> Part:
    """Turn the events that a check names into spans of this record; a name that it does not know never fired."""
    start_s, end_s = -math.inf, math.inf
    missing: list[EventRecord] = []

    def event(name: str) -> EventRecord:
        found = record.events.get(name) or EventRecord(name, "", -math.inf, -math.inf, 0, fired=False)
        if not found.fired:
            missing.append(found)
        return found

    if during.from_event:
        start_s = event(during.from_event).end_s
    if during.until_event:
        end_s = event(during.until_event).start_s
    windows: Spans = ((start_s, end_s),) if end_s > start_s else ()
    left_out: list[tuple[int, int]] = []
    for name, strides in during.except_events:
        first = event(name).stride
        left_out.append((first, first + strides))
        windows = difference(windows, (_stride_span(record, first, first + strides),))
    return Part(windows, tuple(left_out), tuple(missing))


def counted(samples: Samples, part: Part) -> NDArray[np.bool_]:
    """(n,) True for the samples that count: the whole interval inside, the stride not left out.

    A sample that knows its stride is left out with its stride, whatever its interval; its interval must still lie
    inside `from` and `until`.
    """
    if not part.windows:
        return np.zeros(samples.values.size, np.bool_)
    bounds: Spans = ((part.windows[0][0], part.windows[-1][1]),)
    with_stride = all_inside(samples.t0_s, samples.t1_s, bounds)
    for first, last in part.left_out:
        with_stride &= (samples.strides < first) | (samples.strides > last)
    return np.where(samples.strides >= 0, with_stride, all_inside(samples.t0_s, samples.t1_s, part.windows))


def lost_inside(samples: Samples, part: Part) -> int:
    """Number of things inside the part that could not be measured."""
    if samples.lost_s is None:
        return 0
    return int(all_touching(samples.lost_s[:, 0], samples.lost_s[:, 1], part.windows).sum())
