"""The panels of the picture of a walk; each has its unit, its phases and its toe-off."""

import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.figures_gait import GaitPicture, Pulses
from reports.writers.palette import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PERCENT: Final = np.arange(101.0)
ROWS_SHOWN: Final = 40
"""Strides of the pulse raster; of more, evenly spaced ones (design choice)."""

_PATIENT: Final = LIGHT["accent"]
_HEALTHY: Final = LIGHT["ok"]


def joint_panel(axes: "Axes", picture: GaitPicture, name: str, title: str, positive: str) -> None:
    """One joint in degrees, with the normal band and the healthy walk at the same speed."""
    _phases(axes, picture)
    low, high = picture.band[name]
    axes.fill_between(
        PERCENT, np.degrees(low), np.degrees(high), color="#9aa1ab", alpha=0.33, lw=0, label="normal band"
    )
    if picture.healthy:
        look: dict[str, Any] = {"color": _HEALTHY, "lw": 1.1, "ls": (0, (5, 2.5))}
        axes.plot(PERCENT, np.degrees(picture.healthy[name]), label="healthy model, same speed", **look)
    _curve(axes, np.degrees(picture.cycles[name]))
    axes.axhline(0.0, color=LIGHT["soft"], lw=0.6)
    _title(axes, title)
    axes.set_ylabel(f"{positive} (deg)")
    _labels(axes, picture)


def clearance_panel(axes: "Axes", picture: GaitPicture) -> None:
    """Height of the lower forefoot point in swing, with the minimum of each stride and their mean."""
    _phases(axes, picture)
    off = picture.mean_pct("toe_off_s")
    swing = off - 1.0 <= PERCENT
    curves = 1000.0 * picture.cycles["toe_clearance_m"][:, swing]
    if picture.healthy:
        look: dict[str, Any] = {"color": _HEALTHY, "lw": 1.1, "ls": (0, (5, 2.5))}
        axes.plot(PERCENT[swing], 1000.0 * picture.healthy["toe_clearance_m"][swing], **look)
    _curve(axes, curves, PERCENT[swing])
    strides = picture.strides
    place = off + (100.0 - off) * strides["mtc_swing_ratio"]
    height = 1000.0 * strides["mtc_m"]
    axes.plot(place, height, ".", color=LIGHT["bad"], ms=2.5, alpha=0.35)
    axes.plot(np.nanmean(place), np.nanmean(height), "v", color=LIGHT["bad"], ms=7)
    axes.axhline(0.0, color=LIGHT["ink"], lw=1.1)
    top = max(60.0, 1.08 * float(np.nanmax(_mean(curves))))
    bottom = min(-8.0, 1.15 * float(np.nanmin(height)), 1.1 * float(np.nanmin(_mean(curves))))
    axes.set_ylim(bottom, top)
    axes.axhspan(bottom, 0.0, color=LIGHT["bad"], alpha=0.07, lw=0)
    sd = float(np.nanstd(height, ddof=min(1, height.size - 1)))
    none = int(np.nansum(strides["is_non_mtc"]))
    rest = f"\n{none} of {height.size} cycles without a minimum" if none else ""
    axes.text(
        0.02,
        0.96,
        f"▼ MTC {np.nanmean(height):.1f} ± {sd:.1f} mm\n   lowest stride {np.nanmin(height):.1f} mm{rest}",
        transform=axes.transAxes,
        va="top",
        fontsize=8.5,
        color=LIGHT["bad"],
        fontweight="bold",
    )
    _title(axes, "Toe clearance")
    axes.set_ylabel("height above ground (mm)")
    _labels(axes, picture)


def force_panel(axes: "Axes", picture: GaitPicture) -> None:
    """Force of the dorsiflexors along their tendon."""
    _phases(axes, picture)
    if picture.healthy:
        look: dict[str, Any] = {"color": _HEALTHY, "lw": 1.1, "ls": (0, (5, 2.5))}
        axes.plot(PERCENT, picture.healthy["ta_force_n"], **look)
    _curve(axes, picture.cycles["ta_force_n"])
    axes.set_ylim(bottom=0.0, top=max(60.0, 1.15 * axes.get_ylim()[1]))
    _title(axes, "Dorsiflexor force")
    axes.set_ylabel("force (N)")
    _labels(axes, picture)


