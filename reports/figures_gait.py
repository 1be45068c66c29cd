"""The picture of a walk, as a gait laboratory draws it: joints, clearance, force and pulses against the gait cycle."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.writers.palette import LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STYLE: Final[dict[Any, Any]] = {
    "svg.hashsalt": "stimrig",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 8.5,
    "axes.edgecolor": LIGHT["soft"],
    "axes.labelcolor": LIGHT["ink"],
    "xtick.color": LIGHT["soft"],
    "ytick.color": LIGHT["soft"],
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "path.simplify": False,
}


@dataclass(frozen=True, slots=True, eq=False)
class Pulses:
    """Stimulation pulses by place in the cycle.

    Attributes:
        stride: (n,) stride in which each pulse falls.
        cycle_pct: (n,) its place in that stride's cycle, %.
        charge_c: (n,) charge of its first phase, C.
    """

    stride: NDArray[np.int64]
    cycle_pct: NDArray[np.float64]
    charge_c: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class GaitPicture:
    """What the picture shows.

    Attributes:
        title: patient, speed, device, aid.
        words: second line: strides, seed, compensation; that it is simulated.
        cycles: `hip_rad, knee_rad, ankle_rad, toe_clearance_m, ta_force_n` -> (N, 101).
        strides: columns of `strides.parquet`.
        pulses: None without a device.
        band: joint -> (lower, upper) normal band, (101,) each, rad.
        healthy: the same names as `cycles` -> (101,) mean of a healthy walk at the same speed; empty for none.
        caption: what band and dashed line are.
    """

    title: str
    words: str
    cycles: Mapping[str, NDArray[np.float64]]
    strides: Mapping[str, NDArray[np.float64]]
    pulses: Pulses | None
    band: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
    healthy: Mapping[str, NDArray[np.float64]]
    caption: str

    def mean_pct(self, column: str) -> float:
        """Mean place of an instant of `strides` in its cycle, %, of the strides without a pause."""
        return mean_pct(self.strides, column)


def mean_pct(strides: Mapping[str, NDArray[np.float64]], column: str) -> float:
    """Median place of the instants `column` in their cycles, %: a pause moves a few of them only."""
    place = 100.0 * (strides[column] - strides["t0_s"]) / strides["stride_time_s"]
    return float(np.nanmedian(place))


def picture_bytes(picture: GaitPicture, kind: str) -> bytes:
    """The picture as a file; the same picture gives the same bytes.

    Args:
        picture: what it shows.
        kind: `svg`, `png` or `pdf`.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    facts: dict[str, Any] = {
        "svg": {"Date": None, "Creator": "stimrig", "Title": picture.title},
        "png": {"Software": "stimrig", "Title": picture.title},
        "pdf": {"CreationDate": None, "Producer": "stimrig", "Creator": "stimrig", "Title": picture.title},
    }[kind]
    with rc_context(_STYLE):
        figure = Figure(figsize=(11.0, 7.2), facecolor="white")
        _compose(figure, picture)
        file = io.BytesIO()
        figure.savefig(file, format=kind, dpi=150, metadata=facts)
    return file.getvalue()


def _compose(figure: "Figure", picture: GaitPicture) -> None:
    from reports.figures_gait_panels import clearance_panel, force_panel, joint_panel, pulse_panel, stride_panel

    grid = figure.add_gridspec(2, 3, left=0.055, right=0.985, top=0.83, bottom=0.15, hspace=0.45, wspace=0.21)
    for column, (name, title, positive) in enumerate(JOINTS):
        joint_panel(figure.add_subplot(grid[0, column]), picture, name, title, positive)
    clearance_panel(figure.add_subplot(grid[1, 0]), picture)
    force_panel(figure.add_subplot(grid[1, 1]), picture)
    last = figure.add_subplot(grid[1, 2])
    (stride_panel if picture.pulses is None else pulse_panel)(last, picture)
    figure.text(0.012, 0.965, picture.title, fontsize=13, fontweight="bold", color=LIGHT["ink"], parse_math=False)
    figure.text(0.012, 0.935, picture.words, fontsize=9, color=LIGHT["soft"], parse_math=False)
    handles, labels = figure.axes[2].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.005, 0.928), ncols=len(labels), frameon=False)
    figure.text(0.012, 0.018, picture.caption, fontsize=7.5, color=LIGHT["soft"], parse_math=False, linespacing=1.35)


JOINTS: Final = (
    ("hip_rad", "Hip (thigh from the vertical)", "flexion +"),
    ("knee_rad", "Knee", "flexion +"),
    ("ankle_rad", "Ankle", "dorsiflexion +"),
)
"""Joint panels: column, title, what is positive."""


def stored(path: Path) -> str:
    """Kind of picture that the suffix of `path` names."""
    return path.suffix.lower().removeprefix(".")
