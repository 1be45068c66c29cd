"""An output stage between two switches of somebody else, compiled: the circuit's own limits, and what made a pulse."""

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import compiled
from sim.electrode.circuit import CIRCUIT_FIELDS, Record, decay
from sim.stimulator.output_kernel import DONE, NEED_PULSES, NEED_ROWS, begin_row
from sim.stimulator.stage import GAP, IDLE, PHASE1, PHASE2
from sim.timebase import NEVER

NEED_PARTS: Final = 4
"""What the kernels return where the table of the running pulse is full."""

LONGEST_GAP_NS: Final = 1_000_000
"""A phase 1 after which nothing comes for so long is a pulse of its own (design choice: five times the longest gap that
a surface stimulator can be set to)."""

SWITCHED_DTYPE: Final = np.dtype(
    [
        *CIRCUIT_FIELDS,
        ("channel", np.int64),
        ("probe_a", np.float64),
        ("phase", np.int64),
        ("sign", np.float64),
        ("largest_a", np.float64),
        ("t0_ns", np.int64),
        ("t1_ns", np.int64),
        ("t2_ns", np.int64),
        ("given_up_ns", np.int64),
        ("parts", np.int64),
        ("asked_a", np.float64),
        ("limit_ns", np.int64),
        ("cut_ns", np.int64),
        ("is_cut", np.int64),
    ],
    align=True,
)
"""The circuit and the pulse under way: its phase, direction, largest asked current, starts of phase 1, gap and phase 2,
when it is given up for want of a phase 2, and how many segments it has so far. Then what the switches ask for, A, and
the one-shot behind them: its time (`NEVER` for none), when it cuts the drive under way, and whether it has."""

PART_DTYPE: Final = np.dtype([("t_ns", np.int64), ("i_a", np.float64), ("i_b_a", np.float64), ("tau_s", np.float64)])
"""A segment of the pulse under way: start, and current as in `sim.edges`."""


@compiled
def _charge_c(parts: NDArray[Any], count: int, end_ns: int, from_ns: int, to_ns: int) -> float:
    """Integral of the current of `count` segments, the last of which ends at `end_ns`, over [from_ns, to_ns), C."""
    total = 0.0
    for k in range(count):
        part = parts[k]
        next_ns = parts[k + 1]["t_ns"] if k + 1 < count else end_ns
        a_ns = max(part["t_ns"], from_ns)
        b_ns = min(next_ns, to_ns)
        if b_ns <= a_ns:
            continue
        total += part["i_a"] * ((b_ns - a_ns) * 1e-9)
        if part["i_b_a"] != 0.0:
            begins = math.exp(-((a_ns - part["t_ns"]) * 1e-9) / part["tau_s"])
            ends = math.exp(-((b_ns - part["t_ns"]) * 1e-9) / part["tau_s"])
            total += part["i_b_a"] * part["tau_s"] * (begins - ends)
    return total


@compiled
def _plateau_a(parts: NDArray[Any], count: int, end_ns: int, from_ns: int, to_ns: int) -> float:
    """Mean current of the middle half of [from_ns, to_ns), A."""
    quarter_ns = (to_ns - from_ns) // 4
    a_ns = from_ns + quarter_ns
    b_ns = to_ns - quarter_ns
    if b_ns <= a_ns:
        return 0.0
    return _charge_c(parts, count, end_ns, a_ns, b_ns) / ((b_ns - a_ns) * 1e-9)


