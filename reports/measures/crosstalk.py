"""Channels beside each other: what flows in one while another gives its pulse, and how far apart their pulses lie."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports.measures.collecting import collected, nothing
from reports.measures.pulse_budget import accuracy_of, interval_terms
from reports.measures.shape_budget import peaks, shape_terms
from reports.samples import Samples
from reports.uncertainty import Term, bounded
from rig.finder_state import FinderSettings
from rig.record import Record

TOGETHER_S: Final = 20e-6
"""Pulses that begin within this time of each other are one event (design choice: far above any edge)."""
OWN_RATIO: Final = 0.25
"""A pulse of at least this part of what its channel gives by itself is its own, not one that leaked in."""


def channel_crosstalk(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Largest current in any other channel while one channel gives a pulse, over that pulse's own: one sample a pulse.

    What leaked in is found as a pulse of the other channel that begins with it and is weaker than what that channel
    gives by itself, or as any pulse of a channel that is set to nothing, before the next pulse of the first. Where none
    is found, what there may be lies between nothing and the finder's threshold: the value is half of the threshold, and
    so is the bound of its error. `floor` refers to 0.1 mA over the pulse's own current.
    """
    pulses = record.pulses
    channels = [int(channel) for channel in np.unique(pulses["channel"])]
    captured = [name for name in record.accuracy if name.partition(".")[0] == "current"]
    if len(captured) < 2:
        return nothing("", "only one channel is captured")
    own = {channel: _own_a(record, channel) for channel in channels}
    is_own = np.array(
        [abs(a) >= OWN_RATIO * own[int(c)] for a, c in zip(pulses["phase1_a"], pulses["channel"], strict=True)],
        np.bool_,
    )
    alone = _never_with_another(record, is_own)
    rows = np.flatnonzero(is_own & np.isfinite(pulses["peak_a"]) & alone).astype(np.int64)
    if not rows.size:
        return nothing("", "no pulse of one channel alone")
    strongest = peaks(record, "peak_a", rows)
    leaked, which = _leaked(record, rows, is_own)
    found = which >= 0
    limit = np.array([_threshold_a(record, int(c)) for c in pulses["channel"][rows]])
    value = np.where(found, leaked, 0.5 * limit) / strongest
    parts: list[Term] = [
        bounded(
            "finder threshold",
            np.where(found, 0.0, 0.5 * limit) / strongest,
            rows.size,
            systematic=True,
            source="nothing was found: between nothing and the threshold",
        )
    ]
    if found.any():
        taken = which[found].astype(np.int64)
        parts += [
            part.scaled(1.0 / strongest[found]).spread(np.flatnonzero(found), rows.size)
            for part in shape_terms(record, "peak_a", taken)
        ]
    return collected(
        "",
        value,
        pulses["t_s"][rows],
        pulses["end_s"][rows],
        pulses["stride"][rows],
        parts,
        references={"floor": 0.1e-3 / strongest},
    )


def _own_a(record: Record, channel: int) -> float:
    """What a channel gives by itself: the current that is set for it, else the largest plateau, A."""
    programmed = record.case.device.programmed
    set_a = programmed.get(f"current_{channel}", programmed.get("current"))
    if set_a:
        return float(set_a)
    if set_a is not None:
        return np.inf  # the channel is off: whatever flows has leaked in
    own = np.abs(record.pulses["phase1_a"][record.pulses["channel"] == channel])
    return float(np.nanmax(own)) if np.isfinite(own).any() else np.inf


def _never_with_another(record: Record, is_own: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n,) True for pulses that begin with no own pulse of another channel."""
    pulses = record.pulses
    alone = np.ones(pulses["t_s"].size, np.bool_)
    order = np.flatnonzero(is_own)
    t_s, channel = pulses["t_s"][order], pulses["channel"][order]
    for k in range(1, order.size):
        if channel[k] != channel[k - 1] and t_s[k] - t_s[k - 1] < TOGETHER_S:
            alone[order[k - 1]] = alone[order[k]] = False
    return alone


def _leaked(
    record: Record, rows: NDArray[np.int64], is_own: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Largest leaked-in peak beside each pulse, A, and its row, or -1."""
    pulses = record.pulses
    guests = np.flatnonzero(~is_own & np.isfinite(pulses["peak_a"])).astype(np.int64)
    size, which = np.zeros(rows.size), np.full(rows.size, -1, np.int64)
    if not guests.size:
        return size, which
    at, peak = pulses["t_s"][guests], peaks(record, "peak_a", guests)
    silent = np.array([np.isinf(_own_a(record, int(c))) for c in pulses["channel"][guests]], np.bool_)
    latest = np.searchsorted(pulses["t_s"][rows], at + TOGETHER_S, "right") - 1
    for k, row in enumerate(rows):
        t_s = pulses["t_s"][row]
        end_s = t_s + np.nan_to_num(pulses["phase1_s"][row])
        beside = (at > t_s - TOGETHER_S) & (at < end_s) & (pulses["channel"][guests] != pulses["channel"][row])
        near = np.flatnonzero(beside | (silent & (latest == k)))
        if near.size:
            best = near[np.argmax(peak[near])]
            size[k], which[k] = max(peak[best], 0.0), guests[best]
    return size, which


def _threshold_a(record: Record, channel: int) -> float:
    """Current that the finder of another channel would surely have found, A."""
    others = [
        accuracy_of(record, float(name.partition(".")[2] or 1))
        for name in record.accuracy
        if name.partition(".")[0] == "current" and int(name.partition(".")[2] or 1) != channel
    ]
    settings = FinderSettings()
    return max(
        (max(settings.threshold_sigmas * of.noise_rms, 4.0 * of.lsb) for of in others if of is not None), default=np.inf
    )


def channel_spacing(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Time from the end of one channel's driven phase 1 to the start of another channel's pulse, s: one a pair.

    Negative where both flow at once. Source: FDA Table A (channels synchronous or alternating).
    """
    pulses = record.pulses
    own = np.array(
        [
            abs(a) >= OWN_RATIO * _own_a(record, int(c))
            for a, c in zip(pulses["phase1_a"], pulses["channel"], strict=True)
        ],
        np.bool_,
    )
    rows = np.flatnonzero(own & np.isfinite(pulses["phase1_s"]))
    rows = rows[np.argsort(pulses["t_s"][rows], kind="stable")]
    pairs = [(a, b) for a, b in pairwise(rows) if pulses["channel"][a] != pulses["channel"][b]]
    if not pairs:
        return nothing("s", "no two channels gave pulses")
    first, second = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    gap_s = pulses["t_s"][second] - pulses["t_s"][first] - pulses["phase1_s"][first]
    return collected(
        "s",
        gap_s,
        pulses["t_s"][first],
        pulses["end_s"][second],
        pulses["stride"][first],
        interval_terms(record, first, gap_s),
    )
