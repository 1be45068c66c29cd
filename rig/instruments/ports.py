"""What the rig asks of a bench instrument, whoever made it.

Every driver knows who it talks to (`identity`), can be made harmless (`safe_state`, twice is fine) and closed. All
raise `LinkError` where the link fails and `InstrumentFault` where the instrument complains.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from rig.instruments.identity import Identity


@dataclass(frozen=True, slots=True)
class ScopeChannel:
    """One input of an oscilloscope.

    Attributes:
        number: of the input, from 1.
        range_v: largest voltage at the probe's tip that is not clipped, V: full scale is twice that.
        offset_v: voltage at the middle of the screen, V at the probe's tip.
        probe_ratio: attenuation of the probe (10 for 10:1); it is written, and read back.
    """

    number: int
    range_v: float
    offset_v: float = 0.0
    probe_ratio: float = 1.0


@dataclass(frozen=True, slots=True)
class Trigger:
    """An edge on an input.

    Attributes:
        number: of the input; 0 for the external trigger input.
        level_v: V at the probe's tip.
        rising: True for a rising edge.
    """

    number: int
    level_v: float
    rising: bool = True


@dataclass(frozen=True, slots=True)
class Acquisition:
    """What an oscilloscope has been told to capture, as it has taken it.

    Attributes:
        channels: inputs that are captured.
        span_s: length of one record, s.
        rate_hz: sample rate, Hz.
        segments: records that fit; 1 for a single capture.
        roll: True for a capture without trigger, which ends when it is stopped.
    """

    channels: tuple[ScopeChannel, ...]
    span_s: float
    rate_hz: float
    segments: int = 1
    roll: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """A valid record of one input: no hole, nothing clipped.

    Attributes:
        number: of the input.
        codes: (n,) uint16 as transferred.
        scale_v: V per code.
        offset_v: V at code 0.
        t0_s: instant of the first sample against the trigger, s (in roll mode: against the end of the record).
        period_s: time between samples, s.
        tag_s: instant of this record's trigger after that of the first record, s.
        lsb_v: V per step of the converter: its bits are left-justified in the code.
    """

    number: int
    codes: NDArray[Any]
    scale_v: float
    offset_v: float
    t0_s: float
    period_s: float
    tag_s: float = 0.0
    lsb_v: float = 0.0

    def values_v(self) -> NDArray[Any]:
        """(n,) float64, V at the probe's tip."""
        return self.codes.astype("f8") * self.scale_v + self.offset_v


class Driver(Protocol):
    """What all instruments have in common."""

    def identity(self) -> Identity:
        """Who answered when the link was opened."""
        ...

    def safe_state(self) -> None:
        """Outputs off, nothing armed."""
        ...

    def close(self) -> None:
        """Close the link; twice is fine."""
        ...

    def reopen(self) -> None:
        """A fresh link after a fault; the instrument's settings are not restored."""
        ...


class Oscilloscope(Driver, Protocol):
    """An oscilloscope: it sees, it drives nothing."""

    def configure(
        self, channels: tuple[ScopeChannel, ...], span_s: float, trigger: Trigger | None, segments: int = 1
    ) -> Acquisition:
        """Prepare a capture; without a trigger it rolls.

        Raises:
            InstrumentFault: a setting was refused, or reads back as another one.
            LimitRefused: beyond the limits of the bench file.
        """
        ...

    def arm(self) -> None:
        """Begin; returns at once."""
        ...

    def running(self) -> bool:
        """True until every record has been captured, or `stop`."""
        ...

    def stop(self) -> None:
        """End a roll, or a wait for a trigger that does not come."""
        ...

    def captured(self) -> int:
        """Records that are there."""
        ...

    def waveforms(self, segment: int = 1) -> Mapping[int, Waveform]:
        """Record `segment` of every configured input, by number.

        Raises:
            InvalidCapture: it has holes or clipped codes, or is not there.
        """
        ...

    def single(self, timeout_s: float) -> Mapping[int, Waveform]:
        """Arm, wait for the trigger, read.

        Raises:
            InvalidCapture: no trigger within `timeout_s`, holes or clipped codes.
        """
        ...


class PowerSupply(Driver, Protocol):
    """A supply of one or more outputs."""

    def set(self, output: int, voltage_v: float, current_a: float) -> None:
        """Voltage and current limit; both are read back.

        Raises:
            LimitRefused: beyond the limits of the bench file; nothing was written.
        """
        ...

    def protect(self, output: int, over_voltage_v: float) -> None:
        """Over-voltage and over-current protection on; a trip switches the output off."""
        ...

    def on(self, output: int) -> None:
        """Switch the output on."""
        ...

    def off(self, output: int) -> None:
        """Switch the output off."""
        ...

    def sag(self, output: int, voltage_v: float, duration_s: float) -> None:
        """Let the voltage fall for about `duration_s`, then restore it; by command, milliseconds late."""
        ...

    def measure(self, output: int) -> tuple[float, float]:
        """(V, A) at the output as the supply reads them."""
        ...

    def tripped(self, output: int) -> bool:
        """True where a protection has switched the output off."""
        ...


class WaveformGenerator(Driver, Protocol):
    """A generator of arbitrary waveforms into high impedance."""

    @property
    def most_points(self) -> int:
        """Points of the longest waveform."""
        ...

    def load(self, output: int, values_v: NDArray[Any], rate_hz: float) -> float:
        """Put a waveform (n,), V, into the memory; its first value stands until it is played, once a trigger.

        Returns:
            Largest error of a value by rounding to the converter's codes, V.

        Raises:
            LimitRefused: too long, too fast, or beyond the limits of the bench file; nothing was written.
        """
        ...

    def start(self, output: int) -> None:
        """Trigger by command: the waveform begins within milliseconds."""
        ...

    def is_on(self, output: int) -> bool:
        """True where the output says that it is on."""
        ...

    def hold(self, output: int, voltage_v: float) -> None:
        """A steady voltage."""
        ...

    def off(self, output: int) -> None:
        """Switch the output off."""
        ...


class Multimeter(Driver, Protocol):
    """A multimeter."""

    def resistance(self, *, four_wire: bool = True) -> float:
        """Ohm.

        Raises:
            InvalidCapture: overload: nothing is connected.
        """
        ...

    def voltage(self) -> float:
        """Direct voltage, V; raises as `resistance`."""
        ...
