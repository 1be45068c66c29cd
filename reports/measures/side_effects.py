"""What stimulation, a brace and the patient's own ways do beside lifting the toes: column by column of the strides."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from reports.measures.collecting import collected, not_run
from reports.measures.landing import each_swing
from reports.samples import Samples
from rig.record import Record
from scenarios.catalogue import MeasureSpec


def _column(name: str, unit: str, column: str, summary: str) -> MeasureSpec:
    """A measure that is one column of the strides, a sample a swing."""

    def values(record: Record, _parameters: Mapping[str, Any]) -> Samples:
        return each_swing(record, unit, column)

    return MeasureSpec(name, unit, "modelled", values, "swing", summary=summary)


def _whole_stride(record: Record, unit: str, column: str) -> Samples:
    """A sample a stride, which counts from its heel strike to the next."""
    strides = record.strides
    if not strides["stride"].size:
        return not_run(unit, "no stride of the patient is known")
    if column not in strides:
        return not_run(unit, f"the record has no column {column}")
    t0_s, values = strides["t0_s"], strides[column]
    known = np.isfinite(values)
    ends_s = t0_s + strides["stride_time_s"]
    lost_s = np.column_stack((t0_s[~known], ends_s[~known]))
    return collected(
        unit,
        values[known],
        t0_s[known],
        ends_s[known],
        strides["stride"][known],
        lost_s=lost_s,
        lost_because="the stride was not finished",
    )


def _stride_column(name: str, unit: str, column: str, summary: str) -> MeasureSpec:
    def values(record: Record, _parameters: Mapping[str, Any]) -> Samples:
        return _whole_stride(record, unit, column)

    return MeasureSpec(name, unit, "modelled", values, "stride", summary=summary)


CLONUS_BURSTS: Final = 3


def clonus(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Strides in which the stretch reflex of the calf bursts at least three times; one occurrence each.

    Three beats are what clinicians count clonus from; that they have one rhythm is not looked at.
    """
    found = _whole_stride(record, "", "reflex_bursts")
    if found.not_run:
        return found
    rows = np.flatnonzero(found.values >= CLONUS_BURSTS)
    known = record.strides
    return collected(
        "",
        np.ones(rows.size),
        found.t0_s[rows],
        found.t1_s[rows],
        found.strides[rows],
        lost_s=found.lost_s,
        lost_because=found.lost_because,
        watched_s=((float(known["t0_s"].min()), float((known["t0_s"] + known["stride_time_s"]).max())),),
    )


_Make = Callable[[str, str, str, str], MeasureSpec]
_COLUMNS: Final[tuple[tuple[_Make, str, str, str, str], ...]] = (
    (_column, "eversion_at_contact", "rad", "eversion_ic_rad", "eversion at initial contact, inversion negative"),
    (_column, "eversion_in_swing", "rad", "eversion_swing_rad", "mean eversion in swing, inversion negative"),
    (_column, "knee_peak", "rad", "knee_peak_rad", "largest knee flexion in swing"),
    (_column, "steppage", "rad", "steppage_rad", "thigh lifted above the uncompensated walk"),
    (_column, "circumduction", "m", "circumduction_m", "how far the foot swings out to the side"),
    (_column, "withdrawal", "rad", "withdrawal_rad", "largest flexion of the hip by flexor withdrawal"),
    (_stride_column, "stretch_reflex", "N m", "reflex_n_m", "largest torque of the calf's stretch reflex"),
    (_stride_column, "push_off", "", "push_off_ratio", "plantarflexion in push-off relative to the unaided walk"),
    (_stride_column, "fatigue", "", "fatigue_ratio", "force left of the rested muscle's"),
    (_stride_column, "sensed", "", "sensed", "share of the pulses that the skin feels"),
    (_stride_column, "over_comfort", "", "over_comfort", "share of the pulses that are uncomfortable"),
)

SIDE_EFFECTS: Final[tuple[MeasureSpec, ...]] = (
    *(make(name, unit, column, summary) for make, name, unit, column, summary in _COLUMNS),
    MeasureSpec(
        "clonus",
        "",
        "modelled",
        clonus,
        "occurrence",
        occurrences=True,
        summary="a stride in which the stretch reflex bursts three times or more",
    ),
)
"""Turning of the foot, reflexes, push-off, compensation, sensation."""
