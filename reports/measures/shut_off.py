"""The automatic shut-off: how long a treatment lasts until the device ends it by itself."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.intervals import touches
from reports.measures.collecting import collected, not_run, nothing
from reports.measures.given import commands_given
from reports.measures.openings import openings_of
from reports.measures.pulse_budget import timebase_terms
from reports.samples import Samples
from reports.uncertainty import RECTANGULAR, Term
from rig.record import Record
from scenarios.protection_events import REARM

SETTING: Final = "shut_off"
"""Setting of the treatment timer."""
_UNANSWERED: Final = 2
"""Triggers without an answer that show that the device has shut off and not missed a step (design choice)."""
_WATCHED: Final = 1.1
"""A device that still stimulates after this many set times has no shut-off that a ±10 % limit could accept."""


def shut_off_time(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Time from the start of the treatment until the device ends it by itself, s; one sample a run.

    The treatment starts with the run, or where somebody arms the device or switches it on. It has ended where two
    triggers in a row go unanswered: somewhere between the last pulse and the first of them. The middle is the value,
    half the distance the bound of a rectangular error: a gait-triggered device shows its timer only at its steps. A
    device that goes on for 1.1 set times is infinitely late.
    """
    set_s = record.case.device.programmed.get(SETTING)
    if not set_s:
        return not_run("s", f"the setting `{SETTING}` is not known, or the device has no timer")
    t_s, end_s = record.pulses["t_s"], record.span_s[1]
    starts = [each.t_s for each in commands_given(record, "button") if each.command.value in {REARM, "power_on"}]
    start_s = max((s for s in starts if s < end_s), default=record.span_s[0])
    own = t_s[t_s >= start_s]
    if not own.size:
        return nothing("s", "the device never stimulated")
    last_s = float(own[-1])
    later = [opening.t_s for opening in openings_of(record) if opening.t_s > last_s and opening.t_s < end_s]
    if len(later) < _UNANSWERED:
        if last_s - start_s <= _WATCHED * set_s:
            return nothing("s", f"watched for {end_s - start_s:.1f} s, the timer is set to {set_s:g} s")
        return _sample(record, start_s, last_s, math.inf, 0.0)
    if touches(last_s, later[0], record.gaps_s):
        return nothing("s", "gap in the capture where the treatment ended")
    return _sample(record, start_s, later[0], 0.5 * (last_s + later[0]) - start_s, 0.5 * (later[0] - last_s))


def _sample(record: Record, start_s: float, end_s: float, value_s: float, bound_s: float) -> Samples:
    values = np.array([value_s])
    steps = Term(
        "only steps show the timer",
        "B",
        np.array([bound_s * RECTANGULAR]),
        False,
        "last pulse to next trigger",
        "rectangular",
    )
    return collected("s", values, [start_s], [end_s], [-1], (steps, *timebase_terms(record, values)))
