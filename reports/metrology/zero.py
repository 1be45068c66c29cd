"""The zero of the instrument at any instant of a run, and how sure it is: what direct current is corrected by."""

from typing import Final

from reports.metrology.quiet import Array
from reports.uncertainty import Term, bounded, term
from rig.record import Record

CORRECTED: Final = "zero taken before and after the case"
UNCORRECTED: Final = "no zero was taken: the offset of the instrument counts in full"
_HOUR_S: Final = 3600.0


def zero_of(record: Record, role: str, t_s: float) -> float:
    """What the instrument shows without input, in the unit of the role; 0 where it was not taken."""
    return record.zero_span.zero_at(role, t_s) if record.zero_span.taken(role) else 0.0


def zero_terms(record: Record, role: str, n: int) -> tuple[Term, ...]:
    """Components that the zero of a role brings to each of n results.

    Corrected by the straight line between the readings before and after the case, a result is off by no more than half
    of what the zero moved, or may have moved and come back by the stated drift. Without the readings the bound of the
    offset counts.
    """
    accuracy, spans = record.accuracy[role], record.zero_span
    if not spans.taken(role):
        source = "bound of the offset: no zero was taken"
        return (bounded("offset", accuracy.offset_bound, n, systematic=True, source=source),)
    between_s = spans.after[role].t_s - spans.before[role].t_s
    stated = accuracy.drift_per_hour * between_s / _HOUR_S
    bound = 0.5 * max(abs(spans.zero_drift(role)), stated)
    return (
        bounded("zero drift", bound, n, systematic=True, source="zero before and after the case, and the stated drift"),
        term("zero noise", "A", spans.zero_noise(role), n, systematic=True, source="noise of the two zero readings"),
    )


def zeroed(record: Record, role: str, values: Array, t_s: Array) -> Array:
    """Readings of a role less its zero at their instants."""
    import numpy as np

    return values - np.array([zero_of(record, role, float(instant)) for instant in t_s])
