"""Charts of a whole case: its timeline, and what became of the patient stride by stride."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.figures_chart import POINTS_SHOWN, Chart, Lane, Line, TimeAxis, thin
from reports.quantities import scale_for
from reports.verdict import CaseResult
from rig.record import Table

_OUTCOMES: Final = (
    ("mtc_m", "Toe clearance in swing", "clearance", "m"),
    ("ankle_ic_rad", "Ankle at initial contact (dorsiflexion positive)", "ankle", "rad"),
    ("hip_hike_m", "Hip hike above the uncompensated walk", "hip hike", "m"),
    ("charge_c", "Stimulation charge of the stride", "charge", "C"),
)


def timeline_chart(result: CaseResult, axis: TimeAxis) -> Chart | None:
    """Swing, sensor, stimulation and events over the run; None where nothing was recorded."""
    record = result.record
    if record is None:
        return None
    strides, trains = record.strides, record.trains
    lanes = [
        Lane("swing", _pairs(strides.get("toe_off_s"), strides.get("landing_s"), "swing")),
        Lane("sensor open", _pairs(strides.get("sensor_off_s"), strides.get("sensor_on_s"), "sensor")),
        *_train_lanes(trains, result.case.device.channels),
    ]
    planned = {"event": "event", "gap": "gap", "fault": "violation"}
    lanes.append(Lane("events", tuple((mark.start_s, mark.end_s, planned[mark.kind]) for mark in axis.marks)))
    alt = f"Timeline of {result.case.id}: {len(lanes[0].spans)} swings, {len(trains.get('t0_s', ()))} trains"
    names = ", ".join(mark.name for mark in axis.marks)
    return Chart(
        title="Timeline",
        alt=f"{alt}; {names or 'no event'}.",
        axis=axis,
        by="stride" if len(axis.stride_t0_s) > 1 else "time",
        lanes=tuple(lanes),
    )


def _train_lanes(trains: Table, channels: int) -> tuple[Lane, ...]:
    """When stimulation was on; a lane a channel."""
    start_s, end_s = trains.get("t0_s"), trains.get("t1_s")
    if channels == 1 or start_s is None or end_s is None:
        return (Lane("stimulation", _pairs(start_s, end_s, "train")),)
    own = [trains["channel"] == number for number in range(1, channels + 1)]
    return tuple(Lane(f"channel {n}", _pairs(start_s[rows], end_s[rows], "train")) for n, rows in enumerate(own, 1))


def outcome_charts(result: CaseResult, axis: TimeAxis, shown: int = POINTS_SHOWN) -> tuple[Chart, ...]:
    """The patient stride by stride, each with the limits that a check of this case sets for it."""
    record = result.record
    if record is None:
        return ()
    found: list[Chart] = []
    for column, title, name, unit in _OUTCOMES:
        values, when = record.strides.get(column), record.strides.get("t0_s")
        if values is None or when is None:
            continue
        known = np.isfinite(values) & np.isfinite(when)
        if not known.any() or (column == "charge_c" and not values[known].any()):
            continue
        found.append(_outcome(result, axis, title, name, unit, values[known], when[known], column, shown))
    return tuple(found)


def _outcome(
    result: CaseResult,
    axis: TimeAxis,
    title: str,
    name: str,
    unit: str,
    y: NDArray[np.float64],
    t_s: NDArray[np.float64],
    column: str,
    shown: int,
) -> Chart:
    limits = _limits(result) if column == "mtc_m" else ()
    scale = scale_for(unit, max([float(np.max(np.abs(y))), *(abs(bound) for bound, _ in limits)]))
    lines = [Line(bound / scale.factor, f"at least {scale.text(bound)} ({check})", "limit") for bound, check in limits]
    if column == "mtc_m":
        lines.append(Line(0.0, "ground", "reference"))
    floor = max((bound for bound, _ in limits), default=0.0 if column == "mtc_m" else -math.inf)
    states = np.where(y < floor, "x", "i")
    kept = thin(y, states != "i", shown)
    note = "" if len(kept) == len(y) else f"{len(kept)} of {len(y)} strides drawn: the extremes of equal groups"
    low, high = scale.text(float(y.min())), scale.text(float(y.max()))
    return Chart(
        title=title,
        alt=f"{title}: {len(y)} strides, from {low} to {high}.",
        axis=axis,
        by="stride" if len(axis.stride_t0_s) > 1 else "time",
        y_name=name,
        unit=scale.unit,
        t_s=t_s[kept],
        y=y[kept] / scale.factor,
        u_value=np.zeros(len(kept)),
        stride=_numbers(axis, t_s[kept]),
        states="".join(states[kept].tolist()),
        lines=tuple(lines),
        low_value=max((bound / scale.factor for bound, _ in limits), default=None),
        total=len(y),
        note=note,
        compact=True,
    )


def _limits(result: CaseResult) -> tuple[tuple[float, str], ...]:
    """Lower limits on clearance in this case, with the check that sets each."""
    found = {
        (verdict.low, verdict.check.id)
        for verdict in result.verdicts
        if "clearance" in verdict.check.measure and verdict.low is not None and verdict.check.limit.unit == "m"
    }
    return tuple(sorted(found))


def _numbers(axis: TimeAxis, t_s: NDArray[np.float64]) -> NDArray[np.int64]:
    if len(axis.stride_t0_s) < 2:
        return np.full(len(t_s), -1, np.int64)
    return np.searchsorted(axis.stride_t0_s, t_s, "right").astype(np.int64)


def _pairs(
    start_s: NDArray[np.float64] | None, end_s: NDArray[np.float64] | None, role: str
) -> tuple[tuple[float, float, str], ...]:
    if start_s is None or end_s is None:
        return ()
    known = np.isfinite(start_s) & np.isfinite(end_s) & (end_s >= start_s)
    return tuple((a, b, role) for a, b in zip(start_s[known].tolist(), end_s[known].tolist(), strict=True))
