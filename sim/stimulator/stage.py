"""All that an output stage must know to go on from any instant, as one record for the compiled code."""

from typing import Final

import numpy as np

from sim.electrode.circuit import CIRCUIT_FIELDS

IDLE, PHASE1, GAP, PHASE2 = 0, 1, 2, 3
"""Where the output is inside a pulse."""

RUNNING, SILENT, RAMPED_DOWN, LEAD_OFF, OVERLOAD, CHARGE_FAULT = 1, 0, 2, 3, 4, 5
"""Outcome of a train."""

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
        ("slew_a", np.float64),
        ("key", np.uint64),
        # what the device watches
        ("lead_off_ratio", np.float64),
        ("lead_off_pulses", np.int64),
        ("flag_ratio", np.float64),
        ("flag", np.int64),
        ("flags", np.int64),
        ("overload_ohm", np.float64),
        ("charge_fault_ratio", np.float64),
        # defects, by dose (`PulseDefects`)
        ("missing_ratio", np.float64),
        ("double_ratio", np.float64),
        ("net_charge_c", np.float64),
        ("drift_per_s", np.float64),
        ("phase2_width_ratio", np.float64),
        ("imbalance_ratio", np.float64),
        ("ramp_imbalance_ratio", np.float64),
        ("step_imbalance_ratio", np.float64),
        ("step_jump_a", np.float64),
        ("cut_last_ratio", np.float64),
        ("current_drift_per_s", np.float64),
        ("warm_up_ratio", np.float64),
        ("overshoot_ratio", np.float64),
        ("droop_ratio", np.float64),
        ("ramp_step_ratio", np.float64),
        ("ramp_dent_ratio", np.float64),
        ("ramp_floor_ratio", np.float64),
        ("surge_ratio", np.float64),
        ("short_surge_ratio", np.float64),
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
        ("short_pulses", np.int64),
        ("unbalanced_pulses", np.int64),
        ("surge_pulses", np.int64),
        ("fresh_pulses", np.int64),
        ("given_a", np.float64),
        ("into_ohm", np.float64),
        ("outcome", np.int64),
        ("outcome_ns", np.int64),
        # the pulse under way
        ("phase", np.int64),
        ("is_probe", np.int64),
        ("is_passive", np.int64),
        ("slice", np.int64),
        ("slice_ns", np.int64),
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
