"""Drawings of the section on fall risk: how the clearances lie, how exposure grows with the obstacle's height."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.fall_risk.exposure import Exposure
from reports.fall_risk.obstacles import HEIGHTS_M
from reports.fall_risk.tail import STRIDES_FOR_TAIL, Tails, fitted, share_below
from reports.figures_chart import nice_ticks
from reports.figures_picture import Picture
from reports.figures_svg import svg_label

SIZE: Final = (720.0, 250.0)
_LEFT: Final = 74.0
_RIGHT: Final = 16.0
_TOP: Final = 30.0
_BOTTOM: Final = 42.0
_BINS: Final = 28
LOWEST_RATIO: Final = 1e-3
"""Bottom of the exposure axis: one stride in a thousand (design choice)."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a value stands, px; `log` where the upright axis counts decades."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    log: bool = False

    def x(self, value: float) -> float:
        share = (value - self.x_low) / (self.x_high - self.x_low)
        return _LEFT + min(max(share, 0.0), 1.0) * (SIZE[0] - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        low, high, at = self.y_low, self.y_high, max(value, self.y_low)
        if self.log:
            low, high, at = math.log10(low), math.log10(high), math.log10(at)
        return SIZE[1] - _BOTTOM - min(max((at - low) / (high - low), 0.0), 1.0) * (SIZE[1] - _BOTTOM - _TOP)

    def path(self, xs: Sequence[float], ys: Sequence[float]) -> str:
        """Corners of a line, for the attribute `d`."""
        return "M" + "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in zip(xs, ys, strict=True))


def clearance_picture(clearance_m: NDArray[np.float64], reference_m: NDArray[np.float64] | None, name: str) -> Picture:
    """Histogram of the minimum toe clearances with the fitted tail, the ground and the obstacle heights.

    Args:
        clearance_m: (n,) of the walk, n >= 20, m.
        reference_m: of the same walk without the device, m, or None.
        name: of the case.
    """
    seen = 1e3 * clearance_m
    other = np.empty(0) if reference_m is None else 1e3 * reference_m
    low = min(float(seen.min()), float(other.min()) if other.size else 0.0, 0.0) - 1.0
    high = max(float(seen.max()), float(other.max()) if other.size else 0.0, 1e3 * HEIGHTS_M[-1]) + 1.0
    edges = np.linspace(low, high, _BINS + 1)
    counts = np.histogram(seen, edges)[0] / seen.size
    plain = np.histogram(other, edges)[0] / max(other.size, 1)
    frame = _Frame(low, high, 0.0, 1.12 * 100.0 * float(max(counts.max(), plain.max())))
    parts = _axes(frame, "minimum toe clearance (mm)", "strides (%)")
    for left, right, share in zip(edges[:-1], edges[1:], counts, strict=True):
        if share > 0.0:
            x0, x1, y = frame.x(left), frame.x(right), frame.y(100.0 * share)
            box = f'x="{x0:.1f}" y="{y:.1f}" width="{x1 - x0 - 0.8:.1f}" height="{frame.y(0.0) - y:.1f}"'
            parts.append(f'<rect class="span-swing" {box}/>')
    if other.size:
        steps = "".join(
            f"{'L' if k else 'M'}{frame.x(a):.1f} {frame.y(100.0 * p):.1f}L{frame.x(b):.1f} {frame.y(100.0 * p):.1f}"
            for k, (a, b, p) in enumerate(zip(edges[:-1], edges[1:], plain, strict=True))
        )
        parts.append(f'<path class="line-reference" d="{steps}"/>')
    told = seen.size >= STRIDES_FOR_TAIL
    if told:
        parts += _tail(frame, fitted(clearance_m), float(edges[1] - edges[0]))
    parts += _obstacles(frame)
    words = f"{name}: {seen.size} strides from {seen.min():.1f} to {seen.max():.1f} mm, median {np.median(seen):.1f} mm"
    note = "bars: this walk"
    note += "; line: tail fitted below the 5th percentile" if told else ""
    note += "; dashed: the same strides without the device" if other.size else ""
    return Picture("How the clearances lie", f"{words}.", SIZE, tuple(parts), note)


def _tail(frame: _Frame, tails: Tails, width_mm: float) -> list[str]:
    """Density of the fitted tail on the scale of the bars."""
    top = 1e3 * float(tails.threshold_m)
    heights = np.linspace(frame.x_low, top, 60)
    below = share_below(tails, 1e-3 * heights)
    middle = 0.5 * (heights[1:] + heights[:-1])
    density = 100.0 * np.diff(below) / np.diff(heights) * width_mm
    return [f'<path class="bold-line" d="{frame.path(middle.tolist(), density.tolist())}"/>']


def exposure_picture(curve: Exposure, reference: Exposure | None, name: str) -> Picture:
    """Trip exposure against the height of the obstacle, on a scale of decades, with its 95 % band.

    Args:
        curve: of the walk, at rising heights.
        reference: of the same walk without the device, at the same heights, or None.
        name: of the case.
    """
    heights = 1e3 * curve.height_m
    frame = _Frame(float(heights[0]), float(heights[-1]), LOWEST_RATIO, 1.0, log=True)
    parts = _axes(frame, "height of the unseen obstacle (mm)", "strides below it", decades=True)
    known = np.isfinite(curve.ratio) & (curve.ratio > 0.0)
    if known.any():
        xs = heights[known].tolist()
        upper = frame.path(xs, curve.high_ratio[known].tolist())
        lower = frame.path(xs[::-1], curve.low_ratio[known][::-1].tolist())
        parts.append(f'<path class="mark-event" d="{upper}L{lower[1:]}z"/>')
        parts.append(f'<path class="bold-line" d="{frame.path(xs, curve.ratio[known].tolist())}"/>')
    if reference is not None:
        plain = np.isfinite(reference.ratio) & (reference.ratio > 0.0)
        line = frame.path(heights[plain].tolist(), reference.ratio[plain].tolist()) if plain.any() else ""
        parts.append(f'<path class="line-reference" d="{line}"/>')
    parts += _obstacles(frame)
    told = ", ".join(
        f"{100.0 * float(np.interp(1e3 * h, heights, np.nan_to_num(curve.ratio))):.1f} % at {1e3 * h:.0f} mm"
        for h in HEIGHTS_M
    )
    note = "line: this walk, with its 95 % bootstrap band" + (
        "; dashed: the same strides without the device" if reference is not None else ""
    )
    return Picture("Trip exposure", f"{name}: share of strides below an obstacle: {told}.", SIZE, tuple(parts), note)


def _obstacles(frame: _Frame) -> list[str]:
    """The ground and the tabulated obstacle heights."""
    parts = []
    bottom = SIZE[1] - _BOTTOM
    for height in (0.0, *(1e3 * h for h in HEIGHTS_M)):
        if frame.x_low <= height <= frame.x_high:
            x = frame.x(height)
            role = "limit" if height == 0.0 else "marginal"
            words = "ground" if height == 0.0 else f"{height:.0f} mm"
            parts.append(f'<path class="line-{role}" d="M{x:.1f} {_TOP:g}V{bottom:g}"/>')
            parts.append(svg_label(f"t-{role} halo", x, _TOP - 6.0, words, "middle"))
    return parts


def _axes(frame: _Frame, x_name: str, y_name: str, *, decades: bool = False) -> list[str]:
    bottom, right = SIZE[1] - _BOTTOM, SIZE[0] - _RIGHT
    parts: list[str] = []
    uprights = (1.0, 0.1, 0.01, 0.001) if decades else tuple(nice_ticks(frame.y_low, frame.y_high, 4))
    for value in uprights:
        y = frame.y(value)
        parts.append(f'<path class="grid" d="M{_LEFT:g} {y:.1f}H{right:g}"/>')
        words = f"{100.0 * value:g} %" if decades else f"{value:g}"
        parts.append(svg_label("t-tick", _LEFT - 6.0, max(y + 4.0, _TOP + 8.0), words, "end"))
    parts.append(f'<path class="axis" d="M{_LEFT:g} {bottom:g}H{right:g}"/>')
    for value in nice_ticks(frame.x_low, frame.x_high, 9):
        x = frame.x(value)
        parts.append(f'<path class="axis" d="M{x:.1f} {bottom:g}v4"/>')
        parts.append(svg_label("t-tick", x, bottom + 16.0, f"{value:g}".replace("-", "−"), "middle"))
    parts.append(svg_label("t-axis", (_LEFT + right) / 2.0, SIZE[1] - 8.0, x_name, "middle"))
    parts.append(svg_label("t-axis", 15.0, (_TOP + bottom) / 2.0, y_name, "middle", turned=True))
    return parts
