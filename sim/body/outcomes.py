"""What became of every stride: the gait columns of `strides.parquet`."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from sim.body import layout as at
from sim.body.buffers import Buffers
from sim.gait.schedule import StrideSchedule
from sim.timebase import NEVER, NS_PER_S

Columns: TypeAlias = dict[str, NDArray[np.float64]]


def _seconds(instants_ns: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(instants_ns >= NEVER, np.nan, instants_ns / NS_PER_S)


def gait_columns(schedule: StrideSchedule, buffers: Buffers, falls: NDArray[np.bool_]) -> Columns:
    """Columns by name, rows are strides 1..N; the swing of a stride is the one that ends it.

    A stumble is drawn as a fall or as a recovery; the walk goes on either way, so that one fall hides no other stride.

    Args:
        schedule: prescribed strides.
        buffers: what the kernels found.
        falls: (N + 1,) where a stumble, if there is one, counts as a fall.

    `stance_ratio` counts a pause as stance.
    `foot_ic_rad` is the sole against the floor at landing, toes up positive; `ankle_swing_peak_rad` the largest
    dorsiflexion after 35 % of swing, past the toe-off whose ankle is prescribed. `push_off_ratio`: plantarflexion in
    push-off relative to the same walker without aid. `reflex_n_m`: largest torque of the stretch reflex from one foot
    flat to the next, `reflex_bursts` how often it began. `withdrawal_rad`: largest flexion by flexor withdrawal.
    `fatigue_ratio`: what fatigue has left of the deep branch's rested muscle, at landing.
    """
    rows = slice(1, None)
    results, instants = buffers.results[rows], buffers.instants[rows]
    t0_ns, time_ns = schedule.t0_ns[:-1][rows], schedule.stride_time_ns[rows]
    toe_off_ns = schedule.toe_off_ns[rows]
    stumble = results[:, at.R_STUMBLE]
    return {
        "stride": np.arange(1, schedule.strides + 1, dtype=np.float64),
        "t0_s": t0_ns / NS_PER_S,
        "stride_time_s": time_ns / NS_PER_S,
        "stance_ratio": (toe_off_ns - t0_ns) / time_ns,
        "heel_off_s": _seconds(schedule.heel_off_ns[rows]),
        "toe_off_s": toe_off_ns / NS_PER_S,
        "landing_s": _seconds(instants[:, at.O_LANDING]),
        "foot_flat_s": _seconds(instants[:, at.O_FLAT]),
        "stride_length_m": schedule.stride_length_m[rows].copy(),
        "mtc_m": results[:, at.R_MTC].copy(),
        "mtc_swing_ratio": results[:, at.R_MTC_S].copy(),
        "is_non_mtc": results[:, at.R_NON_MTC].copy(),
        "early_swing_min_m": results[:, at.R_EARLY].copy(),
        "ankle_ic_rad": results[:, at.R_ANKLE_IC].copy(),
        "slap_rad_s": results[:, at.R_SLAP].copy(),
        "eversion_ic_rad": results[:, at.R_EVERSION_IC].copy(),
        "hip_hike_m": results[:, at.R_HIKE].copy(),
        "scuff": results[:, at.R_SCUFF].copy(),
        "stumble": results[:, at.R_STUMBLE].copy(),
        "foot_ic_rad": results[:, at.R_FOOT_IC].copy(),
        "ankle_swing_peak_rad": results[:, at.R_ANKLE_PEAK].copy(),
        "steppage_rad": results[:, at.R_STEPPAGE].copy(),
        "circumduction_m": results[:, at.R_CIRCUMDUCTION].copy(),
        "recovered": np.where(np.isnan(stumble), np.nan, (stumble > 0) & ~falls[rows]),
        "fall_drawn": np.where(np.isnan(stumble), np.nan, (stumble > 0) & falls[rows]),
        "eversion_swing_rad": results[:, at.R_EVERSION_SWING].copy(),
        "push_off_ratio": results[:, at.R_PUSH_OFF].copy(),
        "reflex_n_m": results[:, at.R_REFLEX].copy(),
        "reflex_bursts": results[:, at.R_BURSTS].copy(),
        "withdrawal_rad": results[:, at.R_WITHDRAWAL].copy(),
        "fatigue_ratio": results[:, at.R_FATIGUE].copy(),
        "knee_peak_rad": results[:, at.R_KNEE_PEAK].copy(),
        "manner": np.array([manner.number for manner in schedule.manners], float)[schedule.manner[rows]],
    }
