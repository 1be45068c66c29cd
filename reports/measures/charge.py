"""Charge: of a phase, net of a pulse, of a train and of a run, and the imbalance between the phases.

How charges are read, and how sure that is: `reports.metrology`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.measures.collecting import collected, noted, nothing, spans_array
from reports.measures.grouping import Train, trains_of
from reports.measures.plateau import plateau_rows
from reports.measures.pulse_budget import accuracy_of
from reports.metrology.balance import Balance, balance
from reports.metrology.charges import Charges, charges
from reports.metrology.coherence import train_mean
from reports.samples import Samples, changed
from rig.record import Record

_INCOMPLETE: Final = "pulses clipped or with a tail that outlasts the charge window"


def phase_charge(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Magnitude of the charge of a phase, C, of every pulse; phase 2 includes its tail."""
    field = "charge1_c" if int(float(parameters.get("phase", 1))) == 1 else "charge2_c"
    pulses = record.pulses
    clipped = pulses["clipped"] > 0
    there = np.isfinite(pulses[field]) & ~clipped
    rows, lost = np.flatnonzero(there), np.flatnonzero(~there)
    read = charges(record, field, rows)
    missing = int((~clipped[lost]).sum())
    because = [*noted(lost.size - missing, "pulses clipped"), *noted(missing, "pulses with no such phase")]
    return _of_pulses(record, rows, read, read.values_c * np.sign(pulses[field][rows]), lost, ", ".join(because))


