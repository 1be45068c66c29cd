"""The instrument's uncertainty of the fields of every pulse of a record (`rig.pulse_uncertainty`)."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from reports.metrology.linearity import amplitude_error_a, linearised
from reports.samples import DIVISORS
from reports.uncertainty import Term, bounded
from rig.bench import ChannelAccuracy
from rig.pulse_uncertainty import is_resolved, pulse_uncertainty
from rig.record import Record


def accuracy_of(record: Record, channel: float) -> ChannelAccuracy | None:
    """Accuracy of the captured current of a stimulation channel, from 1; None where it was not captured."""
    return record.accuracy.get("current" if channel <= 1 else f"current.{int(channel)}")


def pulse_terms(record: Record, field: str, rows: NDArray[np.int64]) -> tuple[Term, ...]:
    """Components of the uncertainty of `field` for some pulses of the record.

    Args:
        record: the record.
        field: `t_s, phase1_s, phase2_s, gap_s, phase1_a, phase2_a, charge1_c, charge2_c` or `net_c`.
        rows: rows of `record.pulses`.

    Returns:
        One term a component, (len(rows),) each. A component that one channel lacks is zero there.
    """
    channels = record.pulses["channel"][rows]
    merged: dict[str, Term] = {}
    for channel in np.unique(channels):
        own = np.flatnonzero(channels == channel)
        accuracy = accuracy_of(record, float(channel))
        if accuracy is None:
            continue
        for name, part in _channel_terms(accuracy, record.pulses, rows[own], field).items():
            if name not in merged:
                merged[name] = part.restated(np.zeros(rows.size))
            merged[name].standard_value[own] = part.standard_value
    return tuple(merged.values())


def resolved_rows(record: Record, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of these pulses those whose first phase is long enough to have a height: two samples of the capture."""
    channels, width_s = record.pulses["channel"][rows], record.pulses["phase1_s"][rows]
    keep = np.ones(rows.size, np.bool_)
    for channel in np.unique(channels):
        accuracy, own = accuracy_of(record, float(channel)), channels == channel
        if accuracy is not None:
            keep[own] = is_resolved(accuracy, width_s[own])
    return rows[keep]


def bend_errors(record: Record, field: str) -> NDArray[np.float64]:
    """Error of an amplitude by the INL table of its channel, A, for every pulse; 0 for other fields and without one."""
    pulses = record.pulses
    errors = np.zeros(pulses["t_s"].size)
    if not field.startswith("phase") or not field.endswith("_a"):
        return errors
    for channel in np.unique(pulses["channel"]):
        accuracy, own = accuracy_of(record, float(channel)), pulses["channel"] == channel
        if accuracy is not None:
            errors[own] = amplitude_error_a(accuracy, pulses[field][own], pulses["baseline_a"][own])
    return errors


def _channel_terms(
    accuracy: ChannelAccuracy, pulses: Mapping[str, NDArray[np.float64]], rows: NDArray[np.int64], field: str
) -> dict[str, Term]:
    parts = pulse_uncertainty(
        linearised(accuracy),
        pulses["phase1_a"][rows],
        pulses["phase1_s"][rows],
        pulses["phase2_s"][rows],
        pulses["gap_s"][rows],
        phase2_a=pulses["phase2_a"][rows],
        charge2_c=pulses["charge2_c"][rows],
        window_s=pulses["end_s"][rows] - pulses["t_s"][rows],
    )[field]
    left = {"INL": "residual of the INL table"} if accuracy.inl_table is not None else {}
    return {
        part.name: Term(
            part.name,
            part.kind,
            np.nan_to_num(part.standard),
            part.systematic,
            left.get(part.name, part.source),
            part.distribution,
            DIVISORS[part.distribution],
        )
        for part in parts
    }


def interval_terms(record: Record, rows: NDArray[np.int64], durations_s: NDArray[np.float64]) -> tuple[Term, ...]:
    """Components of the time between two pulses: both instants, and the sample clock over the duration.

    u(d)^2 = 2 u(t)^2 + (timebase d)^2 / 3.
    """
    instants = tuple(part.scaled(np.sqrt(2.0)) for part in pulse_terms(record, "t_s", rows))
    return (*instants, *timebase_terms(record, durations_s))


def timebase_terms(record: Record, durations_s: NDArray[np.float64]) -> tuple[Term, ...]:
    """What the error of the sample clock does to durations."""
    bound = max((part.timebase_bound_ratio for part in record.accuracy.values()), default=0.0)
    length_s = np.abs(np.where(np.isfinite(durations_s), durations_s, 0.0))
    clock = bounded("timebase", bound, length_s.size, systematic=True, source="bound of the sample clock", unit="s/s")
    return (clock.scaled(length_s),)
