"""The one place that imports matplotlib: the SVG plots of a case folder, each with its limits drawn."""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from reports.figures_chart import Chart
from reports.figures_svg import ERROR_BARS
from reports.writers.glyphs import printable
from reports.writers.palette import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "stimrig",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.edgecolor": LIGHT["soft"],
    "axes.labelcolor": LIGHT["soft"],
    "xtick.color": LIGHT["soft"],
    "ytick.color": LIGHT["soft"],
    "path.simplify": False,
}
_SPANS: Final = {
    "swing": "swing",
    "sensor": "sensor",
    "train": "accent",
    "event": "open",
    "gap": "none",
    "watched": "sensor",
    "violation": "bad",
}


def plots(charts: Iterable[Chart]) -> list[bytes]:
    """Each chart as an SVG file of its own; one figure is drawn upon again and again."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    drawn: list[bytes] = []
    with rc_context(_STYLE):
        figure = Figure(figsize=(7.4, 2.9), facecolor="white")
        canvas = FigureCanvasSVG(figure)
        for chart in charts:
            figure.clear()
            left = 0.13 if chart.lanes else 0.105
            axes = figure.add_axes((left, 0.17, 0.985 - left, 0.68))
            _draw(axes, chart)
            title = printable(chart.title, breakable=False)
            figure.text(
                0.012, 0.945, _short(title, 80), fontsize=9.5, fontweight="bold", color=LIGHT["ink"], parse_math=False
            )
            file = io.BytesIO()
            canvas.print_svg(
                file, metadata={"Date": None, "Creator": "stimrig", "Title": printable(chart.alt, breakable=False)}
            )
            drawn.append(file.getvalue())
    return drawn


def _draw(axes: "Axes", chart: Chart) -> None:
    _marks(axes, chart)
    if chart.lanes:
        _lanes(axes, chart)
    else:
        _points(axes, chart)
    axes.set_xlim(*chart.x_range())
    axes.set_xlabel("stride" if chart.by == "stride" else "time (s)")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _points(axes: "Axes", chart: Chart) -> None:
    low, high = chart.y_range()
    axes.set_ylim(low, high)
    axes.grid(axis="y", color=LIGHT["line"], linewidth=0.7)
    axes.set_axisbelow(True)
    unit = f" ({chart.unit})" if chart.unit else ""
    axes.set_ylabel(_short(printable(chart.y_name, breakable=False), 30) + unit, parse_math=False)
    for bound, edge, sign in ((chart.high_value, high, -1.0), (chart.low_value, low, 1.0)):
        if bound is not None and np.isfinite(bound):
            axes.axhspan(bound, edge, color=LIGHT["bad"], alpha=0.07, linewidth=0)
            if chart.guard_value > 0.0:
                axes.axhspan(bound, bound + sign * chart.guard_value, color=LIGHT["open"], alpha=0.13, linewidth=0)
    x, finite = chart.x_of(chart.t_s), np.isfinite(chart.y)
    states = np.array(list(chart.states))
    if chart.total > len(chart.t_s):
        axes.plot(x[finite], chart.y[finite], color=LIGHT["accent"], linewidth=0.7, alpha=0.75)
    else:
        inside = finite & (states == "i")
        axes.plot(x[inside], chart.y[inside], ".", color=LIGHT["accent"], markersize=4.5)
        if len(x) <= ERROR_BARS and np.any(chart.u_value > 0.0):
            bars: dict[str, Any] = {"color": LIGHT["accent"], "alpha": 0.45, "linewidth": 0.8}
            axes.vlines(x[finite], (chart.y - chart.u_value)[finite], (chart.y + chart.u_value)[finite], **bars)
    for letter, marker, colour in (("x", "x", "bad"), ("u", "D", "open")):
        chosen = finite & (states == letter)
        if chosen.any():
            axes.plot(x[chosen], chart.y[chosen], marker, color=LIGHT[colour], markersize=4.5, fillstyle="none")
    missed = ~finite
    if missed.any():
        axes.plot(
            x[missed], np.full(int(missed.sum()), high - 0.04 * (high - low)), "^", color=LIGHT["bad"], markersize=6
        )
        axes.annotate("▲ missed", (0.008, 0.91), xycoords="axes fraction", color=LIGHT["bad"], fontsize=8)
    _lines(axes, chart)


def _lines(axes: "Axes", chart: Chart) -> None:
    looks: dict[str, dict[str, Any]] = {
        "limit": {"color": LIGHT["bad"], "linewidth": 1.3},
        "marginal": {"color": LIGHT["warn"], "linewidth": 1.1, "linestyle": (0, (5, 4))},
        "reference": {"color": LIGHT["soft"], "linewidth": 0.9, "linestyle": (0, (2, 3))},
    }
    for line in chart.lines:
        look = looks[line.role]
        axes.axhline(line.value, **look)
        label = printable(line.label, breakable=False)
        place: dict[str, Any] = {
            "xycoords": ("axes fraction", "data"),
            "textcoords": "offset points",
            "xytext": (-3, 3),
        }
        axes.annotate(label, (1.0, line.value), color=look["color"], fontsize=8, ha="right", parse_math=False, **place)


def _lanes(axes: "Axes", chart: Chart) -> None:
    for row, lane in enumerate(chart.lanes):
        by_role: dict[str, list[tuple[float, float]]] = {}
        for start, end, role in lane.spans:
            ends = chart.x_of(np.array([start, end]))
            by_role.setdefault(role, []).append((float(ends[0]), max(float(ends[1] - ends[0]), 0.05)))
        for role, spans in by_role.items():
            axes.broken_barh(spans, (row - 0.3, 0.6), color=LIGHT[_SPANS.get(role, "none")], linewidth=0)
    axes.set_ylim(len(chart.lanes) - 0.5, -0.5)
    axes.set_yticks(
        range(len(chart.lanes)), [printable(lane.name, breakable=False) for lane in chart.lanes], parse_math=False
    )
    if chart.note:
        note = printable(chart.note, breakable=False)
        axes.annotate(
            note, (1.0, 1.02), xycoords="axes fraction", ha="right", color=LIGHT["bad"], fontsize=8, parse_math=False
        )


def _marks(axes: "Axes", chart: Chart) -> None:
    colours = {"event": ("accent", 0.13), "gap": ("none", 0.35), "fault": ("bad", 1.0)}
    first, last = chart.x_range()
    free = first
    for mark in chart.axis.marks:
        ends = chart.x_of(np.array([mark.start_s, mark.end_s]))
        colour, alpha = colours[mark.kind]
        axes.axvspan(
            float(ends[0]),
            max(float(ends[1]), float(ends[0]) + 0.002 * (last - first)),
            color=LIGHT[colour],
            alpha=alpha,
            linewidth=0,
        )
        label = _short(printable(mark.name, breakable=False), 22)
        wide = 0.0115 * (last - first) * len(label)
        at = min(max(float(ends[0]), first), last - wide)
        if at >= free:
            axes.annotate(
                label,
                (at, 1.02),
                xycoords=("data", "axes fraction"),
                color=LIGHT["accent"],
                fontsize=8,
                parse_math=False,
            )
            free = at + wide


def _short(text: str, size: int) -> str:
    return text if len(text) <= size else text[: size - 1] + "…"
