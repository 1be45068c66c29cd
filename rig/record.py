"""The record of one case: what was asked, what the card saw, what the patient did. Reports read only this."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rig.aid_effect import AidEffect
from rig.bench import ChannelAccuracy
from rig.firmware_facts import FirmwareFacts
from rig.lines import Lines
from rig.zero_span import ZeroSpans
from scenarios.case import Case

Table: TypeAlias = Mapping[str, NDArray[np.float64]]
"""Columns of equal length by name. Absent values are NaN; flags and numbers are floats too."""


@dataclass(frozen=True, slots=True)
class EventRecord:
    """What became of an event of the scenario.

    Attributes:
        name: label in the scenario.
        kind: what it does.
        start_s: planned first instant, s.
        end_s: planned last instant, s.
        stride: planned stride.
        fired: False where the run ended before it.
    """

    name: str
    kind: str
    start_s: float
    end_s: float
    stride: int
    fired: bool


@dataclass(frozen=True, slots=True)
class LoopError:
    """How far the replayed sensor differs from the emitted one.

    Attributes:
        crossing_shift_s: largest shift of a threshold crossing of a switch, s.
        unmatched_crossings: crossings that only one of the two has.
        amplitude: largest amplitude difference of an analogue sensor, in the unit of `amplitude_role`; NaN for a
            switch.
        limit_s: the sensor's stated timing uncertainty, s.
        amplitude_limit: the stated uncertainty of that role; infinite for a switch.
        amplitude_role: the role that differs most, measured by its uncertainty; "" for a switch.
    """

    crossing_shift_s: float
    unmatched_crossings: int
    amplitude: float
    limit_s: float
    amplitude_limit: float = math.inf
    amplitude_role: str = ""

    @property
    def acceptable(self) -> bool:
        """True where patient outcomes may be judged."""
        in_time = self.unmatched_crossings == 0 and self.crossing_shift_s <= self.limit_s
        return in_time and not self.amplitude > self.amplitude_limit


@dataclass(frozen=True, slots=True)
class RigFault:
    """A fault of the rig, not of the device.

    Attributes:
        t_s: when, s; NaN where no run was under way.
        text: one line.
    """

    t_s: float
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class IdleCells:
    """Statistics of the quiet cells of a captured role (cell = 256 samples at 1 MS/s).

    Attributes:
        t0_s: (n,) start of each cell, s.
        mean: (n,) SI.
        minimum: (n,) SI.
        maximum: (n,) SI.
        rms: (n,) SI.
        cell_s: length of a cell, s.
    """

    t0_s: NDArray[np.float64]
    mean: NDArray[np.float64]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    rms: NDArray[np.float64]
    cell_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One case, after the run and its replay.

    Attributes:
        case: what was asked.
        hardware: evidence stamp (`Capabilities.hardware`).
        span_s: (start, end) of what was captured, s.
        gaps_s: spans of missing time inside it, s.
        pulses: columns of `pulses.parquet` (formats.md section 4) and `end_s`.
        trains: `channel, stride, train, t0_s, t1_s, pulses, first_pulse_s, plateau_charge_c`: t0_s start of the first
            pulse, t1_s end of the last one's charge window; first_pulse_s the first that reaches 10 % of the plateau.
        strides: columns of `strides.parquet`, rows 1..N, of the stimulated leg.
        idle: role -> quiet cells; empty where no waveform was kept.
        accuracy: role -> the instrument's part of the uncertainty.
        events: by name.
        loop_error: of the replay; None where no replay was possible.
        fault: a rig fault that ended the run, or None.
        interrupted: True where a person or a signal ended the run.
        clipped: clipped samples by role.
        sensor_delay_s: (delay, uncertainty) from the emitted sensor block to the device's terminal, s.
        other_strides: the same columns of the other leg; empty where one leg walked.
        effect: of the aid, acute and adapted; None where it cannot be told (`rig.aid_effect.why_no_effect`).
        zero_span: zero and span of the instrument before and after the case.
        messages: (instant, s, text) of what the device told.
        lines: of its status line and its lamps.
        firmware: what is known of the firmware that ran in the device; empty for one without.
    """

    case: Case
    hardware: str
    span_s: tuple[float, float]
    gaps_s: tuple[tuple[float, float], ...]
    pulses: Table
    trains: Table
    strides: Table
    idle: Mapping[str, IdleCells]
    accuracy: Mapping[str, ChannelAccuracy]
    events: Mapping[str, EventRecord]
    loop_error: LoopError | None
    fault: RigFault | None = None
    interrupted: bool = False
    clipped: Mapping[str, int] = field(default_factory=dict[str, int])
    sensor_delay_s: tuple[float, float] = (0.0, 0.0)
    other_strides: Table = field(default_factory=dict[str, NDArray[np.float64]])
    effect: AidEffect | None = None
    zero_span: ZeroSpans = field(default_factory=ZeroSpans)
    messages: tuple[tuple[float, str], ...] = ()
    lines: Lines = field(default_factory=dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]])
    firmware: FirmwareFacts = field(default_factory=dict[str, Any])