def net_charge(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Net charge, C: of every pulse, its mean over each train (noise averages, INL does not), or over the run.

    Over the run the plateau pulses count, and leads that were swapped meanwhile take the instrument's part out. A
    clipped pulse, or one whose tail neither died away nor could be fitted, has no net charge; a check that meets one
    cannot pass.
    """
    per = parameters.get("per", "train")
    if per == "run":
        return _per_run(record)
    everything = np.arange(record.pulses["t_s"].size)
    read = charges(record, "net_c", everything)
    if per == "pulse":
        rows, lost = np.flatnonzero(read.complete), np.flatnonzero(~read.complete)
        return _of_pulses(record, rows, _some(read, rows), read.values_c[rows], lost, _INCOMPLETE)
    return _per_train(record, read, read.complete, np.ones(everything.size, np.bool_), total=False)


def train_charge(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Sum of the net charges of a train, C."""
    everything = np.arange(record.pulses["t_s"].size)
    read = charges(record, "net_c", everything)
    return _per_train(record, read, read.complete, np.ones(everything.size, np.bool_), total=True)


def charge_imbalance(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Net charge over phase charge, |net| / |phase 1|, as a ratio: of plateau pulses, of a train's means, of a run."""
    per = parameters.get("per", "train")
    if per == "run":
        found = _per_run(record)
    else:
        read = charges(record, "net_c", np.arange(record.pulses["t_s"].size))
        on_plateau = plateau_rows(record)
        if per == "pulse":
            rows = np.flatnonzero(read.complete & on_plateau)
            lost = np.flatnonzero(on_plateau & ~read.complete)
            found = _of_pulses(record, rows, _some(read, rows), read.values_c[rows], lost, _INCOMPLETE)
        else:
            found = _per_train(record, read, read.complete & on_plateau, on_plateau, total=False)
    phase_c = found.references["phase_charge"] if found.values.size else np.empty(0)
    return changed(found, np.abs(found.values) / phase_c, 1.0 / phase_c, "")


def _some(read: Charges, rows: NDArray[np.int64]) -> Charges:
    terms = tuple(part.taken(rows) for part in read.terms)
    return Charges(read.values_c[rows], read.complete[rows], terms, read.method)


def _of_pulses(
    record: Record,
    rows: NDArray[np.int64],
    read: Charges,
    values: NDArray[np.float64],
    lost: NDArray[np.int64],
    because: str,
) -> Samples:
    """One sample a pulse; interval: its charge window."""
    pulses = record.pulses
    return collected(
        "C",
        values,
        pulses["t_s"][rows],
        pulses["end_s"][rows],
        pulses["stride"][rows],
        read.terms,
        lost_s=spans_array(pulses["t_s"][lost], pulses["end_s"][lost]),
        lost_because=because,
        references={"phase_charge": np.abs(pulses["charge1_c"][rows])},
        method=read.method,
    )


def _per_train(
    record: Record, read: Charges, usable: NDArray[np.bool_], wanted: NDArray[np.bool_], *, total: bool
) -> Samples:
    """Mean or sum of the net charge over the usable pulses of each train; interval [first pulse, last pulse's end]."""
    trains = trains_of(record)
    judged, rows, groups, count = _grouped(trains, usable)
    if not judged:
        return nothing("C", *noted(len(trains), "trains without a pulse that can be judged"))
    factor = count if total else np.ones(len(judged))
    parts = (part.taken(rows) for part in read.terms)
    terms = train_mean(parts, record.pulses["t_s"][rows], accuracy_of(record, 1), groups, len(judged))
    incomplete = [train for train in trains if not (usable | ~wanted)[train.rows].all()]
    phase_c = np.bincount(groups, np.abs(record.pulses["charge1_c"][rows]), len(judged)) / count
    return collected(
        "C",
        np.bincount(groups, read.values_c[rows], len(judged)) / count * factor,
        [train.t0_s for train in judged],
        [train.t1_s for train in judged],
        [train.stride for train in judged],
        tuple(part.scaled(factor) for part in terms) if total else terms,
        lost_s=spans_array([train.t0_s for train in incomplete], [train.t1_s for train in incomplete]),
        lost_because=f"trains with {_INCOMPLETE}",
        references={"phase_charge": phase_c},
        method=read.method,
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


def _per_run(record: Record) -> Samples:
    """One sample: the plateau pulses of the run together; of a device with channels those of each by itself."""
    pulses, wanted = record.pulses, plateau_rows(record)
    complete = charges(record, "net_c", np.arange(wanted.size)).complete
    parts: list[Samples] = []
    for channel in np.unique(pulses["channel"]):
        own = wanted & (pulses["channel"] == channel)
        rows, lost = np.flatnonzero(own & complete), np.flatnonzero(own & ~complete)
        if rows.size:
            parts.append(_of_run(record, rows, lost))
    if not parts:
        return nothing("C", "no pulse on a plateau that can be judged")
    return parts[0] if len(parts) == 1 else _joined(parts)


def _of_run(record: Record, rows: NDArray[np.int64], lost: NDArray[np.int64]) -> Samples:
    pulses, found = record.pulses, balance(record, rows)
    span = float(pulses["t_s"][rows[0]]), float(pulses["end_s"][rows[-1]])
    spans = spans_array(pulses["t_s"][lost], pulses["end_s"][lost])
    if found.lost:
        return nothing("C", lost_s=np.array([span]), lost_because=found.lost, method=found.method)
    return collected(
        "C",
        [found.net_c],
        [span[0]],
        [span[1]],
        [-1],
        found.terms,
        items=np.array([rows.size]),
        lost_s=spans,
        lost_because=_INCOMPLETE,
        references={"phase_charge": np.array([found.phase_c])},
        notes=_asymmetry(found),
        method=found.method,
    )


def _asymmetry(found: Balance) -> tuple[str, ...]:
    if not found.counts[1]:
        return ()
    return (f"the instrument would have added {found.asymmetry_c * 1e9:.2f} nC to each pulse, measured by the swap",)


def _joined(parts: list[Samples]) -> Samples:
    """The samples of several channels as one table; the budget is that of the least certain."""
    worst = max(parts, key=lambda part: float(part.expanded.max(initial=0.0)))
    names = ("values", "t0_s", "t1_s", "strides", "expanded", "systematic", "half95", "items")
    columns = {name: np.concatenate([getattr(part, name) for part in parts if part.values.size]) for name in names}
    lost = [part.lost_s for part in parts if part.lost_s is not None]
    phase = [part.references["phase_charge"] for part in parts if part.values.size]
    joined_lost = np.concatenate(lost) if lost else None
    return replace(worst, **columns, lost_s=joined_lost, references={"phase_charge": np.concatenate(phase)})
