"""What one pulse looks like: widths of both phases, the gap between them, the current of the first."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports.measures.collecting import collected, noted, spans_array
from reports.measures.grouping import clipped_rows
from reports.measures.plateau import plateau_rows
from reports.measures.pulse_budget import bend_errors, pulse_terms
from reports.samples import Samples
from rig.record import Record


def pulse_samples(
    record: Record,
    field: str,
    unit: str,
    wanted: NDArray[np.bool_],
    *,
    sign: float | NDArray[np.float64] = 1.0,
    absent: str = "no such phase",
) -> Samples:
    """One sample a pulse: a field of `pulses.parquet`, times `sign`. Interval: the pulse's charge window.

    A clipped pulse never gives a value, and one that lacks the field gives none either: with them the check cannot
    pass.
    """
    pulses = record.pulses
    clipped = clipped_rows(record)
    missing = ~np.isfinite(pulses[field]) & ~clipped
    rows = np.flatnonzero(wanted & ~clipped & ~missing).astype(np.int64)
    lost = np.flatnonzero(wanted & (clipped | missing))
    many_clipped, many_missing = int((wanted & clipped).sum()), int((wanted & missing).sum())
    because = [*noted(many_clipped, "pulses clipped"), *noted(many_missing, f"pulses with {absent}")]
    values = (pulses[field] - bend_errors(record, field)) * sign
    return collected(
        unit,
        values[rows],
        pulses["t_s"][rows],
        pulses["end_s"][rows],
        pulses["stride"][rows],
        pulse_terms(record, field, rows),
        lost_s=spans_array(pulses["t_s"][lost], pulses["end_s"][lost]),
        lost_because=", ".join(because),
    )


def _wanted(record: Record, parameters: Mapping[str, Any]) -> NDArray[np.bool_]:
    if parameters.get("pulses", "plateau") == "all":
        return np.ones(record.pulses["t_s"].size, np.bool_)
    return plateau_rows(record)


def pulse_width(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Width of a phase between its 50 % crossings, s, of every pulse on the plateau (or of all).

    "Of set" is, for the second phase of an asymmetric pulse, the width at which its charge is that of the first.
    """
    phase = int(float(parameters.get("phase", 1)))
    found = pulse_samples(
        record, f"phase{phase}_s", "s", _wanted(record, parameters), absent=f"no phase {phase} to measure"
    )
    device = record.case.device
    ratio = float(getattr(device.settings, "phase2_ratio", 1.0))
    width_s = device.programmed.get("pulse_width")
    if phase == 1 or ratio == 1.0 or width_s is None or found.reference is not None:
        return found
    return replace(found, reference=np.full(found.values.size, width_s / ratio))


def interphase_gap(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Time from the end of phase 1 to the start of phase 2 (50 % crossings), s, of plateau pulses (or of all)."""
    return pulse_samples(record, "gap_s", "s", _wanted(record, parameters), absent="no second phase")


def phase_current(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Current of phase 1, A, of every pulse on the plateau (or of all).

    A magnitude with a sign: the polarity of the run's first pulse counts as positive, so that the value can be held
    against a setting, and a pulse that is turned round stands out.
    """
    current_a = record.pulses["phase1_a"]
    finite = current_a[np.isfinite(current_a)]
    polarity = float(np.sign(finite[0])) if finite.size else 1.0
    return pulse_samples(record, "phase1_a", "A", _wanted(record, parameters), sign=polarity)
