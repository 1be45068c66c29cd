"""Fall risk: every metric by itself, with its interval, beside the same walk without the device; no score."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.fall_risk.exposure import Exposure, exposure
from reports.fall_risk.obstacles import FALLS_PER_TRIP, Obstacles
from reports.fall_risk.of_walk import FEWEST, FallRisk, fall_risk
from reports.fall_risk.resampling import resamples
from reports.figures_fall_risk import clearance_picture, exposure_picture
from reports.quantities import quantity
from reports.sections.blocks import Block, details, facts, picture, section, table, text
from reports.sections.fall_risk_rows import (
    clearance_rows,
    landing_rows,
    millimetres,
    other_foot_rows,
    ratio_words,
    share_words,
    timing_rows,
)
from reports.verdict import CaseResult, RunResult
from rig.record import Record, Table
from rig.unaided import unaided_strides
from sim.errors import RigError
from sim.streams import Streams

CASES_IN_FULL: Final = 12
"""Runs of more cases show a line a case only (design choice)."""

_CURVE_M: Final = np.linspace(0.0, 0.030, 61)

_WHAT: Final = (
    "Modelled, for comparison of the same patient with and without the device; not a prediction of falls or of trips "
    "in any person. Each metric stands by itself with its 95 % interval (moving block bootstrap: neighbouring strides "
    "resemble each other, so blocks of them are drawn). There is no composite score."
)
_LIMITS: Final = (
    "What these numbers do not say. Mean minimum toe clearance did not predict trips in 51 older adults over a year "
    "(PubMed 37852886): exposure is a mechanism, not a forecast. Walking speed is an input."
)
_MODEL_FORM: Final = (
    "Model-form uncertainty: 1° at the ankle is about 3 mm of clearance (Moosabhoy and Gard 2006), so an error of 2° "
    "anywhere in the model is 6 mm. Absolute clearance is calibrated on a healthy twin of the patient, its changes are "
    "predicted; the bootstrap knows nothing of this. Skew and kurtosis are told, not claimed. Stride times are drawn "
    "from the patient's parameters, so their variation and memory restate an input that no device can move here."
)
_BALANCE: Final = (
    "Margin of stability is not an output: hip path and foot placement are prescribed, and an inverted pendulum over "
    "them would restate the walking speed."
)


def build(run: RunResult) -> dict[str, Any] | None:
    """Metrics of every case that walked; None where nobody did."""
    walked = [case for case in run.cases if case.record is not None and _has_clearance(case.record)]
    if not walked:
        return None
    blocks: list[Block] = []
    silent: list[str] = []
    lines: list[tuple[str, ...]] = []
    for case in walked:
        record = case.record
        assert record is not None
        why = _why_not(record)
        if why:
            silent.append(f"{case.case.id}: {why}")
            continue
        reference = _reference(record)
        found = fall_risk(record.strides, record.case.seed, reference)
        if len(walked) > CASES_IN_FULL:
            lines.append(_line(case, found))
        else:
            blocks += _case(case, record, found, reference)
    if lines:
        blocks.append(table(("Case", "Strides", "Clearance", "Below 10 mm", "Trips per km", "Relative"), lines))
    if silent:
        blocks.append(text("Not told: " + "; ".join(silent) + "."))
    told = bool(lines) or len(silent) < len(walked)
    prior = Obstacles()
    closing = (
        [text(_LIMITS, _MODEL_FORM, _BALANCE), details("Priors and design parameters", _priors(prior))] if told else []
    )
    return section("Fall risk (modelled)", text(_WHAT), *blocks, *closing)


def _has_clearance(record: Record) -> bool:
    return bool(np.isfinite(record.strides.get("mtc_m", np.empty(0))).any())


def _why_not(record: Record) -> str:
    if record.loop_error is None or not record.loop_error.acceptable:
        return "the closed loop was too slow for outcomes"
    strides = int(np.isfinite(record.strides["mtc_m"]).sum())
    return f"{strides} strides, {FEWEST} are needed" if strides < FEWEST else ""


def _reference(record: Record) -> Table | None:
    """The same strides without the device; None where the walk cannot be walked again."""
    try:
        strides = unaided_strides(record.case)
    except RigError:
        return None
    return strides if strides["mtc_m"].size == record.strides["mtc_m"].size else None


def _line(case: CaseResult, found: FallRisk) -> tuple[str, ...]:
    curve = found.curve
    clearance = "–" if found.clearance is None else millimetres(found.clearance.mean_m.value)
    below = "–" if curve is None else share_words(float(curve.ratio[1]), curve)
    trips = "–" if found.trips is None else f"{found.trips.value:.1f}"
    return case.case.id, str(found.strides), clearance, below, trips, ratio_words(found.relative)


def _case(case: CaseResult, record: Record, found: FallRisk, reference: Table | None) -> list[Block]:
    name = case.case.id
    plain = None if reference is None else fall_risk(reference, record.case.seed)
    columns = (
        "Metric",
        "This walk",
        "95 % interval",
        "Orthosis alone" if record.case.walk.orthosis else "Without the device",
    )
    rows = [*clearance_rows(found, plain), *other_foot_rows(record)]
    blocks: list[Block] = [
        table(columns, rows, title=f"{name}: clearance and exposure", widths=(3, 1.6, 2, 1.8)),
        table(columns, landing_rows(found, plain), title=f"{name}: foot, hip, device", widths=(3, 1.6, 2, 1.8)),
        table(("Metric", "This walk"), timing_rows(record, found), title=f"{name}: timing", widths=(1, 1)),
    ]
    clearance_m = record.strides["mtc_m"][np.isfinite(record.strides["mtc_m"])]
    plain_m = None if reference is None else reference["mtc_m"][np.isfinite(reference["mtc_m"])]
    curve = _curve(clearance_m, record.case.seed)
    other = None if plain_m is None or plain_m.size < FEWEST else _curve(plain_m, record.case.seed)
    blocks += [picture(clearance_picture(clearance_m, plain_m, name)), picture(exposure_picture(curve, other, name))]
    return blocks


def _curve(clearance_m: NDArray[np.float64], seed: int) -> Exposure:
    return exposure(clearance_m, _CURVE_M, resamples(clearance_m, Streams(seed)))


def _priors(prior: Obstacles) -> Block:
    falls = ", ".join(f"{ratio:g} {group}" for group, ratio in FALLS_PER_TRIP)
    rows = [
        ("Height of unseen obstacles", f"exponential, mean {quantity(prior.mean_height_m, 'm')} (design choice)"),
        ("Obstacles in the way of a foot", f"{prior.per_km:.0f} per km (design choice: 5 per 100 m)"),
        ("Falls per trip", f"{falls}: design parameters, told only; nothing on this page is multiplied by them"),
        ("Late stimulation", "first pulse after toe-off (design choice)"),
    ]
    return facts(rows)
