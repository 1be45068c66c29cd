"""A relay in the electrode circuit, in series with whatever contact the electrodes have."""

from dataclasses import replace

from sim.signal import Command
from sim.timebase import TimeNs


class Interlock:
    """Turns the commands of contact and interlock into the contact that the device feels.

    `interlock` is a word of the bench (1: closed, 0: open), not of the plant: while it is open no contact brings any
    current back. A relay that nobody drives is closed.
    """

    def __init__(self) -> None:
        self._is_closed = True
        self._contact: dict[int, float] = {0: 1.0}

    def through(self, commands: list[Command]) -> list[Command]:
        """The commands as the plant gets them, in their order."""
        found: list[Command] = []
        for command in commands:
            if command.target == "contact":
                self._keep(command)
                found.append(command if self._is_closed else replace(command, value=0.0))
            elif command.target == "interlock":
                was_closed, self._is_closed = self._is_closed, bool(command.value)
                if was_closed != self._is_closed:
                    found.extend(self._now(command.t_ns))
            else:
                found.append(command)
        return found

    def fresh(self) -> None:
        """A device has been switched on: it is told of what stands anew."""
        self._contact, self._is_closed = {0: 1.0}, True

    def _keep(self, command: Command) -> None:
        if command.channel == 0:
            self._contact.clear()
        self._contact[command.channel] = float(command.value)

    def _now(self, t_ns: TimeNs) -> list[Command]:
        return [
            Command(t_ns, "contact", value if self._is_closed else 0.0, channel)
            for channel, value in sorted(self._contact.items())
        ]
