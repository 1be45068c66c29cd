"""How one pulse is laid out: its phases, their charge, and what the seeded defects make of them."""

import math
from typing import Final

import numpy as np

from sim.compiled import compiled
from sim.electrode.circuit import Record
from sim.stimulator.stage import PHASE1, PHASE2
from sim.timebase import NEVER

SLICES: Final = 8
"""Parts of a phase whose plateau is not flat, each of a steady current (design choice)."""
FRESH_PULSES: Final = 5
"""Pulses after a change of the set current or width that a wrong step spoils (regulatory.md CHG-10: the first five)."""
SURGE_PULSES: Final = 3
"""Pulses of a surge after an electrode has come back (design choice)."""
WARM_UP_S: Final = 30.0
"""Time constant of an output stage that warms up, s (design choice)."""
SHORT_OHM: Final = 100.0
"""Below this load a regulator that surges into a short does so, ohm (design choice)."""


@compiled
def quirk_of_ramp(stage: Record, ratio: float) -> float:
    """What the ramp gives where it should stand at `ratio` of the plateau, 0..1."""
    if ratio >= 1.0:
        return ratio
    if stage["ramp_floor_ratio"] > 0.0:
        ratio = stage["ramp_floor_ratio"] + (1.0 - stage["ramp_floor_ratio"]) * ratio
    if stage["ramp_step_ratio"] > 0.0:
        step = stage["ramp_step_ratio"]
        ratio = min(1.0, step * math.ceil(ratio / step - 1e-9))
    if stage["ramp_dent_ratio"] > 0.0 and 0.4 <= ratio < 0.6:
        ratio = max(0.01, ratio - stage["ramp_dent_ratio"])
    return ratio


@compiled
def _level_a(stage: Record, t_ns: int) -> float:
    """Current of the plateau of the pulse at `t_ns`, A."""
    level = stage["current_a"]
    if stage["is_probe"] != 0:
        return level
    if stage["slew_a"] > 0.0:
        step = level - stage["given_a"]
        level = stage["given_a"] + max(-stage["slew_a"], min(stage["slew_a"], step))
        stage["given_a"] = level
    if stage["current_drift_per_s"] != 0.0:
        level *= max(0.0, 1.0 + stage["current_drift_per_s"] * (t_ns * 1e-9))
    if stage["warm_up_ratio"] != 0.0:
        level *= 1.0 - stage["warm_up_ratio"] * math.exp(-t_ns * 1e-9 / WARM_UP_S)
    if stage["surge_pulses"] > 0:
        stage["surge_pulses"] -= 1
        level *= 1.0 + stage["surge_ratio"]
    if stage["short_surge_ratio"] > 0.0 and 0.0 < stage["into_ohm"] < SHORT_OHM:
        level *= 1.0 + stage["short_surge_ratio"]
    if stage["fresh_pulses"] == FRESH_PULSES:
        level += stage["step_jump_a"]
    return level


@compiled
def _charge_error(stage: Record, ratio: float) -> float:
    """Relative error of the charge of phase 2."""
    error = stage["imbalance_ratio"]
    if ratio < 1.0:
        error += stage["ramp_imbalance_ratio"]
    if stage["fresh_pulses"] > 0:
        error += stage["step_imbalance_ratio"]
    return error


