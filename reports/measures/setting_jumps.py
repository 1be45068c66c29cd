"""How far the current jumps from one pulse to the next while its setting is changed."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.measures.collecting import collected, not_run, nothing, spans_array
from reports.measures.given import commands_given
from reports.measures.grouping import set_period_s, trains_of
from reports.measures.pulse_budget import pulse_terms
from reports.samples import Samples
from rig.record import Record

AFTER_S: Final = 1.0
"""A change is followed for this long (design choice: a device that limits the jump takes several pulses)."""
_PERIODS: Final = 1.5


def setting_jump(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Difference of the currents of two pulses in a row while the setting `current` is being changed, A.

    From one period before a change to 1 s after it; pulses of the same train only, no pulse missing between them, and
    only of trains in which the setting was changed: a change in silence shows nothing. One sample a pair. The scale of
    the card cancels but for its share of the difference.
    """
    del parameters
    changes_s = [each.t_s for each in commands_given(record, "setting") if each.command.value[0] == "current"]
    if not changes_s:
        return not_run("A", "the setting `current` is never changed")
    period_s = set_period_s(record) or 0.1
    pulses = record.pulses
    pairs = [np.empty((0, 2), np.int64)]
    for train in trains_of(record):
        rows = train.rows
        t_s = pulses["t_s"][rows]
        near = np.zeros(rows.size, np.bool_)
        for change_s in [s for s in changes_s if train.t0_s < s < train.last_pulse_s]:
            near |= (t_s >= change_s - _PERIODS * period_s) & (t_s <= change_s + AFTER_S)
        follows = near[1:] & near[:-1] & (np.diff(t_s) < _PERIODS * period_s)
        pairs.append(np.stack((rows[:-1][follows], rows[1:][follows]), axis=1))
    found = np.concatenate(pairs)
    if not found.size:
        return nothing("A", "no two pulses in a row while the setting changed")
    before, after = found[:, 0], found[:, 1]
    level = np.abs(pulses["phase1_a"])
    jumps = np.abs(level[after] - level[before])
    good = np.isfinite(jumps)
    before, after, jumps = before[good], after[good], jumps[good]
    terms = tuple(
        part.scaled(jumps / np.maximum(level[after], 1e-12)) if part.systematic else part.scaled(2.0**0.5)
        for part in pulse_terms(record, "phase1_a", after)
    )
    lost = found[~good]
    return collected(
        "A",
        jumps,
        pulses["t_s"][before],
        pulses["end_s"][after],
        pulses["stride"][after],
        terms,
        lost_s=spans_array(pulses["t_s"][lost[:, 0]], pulses["end_s"][lost[:, 1]]),
        lost_because="clipped",
    )
