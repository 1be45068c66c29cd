"""The prescribed strides of a walk: every instant that no pulse can move."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.gait.manner import Manner
from sim.gait.walk import Rug
from sim.timebase import TimeNs


def _no_spans() -> NDArray[np.int64]:
    return np.zeros((0, 2), np.int64)


def _nothing() -> NDArray[np.float64]:
    return np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class StrideSchedule:
    """Prescribed instants of strides 0 to N, drawn before the walk.

    Stride 0 is gait initiation: standing since before t = 0, then the first step; its swing ends in the first heel
    strike, which begins stride 1. After stride N the patient stands until `end_ns`. Row k of every array is stride k;
    `t0_ns` has one row more, the heel strike that ends stride N. A pause lengthens the stance of its stride: phase
    runs until `pause_phase_ratio`, stands still, runs on.

    Attributes:
        t0_ns: (N + 2,) int64, prescribed heel strike (0 %); ``t0_ns[0]`` is negative: stride 0 began before the run.
        stride_time_ns: (N + 1,) int64, ``t0_ns[k + 1] - t0_ns[k]``, pauses included.
        pause_ns: (N + 1,) int64, time stood still inside the stride.
        stance_ratio: (N + 1,), toe-off as a fraction of the stride time without its pause.
        heel_off_ns: (N + 1,) int64, prescribed heel-off; `NEVER` where the heel does not rise in the stride.
        toe_off_ns: (N + 1,) int64, prescribed toe-off.
        thigh_offset_rad: (N + 1,), stride-to-stride offset of the thigh angle, rad.
        knee_offset_rad: (N + 1,), the same of the knee angle, rad.
        drive_offset: (N + 1,), the same of the muscle's residual drive, dimensionless activation.
        end_ns: end of the run.
        pause_phase_ratio: phase at which a pause is inserted (mid foot-flat).
        manner: (N + 1,) int64, how the stride is walked: index into `manners`.
        stride_length_m: (N + 1,), prescribed progression in the stride, m.
        manners: the manners of this walk; 0 is level walking.
        heel_free_ns: (U, 2) int64, spans [from, to) in stance in which the heel carries nothing (seated).
        seated_ns: (S, 2) int64, pauses in which the patient sits.
        obstacles: what lies in the way from the start, in order.
        lift_m: (N + 1,), what the patient steps higher over what is seen of it, m; empty for nothing.
    """

    t0_ns: NDArray[np.int64]
    stride_time_ns: NDArray[np.int64]
    pause_ns: NDArray[np.int64]
    stance_ratio: NDArray[np.float64]
    heel_off_ns: NDArray[np.int64]
    toe_off_ns: NDArray[np.int64]
    thigh_offset_rad: NDArray[np.float64]
    knee_offset_rad: NDArray[np.float64]
    drive_offset: NDArray[np.float64]
    end_ns: TimeNs
    pause_phase_ratio: float
    manner: NDArray[np.int64]
    stride_length_m: NDArray[np.float64]
    manners: tuple[Manner, ...]
    heel_free_ns: NDArray[np.int64] = field(default_factory=_no_spans)
    seated_ns: NDArray[np.int64] = field(default_factory=_no_spans)
    obstacles: tuple[Rug, ...] = ()
    lift_m: NDArray[np.float64] = field(default_factory=_nothing)

    @property
    def strides(self) -> int:
        """Number of whole strides, N."""
        return len(self.stride_time_ns) - 1

    def instant_ns(self, stride: int, phase_ratio: float = 0.0) -> TimeNs:
        """Instant of `phase_ratio` (0..1 of the cycle) in `stride`; a pause lies before its phase, not after.

        Raises:
            IndexError: the walk has no such stride.
        """
        if not 0 <= stride <= self.strides:
            raise IndexError(stride)
        moving_ns = int(self.stride_time_ns[stride] - self.pause_ns[stride])
        stood_ns = int(self.pause_ns[stride]) if phase_ratio > self.pause_phase_ratio else 0
        return int(self.t0_ns[stride]) + round(phase_ratio * moving_ns) + stood_ns

    def stride_at(self, t_ns: TimeNs) -> int:
        """Number of the stride that contains `t_ns`; N + 1 in the final stand."""
        return int(np.searchsorted(self.t0_ns, t_ns, "right")) - 1