def pulse_panel(axes: "Axes", picture: GaitPicture) -> None:
    """Every pulse at its place in the cycle, a row a stride; paler where its charge is smaller."""
    _phases(axes, picture)
    pulses = picture.pulses
    assert pulses is not None
    numbers = picture.strides["stride"]
    shown = numbers[np.unique(np.linspace(0, numbers.size - 1, min(ROWS_SHOWN, numbers.size)).astype(np.int64))]
    row = {float(number): k for k, number in enumerate(shown)}
    keep = np.array([float(number) in row for number in pulses.stride], np.bool_)
    if keep.any():
        from matplotlib.colors import to_rgba

        rows = np.array([row[float(number)] for number in pulses.stride[keep]])
        part = pulses.charge_c[keep] / max(float(np.max(pulses.charge_c[keep])), 1e-12)
        colours = np.tile(to_rgba(LIGHT["open"]), (rows.size, 1))
        colours[:, 3] = 0.15 + 0.85 * np.clip(part, 0.0, 1.0)
        axes.vlines(pulses.cycle_pct[keep], rows - 0.36, rows + 0.36, colors=colours.tolist(), lw=1.0)
    axes.set_ylim(shown.size - 0.4, -0.6)
    ticks = np.unique(np.linspace(0, shown.size - 1, min(6, shown.size)).astype(np.int64))
    axes.set_yticks(ticks.tolist(), [f"{shown[k]:.0f}" for k in ticks])
    per = pulses.stride.size / max(numbers.size, 1)
    words = f"{per:.0f} × {1e6 * _median(pulses):.1f} µC a stride" if pulses.stride.size else "no pulse"
    _title(axes, f"Stimulation: {words}")
    axes.set_ylabel("stride")
    _labels(axes, picture, phases=False)


def stride_panel(axes: "Axes", picture: GaitPicture) -> None:
    """Without a device: clearance and hip hike from stride to stride."""
    strides = picture.strides
    axes.plot(
        strides["stride"], 1000.0 * strides["mtc_m"], "-", color=_PATIENT, lw=0.9, marker=".", ms=3.5, label="MTC"
    )
    hike = 1000.0 * strides["hip_hike_m"]
    axes.plot(strides["stride"], hike, "-", color=LIGHT["warn"], lw=0.9, marker=".", ms=3.5, label="hip hike")
    low, high = axes.get_ylim()
    axes.set_ylim(min(low, 0.0) - 1.0, high + 0.2 * (high - min(low, 0.0)))
    axes.axhline(0.0, color=LIGHT["ink"], lw=1.0)
    touched = strides["scuff"] > 0
    axes.plot(strides["stride"][touched], 1000.0 * strides["mtc_m"][touched], "x", color=LIGHT["bad"], ms=5)
    scuffs, stumbles = int(np.nansum(strides["scuff"])), int(np.nansum(strides["stumble"]))
    _title(axes, "From stride to stride")
    axes.set_ylabel("height (mm)")
    axes.set_xlabel("stride")
    axes.legend(loc="upper left", ncols=2, frameon=False)
    words = f"× {scuffs} scuffs, {stumbles} stumbles"
    axes.text(1.0, 1.02, words, transform=axes.transAxes, ha="right", color=LIGHT["bad"], fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def _median(pulses: Pulses) -> float:
    return float(np.median(pulses.charge_c)) if pulses.charge_c.size else 0.0


def _mean(curves: NDArray[np.float64]) -> NDArray[np.float64]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a phase that no stride has is a gap in the curve
        return np.nanmean(curves, axis=0)


def _curve(axes: "Axes", curves: NDArray[np.float64], x: NDArray[np.float64] = PERCENT) -> None:
    """Mean over the strides and one standard deviation."""
    middle = _mean(curves)
    if len(curves) > 1:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # as above
            spread = np.nanstd(curves, axis=0, ddof=1)
        axes.fill_between(
            x, middle - spread, middle + spread, color=_PATIENT, alpha=0.25, lw=0, label="± 1 SD of strides"
        )
    axes.plot(x, middle, color=_PATIENT, lw=1.8, label="this walk, mean")


def _phases(axes: "Axes", picture: GaitPicture) -> None:
    """Swing shaded, toe-off and heel-off as lines."""
    off, heel = picture.mean_pct("toe_off_s"), picture.mean_pct("heel_off_s")
    axes.axvspan(off, 100.0, color=LIGHT["swing"], alpha=0.28, lw=0)
    axes.axvline(off, color=LIGHT["ink"], lw=0.9)
    axes.axvline(heel, color=LIGHT["soft"], lw=0.8, ls=":")


def _labels(axes: "Axes", picture: GaitPicture, *, phases: bool = True) -> None:
    """The axis of the cycle, the names of the phases, heel-off and toe-off."""
    off, heel = picture.mean_pct("toe_off_s"), picture.mean_pct("heel_off_s")
    axes.set_xlim(0.0, 100.0)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel("gait cycle (%)")
    axes.spines[["top", "right"]].set_visible(False)
    place: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "fontsize": 7.2, "color": LIGHT["soft"]}
    for instant, words in ((heel, "heel-off"), (off, f"toe-off {off:.0f} %")):
        axes.text(instant, 1.008, words, ha="center", va="bottom", **place)
    for middle, words in ((0.5 * heel, "stance"), (0.5 * (off + 100.0), "swing")) if phases else ():
        axes.text(middle, 0.015, words, ha="center", va="bottom", **place)


def _title(axes: "Axes", words: str) -> None:
    axes.set_title(words, pad=14.0)
