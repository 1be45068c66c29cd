"""Whether the device says so when it cannot drive the set current, and only then (regulatory.md OUT-14)."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.conditions import setting_at
from reports.measures.collecting import collected, not_run, nothing, spans_array
from reports.measures.levels import sound_rows
from reports.measures.pulse_budget import pulse_terms
from reports.samples import Samples
from reports.uncertainty import COVERAGE
from rig.record import Record

LINE: Final = "indicator.high_impedance"
SHORT_RATIO: Final = 0.9
"""A plateau below this part of the set current is one that could not be driven."""
_SETTLED_S: Final = 1e-3
"""The flag may follow its pulse by this much (design choice)."""
_SLACK_S: Final = 1e-6


def flag_disagreement(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """A pulse after which the flag `high impedance` says other than its plateau does; one occurrence each.

    Truth is the captured plateau against 90 % of the set current; a pulse nearer to that than its U tells nothing. Both
    states of the truth must occur, else the check cannot pass: a flag that never had to change shows nothing.
    """
    if LINE not in record.lines:
        return not_run("", "the device shows no flag `high impedance`")
    rows = sound_rows(record, "phase1_a", plateau=record.case.document.get("settings", {}).get("ramped") == "current")
    pulses = record.pulses
    set_a = np.abs(setting_at(record, "current", pulses["t_s"][rows] + _SLACK_S))
    level = np.abs(pulses["phase1_a"][rows])
    variance = sum((part.standard_value**2 for part in pulse_terms(record, "phase1_a", rows)), np.zeros(rows.size))
    certain = np.isfinite(set_a) & (np.abs(level - SHORT_RATIO * set_a) > COVERAGE * np.sqrt(variance))
    rows, low = rows[certain], (level < SHORT_RATIO * set_a)[certain]
    if not rows.size:
        return nothing("", "no pulse that tells whether the current was reached", watched_s=())
    t_s, states = record.lines[LINE]
    asked_s = pulses["t_s"][rows] + np.nan_to_num(pulses["phase1_s"][rows]) + _SETTLED_S
    shown = states[np.maximum(np.searchsorted(t_s, asked_s, "right") - 1, 0)] > 0
    wrong = rows[shown != low]
    one_sided = (
        ""
        if low.any() and not low.all()
        else ("the set current was never out of reach" if not low.any() else "the set current was always out of reach")
    )
    return collected(
        "",
        np.ones(wrong.size),
        pulses["t_s"][wrong],
        pulses["end_s"][wrong],
        pulses["stride"][wrong],
        watched_s=(record.span_s,),
        lost_s=spans_array([record.span_s[0]], [record.span_s[1]]) if one_sided else None,
        lost_because=one_sided,
    )
