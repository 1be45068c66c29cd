"""Charts as small SVG drawings with classes for colours: the HTML page and the PDF each bring their own style sheet."""

import math
import re
from typing import Final
from xml.sax.saxutils import escape

import numpy as np

from reports.figures_chart import Chart, Mark, nice_ticks
from reports.quantities import significant

WIDTH: Final = 720.0
LEFT: Final = 74.0
RIGHT: Final = 14.0
TOP: Final = 24.0
BOTTOM: Final = 40.0
LANE: Final = 24.0
POINTS_HEIGHT: Final = 220.0
FEW_HEIGHT: Final = 165.0
ERROR_BARS: Final = 150
"""Up to this many samples each wears its own uncertainty (design choice: more would be a blur)."""

_FORBIDDEN: Final = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def svg_text(text: str) -> str:
    """User text as SVG character data."""
    return escape(_FORBIDDEN.sub("\ufffd", text), {'"': "&quot;", "'": "&#39;"})


def chart_svg(chart: Chart, style: str = "") -> str:
    """The chart as one ``<svg>`` element.

    Args:
        chart: what to draw.
        style: rules for its classes, where the surrounding document has none.
    """
    height = chart_height(chart)
    frame = _Frame(chart, height)
    parts = _lanes(frame) if chart.lanes else _points(frame)
    return svg_document("plot", (WIDTH, height), chart.alt, style, parts)


def svg_document(name: str, size: tuple[float, float], alt: str, style: str, parts: list[str]) -> str:
    """Drawn parts as one ``<svg>`` of class `name` with its description."""
    width, height = size
    place = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {place} role="img" class="{name}"><title>{svg_text(alt)}</title>'
    return "".join([head, f"<style>{style}</style>" if style else "", *parts, "</svg>"])


def svg_label(name: str, x: float, y: float, words: str, anchor: str = "start", turned: bool = False) -> str:
    """Text of class `name` at a place, written upwards where `turned`."""
    place = f'transform="translate({x:.1f} {y:.1f}) rotate(-90)"' if turned else f'x="{x:.1f}" y="{y:.1f}"'
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{name}"{side} {place}>{svg_text(words)}</text>'


def chart_height(chart: Chart) -> float:
    """Height of the drawing; a handful of samples needs less of it."""
    if chart.lanes:
        return TOP + LANE * len(chart.lanes) + BOTTOM
    return FEW_HEIGHT if chart.compact or len(chart.t_s) < 3 else POINTS_HEIGHT


class _Frame:
    """Pixels of a chart: where a value stands."""

    def __init__(self, chart: Chart, height: float) -> None:
        self.chart = chart
        self.height = height
        self.x_low, self.x_high = chart.x_range()
        self.y_low, self.y_high = chart.y_range()
        self.bottom = height - BOTTOM

    def x(self, value: float) -> float:
        share = (value - self.x_low) / (self.x_high - self.x_low)
        return LEFT + min(max(share, -0.01), 1.01) * (WIDTH - LEFT - RIGHT)

    def x_of_time(self, t_s: float) -> float:
        return self.x(float(self.chart.x_of(np.array([t_s]))[0]))

    def y(self, value: float) -> float:
        share = (value - self.y_low) / (self.y_high - self.y_low)
        return self.bottom - min(max(share, 0.0), 1.0) * (self.bottom - TOP)


def _points(frame: _Frame) -> list[str]:
    chart = frame.chart
    parts = _forbidden_zones(frame) + _y_grid(frame) + _marks(frame) + _x_axis(frame)
    finite = np.isfinite(chart.y)
    xs = [frame.x(float(value)) for value in chart.x_of(chart.t_s)]
    if len(chart.y) <= ERROR_BARS and np.any(chart.u_value > 0.0):
        path = "".join(
            f"M{x:.1f} {frame.y(y - u):.1f}V{frame.y(y + u):.1f}"
            for x, y, u, known in zip(xs, chart.y.tolist(), chart.u_value.tolist(), finite.tolist(), strict=True)
            if known
        )
        parts.append(f'<path class="bars" d="{path}"/>')
    shapes: dict[str, list[str]] = {"i": [], "x": [], "u": [], "m": []}
    thinned = chart.total > len(chart.t_s)
    if thinned:
        path = "L".join(
            f"{x:.1f} {frame.y(y):.1f}" for x, y in zip(xs, chart.y.tolist(), strict=True) if math.isfinite(y)
        )
        parts.append(f'<path class="envelope" d="M{path}"/>')
    for x, y, state in zip(xs, chart.y.tolist(), chart.states, strict=True):
        if (thinned and state == "i") or not LEFT - 4.0 <= x <= WIDTH - RIGHT + 4.0:
            continue
        shapes[state].append(_symbol(state, x, TOP + 8.0 if state == "m" else frame.y(y)))
    parts += [f'<path class="dot-{state}" d="{"".join(found)}"/>' for state, found in shapes.items() if found]
    if shapes["m"]:
        parts.append(svg_label("t-bad", LEFT + 6.0, TOP + 12.0, "▲ missed"))
    return parts + _lines(frame)


def _symbol(state: str, x: float, y: float) -> str:
    """Shape, not only colour: a dot inside, a cross beyond, a diamond undecided, a triangle missed."""
    if state == "x":
        return f"M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6"
    if state == "u":
        return f"M{x:.1f} {y - 3.5:.1f}l3.5 3.5l-3.5 3.5l-3.5 -3.5z"
    if state == "m":
        return f"M{x:.1f} {y - 5:.1f}l5 9h-10z"
    return f"M{x:.1f} {y:.1f}h0"


