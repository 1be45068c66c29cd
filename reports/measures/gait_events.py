"""How well a device finds heel-off and contact in a gait of many kinds (regulatory.md GAI-01).

The truth is prescribed (heel-off) or integrated (landing); what the device found is told by its stimulation: a train
begins where it took the heel to be off, and ends, but for the set extension and ramp, where it took the foot to land.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.intervals import touches
from reports.measures.collecting import collected, not_run, noted, nothing
from reports.measures.early import still_on
from reports.measures.grouping import Train, set_period_s, trains_of
from reports.measures.pulse_budget import pulse_terms
from reports.samples import Samples
from rig.record import Record

REACH_S: Final = 0.25
"""Truth and finding further apart than this are not the same event (design choice: 2.5 times the window asked)."""


def paired(truth_s: NDArray[np.float64], found_s: NDArray[np.float64]) -> NDArray[np.int64]:
    """(n,) index into `found_s` of the finding that belongs to each true instant, -1 for none.

    Each finding belongs to one instant at most; the closest pairs are made first.
    """
    partner = np.full(truth_s.size, -1, np.int64)
    if not found_s.size:
        return partner
    right = np.clip(np.searchsorted(found_s, truth_s), 1, max(found_s.size - 1, 1))
    candidates = np.stack((right - 1, np.minimum(right, found_s.size - 1)), axis=1)
    pairs = [
        (abs(float(found_s[k] - t)), n, int(k)) for n, t in enumerate(truth_s) for k in set(candidates[n].tolist())
    ]
    taken: set[int] = set()
    for distance_s, n, k in sorted(pairs):
        if distance_s <= REACH_S and partner[n] < 0 and k not in taken:
            partner[n] = k
            taken.add(k)
    return partner


def event_error(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Time from the true event to where the device found it, s; +inf where it was missed, or where nothing was true.

    `event`: heel_off (start of a train) or contact (last pulse less the set extension, ramp down and a period).
    `of: truth` gives one sample a true event, so that the share inside a window is the *sensitivity*, TP/(TP + FN);
    `of: finding` one sample a train, so that it is the *precision*, TP/(TP + FP). Strides in which the heel never rises
    (shuffling) have no event; strides at whose heel-off stimulation of the step before is still on have no finding of
    their own, and count in neither. Gait initiation, before stride 1, is not judged.
    """
    contact = parameters.get("event", "heel_off") == "contact"
    strides, programmed = record.strides, record.case.device.programmed
    if not np.any(np.isfinite(strides["heel_off_s"])):
        return not_run("s", "no labelled events: heel-off is not known")
    if contact and "extension" not in programmed:
        return not_run("s", "the setting `extension` is not known")
    running = still_on(record)
    truth_s = strides["landing_s" if contact else "heel_off_s"]
    asked = np.isfinite(truth_s) & np.isfinite(strides["heel_off_s"]) & ~np.isin(strides["stride"], list(running))
    truth = np.flatnonzero(asked)
    trains = [train for train in trains_of(record) if _is_judged(record, train, running)]
    rows = np.array([train.rows[-1 if contact else 0] for train in trains], np.int64)
    after_s = programmed["extension"] + programmed.get("ramp_down", 0.0) + (set_period_s(record) or 0.0)
    found_s = record.pulses["t_s"][rows] - (after_s if contact else 0.0)
    order = np.argsort(found_s, kind="stable")
    found_s, rows = found_s[order], rows[order]
    partner = paired(truth_s[truth], found_s)
    notes = (
        *noted(int((~np.isfinite(strides["heel_off_s"])).sum()), "strides in which the heel never rises"),
        *noted(len(running), "strides with stimulation already on at heel-off"),
    )
    if parameters.get("of", "truth") == "truth":
        return _of_truth(record, truth, truth_s, found_s, rows, partner, notes)
    return _of_finding(record, truth_s[truth], found_s, rows, partner, notes)


def _is_judged(record: Record, train: Train, running: set[int]) -> bool:
    strides = record.strides
    end_s = float(strides["t0_s"][-1] + strides["stride_time_s"][-1])
    return train.stride >= 1 and train.t0_s < end_s and train.stride not in running


def _of_truth(
    record: Record,
    truth: NDArray[np.int64],
    truth_s: NDArray[np.float64],
    found_s: NDArray[np.float64],
    rows: NDArray[np.int64],
    partner: NDArray[np.int64],
    notes: tuple[str, ...],
) -> Samples:
    strides = record.strides
    wanted_s = truth_s[truth]
    hidden = np.array([touches(t - REACH_S, t + REACH_S, record.gaps_s) for t in wanted_s], np.bool_)
    keep = np.flatnonzero(~hidden) if truth.size else np.empty(0, np.int64)
    if not keep.size:
        return nothing("s", *notes)
    seen = partner[keep] >= 0
    values = np.full(keep.size, math.inf)
    values[seen] = found_s[partner[keep][seen]] - wanted_s[keep][seen]
    standing = np.zeros(keep.size, np.int64) if not rows.size else rows[np.maximum(partner[keep], 0)]
    end_s = strides["t0_s"][truth][keep] + strides["stride_time_s"][truth][keep]
    return collected(
        "s",
        values,
        np.minimum(strides["t0_s"][truth][keep], wanted_s[keep]),
        np.maximum(end_s, wanted_s[keep]),
        strides["stride"][truth][keep],
        pulse_terms(record, "t_s", standing) if rows.size else (),
        notes=(*notes, *noted(int(hidden.sum()), "events behind a gap in the capture")),
    )


def _of_finding(
    record: Record,
    wanted_s: NDArray[np.float64],
    found_s: NDArray[np.float64],
    rows: NDArray[np.int64],
    partner: NDArray[np.int64],
    notes: tuple[str, ...],
) -> Samples:
    if not rows.size:
        return nothing("s", "no train", *notes)
    values = np.full(found_s.size, math.inf)
    paired_rows = np.flatnonzero(partner >= 0)
    values[partner[paired_rows]] = found_s[partner[paired_rows]] - wanted_s[paired_rows]
    t_s = record.pulses["t_s"][rows]
    return collected(
        "s",
        values,
        np.minimum(t_s, found_s),
        np.maximum(t_s, found_s),
        record.pulses["stride"][rows],
        pulse_terms(record, "t_s", rows),
        notes=notes,
    )