@compiled
def _finish(stage: Record, end_ns: int, parts: NDArray[Any], pulses: NDArray[Any], m: int) -> int:
    """The pulse under way is over: write it as row `m` unless it was a probe or nothing flowed.

    Its end is `end_ns` where it had a phase 2, else the end of its phase 1.
    """
    count = stage["parts"]
    t0_ns, t1_ns, t2_ns = stage["t0_ns"], stage["t1_ns"], stage["t2_ns"]
    if stage["phase"] == PHASE1:
        t1_ns = t2_ns = end_ns
    elif stage["phase"] == GAP:
        end_ns = t2_ns = t1_ns
    stage["phase"] = IDLE
    stage["parts"] = 0
    stage["given_up_ns"] = NEVER
    if stage["largest_a"] <= stage["probe_a"]:
        return m
    charge1 = _charge_c(parts, count, end_ns, t0_ns, t2_ns)
    charge2 = _charge_c(parts, count, end_ns, t2_ns, end_ns)
    if charge1 == 0.0 and charge2 == 0.0:
        return m
    row = pulses[m]
    row["channel"] = stage["channel"]
    row["t_s"] = t0_ns * 1e-9
    row["phase1_a"] = _plateau_a(parts, count, end_ns, t0_ns, t1_ns)
    row["phase1_s"] = (t1_ns - t0_ns) * 1e-9
    row["gap_s"] = (t2_ns - t1_ns) * 1e-9
    row["phase2_a"] = _plateau_a(parts, count, end_ns, t2_ns, end_ns)
    row["phase2_s"] = (end_ns - t2_ns) * 1e-9
    row["charge1_c"] = charge1
    row["charge2_c"] = charge2
    row["net_c"] = charge1 + charge2
    row["baseline_a"] = 0.0
    row["clipped"] = 0
    row["tail_done"] = 1
    row["end_s"] = end_ns * 1e-9
    row["peak_a"] = row["square_a2s"] = row["peak_v"] = np.nan
    row["peak1_a"] = row["peak2_a"] = row["rise_s"] = row["droop_a"] = np.nan
    return m + 1


@compiled
def _begin(stage: Record, t_ns: int, rows: NDArray[Any], n: int, parts: NDArray[Any]) -> int:
    """Begin a segment at `t_ns`, also in the table of the pulse under way; returns the rows used."""
    n = begin_row(stage, t_ns, rows, n)
    if stage["phase"] == IDLE:
        return n
    k = stage["parts"]
    if k > 0 and parts[k - 1]["t_ns"] == t_ns:
        k -= 1
    parts[k]["t_ns"] = t_ns
    parts[k]["i_a"] = stage["i_a"]
    parts[k]["i_b_a"] = stage["i_b_a"]
    parts[k]["tau_s"] = stage["tau_s"]
    stage["parts"] = k + 1
    return n


@compiled
def _lacking(stage: Record, rows: NDArray[Any], n: int, parts: NDArray[Any], pulses: NDArray[Any], m: int) -> int:
    """What must grow before one more segment and two more pulses can be written, or DONE."""
    if n >= rows.shape[0]:
        return NEED_ROWS
    if m + 1 >= pulses.shape[0]:
        return NEED_PULSES
    return NEED_PARTS if stage["parts"] >= parts.shape[0] else DONE


@compiled
def _become(
    stage: Record,
    t_ns: int,
    level_a: float,
    rows: NDArray[Any],
    n: int,
    parts: NDArray[Any],
    pulses: NDArray[Any],
    m: int,
) -> tuple[int, int]:
    """The source wants `level_a` from `t_ns` on.

    A pulse goes from the first drive that is not zero over a phase 1 of its direction, and perhaps a gap, to the end of
    the first phase in the other direction.

    Returns:
        (rows used, pulses used).
    """
    phase, along = stage["phase"], level_a * stage["sign"]
    if phase == PHASE1 and along <= 0.0:
        stage["t1_ns"] = stage["t2_ns"] = t_ns
        stage["phase"] = GAP if level_a == 0.0 else PHASE2
        stage["given_up_ns"] = t_ns + LONGEST_GAP_NS if level_a == 0.0 else NEVER
    elif phase == GAP and along < 0.0:
        stage["t2_ns"] = t_ns
        stage["phase"] = PHASE2
        stage["given_up_ns"] = NEVER
    elif (phase == GAP and along > 0.0) or (phase == PHASE2 and along >= 0.0):
        m = _finish(stage, t_ns, parts, pulses, m)
    if stage["phase"] == IDLE and level_a != 0.0:
        stage["phase"] = PHASE1
        stage["sign"] = 1.0 if level_a > 0.0 else -1.0
        stage["t0_ns"] = t_ns
        stage["largest_a"] = 0.0
    stage["largest_a"] = max(stage["largest_a"], abs(level_a))
    stage["level_a"] = level_a
    return _begin(stage, t_ns, rows, n, parts), m


