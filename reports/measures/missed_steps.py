"""Steps that the patient walked without stimulation, whoever is to blame: the switch or the stimulator (GAI-03)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.intervals import all_inside, all_touching
from reports.measures.collecting import collected, not_run, noted, nothing, spans_array, windows_of
from reports.measures.grouping import trains_of
from reports.measures.openings import EARLY_S
from reports.measures.triggers import FIRST_RATIO
from reports.samples import EXACT, Samples
from reports.statistics import share_lower_bound, share_upper_bound
from rig.record import Record

_ONE_SIDED: Final = 0.975


def missed_steps(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Share of the steps without a pulse between heel-off and landing, or the longest run of them; one sample a run.

    `as: share` or `as: longest_run`. A pulse counts from 10 % of the run's usual plateau on, and from 100 ms
    before heel-off. Steps in which the heel never rises (shuffling) ask for none and are counted in the notes.
    """
    strides = record.strides
    heel_off_s = strides["heel_off_s"]
    if not np.any(np.isfinite(heel_off_s)):
        return not_run("", "no labelled events: heel-off is not known")
    end_s = np.where(
        np.isfinite(strides["landing_s"]), strides["landing_s"], strides["t0_s"] + strides["stride_time_s"]
    )
    inside = all_inside(heel_off_s, end_s, windows_of(parameters))
    hidden = inside & all_touching(heel_off_s, end_s, record.gaps_s)
    rows = np.flatnonzero(inside & np.isfinite(heel_off_s) & ~hidden)
    dropped = int((~inside & np.isfinite(heel_off_s)).sum())
    notes = noted(int((~np.isfinite(heel_off_s)).sum()), "steps in which the heel never rises")
    if not rows.size:
        return nothing("", *notes, dropped=dropped)
    strong_s = _strong_s(record)
    before = np.searchsorted(strong_s, heel_off_s[rows] - EARLY_S)
    missed = np.searchsorted(strong_s, end_s[rows]) == before
    count, n = int(missed.sum()), rows.size
    lengths = np.diff(np.flatnonzero(np.concatenate(([True], ~missed, [True])))) - 1
    runs = parameters.get("as", "share") == "longest_run"
    first = rows[missed][:1]
    made = collected(
        "",
        [float(lengths.max(initial=0)) if runs else count / n],
        [heel_off_s[rows[0]]],
        [end_s[rows[-1]]],
        [int(strides["stride"][first[0]]) if first.size else -1],
        items=np.array([n]),
        budget=EXACT,
        notes=(f"{count} of {n} steps", *notes),
        dropped=dropped,
        lost_s=spans_array(heel_off_s[hidden], end_s[hidden]),
        lost_because="gap in the capture",
    )
    if runs:
        return made
    bounds = (share_lower_bound(count, n, _ONE_SIDED), share_upper_bound(count, n, _ONE_SIDED))
    return replace(made, interval95=np.array([bounds]))


def _strong_s(record: Record) -> NDArray[np.float64]:
    """Instants of the pulses that reach 10 % of the usual plateau of the run, or are clipped, in order, s.

    Of the run and not of their own train: a train that is weak as a whole lifts no foot.
    """
    trains, pulses = trains_of(record), record.pulses
    plateaus_c = np.array([train.plateau_charge_c for train in trains])
    known = plateaus_c[np.isfinite(plateaus_c)]
    usual_c = float(np.median(known)) if known.size else 0.0
    return np.sort(pulses["t_s"][~(np.abs(pulses["charge1_c"]) < FIRST_RATIO * usual_c)])
