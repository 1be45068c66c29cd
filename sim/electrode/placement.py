"""Where the electrodes are: how much current each branch of the common peroneal nerve needs through them.

On the skin the threshold of a branch grows with its distance from the electrode along the arc behind the fibular head
and with the flexion of the knee, which draws the nerve under the skin:

    I_th,j = I_th (1 + ((s - s_j) / d0)^2) (1 + k sin(knee)) day,   s_deep = 0, s_superficial = -8 mm, d0 = 15 mm

so 10 mm beside the deep branch cost it 44 %, and the place chooses the mix of dorsiflexion and eversion. An implanted
interface has up to four channels; each has its own threshold and its own selectivity, and neither knee nor donning
moves it. All of these numbers are design choices (model.md 3.3, 3.4); that placement sets the mix is what therapists
do when they titrate a stimulator.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from sim.streams import Streams

DEEP_PLACE_M: Final = 0.0
SUPERFICIAL_PLACE_M: Final = -0.008
REACH_M: Final = 0.015
"""d0: so far from a branch its threshold is twice as high."""
MOST_CHANNELS: Final = 4
FURTHEST_M: Final = 0.1
"""No electrode is further from its place than this."""

Kind: TypeAlias = Literal["surface", "implanted"]
Side: TypeAlias = Literal["same", "other"]


def _within(default: float, low: float, high: float) -> Any:
    return field(default=default, metadata={"bounds": (low, high)})


@dataclass(frozen=True, slots=True)
class ImplantChannel:
    """One channel of an implanted interface (a preset, not a product claim).

    Attributes:
        rheobase_a: motor rheobase through this channel, A (0.2-1 mA at the nerve).
        chronaxie_s: motor chronaxie, s (60-120 us).
        deep_ratio: threshold of the deep branch in multiples of that motor threshold.
        superficial_ratio: the same of the superficial branch; the higher, the more selective for the deep one.
    """

    rheobase_a: float = _within(0.0005, 1e-06, 0.05)
    chronaxie_s: float = _within(90e-6, 1e-05, 0.001)
    deep_ratio: float = _within(1.0, 1.0, 100.0)
    superficial_ratio: float = _within(1.0, 1.0, 100.0)


@dataclass(frozen=True, slots=True)
class Electrodes:
    """The interface between stimulator and nerve.

    Attributes:
        kind: on the skin or implanted.
        leg: `other` where somebody put them on the leg that is well: the paretic one then feels nothing.
        position_m: place along the arc behind the fibular head, m; 0 over the deep branch, negative towards the
            superficial one. Skin only.
        donning_sd_m: SD of that place from one donning to the next, m. Skin only (5-8 mm are usual).
        threshold_cv_ratio: coefficient of variation of the thresholds from day to day (10-20 % are usual).
        knee_ratio: k above. Skin only.
        channels: of an implanted interface, first to last; none on the skin, where all channels share one place.
    """

    kind: Kind = "surface"
    leg: Side = "same"
    position_m: float = _within(0.0, -0.06, 0.06)
    donning_sd_m: float = _within(0.0, 0.0, 0.03)
    threshold_cv_ratio: float = _within(0.0, 0.0, 0.5)
    knee_ratio: float = _within(0.1, 0.0, 1.0)
    channels: tuple[ImplantChannel, ...] = ()

    def __post_init__(self) -> None:
        if self.kind == "implanted" and not 1 <= len(self.channels) <= MOST_CHANNELS:
            raise ValueError(f"implanted electrodes have 1 to {MOST_CHANNELS} channels, got {len(self.channels)}")
        if self.kind == "surface" and self.channels:
            raise ValueError("electrodes on the skin have no channels of their own")


CENTRED: Final = Electrodes()
"""On the skin, over the deep branch, on an ordinary day."""
STEADY: Final = Electrodes(knee_ratio=0.0)
"""The same where the knee moves no threshold: for pulses whose share of recruited fibres is given."""


@dataclass(frozen=True, slots=True)
class ElectrodeShift:
    """Skin electrodes that change their place.

    Attributes:
        t_ns: from this instant on.
        by_m: along the arc behind the fibular head, m.
    """

    t_ns: int
    by_m: float


PRESETS: Final[dict[str, tuple[ImplantChannel, ...]]] = {
    "single": (ImplantChannel(superficial_ratio=1.2),),
    "deep_superficial": (ImplantChannel(superficial_ratio=5.0), ImplantChannel(deep_ratio=5.0)),
    "cuff_4": (
        ImplantChannel(superficial_ratio=3.0),
        ImplantChannel(superficial_ratio=1.4),
        ImplantChannel(deep_ratio=1.4),
        ImplantChannel(deep_ratio=3.0),
    ),
}
"""Implanted interfaces by name: one electrode at the nerve, one at each branch (Kottink 2007 used two), a cuff with
four contacts around the common nerve. Presets, not product claims; thresholds are design choices."""


def implanted(preset: str) -> Electrodes:
    """An implanted interface by name.

    Raises:
        KeyError: no such preset.
    """
    return Electrodes(kind="implanted", knee_ratio=0.0, channels=PRESETS[preset])


def default_electrodes(features: tuple[str, ...], channels: int) -> Electrodes:
    """What a device is used with where nobody says otherwise: on the skin, or implanted if it is an implant.

    Args:
        features: of the device.
        channels: of the device.
    """
    if "implanted" not in features:
        return CENTRED
    if channels <= 1:
        return implanted("single")
    return implanted("deep_superficial" if channels == 2 else "cuff_4")


def worn(electrodes: Electrodes, streams: Streams) -> tuple[Electrodes, float]:
    """The electrodes as they sit on this day, and the factor of this day on every threshold.

    Args:
        electrodes: as they are meant to sit.
        streams: of the case; the two draws have streams of their own.
    """
    where, how = (float(streams.generator(f"electrodes.{name}").standard_normal()) for name in ("donning", "threshold"))
    place = electrodes.position_m
    if electrodes.kind == "surface" and electrodes.donning_sd_m > 0.0:
        place = float(np.clip(place + electrodes.donning_sd_m * where, -FURTHEST_M, FURTHEST_M))
    day = float(np.exp(electrodes.threshold_cv_ratio * how)) if electrodes.threshold_cv_ratio > 0.0 else 1.0
    return replace(electrodes, position_m=place), day
