"""Where in the cycle stimulation begins and ends: early and late as a share of the stride (regulatory.md GAI-04)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.intervals import touches
from reports.measures.collecting import collected, not_run, noted, nothing
from reports.measures.early import early_trains
from reports.measures.openings import sensor_terms
from reports.measures.pulse_budget import pulse_terms
from reports.measures.triggers import Trigger, is_cut_off, triggers_of
from reports.samples import Samples
from rig.record import Record


def stimulation_place(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Onset against toe-off, or end against landing, as a share of the stride time; one sample a stride.

    `at: onset`: (first pulse - toe-off)/stride time; negative before toe-off. `at: end`: (last pulse - landing)/stride
    time; negative before the landing. The first pulse is the first that reaches 10 % of the plateau; the last one is
    the last of all, set extension and ramp included. What began in stance, before the trigger, counts from where it
    began. A stride without an answer gives no sample: `missed_steps` counts
    it.
    """
    end = parameters.get("at", "onset") == "end"
    strides = record.strides
    against_s = strides["landing_s" if end else "toe_off_s"]
    if not np.any(np.isfinite(against_s)):
        return not_run("", "no labelled events: toe-off is not known")
    triggers, without = triggers_of(record)
    row_of = {int(stride): row for row, stride in enumerate(strides["stride"])}
    early = early_trains(record)

    def pulse_of(trigger: Trigger) -> int:
        if end:
            return trigger.last_row
        return int(early[trigger.stride].rows[0]) if trigger.stride in early else trigger.first_row

    asked = [
        (pulse_of(trigger), row_of[trigger.stride])
        for trigger in triggers
        if not is_cut_off(record, trigger) and (end or not trigger.running or trigger.stride in early)
    ]
    answered = [(pulse, row) for pulse, row in asked if pulse >= 0 and np.isfinite(against_s[row])]
    pulses = np.array([pulse for pulse, _ in answered], np.int64)
    rows = np.array([row for _, row in answered], np.int64)
    t_s = record.pulses["t_s"][pulses]
    keep = np.array(
        [not touches(min(a, b), max(a, b), record.gaps_s) for a, b in zip(t_s, against_s[rows], strict=True)], np.bool_
    )
    pulses, rows, t_s = pulses[keep], rows[keep], t_s[keep]
    notes = (
        *noted(without, "strides without trigger"),
        *noted(len(asked) - len(answered), "strides without an answer"),
        *noted(int((~keep).sum()), "strides behind a gap in the capture"),
    )
    if not rows.size:
        return nothing("", *notes)
    stride_s = strides["stride_time_s"][rows]
    terms = (*pulse_terms(record, "t_s", pulses), *sensor_terms(record, rows.size))
    return collected(
        "",
        (t_s - against_s[rows]) / stride_s,
        np.minimum(t_s, against_s[rows]),
        np.maximum(t_s, against_s[rows]),
        strides["stride"][rows],
        tuple(part.scaled(1.0 / stride_s) for part in terms),
        notes=notes,
    )