def _forbidden_zones(frame: _Frame) -> list[str]:
    chart = frame.chart
    parts: list[str] = []
    width = WIDTH - LEFT - RIGHT
    for bound, edge, sign in ((chart.high_value, TOP, -1.0), (chart.low_value, frame.bottom, 1.0)):
        if bound is None or not math.isfinite(bound):
            continue
        y, guarded = frame.y(bound), frame.y(bound + sign * chart.guard_value)
        parts.append(_rect("zone-bad", LEFT, min(y, edge), width, abs(edge - y)))
        if chart.guard_value > 0.0:
            parts.append(_rect("zone-guard", LEFT, min(y, guarded), width, abs(guarded - y)))
    return parts


def _lines(frame: _Frame) -> list[str]:
    parts: list[str] = []
    taken: list[float] = []
    for line in frame.chart.lines:
        y = frame.y(line.value)
        text_y = y - 4.0
        if line.role == "reference" and any(abs(text_y - other) < 11.0 for other in taken):
            parts.append(f'<path class="line-{line.role}" d="M{LEFT:g} {y:.1f}H{WIDTH - RIGHT:g}"/>')
            continue
        while any(abs(text_y - other) < 11.0 for other in taken):
            text_y += 15.0
        taken.append(text_y)
        parts.append(f'<path class="line-{line.role}" d="M{LEFT:g} {y:.1f}H{WIDTH - RIGHT:g}"/>')
        parts.append(svg_label(f"t-{line.role} halo", WIDTH - RIGHT - 4.0, text_y, line.label, "end"))
    return parts


def _marks(frame: _Frame) -> list[str]:
    parts: list[str] = []
    free_x = 0.0
    for mark in frame.chart.axis.marks:
        x0, x1 = frame.x_of_time(mark.start_s), frame.x_of_time(mark.end_s)
        parts.append(_rect(f"mark-{mark.kind}", x0, TOP, max(x1 - x0, 1.2), frame.bottom - TOP))
        label, size = _mark_label(mark)
        at = min(x0, WIDTH - RIGHT - size)
        if at >= free_x:
            parts.append(svg_label("t-mark", at, TOP - 8.0, label))
            free_x = at + size + 8.0
    return parts


def _mark_label(mark: Mark) -> tuple[str, float]:
    label = mark.name if len(mark.name) <= 22 else mark.name[:21] + "…"
    return label, 6.2 * len(label)


def _y_grid(frame: _Frame) -> list[str]:
    parts: list[str] = []
    for value in nice_ticks(frame.y_low, frame.y_high, 5):
        y = frame.y(value)
        parts.append(f'<path class="grid" d="M{LEFT:g} {y:.1f}H{WIDTH - RIGHT:g}"/>')
        parts.append(svg_label("t-tick", LEFT - 6.0, y + 4.0, significant(value, 5), "end"))
    chart = frame.chart
    middle = (TOP + frame.bottom) / 2.0
    name = f"{chart.y_name} ({chart.unit})" if chart.unit else chart.y_name
    name = name if len(name) <= 34 else name[:33] + "…"
    parts.append(svg_label("t-axis", 15.0, middle, name, "middle", turned=True))
    return parts


def _x_axis(frame: _Frame) -> list[str]:
    parts = [f'<path class="axis" d="M{LEFT:g} {frame.bottom:g}H{WIDTH - RIGHT:g}"/>']
    for value in nice_ticks(frame.x_low, frame.x_high, 9, counting=frame.chart.by == "stride"):
        x = frame.x(value)
        parts.append(f'<path class="axis" d="M{x:.1f} {frame.bottom:g}v4"/>')
        parts.append(svg_label("t-tick", x, frame.bottom + 16.0, significant(value, 5), "middle"))
    name = "stride" if frame.chart.by == "stride" else "time (s)"
    parts.append(svg_label("t-axis", (LEFT + WIDTH - RIGHT) / 2.0, frame.height - 6.0, name, "middle"))
    return parts


def _lanes(frame: _Frame) -> list[str]:
    parts = _marks(frame) + _x_axis(frame)
    for number, lane in enumerate(frame.chart.lanes):
        top = TOP + LANE * number
        label = lane.name if len(lane.name) <= 12 else lane.name[:11] + "…"
        parts.append(f'<path class="grid" d="M{LEFT:g} {top + LANE / 2:g}H{WIDTH - RIGHT:g}"/>')
        parts.append(svg_label("t-lane", LEFT - 6.0, top + 16.0, label, "end"))
        by_role: dict[str, list[str]] = {}
        for start, end, role in lane.spans:
            x0, x1 = frame.x_of_time(start), frame.x_of_time(end)
            box = f"M{x0:.1f} {top + 5:g}h{max(x1 - x0, 0.8):.1f}v{LANE - 10:g}h{-max(x1 - x0, 0.8):.1f}z"
            by_role.setdefault(role, []).append(box)
        parts += [f'<path class="span-{role}" d="{"".join(boxes)}"/>' for role, boxes in by_role.items()]
    return parts


def _rect(name: str, x: float, y: float, width: float, height: float) -> str:
    return f'<rect class="{name}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
