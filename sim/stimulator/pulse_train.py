"""A train of biphasic pulses, planned one by one: when, how wide, how strong, and what a defect makes of it."""

from typing import Final

import numpy as np

from sim.compiled import compiled
from sim.electrode.circuit import CIRCUIT_FIELDS, Record
from sim.noise import hash64
from sim.timebase import NEVER

IDLE, PHASE1, GAP, PHASE2 = 0, 1, 2, 3
"""Where the output is inside a pulse."""

RUNNING, SILENT, RAMPED_DOWN, LEAD_OFF = 1, 0, 2, 3
"""Outcome of a train."""

_JITTER, _MISSING, _DOUBLE = 0, 1, 2

STAGE_DTYPE: Final = np.dtype(
    [
        *CIRCUIT_FIELDS,
        ("channel", np.int64),
        # the program of the pulses, durations in ns of rig time
        ("current_a", np.float64),
        ("width_ns", np.float64),
        ("least_width_ns", np.float64),
        ("gap_ns", np.int64),
        ("recharge_ratio", np.float64),
        ("recovery_ns", np.int64),
        ("period_ns", np.float64),
        ("jitter_ns", np.float64),
        ("ramps_width", np.int64),
        ("key", np.uint64),
        # lead-off detection
        ("lead_off_ratio", np.float64),
        ("lead_off_pulses", np.int64),
        ("flag_ratio", np.float64),
        ("flag", np.int64),
        ("flags", np.int64),
        # defects, by dose
        ("missing_ratio", np.float64),
        ("double_ratio", np.float64),
        ("net_charge_c", np.float64),
        ("drift_per_s", np.float64),
        # the train
        ("next_ns", np.int64),
        ("extra_ns", np.int64),
        ("anchor_ns", np.int64),
        ("step", np.int64),
        ("number", np.int64),
        ("ramp_from_ratio", np.float64),
        ("ramp_per_s", np.float64),
        ("ramp_t_ns", np.int64),
        ("low_pulses", np.int64),
        ("outcome", np.int64),
        ("outcome_ns", np.int64),
        # the pulse under way
        ("phase", np.int64),
        ("is_probe", np.int64),
        ("is_passive", np.int64),
        ("t0_ns", np.int64),
        ("t1_ns", np.int64),
        ("t2_ns", np.int64),
        ("t3_ns", np.int64),
        ("level1_a", np.float64),
        ("level2_a", np.float64),
        ("base_a", np.float64),
        ("charge1_c", np.float64),
        ("charge2_c", np.float64),
        ("middle1_c", np.float64),
        ("middle2_c", np.float64),
        ("probe_v", np.float64),
    ],
    align=True,
)
"""All that an output stage must know to go on from any instant."""


@compiled
def _draw(stage: Record, number: int, which: int) -> float:
    """Uniform deviate 0..1 of the pulse `number`, from the counter alone."""
    word = hash64(stage["key"] + np.uint64(4 * number + which) * np.uint64(0x9E3779B97F4A7C15))
    return float(word >> np.uint64(11)) * 1.1102230246251565e-16


@compiled
def ramp_ratio(stage: Record, t_ns: int) -> float:
    """Where the train stands between nothing (0) and its plateau (1) at `t_ns`; below 0 when it has ramped down."""
    ratio = stage["ramp_from_ratio"] + stage["ramp_per_s"] * ((t_ns - stage["ramp_t_ns"]) * 1e-9)
    return min(1.0, ratio)


@compiled
def schedule_next(stage: Record) -> None:
    """Set the start of the next pulse on the device's own grid, with the jitter of its timer."""
    jitter_ns = stage["jitter_ns"] * _draw(stage, stage["number"], _JITTER)
    offset_ns = stage["step"] * stage["period_ns"] + jitter_ns
    stage["next_ns"] = stage["anchor_ns"] + np.int64(np.rint(offset_ns))


@compiled
def end_train(stage: Record, t_ns: int, outcome: int) -> None:
    """No pulse after the one under way."""
    stage["next_ns"] = NEVER
    stage["extra_ns"] = NEVER
    stage["outcome"] = outcome
    stage["outcome_ns"] = t_ns


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
    level = stage["current_a"]
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
    stage["is_passive"] = 0
    if stage["recovery_ns"] > 0:
        stage["is_passive"] = 1
        w2_ns = np.int64(stage["recovery_ns"])
        back = 0.0
    stage["t0_ns"] = t_ns
    stage["t1_ns"] = t_ns + w1_ns
    stage["t2_ns"] = stage["t1_ns"] + stage["gap_ns"]
    stage["t3_ns"] = stage["t2_ns"] + w2_ns
    stage["level1_a"] = level
    stage["level2_a"] = back


@compiled
def plan_pulse(stage: Record, t_ns: int) -> bool:
    """What the device does at the start `t_ns` of a period (or of an extra pulse); False where it gives no pulse."""
    ratio = ramp_ratio(stage, t_ns)
    is_extra = t_ns >= stage["extra_ns"]
    if ratio <= 0.0:
        end_train(stage, t_ns, RAMPED_DOWN)
        return False
    if is_extra:
        stage["extra_ns"] = NEVER
        shape_pulse(stage, t_ns, ratio)
        return True
    number = stage["number"]
    stage["number"] = number + 1
    stage["step"] += 1
    schedule_next(stage)
    if _draw(stage, number, _MISSING) < stage["missing_ratio"]:
        return False
    shape_pulse(stage, t_ns, ratio)
    if _draw(stage, number, _DOUBLE) < stage["double_ratio"]:
        fifth_ns = np.int64(0.2 * stage["period_ns"])
        stage["extra_ns"] = max(t_ns + fifth_ns, stage["t3_ns"] + 1_000_000)
    return True
