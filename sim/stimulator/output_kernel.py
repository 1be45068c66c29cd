"""The output stage between two instants, compiled: every switch of the device and every limit of the circuit."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled
from sim.electrode.circuit import Record, begin_segment, charge_between, current_at, decay
from sim.stimulator.pulse_layout import begin_phase, next_slice, shape_pulse
from sim.stimulator.pulse_train import end_train, plan_pulse
from sim.stimulator.stage import CHARGE_FAULT, GAP, IDLE, LEAD_OFF, OVERLOAD, PHASE1, PHASE2, RUNNING
from sim.timebase import NEVER

DONE, NEED_ROWS, NEED_PULSES, NEED_FLAGS = 0, 1, 2, 3
"""What `run_output` returns: finished, or a table is full and must grow before it is called again."""

OVERLOAD_PULSES: Final = 3
"""Pulses in a row into less than `overload_ohm` that trip (design choice)."""
CHARGE_FAULT_PULSES: Final = 5
"""Pulses in a row that leave too much charge behind and trip (design choice)."""


@compiled
def next_switch_ns(stage: Record) -> int:
    """Instant at which the device switches its output next; NEVER while it has nothing to do."""
    phase = stage["phase"]
    if phase == PHASE1:
        return min(stage["t1_ns"], stage["slice_ns"])
    if phase == GAP:
        return stage["t2_ns"]
    if phase == PHASE2:
        return min(stage["t3_ns"], stage["slice_ns"])
    return max(stage["t_ns"], min(stage["next_ns"], stage["extra_ns"]))


@compiled
def _overlap_c(stage: Record, to_ns: int, from_ns: int, until_ns: int) -> float:
    """Charge of the running segment, ended at `to_ns`, that falls into [from_ns, until_ns)."""
    a_ns = max(stage["t_ns"], from_ns)
    b_ns = min(to_ns, until_ns)
    return charge_between(stage, a_ns, b_ns) if b_ns > a_ns else 0.0


@compiled
def close_segment(stage: Record, t_ns: int) -> None:
    """Add the charge of the running segment, which ends at `t_ns`, to the pulse under way."""
    phase = stage["phase"]
    if phase == IDLE:
        return
    if phase == PHASE1:
        quarter_ns = (stage["t1_ns"] - stage["t0_ns"]) // 4
        stage["charge1_c"] += charge_between(stage, stage["t_ns"], t_ns)
        stage["middle1_c"] += _overlap_c(stage, t_ns, stage["t0_ns"] + quarter_ns, stage["t1_ns"] - quarter_ns)
    elif phase == GAP:
        stage["charge1_c"] += charge_between(stage, stage["t_ns"], t_ns)
    else:
        quarter_ns = (stage["t3_ns"] - stage["t2_ns"]) // 4
        stage["charge2_c"] += charge_between(stage, stage["t_ns"], t_ns)
        stage["middle2_c"] += _overlap_c(stage, t_ns, stage["t2_ns"] + quarter_ns, stage["t3_ns"] - quarter_ns)


@compiled
def begin_row(stage: Record, t_ns: int, rows: NDArray[Any], n: int) -> int:
    """Begin a segment at `t_ns` and write it as row `n`, or over the row before where that one has no length.

    Returns:
        Number of rows written so far.
    """
    begin_segment(stage, t_ns)
    if n > 0 and rows[n - 1]["t_ns"] == t_ns:
        n -= 1
    rows[n]["t_ns"] = t_ns
    rows[n]["i_a"] = stage["i_a"]
    rows[n]["i_b_a"] = stage["i_b_a"]
    rows[n]["v_v"] = stage["v_v"]
    rows[n]["v_b_v"] = stage["v_b_v"]
    rows[n]["tau_s"] = stage["tau_s"]
    return n + 1


@compiled
def _plateau_a(middle_c: float, all_c: float, from_ns: int, to_ns: int, end_ns: int) -> float:
    """Mean current of the middle half of a phase, A; of what there was of it where it was cut short at `end_ns`."""
    if end_ns < to_ns:
        return all_c / ((end_ns - from_ns) * 1e-9) if end_ns > from_ns else 0.0
    quarter_ns = (to_ns - from_ns) // 4
    return middle_c / ((to_ns - from_ns - 2 * quarter_ns) * 1e-9)


@compiled
def _watch_charge(stage: Record, t_ns: int, net_c: float) -> None:
    """End of a pulse: compare the charge that it left behind with that of a whole phase 1 as it is set."""
    if stage["charge_fault_ratio"] <= 0.0:
        return
    if abs(net_c) <= stage["charge_fault_ratio"] * stage["current_a"] * stage["width_ns"] * 1e-9:
        stage["unbalanced_pulses"] = 0
        return
    stage["unbalanced_pulses"] += 1
    if stage["unbalanced_pulses"] >= CHARGE_FAULT_PULSES and stage["outcome"] == RUNNING:
        end_train(stage, t_ns, CHARGE_FAULT)


@compiled
def finish_pulse(stage: Record, t_ns: int, pulses: NDArray[Any], m: int) -> int:
    """The pulse under way ends at `t_ns`: write it as row `m` unless nothing flowed or it was a probe.

    Returns:
        Number of pulses written so far.
    """
    t0_ns = stage["t0_ns"]
    t1_ns = min(stage["t1_ns"], t_ns)
    t2_ns = min(stage["t2_ns"], t_ns)
    base = stage["base_a"]
    stage["phase"] = IDLE
    if stage["is_probe"] != 0:
        stage["is_probe"] = 0
        return m
    charge1 = stage["charge1_c"] - base * ((t2_ns - t0_ns) * 1e-9)
    charge2 = stage["charge2_c"] - base * ((t_ns - t2_ns) * 1e-9)
    if charge1 == 0.0 and charge2 == 0.0:
        return m
    row = pulses[m]
    row["channel"] = stage["channel"]
    row["t_s"] = t0_ns * 1e-9
    row["phase1_a"] = _plateau_a(stage["middle1_c"], stage["charge1_c"], t0_ns, stage["t1_ns"], t_ns) - base
    row["phase1_s"] = (t1_ns - t0_ns) * 1e-9
    row["gap_s"] = (t2_ns - t1_ns) * 1e-9
    row["phase2_a"] = 0.0
    if t_ns > t2_ns:
        row["phase2_a"] = _plateau_a(stage["middle2_c"], stage["charge2_c"], t2_ns, stage["t3_ns"], t_ns) - base
    row["phase2_s"] = (t_ns - t2_ns) * 1e-9
    row["charge1_c"] = charge1
    row["charge2_c"] = charge2
    row["net_c"] = charge1 + charge2
    row["baseline_a"] = base
    row["clipped"] = 0
    row["tail_done"] = 1
    row["end_s"] = t_ns * 1e-9
    row["peak_a"] = row["square_a2s"] = row["peak_v"] = np.nan
    row["peak1_a"] = row["peak2_a"] = row["rise_s"] = row["droop_a"] = np.nan
    _watch_charge(stage, t_ns, charge1 + charge2)
    return m + 1


@compiled
def start_pulse(stage: Record, t_ns: int) -> None:
    """Phase 1 of the pulse that has been laid out begins at `t_ns`."""
    stage["base_a"] = current_at(stage, t_ns)
    stage["charge1_c"] = 0.0
    stage["charge2_c"] = 0.0
    stage["middle1_c"] = 0.0
    stage["middle2_c"] = 0.0
    begin_phase(stage, t_ns, PHASE1)


@compiled
def _watch_overload(stage: Record, t_ns: int, plateau_a: float, reached_v: float) -> None:
    """End of phase 1: too little voltage for the current that flows."""
    stage["into_ohm"] = reached_v / plateau_a if plateau_a > 0.0 else 0.0
    if plateau_a <= 0.0 or stage["into_ohm"] >= stage["overload_ohm"]:
        stage["short_pulses"] = 0
        return
    stage["short_pulses"] += 1
    if stage["short_pulses"] >= OVERLOAD_PULSES and stage["outcome"] == RUNNING:
        end_train(stage, t_ns, OVERLOAD)


@compiled
def _watch_lead(stage: Record, t_ns: int, flags: NDArray[np.int64]) -> None:
    """End of phase 1: compare the plateau that the device measures at its own output with what it set."""
    if stage["is_probe"] != 0:
        stage["probe_v"] += stage["v_v"] + stage["v_b_v"] * decay(stage, t_ns)
        return
    plateau = abs(_plateau_a(stage["middle1_c"], stage["charge1_c"], stage["t0_ns"], stage["t1_ns"], t_ns))
    reached_v = abs(stage["v_v"] + stage["v_b_v"] * decay(stage, t_ns))
    _watch_overload(stage, t_ns, plateau, reached_v)
    if stage["soft_s"] > 0.0:  # the device senses its current before the output resistance
        plateau += stage["soft_s"] * reached_v
    is_low = 1 if plateau < stage["flag_ratio"] * abs(stage["level1_a"]) else 0
    if is_low != stage["flag"]:
        stage["flag"] = is_low
        flags[stage["flags"], 0] = t_ns
        flags[stage["flags"], 1] = is_low
        stage["flags"] += 1
    if plateau >= stage["lead_off_ratio"] * abs(stage["level1_a"]):
        stage["low_pulses"] = 0
        return
    stage["low_pulses"] += 1
    if stage["low_pulses"] >= stage["lead_off_pulses"] and stage["outcome"] == RUNNING:
        end_train(stage, t_ns, LEAD_OFF)


@compiled
def _next_phase(stage: Record, t_ns: int, pulses: NDArray[Any], m: int, flags: NDArray[np.int64]) -> int:
    """The running phase of a pulse ends at `t_ns`; returns the number of pulses written so far."""
    close_segment(stage, t_ns)
    if stage["phase"] == PHASE2:
        stage["level_a"] = 0.0
        stage["shorted"] = 0
        return finish_pulse(stage, t_ns, pulses, m)
    if stage["phase"] == PHASE1:
        _watch_lead(stage, t_ns, flags)
    if stage["phase"] == PHASE1 and stage["t2_ns"] > t_ns:
        stage["phase"] = GAP
        stage["level_a"] = 0.0
        stage["shorted"] = 0
    else:
        begin_phase(stage, t_ns, PHASE2)
        stage["shorted"] = stage["is_passive"]
    return m


@compiled
def run_output(
    stages: NDArray[Any],
    until_ns: int,
    rows: NDArray[Any],
    n: int,
    pulses: NDArray[Any],
    m: int,
    flags: NDArray[np.int64],
) -> tuple[int, int, int]:
    """Let the output run to `until_ns`, not included.

    Args:
        stages: (1,) of `STAGE_DTYPE`; written.
        until_ns: end.
        rows: (capacity,) of `EDGE_DTYPE`; written from row `n` on.
        n: rows that are used.
        pulses: (capacity,) of `PULSE_DTYPE`; written from row `m` on.
        m: pulses that are used.
        flags: (capacity, 2) instant and state of every change of the flag; written.

    Returns:
        (DONE or what is missing, rows used, pulses used).
    """
    stage = stages[0]
    while True:
        if n >= rows.shape[0]:
            return NEED_ROWS, n, m
        if m >= pulses.shape[0]:
            return NEED_PULSES, n, m
        if stage["flags"] >= flags.shape[0]:
            return NEED_FLAGS, n, m
        switch_ns = next_switch_ns(stage)
        t_ns = min(switch_ns, stage["change_ns"])
        if t_ns >= until_ns or t_ns >= NEVER:
            return DONE, n, m
        if t_ns < switch_ns:
            close_segment(stage, t_ns)
            n = begin_row(stage, t_ns, rows, n)
            continue
        if stage["phase"] == IDLE:
            if not plan_pulse(stage, t_ns):
                continue
            start_pulse(stage, t_ns)
        elif t_ns == stage["slice_ns"] and stage["phase"] != GAP:
            close_segment(stage, t_ns)
            next_slice(stage)
        else:
            m = _next_phase(stage, t_ns, pulses, m, flags)
        n = begin_row(stage, t_ns, rows, n)


@compiled
def change_circuit(stages: NDArray[Any], t_ns: int, rows: NDArray[Any], n: int) -> int:
    """Begin a new segment at `t_ns` because something of the circuit has been set anew; `run_output` went before.

    The charge up to `t_ns` still belongs to the running segment, whose coefficients do not know the new values yet.

    Returns:
        Number of rows used.
    """
    stage = stages[0]
    close_segment(stage, t_ns)
    return begin_row(stage, t_ns, rows, n)


@compiled
def cut_pulse(
    stages: NDArray[Any], t_ns: int, rows: NDArray[Any], n: int, pulses: NDArray[Any], m: int
) -> tuple[int, int]:
    """Switch the output off at `t_ns`, in the middle of a pulse if there is one.

    Returns:
        (rows used, pulses used).
    """
    stage = stages[0]
    stage["level_a"] = 0.0
    stage["shorted"] = 0
    if stage["phase"] != IDLE:
        close_segment(stage, t_ns)
        m = finish_pulse(stage, t_ns, pulses, m)
    return begin_row(stage, t_ns, rows, n), m


@compiled
def begin_probe(stages: NDArray[Any], t_ns: int, probe_a: float, rows: NDArray[Any], n: int) -> int:
    """Begin a balanced pulse of the small current `probe_a` and of the set width, to feel for the electrode.

    Returns:
        Number of rows used.
    """
    stage = stages[0]
    stage["is_probe"] = 1
    shape_pulse(stage, t_ns, 1.0)
    if stage["level1_a"] > 0.0:
        stage["level2_a"] *= probe_a / stage["level1_a"]
    else:
        stage["level2_a"] = -probe_a * ((stage["t1_ns"] - stage["t0_ns"]) / (stage["t3_ns"] - stage["t2_ns"]))
    stage["level1_a"] = probe_a
    stage["probe_v"] = -(stage["v_v"] + stage["v_b_v"] * decay(stage, t_ns))
    start_pulse(stage, t_ns)
    return begin_row(stage, t_ns, rows, n)
