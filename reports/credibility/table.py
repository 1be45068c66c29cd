"""The validation table: every row, measured on request."""

from collections.abc import Callable, Iterable, Iterator

from reports.credibility import (
    rows_aid,
    rows_curves,
    rows_inputs,
    rows_levers,
    rows_muscle,
    rows_place,
    rows_rig,
    rows_speed,
    rows_swing,
    rows_treatment,
)
from reports.credibility.row import Finding, Row

GROUPS = (
    rows_aid,
    rows_curves,
    rows_inputs,
    rows_levers,
    rows_muscle,
    rows_place,
    rows_rig,
    rows_speed,
    rows_swing,
    rows_treatment,
)


def all_rows() -> tuple[Row, ...]:
    """Every row in the order of its number."""
    return tuple(sorted((row for group in GROUPS for row in group.rows()), key=lambda row: row.number))


def measured(rows: Iterable[Row], say: Callable[[str], object] = str) -> Iterator[Finding]:
    """Measure rows one after the other.

    Args:
        rows: which.
        say: hears the name of each row before it is measured.
    """
    for row in rows:
        say(row.name)
        yield Finding(row, float(row.measure()))
