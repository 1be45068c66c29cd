"""The instrument's uncertainty of the peaks, squares, rises and droops of pulses (`rig.shape_uncertainty`)."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.measures.pulse_budget import accuracy_of
from reports.samples import DIVISORS
from reports.uncertainty import Term
from rig.bench import ChannelAccuracy
from rig.pulse_uncertainty import PulseTerm
from rig.record import Record
from rig.shape_uncertainty import droop_terms, noise_bias, peak_terms, rise_terms, square_terms


def _tops_s(part: Any) -> NDArray[np.float64]:
    """Width of the flat tops that a peak can lie on: both phases together, s."""
    return np.nan_to_num(part["phase1_s"]) + np.nan_to_num(part["phase2_s"])


_FIELDS: Final[dict[str, Callable[[ChannelAccuracy, Any], tuple[PulseTerm, ...]]]] = {
    "peak_a": lambda of, part: peak_terms(of, part["peak_a"], _tops_s(part), median=True),
    "peak_v": lambda of, part: peak_terms(of, part["peak_v"], _tops_s(part), median=True),
    "peak1_a": lambda of, part: peak_terms(of, part["peak1_a"], part["phase1_s"], median=False),
    "peak2_a": lambda of, part: peak_terms(of, part["peak2_a"], part["phase2_s"], median=False),
    "square_a2s": square_terms,
    "rise_s": lambda of, part: rise_terms(of, part["rise_s"]),
    "droop_a": lambda of, part: droop_terms(of, part["phase1_s"], part["phase1_a"]),
}


def _accuracy(record: Record, field: str, channel: float) -> ChannelAccuracy | None:
    if field == "peak_v":
        return record.accuracy.get("voltage" if channel <= 1 else f"voltage.{int(channel)}")
    return accuracy_of(record, channel)


def shape_terms(record: Record, field: str, rows: NDArray[np.int64]) -> tuple[Term, ...]:
    """Components of `field` for some pulses of the record, one term a component, (len(rows),) each.

    Args:
        record: the record.
        field: `peak_a, peak_v, peak1_a, peak2_a, square_a2s, rise_s` or `droop_a`.
        rows: rows of `record.pulses`.
    """
    channels = record.pulses["channel"][rows]
    merged: dict[str, Term] = {}
    for channel in np.unique(channels):
        own = np.flatnonzero(channels == channel)
        accuracy = _accuracy(record, field, float(channel))
        if accuracy is None:
            continue
        part = {name: column[rows[own]] for name, column in record.pulses.items()}
        for found in _FIELDS[field](accuracy, part):
            if found.name not in merged:
                merged[found.name] = Term(
                    found.name,
                    found.kind,
                    np.zeros(rows.size),
                    found.systematic,
                    found.source,
                    found.distribution,
                    DIVISORS[found.distribution],
                )
            merged[found.name].standard_value[own] = np.nan_to_num(found.standard)
    return tuple(merged.values())


def peaks(record: Record, field: str, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Magnitudes of a peak with half of the noise's lift taken off (`rig.shape_uncertainty`), (len(rows),)."""
    size = np.abs(record.pulses[field][rows])
    for channel in np.unique(record.pulses["channel"][rows]):
        own = record.pulses["channel"][rows] == channel
        accuracy = _accuracy(record, field, float(channel))
        if accuracy is not None:
            part = {name: column[rows[own]] for name, column in record.pulses.items()}
            width_s = part["phase2_s"] if field == "peak2_a" else part["phase1_s"] if field == "peak1_a" else None
            width = _tops_s(part) if width_s is None else width_s
            size[own] -= 0.5 * noise_bias(accuracy, width, median=field in {"peak_a", "peak_v"})
    return size
