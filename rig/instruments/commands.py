"""Who carries out a scenario's commands on a bench that cannot stream: the supply, and whoever sets the device."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from rig.instruments.auxiliaries import Auxiliaries
from sim.errors import BenchError
from sim.signal import Command
from sim.timebase import s_from_ns

if TYPE_CHECKING:
    from rig.device_control.port import DeviceControl

_OF_CONTROL: Final = ("setting", "fault")


class Commands:
    """Supply and control of a bench.

    Args:
        bench: its name, for messages.
        auxiliaries: with the supply.
        control: of the device, or None.
    """

    def __init__(self, bench: str, auxiliaries: Auxiliaries, control: "DeviceControl | None") -> None:
        self._bench, self.auxiliaries, self._control = bench, auxiliaries, control

    def refuse_unknown(self, commands: Iterable[Command]) -> None:
        """Before anything begins: every command must have somebody who carries it out.

        Raises:
            BenchError: one has nobody.
        """
        for command in commands:
            taken = self.auxiliaries.takes(command)
            if not taken and (command.target not in _OF_CONTROL or self._control is None):
                problem = f"nothing on this bench carries out `{command.target}`"
                raise BenchError(self._bench, s_from_ns(command.t_ns), problem)

    def carry_out(self, command: Command) -> None:
        """Now; the caller has waited for its instant.

        Raises:
            BenchError: the supply or the device did not take it.
        """
        if self.auxiliaries.takes(command):
            self.auxiliaries.command(command)
        elif self._control is not None:
            name, value, *where = command.value
            if command.target == "setting":
                self._control.set(name, value, command.t_ns)
            else:
                self._control.fault(name, value, command.t_ns, *where)
