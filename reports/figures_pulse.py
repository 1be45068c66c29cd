"""`stimrig measure --plot`: one pulse with its baseline, its charge window, its crossings and its numbers."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK, _BLUE, _AMBER, _GREEN, _GREY = "#1f2933", "#1d4ed8", "#b45309", "#15803d", "#6b7280"
_ZOOM: Final = 25.0
"""The lower panel shows the baseline at least this many times larger (design choice)."""
_STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "stimrig",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "path.simplify": False,
}


@dataclass(frozen=True, slots=True, eq=False)
class PulsePicture:
    """What the picture shows.

    Attributes:
        title: above.
        t_s: (n,) instants of the samples, s.
        current_a: (n,) A.
        pulse: field of `PULSE_DTYPE` -> value.
        notes: lines of numbers beside the pulse.
        caption: below.
    """

    title: str
    t_s: NDArray[np.float64]
    current_a: NDArray[np.float64]
    pulse: dict[str, float]
    notes: tuple[str, ...]
    caption: str


def pulse_picture_bytes(picture: PulsePicture, kind: str) -> bytes:
    """The drawing as `svg` or `png`; same input, same bytes."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    facts: dict[str, Any] = {
        "svg": {"Date": None, "Creator": "stimrig", "Title": picture.title},
        "png": {"Software": "stimrig", "Title": picture.title},
    }[kind]
    with rc_context(_STYLE):
        figure = Figure(figsize=(10.0, 6.2), facecolor="white", layout="constrained")
        _compose(figure, picture)
        file = io.BytesIO()
        figure.savefig(file, format=kind, dpi=130, metadata=facts)
    return file.getvalue()


def _compose(figure: "Figure", picture: PulsePicture) -> None:
    grid = figure.add_gridspec(2, 2, width_ratios=(3.0, 1.0), height_ratios=(2.2, 1.0))
    whole = figure.add_subplot(grid[0, 0])
    zoomed = figure.add_subplot(grid[1, 0], sharex=whole)
    words = figure.add_subplot(grid[:, 1])
    figure.suptitle(picture.title, x=0.01, ha="left", fontsize=11, color=_INK)
    t_us = (picture.t_s - picture.pulse["t_s"]) * 1e6
    current_ma = picture.current_a * 1e3
    base_ma = picture.pulse["baseline_a"] * 1e3
    for axes in (whole, zoomed):
        _window(axes, picture)
        axes.plot(t_us, current_ma, color=_BLUE, linewidth=1.1, drawstyle="steps-post", zorder=3)
        axes.axhline(base_ma, color=_GREEN, linewidth=0.9, zorder=2)
        axes.tick_params(colors=_INK)
    _crossings(whole, picture, base_ma)
    whole.set_ylabel("current, mA")
    whole.legend(loc="upper right", frameon=False, fontsize=8)
    whole.tick_params(labelbottom=False)
    quiet_ma = current_ma[t_us < -10.0]
    noise_ma = float(quiet_ma.std()) if quiet_ma.size else 0.0
    reach_ma = max(min(float(np.ptp(current_ma)) / _ZOOM, max(12.0 * noise_ma, float(np.ptp(current_ma)) / 2e3)), 1e-9)
    zoomed.set_ylim(base_ma - reach_ma, base_ma + reach_ma)
    zoomed.set_ylabel("near the baseline,\nmA")
    zoomed.set_xlabel("time from the 50 % crossing of phase 1, µs")
    words.axis("off")
    for row, note in enumerate(picture.notes):
        name, _, value = note.partition("\t")
        y = 1.0 - 0.052 * row
        words.text(0.0, y, name, transform=words.transAxes, va="top", color=_GREY, fontsize=8)
        words.text(1.0, y, value, transform=words.transAxes, va="top", ha="right", color=_INK, fontsize=8)
    figure.supxlabel(picture.caption, x=0.01, ha="left", fontsize=7.5, color=_GREY)


def _window(axes: "Axes", picture: PulsePicture) -> None:
    """The charge window, shaded."""
    pulse = picture.pulse
    end_us = (pulse["end_s"] - pulse["t_s"]) * 1e6
    begin_us = max(-8.0 * float(np.median(np.diff(picture.t_s))) * 1e6, float(picture.t_s[0] - pulse["t_s"]) * 1e6)
    axes.axvspan(begin_us, end_us, color=_AMBER, alpha=0.10, linewidth=0, label="charge window", zorder=1)


def _crossings(axes: "Axes", picture: PulsePicture, base_ma: float) -> None:
    """The 50 % crossings of both phases at half their height."""
    pulse = picture.pulse
    edges_us = np.cumsum([0.0, pulse["phase1_s"], pulse["gap_s"], pulse["phase2_s"]]) * 1e6
    heights = (pulse["phase1_a"], pulse["phase1_a"], pulse["phase2_a"], pulse["phase2_a"])
    levels = [base_ma + 0.5e3 * height for height in heights]
    known = [(x, y) for x, y in zip(edges_us, levels, strict=True) if np.isfinite(x) and np.isfinite(y)]
    if known:
        axes.plot(*zip(*known, strict=True), "o", color=_AMBER, markersize=5, label="50 % crossings", zorder=4)
    axes.plot([], [], color=_GREEN, label="baseline")
