"""A case whose sensor is a recording, made ready: its strides as the rig counts them, its events on the time axis.

Nobody walks. A stride is counted around each mark of the recording (`strides_seen_s`: the middle of a swing, or the
opening of a switch), from half-way since the mark before to half-way to the next; `t0_s` is that border, no heel
strike. Without labelled events the instant of heel-off is not known, and neither is the system's latency.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rig.record import Record
from rig.tables import STRIDE_COLUMNS
from scenarios import timeline
from scenarios.case import Case
from scenarios.effects import EventSpan
from sim.gait.manner import LEVEL
from sim.gait.schedule import StrideSchedule
from sim.recorded_world import RecordedWorld
from sim.sensor.recording import strides_seen_s
from sim.signal import Command
from sim.timebase import NEVER, NS_PER_S
from sim.world import BlockLimits

T = TypeVar("T")
MARK: str = "mid_swing_s"
"""Column of the marks; empty where a patient walks."""
ANSWERED_PERIODS = 1.5
"""Stimulation is on at a mark if a pulse lies within this many set periods of it."""
LOW_RATIO = 0.5
"""Part of the plateau's phase charge below which stimulation counts as gone down (design choice)."""


@dataclass(frozen=True, slots=True, eq=False)
class PreparedRecording:
    """Everything about a recording that is fixed before it is replayed.

    Attributes:
        case: what is asked.
        schedule: borders of its strides; what is prescribed in a walk is unknown here.
        spans: its events on the time axis.
        marks_s: instants that stand for one stride each, s.
    """

    case: Case
    schedule: StrideSchedule
    spans: tuple[EventSpan, ...]
    marks_s: NDArray[np.float64]

    def world(self, limits: BlockLimits) -> RecordedWorld:
        """A fresh world at t = 0; every call gives an equal one."""
        effects = (effect for span in self.spans for effect in span.effects)
        commands = sorted((e for e in effects if isinstance(e, Command)), key=lambda command: command.t_ns)
        return RecordedWorld(self.case.sensor, tuple(commands), limits)

    def gait(self) -> dict[str, NDArray[np.float64]]:
        """What is known of the strides: number, borders, marks, and heel-off where it is labelled."""
        t0_s = self.schedule.t0_ns[1:-1] / NS_PER_S
        end_s = self.schedule.t0_ns[2:] / NS_PER_S
        heel_off = np.full(t0_s.size, np.nan)
        for label in self.case.sensor.heel_off_s:
            heel_off[(t0_s <= label) & (label < end_s)] = label
        unknown = {name: np.full(t0_s.size, np.nan) for name in STRIDE_COLUMNS}
        return unknown | {
            "stride": np.arange(1.0, t0_s.size + 1.0),
            "t0_s": t0_s,
            "stride_time_s": end_s - t0_s,
            "heel_off_s": heel_off,
            MARK: self.marks_s,
        }


def prepare_recording(case: Case) -> PreparedRecording:
    """Count the strides of the recording of `case` and place its events."""
    marks_s = strides_seen_s(case.sensor)
    schedule = _schedule(marks_s, case.sensor.end_ns)
    return PreparedRecording(case, schedule, timeline.build(case, schedule), marks_s)


def _schedule(marks_s: NDArray[np.float64], end_ns: int) -> StrideSchedule:
    """Borders half-way between marks; the first and the last stride are as long as the others, or as the recording."""
    marks = np.rint(marks_s * NS_PER_S).astype(np.int64)
    half = int(np.median(np.diff(marks))) // 2 if marks.size > 1 else end_ns
    t0 = np.zeros(marks.size + 2, np.int64)
    if marks.size:
        t0[1], t0[-1] = max(0, marks[0] - half), min(end_ns, marks[-1] + half)
        t0[2:-1] = (marks[1:] + marks[:-1]) // 2
    else:
        t0[1] = end_ns
    count = marks.size + 1
    unknown, nothing = np.full(count, NEVER, np.int64), np.zeros(count)
    return StrideSchedule(
        t0_ns=t0,
        stride_time_ns=np.diff(t0),
        pause_ns=np.zeros(count, np.int64),
        stance_ratio=np.full(count, np.nan),
        heel_off_ns=unknown,
        toe_off_ns=unknown,
        thigh_offset_rad=nothing,
        knee_offset_rad=nothing,
        drive_offset=nothing,
        end_ns=end_ns,
        pause_phase_ratio=0.0,
        manner=np.zeros(count, np.int64),
        stride_length_m=np.full(count, np.nan),
        manners=(LEVEL,),
    )


def answered(record: Record) -> NDArray[np.bool_]:
    """(N,) whether the device answered each stride of a recording.

    That is: stimulation is on at its mark, and has begun anew since the mark before: between the two it was off, or the
    phase charge of a channel was below half of that of its plateau. Stimulation that never ends is on at every mark and
    has answered none but the first.
    """
    marks_s, t_s = record.strides[MARK], record.pulses["t_s"]
    rate_hz = record.case.device.programmed.get("rate")
    period_s = 1.0 / rate_hz if rate_hz else float(np.median(np.diff(t_s))) if t_s.size > 1 else 0.0
    if not t_s.size:
        return np.zeros(marks_s.size, np.bool_)
    after = np.clip(np.searchsorted(t_s, marks_s), 1, max(t_s.size - 1, 1))
    nearest = np.minimum(np.abs(marks_s - t_s[after - 1]), np.abs(t_s[np.minimum(after, t_s.size - 1)] - marks_s))
    return (nearest <= ANSWERED_PERIODS * period_s) & _begun_anew(record, period_s)


def _begun_anew(record: Record, period_s: float) -> NDArray[np.bool_]:
    """(N,) whether stimulation was off or low at some instant between the mark before and the mark of each stride."""
    t_s, charge_c = record.pulses["t_s"], np.abs(record.pulses["charge1_c"])
    low = np.zeros(t_s.size, np.bool_)
    for channel in np.unique(record.pulses["channel"]):
        own = record.pulses["channel"] == channel
        low[own] = charge_c[own] < LOW_RATIO * np.quantile(charge_c[own], 0.9)
    low[1:] |= np.diff(t_s) > 2.0 * ANSWERED_PERIODS * period_s
    low_s = t_s[low]
    marks_s = record.strides[MARK]
    before_s = np.concatenate([[-np.inf], marks_s[:-1]])
    first = (marks_s >= t_s[0]) & (before_s < t_s[0])
    return first | (np.searchsorted(low_s, marks_s, "right") > np.searchsorted(low_s, before_s, "right"))
