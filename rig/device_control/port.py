"""The port through which a run configures the box under test."""

from collections.abc import Mapping
from typing import Protocol

from scenarios.case import Case
from sim.timebase import TimeNs


class DeviceControl(Protocol):
    """Whoever turns the knobs of the box: a serial adapter, a person, or the lab that simulates it.

    Every method that waits for the box gives up after the control's time-out.
    """

    def open(self, case: Case) -> None:
        """Connect, learn who the box is, write every setting of `case` and read back what can be read.

        Raises:
            BenchError: no answer, a wrong one, or a setting that the box did not take.
        """
        ...

    def set(self, name: str, value: float | str, t_ns: TimeNs) -> None:
        """Change one setting, SI, at an instant of the run (a real box: as soon as it can).

        Raises:
            BenchError: the box did not take it, or the control is not open.
        """
        ...

    def fault(self, name: str, dose: float, t_ns: TimeNs, where: str = "") -> None:
        """Let a seeded defect of a simulated device begin, or put a fault into its microcontroller.

        The second for a device with a firmware; `where` is the place of a `firmware.bit_flip`.

        Raises:
            BenchError: a real box has no such thing.
        """
        ...

    def take_messages(self) -> tuple[tuple[TimeNs, str], ...]:
        """(instant, text) of what box or operator told since the last call."""
        ...

    def identity(self) -> Mapping[str, str]:
        """Maker, model, serial number, firmware, as far as the box tells; valid after `open`."""
        ...

    def safe_state(self) -> None:
        """Stop the output as far as the box can be told to; twice is fine, never raises for a dead link."""
        ...

    def close(self) -> None:
        """Safe state, then release the line; twice is fine."""
        ...
