"""Does a ramp only rise: how far a pulse falls back behind the one before it (regulatory.md TIM-11)."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from reports.measures.collecting import collected, noted, spans_array
from reports.measures.grouping import Train, clipped_rows, trains_of
from reports.measures.pulse_budget import pulse_terms
from reports.measures.ramps import HIGH_RATIO
from reports.samples import Samples
from rig.record import Record


def ramp_step_back(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Largest step against the direction of the ramp, as a share of the plateau's phase charge; one sample a train.

    Of a rising ramp (`ramp: up`): the most by which a pulse falls short of the one before it, from the first pulse to
    the last one of the set ramp (without a setting: to the first that reaches 90 % of the plateau). Of a falling one
    the same in reverse. 0 where every pulse is at least as strong as the one before. Phase charge stands for amplitude
    and width alike.
    """
    down = parameters.get("ramp", "up") == "down"
    setting = record.case.device.programmed.get("ramp_down" if down else "ramp_up")
    clipped = clipped_rows(record)
    judged: list[Train] = []
    lost: list[Train] = []
    worst: list[int] = []
    values: list[float] = []
    short = 0
    for train in trains_of(record):
        rows = train.rows[::-1] if down else train.rows
        if clipped[rows].any():
            lost.append(train)
            continue
        t_s, level = record.pulses["t_s"][rows], np.abs(record.pulses["charge1_c"][rows]) / train.plateau_charge_c
        full = np.flatnonzero(level >= HIGH_RATIO)
        last = int(full[0]) if full.size else level.size - 1
        if setting is not None:
            last = max(last, int(np.sum(np.abs(t_s - t_s[0]) <= setting)) - 1)
        back = level[:-1][:last] - level[1:][:last]
        if not back.size:
            short += 1
            continue
        k = int(np.argmax(back))
        judged.append(train)
        worst.append(int(rows[k]))
        values.append(max(float(back[k]), 0.0))
    plateau_c = np.array([train.plateau_charge_c for train in judged])
    # the gain is common to both pulses and to the plateau; of the rest each of the two charges has its own error
    terms = tuple(
        part.scaled(np.sqrt(2.0) / plateau_c)
        for part in pulse_terms(record, "charge1_c", np.array(worst, np.int64))
        if not part.systematic
    )
    return collected(
        "",
        values,
        [train.t0_s for train in judged],
        [train.t1_s for train in judged],
        [train.stride for train in judged],
        terms,
        notes=noted(short, "trains without a ramp"),
        lost_s=spans_array([train.t0_s for train in lost], [train.t1_s for train in lost]),
        lost_because="trains with a clipped pulse",
    )
