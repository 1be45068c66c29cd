"""The seam: everything virtual, emulated or real sits behind `Bench.exchange`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from numpy.typing import NDArray

from rig.zero_span import ZeroSpan
from scenarios.case import Case
from sim.inl_table import InlTable
from sim.signal import Signal, Stimulus
from sim.timebase import TimeNs


@dataclass(frozen=True, slots=True)
class ChannelAccuracy:
    """What the instrument of one captured role can do: its part of every uncertainty.

    Bounds are limits of a rectangular distribution; SI of the role (A, V).

    Attributes:
        unit: SI unit of the role.
        lsb: one code.
        range: largest value that is not clipped.
        noise_rms: rms noise of a sample.
        gain_bound_ratio: relative gain error.
        offset_bound: offset that baseline subtraction does not remove (d.c. results only).
        inl_bound: integral non-linearity.
        filter_tau_s: time constant of the anti-alias filter, s; 0 for none.
        rate_hz: sample rate, Hz.
        timebase_bound_ratio: relative error of the sample clock.
        drift_per_hour: bound of the offset's change in an hour; part of `offset_bound`.
        polarity_gain_ratio: gain of one polarity over the other.
        volts_per_unit: voltage at the converter's input per A or per V.
        inl_table: what a calibration has found, in V at the converter's input; None where there is none.
    """

    unit: str
    lsb: float
    range: float
    noise_rms: float
    gain_bound_ratio: float
    offset_bound: float
    inl_bound: float
    filter_tau_s: float
    rate_hz: float
    timebase_bound_ratio: float
    drift_per_hour: float = 0.0
    polarity_gain_ratio: float = 0.0
    volts_per_unit: float = 1.0
    inl_table: InlTable | None = None


@dataclass(frozen=True, slots=True)
class Comparator:
    """A comparator on the current, whose output a counter measures: a witness of every width beside the waveform.

    Attributes:
        level_a: it switches where the current passes this, A, positive.
        level_bound_a: limit of the error of that, A.
        width_bound_s: limit of what a width at its output differs from the width at half height, s.
        tick_s: resolution of the counter, s.
    """

    level_a: float
    level_bound_a: float
    width_bound_s: float
    tick_s: float


def runs_anything(_: Case) -> str:
    """What a bench without limits of its own says of a case: nothing stands in its way."""
    return ""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a bench can do.

    Attributes:
        roles: roles that it fulfils, in both directions.
        closed_loop: False where the whole sensor record must be given at once; outcomes are then NOT RUN.
        gapless: False where the capture has holes.
        max_block_ns: longest block that it takes.
        look_ahead_ns: how far ahead sensor samples must be given: the capture lags by that, always (`rig.late_loop`).
        hardware: stamp on every verdict: `virtual`, `firmware-host`, `firmware-image`, `simulated-bench`, `bench` or
            `recording`.
        sensor_delay_s: (delay, uncertainty) from a sample's instant to the device's terminal, s.
        why_not: what else stands in the way of a case, in one line, or "": a load that no position of the load bank
            holds, a range that the device's largest current leaves. Such a case is NOT RUN at plan time.
        device: device that is connected, for scenarios that take any; "" where the bench does not say.
        comparator: whose widths a counter gives in `Capture.counted_s`; None where there is none.
    """

    roles: frozenset[str]
    closed_loop: bool
    gapless: bool
    max_block_ns: TimeNs
    look_ahead_ns: TimeNs
    hardware: str
    sensor_delay_s: tuple[float, float] = (0.0, 0.0)
    why_not: Callable[[Case], str] = runs_anything
    device: str = ""
    comparator: Comparator | None = None


def stamp_of(capabilities: Capabilities, case: Case) -> str:
    """Evidence stamp of a verdict on `case`: on a virtual bench it is the device's that says more than `virtual`."""
    if capabilities.hardware == "virtual" and case.device.firmware is not None:
        return case.device.firmware.level
    return capabilities.hardware


@dataclass(frozen=True, slots=True)
class Quality:
    """What is wrong with a capture.

    Attributes:
        gaps: (t0_ns, t1_ns) spans of missing time.
        clipped: clipped samples by role.
    """

    gaps: tuple[tuple[TimeNs, TimeNs], ...] = ()
    clipped: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True, eq=False)
class Capture:
    """What the card saw in [t0_ns, t1_ns); never inner state of a simulator.

    Attributes:
        t0_ns: start; equal to the end of the capture before.
        t1_ns: end; it may lie before the end of the stimulus (a capture that lags).
        waveforms: role -> int16 signal with scale and offset to SI. Empty where the run keeps nothing.
        lines: two-state lines, role -> (instant, new state) in time order, as the card saw them; lines of the first
            capture begin with the state at the start of the run.
        messages: (t_ns, text) from the device.
        quality: what is missing or clipped.
        delivered: only where the run keeps no waveform: the pulses that the plant gave, `PULSE_DTYPE`. Such a run
            judges patient outcomes only.
        delivered_until_ns: with `delivered`: the instant before which every pulse is among them.
        counted_s: widths that a counter behind a comparator has measured since the last capture, in time order, s.
    """

    t0_ns: TimeNs
    t1_ns: TimeNs
    waveforms: Mapping[str, Signal] = field(default_factory=dict[str, Signal])
    lines: Mapping[str, tuple[tuple[TimeNs, int], ...]] = field(
        default_factory=dict[str, tuple[tuple[TimeNs, int], ...]]
    )
    messages: tuple[tuple[TimeNs, str], ...] = ()
    quality: Quality = Quality()
    delivered: NDArray[Any] | None = None
    delivered_until_ns: TimeNs = 0
    counted_s: tuple[float, ...] = ()


class Bench(Protocol):
    """A place where a device can be tried: ours, a firmware emulator or a laboratory."""

    def describe(self) -> Capabilities:
        """What this bench can do; callable before `open`."""
        ...

    def accuracy(self) -> Mapping[str, ChannelAccuracy]:
        """The instrument's part of the uncertainty, by captured role; valid after `open`."""
        ...

    def zero_span(self) -> Mapping[str, ZeroSpan]:
        """Zero (inputs shorted) and span (reference source) of every captured role, as they read now.

        Asked after `open` before the first `exchange`, and after the last one. Empty from a bench that cannot: its
        direct current is then as uncertain as the stated offset, and the report says so.
        """
        ...

    def open(self, case: Case) -> None:
        """Connect, identify, configure for `case`; raises `BenchError` where anything is not as described."""
        ...

    def exchange(self, stimulus: Stimulus) -> Capture:
        """Give the device `stimulus`, return what it sent meanwhile."""
        ...

    def safe_state(self) -> None:
        """Drive every output to the state that harms nobody; twice is fine."""
        ...

    def identity(self) -> Mapping[str, str]:
        """What the bench is: names, serial numbers, versions; goes into the record."""
        ...

    def close(self) -> None:
        """Safe state, then release everything; twice is fine."""
        ...