@compiled
def run_switched(
    stages: NDArray[Any],
    until_ns: int,
    rows: NDArray[Any],
    n: int,
    parts: NDArray[Any],
    pulses: NDArray[Any],
    m: int,
) -> tuple[int, int, int]:
    """Let the circuit run to `until_ns`, not included.

    Args:
        stages: (1,) of `SWITCHED_DTYPE`; written.
        until_ns: end.
        rows: (capacity,) of `EDGE_DTYPE`; written from row `n` on.
        n: rows that are used.
        parts: (capacity,) of `PART_DTYPE`: the pulse under way; written.
        pulses: (capacity,) of `PULSE_DTYPE`; written from row `m` on.
        m: pulses that are used.

    Returns:
        (DONE or what is missing, rows used, pulses used).
    """
    stage = stages[0]
    while True:
        missing = _lacking(stage, rows, n, parts, pulses, m)
        if missing != DONE:
            return missing, n, m
        t_ns = min(stage["change_ns"], stage["given_up_ns"], stage["cut_ns"])
        if t_ns >= until_ns or t_ns >= NEVER:
            return DONE, n, m
        if t_ns == stage["cut_ns"]:
            stage["cut_ns"] = NEVER
            stage["is_cut"] = 1
            n, m = _become(stage, t_ns, 0.0, rows, n, parts, pulses, m)
        elif t_ns == stage["given_up_ns"]:
            m = _finish(stage, t_ns, parts, pulses, m)
        else:
            n = _begin(stage, t_ns, rows, n, parts)


@compiled
def restart_switched(stages: NDArray[Any], t_ns: int, rows: NDArray[Any], n: int, parts: NDArray[Any]) -> int:
    """Begin a new segment at `t_ns` because something of the circuit is set anew; `run_switched` went before."""
    return _begin(stages[0], t_ns, rows, n, parts)


@compiled
def switch(
    stages: NDArray[Any],
    t_ns: int,
    level_a: float,
    rows: NDArray[Any],
    n: int,
    parts: NDArray[Any],
    pulses: NDArray[Any],
    m: int,
) -> tuple[int, int]:
    """The source is asked for `level_a` from `t_ns` on; `run_switched` went before, to the same instant.

    The one-shot starts with every drive that begins or turns round, and cuts it where it lasts too long, until it goes
    off or turns round.

    Returns:
        (rows used, pulses used).
    """
    stage = stages[0]
    if level_a == 0.0 or level_a * stage["asked_a"] <= 0.0:
        stage["is_cut"] = 0
        stage["cut_ns"] = NEVER
        if abs(level_a) > stage["probe_a"] and stage["limit_ns"] < NEVER:
            stage["cut_ns"] = t_ns + stage["limit_ns"]
    stage["asked_a"] = level_a
    if stage["is_cut"] == 1:
        return n, m
    return _become(stage, t_ns, level_a, rows, n, parts, pulses, m)


@compiled
def current_and_voltage(stages: NDArray[Any], t_ns: int) -> tuple[float, float]:
    """Current (A) and voltage (V) of the running segment at `t_ns`, at the device's own terminals."""
    stage = stages[0]
    fades = decay(stage, t_ns)
    turned = stage["polarity"]
    return turned * (stage["i_a"] + stage["i_b_a"] * fades), turned * (stage["v_v"] + stage["v_b_v"] * fades)
