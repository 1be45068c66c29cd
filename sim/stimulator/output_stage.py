"""What a plant asks of an output stage, whoever switches it."""

from typing import Any, Protocol

from numpy.typing import NDArray

from sim.electrode.load import Load
from sim.timebase import TimeNs


class OutputStage(Protocol):
    """A current source with its electrodes. Instants never fall."""

    @property
    def channel(self) -> int:
        """Its number, from 1."""
        ...

    def begin(self, t_ns: TimeNs) -> None:
        """Begin the run at `t_ns`."""
        ...

    def catch_up(self, until_ns: TimeNs) -> None:
        """Let everything happen that lies before `until_ns`."""
        ...

    def set_circuit(
        self,
        t_ns: TimeNs,
        *,
        load: Load | None = None,
        contact_ratio: float | None = None,
        polarity: float | None = None,
    ) -> None:
        """Change what the current flows through at `t_ns`; what is not named stays."""
        ...

    @property
    def open_pulse_ns(self) -> TimeNs | None:
        """Start of the pulse under way, or None."""
        ...

    def take_rows(self) -> NDArray[Any]:
        """The segments since the last call, (n,) of `EDGE_DTYPE`."""
        ...

    def take_pulses(self) -> NDArray[Any]:
        """The pulses completed since the last call, (n,) of `PULSE_DTYPE`, exact."""
        ...
