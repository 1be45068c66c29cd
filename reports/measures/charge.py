"""Charge: of a phase, net of a pulse and of a train, and the imbalance between the phases."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports.measures.collecting import collected, noted, nothing, spans_array
from reports.measures.grouping import Train, clipped_rows, trains_of
from reports.measures.plateau import plateau_rows
from reports.measures.pulse_budget import pulse_terms
from reports.measures.pulse_shape import pulse_samples
from reports.samples import Samples
from reports.uncertainty import Term, group_mean
from rig.record import Record


def phase_charge(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Magnitude of the charge of a phase, C, of every pulse; phase 2 includes its tail."""
    phase = int(float(parameters.get("phase", 1)))
    field = f"charge{phase}_c"
    every = np.ones(record.pulses["t_s"].size, np.bool_)
    return pulse_samples(record, field, "C", every, sign=np.sign(record.pulses[field]))


def _usable(record: Record) -> NDArray[np.bool_]:
    """Pulses whose net charge is complete: not clipped, the tail back in the baseline before the window ended."""
    pulses = record.pulses
    return ~clipped_rows(record) & np.isfinite(pulses["net_c"]) & (pulses["tail_done"] > 0)


_INCOMPLETE = "pulses clipped or with a tail that outlasts the charge window"


def net_charge(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Net charge, C: of every pulse, or its mean over each train (noise averages, INL does not).

    A clipped pulse, or one whose tail had not died away when its window ended, has no net charge; a check that meets
    one cannot pass.
    """
    if parameters.get("per", "train") == "pulse":
        usable = _usable(record)
        rows, lost = np.flatnonzero(usable).astype(np.int64), np.flatnonzero(~usable)
        pulses = record.pulses
        return collected(
            "C",
            pulses["net_c"][rows],
            pulses["t_s"][rows],
            pulses["end_s"][rows],
            pulses["stride"][rows],
            pulse_terms(record, "net_c", rows),
            lost_s=spans_array(pulses["t_s"][lost], pulses["end_s"][lost]),
            lost_because=_INCOMPLETE,
        )
    return _per_train(record, _usable(record), total=False)


def train_charge(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Sum of the net charges of a train, C."""
    return _per_train(record, _usable(record), total=True)


def _per_train(record: Record, usable: NDArray[np.bool_], *, total: bool) -> Samples:
    """Mean or sum of the net charge over the usable pulses of each train; interval [first pulse, last pulse's end]."""
    trains = trains_of(record)
    judged, rows, groups, count = _grouped(trains, usable)
    if not judged:
        return nothing("C", *noted(len(trains), "trains without a pulse that can be judged"))
    factor = count if total else np.ones(len(judged))
    terms = group_mean(pulse_terms(record, "net_c", rows), groups, len(judged))
    incomplete = [train for train in trains if not usable[train.rows].all()]
    return collected(
        "C",
        np.bincount(groups, record.pulses["net_c"][rows], len(judged)) / count * factor,
        [train.t0_s for train in judged],
        [train.t1_s for train in judged],
        [train.stride for train in judged],
        tuple(part.scaled(factor) for part in terms),
        lost_s=spans_array([train.t0_s for train in incomplete], [train.t1_s for train in incomplete]),
        lost_because=f"trains with {_INCOMPLETE}",
    )


def _grouped(
    trains: tuple[Train, ...], usable: NDArray[np.bool_]
) -> tuple[list[Train], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Trains with a usable pulse, the rows of these pulses, the train of each, and how many each has."""
    judged = [train for train in trains if usable[train.rows].any()]
    members = [train.rows[usable[train.rows]] for train in judged]
    count = np.array([rows.size for rows in members], np.float64)
    rows = np.concatenate(members) if members else np.empty(0, np.int64)
    return judged, rows, np.repeat(np.arange(len(judged)), count.astype(np.int64)), count


def charge_imbalance(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Net charge over phase charge, |net| / |phase 1|, as a ratio: of plateau pulses, or of a train's means."""
    on_plateau = plateau_rows(record)
    usable = _usable(record) & on_plateau
    pulses = record.pulses
    if parameters.get("per", "train") == "pulse":
        rows, lost = np.flatnonzero(usable).astype(np.int64), np.flatnonzero(on_plateau & ~usable)
        phase_c = np.abs(pulses["charge1_c"][rows])
        return collected(
            "",
            np.abs(pulses["net_c"][rows]) / phase_c,
            pulses["t_s"][rows],
            pulses["end_s"][rows],
            pulses["stride"][rows],
            tuple(part.scaled(1.0 / phase_c) for part in pulse_terms(record, "net_c", rows)),
            lost_s=spans_array(pulses["t_s"][lost], pulses["end_s"][lost]),
            lost_because=_INCOMPLETE,
        )
    trains = trains_of(record)
    judged, rows, groups, count = _grouped(trains, usable)
    if not judged:
        return nothing("", *noted(len(trains), "trains without a plateau that can be judged"))
    net_c = np.bincount(groups, pulses["net_c"][rows], len(judged)) / count
    phase_c = np.bincount(groups, np.abs(pulses["charge1_c"][rows]), len(judged)) / count
    terms: tuple[Term, ...] = group_mean(pulse_terms(record, "net_c", rows), groups, len(judged))
    incomplete = [train for train in trains if not (usable | ~on_plateau)[train.rows].all()]
    return collected(
        "",
        np.abs(net_c) / phase_c,
        [train.t0_s for train in judged],
        [train.t1_s for train in judged],
        [train.stride for train in judged],
        tuple(part.scaled(1.0 / phase_c) for part in terms),
        lost_s=spans_array([train.t0_s for train in incomplete], [train.t1_s for train in incomplete]),
        lost_because=f"trains with {_INCOMPLETE}",
    )
