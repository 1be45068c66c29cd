"""Who moves the device's inputs in a simulated laboratory: the wires of instruments, or a patient who walks."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from sim.signal import Command, Signal
from sim.timebase import TimeNs


class Driver(Protocol):
    """Something wired to the device's inputs: an analogue output, digital lines, a waveform generator.

    The laboratory asks it for one span after the other, without holes, each once, with `Lab.lock` held: take no lock
    of your own meanwhile that anybody holds while calling the laboratory. It must not raise.
    """

    def signals(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Mapping[str, Signal]:
        """Samples in [t0_ns, t1_ns) by role, SI; each holds until the next, the last one until it is released.

        Beside sensor roles: `supply` (V), `contact` (0..1) and `polarity` (+1, -1), with `.2` for a further channel.
        """
        ...

    def commands(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Sequence[Command]:
        """Changes in [t0_ns, t1_ns), in time order: relays, buttons, loads.

        Beside the targets of `sim.signal.Command`: `interlock`, 1 closed or 0 open, in series with every contact.
        """
        ...


class Patient(Protocol):
    """A sensor that sees somebody walk who feels the device's pulses: it drives where no instrument does."""

    def begin(self, t_ns: TimeNs) -> None:
        """Start walking at `t_ns`; what was before is over."""
        ...

    def reach_ns(self, t_ns: TimeNs) -> TimeNs:
        """How far, from `t_ns` on, the sensor is known now; later than `t_ns`."""
        ...

    def signals(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Mapping[str, Signal]:
        """Samples in [t0_ns, t1_ns), which lies before `reach_ns`."""
        ...

    def commands(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Sequence[Command]:
        """What happens on the way, in [t0_ns, t1_ns)."""
        ...

    def felt(self, pulses: NDArray[Any], shift_ns: TimeNs, settled_ns: TimeNs) -> None:
        """The device's pulses (`PULSE_DTYPE`) since the last call; every one before `settled_ns` is known now.

        Args:
            pulses: with times since the device's power-on.
            shift_ns: instant of the power-on.
            settled_ns: in the laboratory's time.
        """
        ...

    def is_over(self, t_ns: TimeNs) -> bool:
        """True where the walk has ended by `t_ns`."""
        ...
