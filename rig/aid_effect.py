"""The effect of an aid, acute and adapted, as a record keeps it: mean and scatter of three walks, `effects.json`."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from rig.files import write_file
from sim.errors import RecordError

if TYPE_CHECKING:
    from rig.record import Record

EFFECT_FILE: Final = "effects.json"
EFFECT_SCHEMA: Final = "stimrig/effects/1"
WalkName: TypeAlias = Literal["without", "acute", "adapted"]
WALKS: Final[tuple[WalkName, ...]] = ("without", "acute", "adapted")
"""Without the aid, adapted to that; with it, the compensation held; with it, adapted (`sim.body.aid_effect`)."""
QUANTITIES: Final = (
    *("mtc_m", "early_swing_min_m", "hip_hike_m", "steppage_rad", "circumduction_m", "ankle_ic_rad"),
    *("eversion_ic_rad", "scuff", "stumble"),
)
"""Columns of `strides.parquet` that are compared; the mean of a flag is its rate."""
EXPOSURE: Final = "trip_exposure"
"""Share of unseen obstacles that are higher than the toes (`sim.body.aid_effect.exposure_ratio`); a mean alone."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A quantity over the strides of a walk; NaN where the model does not know it.

    Attributes:
        mean: SI.
        sd: stride-to-stride standard deviation, SI.
    """

    mean: float
    sd: float


@dataclass(frozen=True, slots=True, eq=False)
class AidEffect:
    """What an aid was worth to the patient; modelled.

    Attributes:
        aid: `stimulation`, `orthosis`, or both.
        speed_m_s: walking speed, an input: no effect on it is predicted, m/s.
        strides: strides of each walk.
        adapting_strides: strides walked before `without` and `adapted` each.
        walks: walk -> quantity -> its spread.
    """

    aid: str
    speed_m_s: float
    strides: int
    adapting_strides: int
    walks: Mapping[str, Mapping[str, Spread]]

    def mean(self, quantity: str, walk: WalkName) -> float:
        """Mean of a quantity in one of the walks, SI."""
        return self.walks[walk][quantity].mean

    def change(self, quantity: str, walk: WalkName) -> float:
        """What the aid changed in the mean of a quantity, SI."""
        return self.mean(quantity, walk) - self.mean(quantity, "without")


def why_no_effect(record: "Record") -> str:
    """Why the effect of the aid cannot be told from a record, or ""."""
    pulses, orthosis = len(record.pulses["t_s"]), record.case.walk.orthosis
    slow = record.loop_error is None or not record.loop_error.acceptable
    walked = any(math.isfinite(height) for height in record.strides.get("mtc_m", ()))
    reasons = (
        (not record.case.capture.effects, "switched off by `capture: {effects: false}`"),
        (record.fault is not None or record.interrupted, "the run did not come to its end"),
        (any(record.clipped.values()), "the capture is clipped"),
        (bool(record.gaps_s), "the capture has gaps"),
        (slow, "the closed loop was too slow"),
        (not walked, "no stride of the patient is known"),
        (not pulses and orthosis is None, "no pulse came and no orthosis was worn"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def write_effect(folder: Path, effect: AidEffect) -> None:
    """Write `effects.json`: numbers to their last bit, NaN as null.

    Raises:
        RecordError: it cannot be written.
    """
    document = {
        "schema": EFFECT_SCHEMA,
        "quantity": "modelled",
        "aid": effect.aid,
        "speed_m_s": effect.speed_m_s,
        "strides": effect.strides,
        "adapting_strides": effect.adapting_strides,
        "walks": {
            walk: {name: {"mean": _number(each.mean), "sd": _number(each.sd)} for name, each in found.items()}
            for walk, found in effect.walks.items()
        },
    }
    write_file(folder / EFFECT_FILE, json.dumps(document, indent=2, allow_nan=False) + "\n")


def read_effect(folder: Path) -> AidEffect | None:
    """The effect in a case folder; None where there is none.

    Raises:
        RecordError: the file is damaged.
    """
    path = folder / EFFECT_FILE
    if not path.exists():
        return None
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        walks = {
            walk: {name: Spread(_value(each["mean"]), _value(each["sd"])) for name, each in found.items()}
            for walk, found in told["walks"].items()
        }
        return AidEffect(
            aid=str(told["aid"]),
            speed_m_s=float(told["speed_m_s"]),
            strides=int(told["strides"]),
            adapting_strides=int(told["adapting_strides"]),
            walks=walks,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise RecordError(str(path), f"cannot be read: {error!r}", "remove it, or run the case again") from error


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _value(told: float | None) -> float:
    return math.nan if told is None else float(told)
