"""A train of biphasic pulses, planned one by one: when, how strong, and which of them do not come."""

import numpy as np

from sim.compiled import compiled
from sim.electrode.circuit import Record
from sim.noise import hash64
from sim.stimulator.pulse_layout import cut_short, quirk_of_ramp, shape_pulse
from sim.stimulator.stage import RAMPED_DOWN
from sim.timebase import NEVER

_JITTER, _MISSING, _DOUBLE = 0, 1, 2


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
def plan_pulse(stage: Record, t_ns: int) -> bool:
    """What the device does at the start `t_ns` of a period (or of an extra pulse); False where it gives no pulse."""
    ratio = ramp_ratio(stage, t_ns)
    is_extra = t_ns >= stage["extra_ns"]
    if ratio <= 0.0:
        end_train(stage, t_ns, RAMPED_DOWN)
        return False
    ratio = quirk_of_ramp(stage, ratio)
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
    if stage["cut_last_ratio"] > 0.0 and ramp_ratio(stage, stage["next_ns"]) <= 0.0:
        cut_short(stage)
    if _draw(stage, number, _DOUBLE) < stage["double_ratio"]:
        fifth_ns = np.int64(0.2 * stage["period_ns"])
        stage["extra_ns"] = max(t_ns + fifth_ns, stage["t3_ns"] + 1_000_000)
    return True