@compiled
def shape_pulse(stage: Record, t_ns: int, ratio: float) -> None:
    """Lay out one pulse from `t_ns`: phase 1, gap and a phase 2 of equal and opposite charge.

    Phase 2 has the width w2 = w1 / r and the current -I w1 / w2, r = `recharge_ratio` (1: symmetric), so that the
    charges agree although both widths are whole nanoseconds. A passive phase 2 lasts `recovery_ns` and drives nothing.

    Args:
        stage: record of `STAGE_DTYPE`; written.
        t_ns: start.
        ratio: 0..1 of the plateau.
    """
    wide = 1.0 + stage["drift_per_s"] * (t_ns * 1e-9)
    width_ns = stage["width_ns"] * min(2.0, max(0.0, wide))
    level = _level_a(stage, t_ns)
    if stage["ramps_width"] != 0:
        width_ns *= ratio
    else:
        level *= ratio
    w1_ns = np.int64(np.rint(max(stage["least_width_ns"], width_ns)))
    w2_ns = np.int64(np.rint(w1_ns / stage["recharge_ratio"]))
    back = -level * (w1_ns / w2_ns)
    if stage["net_charge_c"] != 0.0:
        wrong = back + stage["net_charge_c"] / (w2_ns * 1e-9)
        back = max(2.0 * back, min(0.0, wrong))
    error = _charge_error(stage, ratio)
    if error != 0.0:
        back *= max(0.0, 1.0 + error)
    if stage["phase2_width_ratio"] != 0.0:
        w2_ns = max(np.int64(1), np.int64(np.rint(w2_ns * (1.0 + stage["phase2_width_ratio"]))))
    stage["is_passive"] = 0
    if stage["recovery_ns"] > 0:
        stage["is_passive"] = 1
        w2_ns = np.int64(stage["recovery_ns"])
        back = 0.0
    if stage["fresh_pulses"] > 0 and stage["is_probe"] == 0:
        stage["fresh_pulses"] -= 1
    stage["t0_ns"] = t_ns
    stage["t1_ns"] = t_ns + w1_ns
    stage["t2_ns"] = stage["t1_ns"] + stage["gap_ns"]
    stage["t3_ns"] = stage["t2_ns"] + w2_ns
    stage["level1_a"] = level
    stage["level2_a"] = back


@compiled
def cut_short(stage: Record) -> None:
    """Take the seeded share off phase 2 of the pulse that has been laid out: it is the last of its train."""
    rest_ns = (1.0 - stage["cut_last_ratio"]) * (stage["t3_ns"] - stage["t2_ns"])
    stage["t3_ns"] = stage["t2_ns"] + max(np.int64(1), np.int64(np.rint(rest_ns)))


@compiled
def _of_slice(stage: Record, level: float) -> float:
    """Current of the running part of a phase whose plateau is `level`: overshoot first, then a straight droop."""
    k = stage["slice"]
    factor = 1.0 + stage["droop_ratio"] * (0.5 - (k + 0.5) / SLICES)
    if k == 0:
        factor += stage["overshoot_ratio"]
    return level * factor


@compiled
def begin_phase(stage: Record, t_ns: int, phase: int) -> None:
    """A driven phase begins at `t_ns`: its current, and the first boundary inside it where the plateau is not flat."""
    stage["phase"] = phase
    level = stage["level1_a"] if phase == PHASE1 else stage["level2_a"]
    stage["slice"] = 0
    stage["slice_ns"] = NEVER
    stage["level_a"] = level
    bent = stage["overshoot_ratio"] != 0.0 or stage["droop_ratio"] != 0.0
    if bent and stage["is_probe"] == 0 and not (phase == PHASE2 and stage["is_passive"] != 0):
        stage["level_a"] = _of_slice(stage, level)
        end_ns = stage["t1_ns"] if phase == PHASE1 else stage["t3_ns"]
        stage["slice_ns"] = t_ns + (end_ns - t_ns) // SLICES


@compiled
def next_slice(stage: Record) -> None:
    """The next part of a phase begins at `slice_ns`."""
    stage["slice"] += 1
    first = stage["phase"] == PHASE1
    level = stage["level1_a"] if first else stage["level2_a"]
    from_ns = stage["t0_ns"] if first else stage["t2_ns"]
    end_ns = stage["t1_ns"] if first else stage["t3_ns"]
    stage["level_a"] = _of_slice(stage, level)
    k = stage["slice"] + 1
    stage["slice_ns"] = from_ns + k * (end_ns - from_ns) // SLICES if k < SLICES else NEVER
