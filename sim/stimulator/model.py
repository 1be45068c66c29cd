"""What a simulated stimulator must answer to, so that a plant can hold it."""

from collections.abc import Mapping
from typing import Any, Protocol

from sim.kernel import Kernel
from sim.signal import Signal
from sim.stimulator.clock import DeviceClock
from sim.stimulator.output import Output
from sim.streams import Streams
from sim.timebase import TimeNs


class StimulatorModel(Protocol):
    """A stimulator on an event kernel. Instants never fall; what lies at `until_ns` belongs to the next call."""

    def sense(self, signals: Mapping[str, Signal], until_ns: TimeNs) -> None:
        """Read the sensors at the device's own ticks before `until_ns` and schedule what follows on the kernel.

        A block may be cut by commands: `signals` always holds the whole block, `until_ns` says how far to read.
        """
        ...

    def hold(self, signals: Mapping[str, Signal]) -> None:
        """The block of `signals` is over; their last samples hold until the next."""
        ...

    def supply(self, t_ns: TimeNs, supply_v: float) -> None:
        """The supply becomes `supply_v`, V."""
        ...

    def button(self, t_ns: TimeNs, name: str) -> None:
        """A button was pressed; raises `ValueError` for one that the device has not."""
        ...

    def setting(self, t_ns: TimeNs, name: str, value: Any) -> None:
        """A setting becomes `value` (SI or a word); raises `ValueError` where it cannot."""
        ...

    def fault(self, t_ns: TimeNs, name: str, dose: float) -> None:
        """A seeded defect has this dose from now on; raises `ValueError` for one that the device has not."""
        ...

    def review(self) -> None:
        """The output has caught up to the end of the block: notice what it did by itself."""
        ...

    def take_messages(self) -> tuple[tuple[TimeNs, str], ...]:
        """What the device had to tell since the last call, in time order."""
        ...


class ModelSpec(Protocol):
    """The part of a catalogue entry that a plant needs."""

    @property
    def name(self) -> str:
        """Word after `model:`."""
        ...

    def build(
        self,
        settings: Any,
        defects: Mapping[str, float],
        kernel: Kernel,
        outputs: tuple[Output, ...],
        streams: Streams,
        clock: DeviceClock,
    ) -> StimulatorModel:
        """Make the device; `outputs` holds one output stage a channel."""
        ...
