"""Charge where something changes: after a step of current or width, and in the last pulse before a stop."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from reports.conditions import commands_of, setting_changes_s
from reports.measures.charge import net_charge
from reports.measures.collecting import collected, not_run, noted, nothing, spans_array
from reports.measures.following import taken
from reports.measures.grouping import trains_of
from reports.measures.pulse_budget import pulse_terms
from reports.samples import Samples
from rig.record import Record

AFTER_STEP: Final = 5
"""Pulses after a step that are looked at (regulatory.md CHG-10)."""
_STEPPED: Final = ("current", "pulse_width")
_PRESS_S: Final = 1e-6


def net_charge_after_step(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Net charge, C, of each of the first five pulses after a change of the set current or width within a train.

    `phase_charge` is that of the pulse's first phase.
    """
    changes_s = sorted({t_s for name in _STEPPED for t_s in setting_changes_s(record, name)})
    if not changes_s:
        return not_run("C", "the run changes neither current nor width")
    t_s = record.pulses["t_s"]
    wanted: set[float] = set()
    outside = 0
    for change_s in changes_s:
        train = next((t for t in trains_of(record) if t_s[t.rows[0]] < change_s < t.last_pulse_s), None)
        if train is None:
            outside += 1
            continue
        after = train.rows[t_s[train.rows] >= change_s - _PRESS_S][:AFTER_STEP]
        wanted.update(float(t) for t in t_s[after])
    samples = net_charge(record, {"per": "pulse"})
    kept = taken(samples, np.isin(samples.t0_s, np.array(sorted(wanted))))
    notes = noted(outside, "changes left out: no train was under way")
    if not kept.values.size:
        return nothing("C", "no pulse after a step that can be judged", *notes)
    phase_c = dict(zip(t_s, np.abs(record.pulses["charge1_c"]), strict=True))
    reference = np.array([phase_c[t] for t in kept.t0_s])
    return replace(kept, notes=notes, references={"phase_charge": reference})


def presses_s(record: Record) -> tuple[float, ...]:
    """Instants at which stop was pressed, s."""
    pressed = [command for command in commands_of(record) if command.target == "button" and command.value == "stop"]
    return tuple(command.t_ns * 1e-9 for command in pressed)


def stopped_pulse_charge(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Net charge of the pulse inside which stop was pressed, over the phase charge of its train: one sample a press.

    Presses between two pulses truncate nothing and are left out. With ``when: after`` the value is what is left one
    second later: the sum of all net charges from that pulse on for one second. Source: regulatory.md CHG-11.
    """
    asked = presses_s(record)
    if not asked:
        return not_run("", "nobody pressed stop")
    pulses = record.pulses
    rows: list[int] = []
    for press_s in asked:
        inside = np.flatnonzero((pulses["t_s"] - _PRESS_S < press_s) & (press_s < _driven_end_s(record)))
        if inside.size:
            rows.append(int(inside[-1]))
    between = noted(len(asked) - len(rows), "presses left out: between two pulses")
    if not rows:
        return nothing("", "no press fell inside a pulse", *between)
    row = np.array(rows, np.int64)
    plateau_c = np.array([_plateau_c(record, k) for k in row])
    lost = ~np.isfinite(pulses["net_c"][row]) | (pulses["clipped"][row] > 0)
    good = row[~lost]
    left_c = pulses["net_c"][good]
    if parameters.get("when", "at_once") == "after":
        left_c = np.array([_sum_c(record, k) for k in good])
    return collected(
        "",
        np.abs(left_c) / plateau_c[~lost],
        pulses["t_s"][good],
        pulses["end_s"][good],
        pulses["stride"][good],
        tuple(part.scaled(1.0 / plateau_c[~lost]) for part in pulse_terms(record, "net_c", good)),
        notes=between,
        lost_s=spans_array(pulses["t_s"][row[lost]], pulses["end_s"][row[lost]]),
        lost_because="the pulse inside which stop was pressed is clipped or cut",
    )


def _driven_end_s(record: Record) -> Any:
    """End of the longest that each pulse could have been driven: as long as its neighbours of the train, s."""
    pulses = record.pulses
    driven = sum(
        (np.nan_to_num(pulses[name]) for name in ("phase1_s", "gap_s", "phase2_s")), np.zeros(pulses["t_s"].size)
    )
    longest = np.zeros_like(driven)
    for train in trains_of(record):
        longest[train.rows] = np.max(driven[train.rows])
    return pulses["t_s"] + longest


def _plateau_c(record: Record, row: int) -> float:
    train = next(train for train in trains_of(record) if row in train.rows)
    return float(train.plateau_charge_c)


def _sum_c(record: Record, row: int) -> float:
    """Sum of the net charges from this pulse on for a second, C."""
    pulses = record.pulses
    t_s = pulses["t_s"][row]
    same = (pulses["channel"] == pulses["channel"][row]) & (pulses["t_s"] >= t_s) & (pulses["t_s"] < t_s + 1.0)
    return float(np.nansum(pulses["net_c"][same]))
