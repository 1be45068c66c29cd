"""A chart as plain data: what the SVG writer, the HTML page and matplotlib all draw, so that they cannot differ."""

import math
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

State: TypeAlias = Literal["i", "x", "u", "m"]
"""i inside, x beyond a limit, u undecided (within U of a limit), m missed (no value at all)."""

POINTS_SHOWN: Final = 700
"""Points of one chart: about one a pixel of its width (design choice)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened, drawn across the chart: an event, a gap in the capture, a fault of the rig."""

    name: str
    start_s: float
    end_s: float
    kind: Literal["event", "gap", "fault"] = "event"


@dataclass(frozen=True, slots=True, eq=False)
class TimeAxis:
    """The axis that all charts of one case share.

    Attributes:
        key: names the case.
        start_s: start of the run, s.
        end_s: its end, s.
        stride_t0_s: (N + 1,) starts of strides 1 to N and the end of stride N, s; empty without strides.
        marks: what happened, in time order.
    """

    key: str
    start_s: float
    end_s: float
    stride_t0_s: NDArray[np.float64]
    marks: tuple[Mark, ...] = ()

    def strides_at(self, t_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Instants as strides: 20.6 is 60 % of stride 20; straight on before the first and after the last."""
        starts = self.stride_t0_s
        if len(starts) < 2:
            return t_s
        numbers = np.arange(1.0, len(starts) + 1.0)
        mean = float(starts[-1] - starts[0]) / (len(starts) - 1)
        inside = np.interp(t_s, starts, numbers)
        early = np.minimum(t_s - starts[0], 0.0) / mean
        late = np.maximum(t_s - starts[-1], 0.0) / mean
        return inside + early + late


@dataclass(frozen=True, slots=True)
class Line:
    """A horizontal line: a limit, the marginal value, or another reference."""

    value: float
    label: str
    role: Literal["limit", "marginal", "reference"]


@dataclass(frozen=True, slots=True)
class Lane:
    """A row of spans on the time axis: ``(start_s, end_s, role)`` with roles of the style sheet."""

    name: str
    spans: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """Samples against time, or lanes of spans; numbers in the unit that is shown.

    Attributes:
        title: what is shown.
        alt: one sentence for readers who do not see it.
        axis: time axis of the case.
        by: x axis that fits best.
        y_name: name of the quantity.
        unit: shown unit.
        t_s: (n,) instants, s.
        y: (n,) values in `unit`; +inf for a missed one.
        u_value: (n,) expanded uncertainty in `unit`.
        stride: (n,) stride of each sample; -1 for none.
        states: n letters of `State`.
        lines: horizontal lines.
        guard_value: width of the guard band inside the limits, in `unit`; 0 for none.
        low_value: lower limit in `unit`, or None.
        high_value: upper limit in `unit`, or None.
        lanes: instead of points.
        total: samples before thinning.
        note: what the reader must know.
        compact: True for a chart among many, drawn lower.
    """

    title: str
    alt: str
    axis: TimeAxis
    by: Literal["stride", "time"]
    y_name: str = ""
    unit: str = ""
    t_s: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    y: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    u_value: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    stride: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    states: str = ""
    lines: tuple[Line, ...] = ()
    guard_value: float = 0.0
    low_value: float | None = None
    high_value: float | None = None
    lanes: tuple[Lane, ...] = ()
    total: int = 0
    note: str = ""
    compact: bool = False

    def x_of(self, t_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Instants on the x axis of this chart."""
        return self.axis.strides_at(t_s) if self.by == "stride" else t_s

    def x_range(self) -> tuple[float, float]:
        """Ends of the x axis, with a little air."""
        ends = self.x_of(np.array([self.axis.start_s, self.axis.end_s]))
        low, high = float(ends[0]), float(ends[1])
        if self.by == "stride":
            low = max(low, 0.0)
        return (low, high) if high > low else (low, low + 1.0)

    def y_range(self) -> tuple[float, float]:
        """Ends of the y axis: every finite value with its U, and every line, are inside."""
        finite = np.isfinite(self.y)
        spread = self.u_value[finite] if len(self.y) <= POINTS_SHOWN else 0.0
        seen = [*(self.y[finite] - spread), *(self.y[finite] + spread), *(line.value for line in self.lines)]
        if not seen:
            return 0.0, 1.0
        low, high = float(min(seen)), float(max(seen))
        room = (high - low) or abs(high) or 1.0
        return low - 0.08 * room, high + (0.18 if "m" in self.states else 0.12) * room


def thin(y: NDArray[np.float64], keep: NDArray[np.bool_], shown: int = POINTS_SHOWN) -> NDArray[np.int64]:
    """Indices of about `shown` samples that look like all of them: the extremes of equal groups.

    Up to half as many again are all kept. Samples in `keep` (violations) stay too; of more than `shown` // 2 of them
    the first and the last ones.
    """
    n = len(y)
    if n <= 1.5 * shown:
        return np.arange(n)
    groups = max(shown // 2, 1)
    edges = np.linspace(0, n, groups + 1).astype(np.int64)
    found = {0, n - 1}
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        part = y[start:end]
        found.update((start + int(np.argmin(part)), start + int(np.argmax(part))))
    kept = np.flatnonzero(keep)
    room = max(shown // 4, 1)
    found.update(kept.tolist() if len(kept) <= 2 * room else [*kept[:room].tolist(), *kept[-room:].tolist()])
    return np.array(sorted(found), np.int64)


def nice_ticks(low: float, high: float, wanted: int, *, counting: bool = False) -> list[float]:
    """Round numbers (1, 2, 2.5 or 5 times a power of ten) inside ``[low, high]``, about `wanted` of them.

    Where things are counted, 2.5 is no round number.
    """
    span = high - low
    if not span > 0.0 or not math.isfinite(span):
        return [low]
    power = 10.0 ** math.floor(math.log10(span / wanted))
    factors = (1.0, 2.0, 5.0, 10.0) if counting else (1.0, 2.0, 2.5, 5.0, 10.0)
    step = min((f * power for f in factors), key=lambda size: abs(span / size - wanted))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [index * step for index in range(first, last + 1)]


def chart_document(chart: Chart) -> dict[str, Any]:
    """The chart for the page's script: short keys, rounded numbers, null for a missed value."""
    return {
        "axis": chart.axis.key,
        "by": chart.by,
        "name": chart.y_name,
        "unit": chart.unit,
        "t": [round(float(t), 5) for t in chart.t_s],
        "y": [_round(float(value)) for value in chart.y],
        "u": [_round(float(value)) for value in chart.u_value],
        "s": [int(stride) for stride in chart.stride],
        "k": chart.states,
        "thinned": chart.total > len(chart.t_s),
        "lines": [[_round(line.value), line.label, line.role] for line in chart.lines],
        "guard": _round(chart.guard_value),
        "low": None if chart.low_value is None else _round(chart.low_value),
        "high": None if chart.high_value is None else _round(chart.high_value),
        "compact": chart.compact,
        "range": [_round(end) for end in chart.y_range()],
        "lanes": [[lane.name, [[round(a, 4), round(b, 4), role] for a, b, role in lane.spans]] for lane in chart.lanes],
    }


def axis_document(axis: TimeAxis) -> dict[str, Any]:
    """The axis of a case for the page's script."""
    return {
        "start": round(axis.start_s, 5),
        "end": round(axis.end_s, 5),
        "strides": [round(float(t), 5) for t in axis.stride_t0_s],
        "marks": [[mark.name, round(mark.start_s, 4), round(mark.end_s, 4), mark.kind] for mark in axis.marks],
    }


def _round(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
