"""The control of a simulated box: what a run sets on it, done on the laboratory in this process."""

from collections.abc import Callable, Mapping

from rig.simulated.driver import Patient
from rig.simulated.lab import Lab
from rig.simulated.standing import FIRMWARE_FAULT
from scenarios.case import Case
from sim.errors import BenchError
from sim.signal import Command
from sim.timebase import TimeNs

MAKER = "stimrig"
SERIAL = "SIM00000001"
"""Of every simulated box; what matters is how it begins."""


class LabControl:
    """A `rig.device_control.port.DeviceControl` of a laboratory's device.

    Instants are those of a run: they count from the device's power-on. What is set before it waits for it; what is
    late takes effect at once.

    Args:
        lab: where the device lies.
        is_on: a new device is on at once; False: a card's capture switches it on.
        patient: who walks with the device of a case where no instrument drives its sensor; nobody by default.
        fit: told of a case before its device comes, so that instruments can be set up for it.
    """

    def __init__(
        self,
        lab: Lab,
        *,
        is_on: bool = False,
        patient: Callable[[Case], Patient | None] = lambda _case: None,
        fit: Callable[[Case], None] = lambda _case: None,
    ) -> None:
        self._lab, self._is_on, self._patient, self._fit = lab, is_on, patient, fit
        self._told_ns: TimeNs = lab.reached_ns

    def open(self, case: Case) -> None:
        """Put the device of `case` on the bench, set as the case says.

        Raises:
            BenchError: it has no simulated model.
        """
        patient = self._patient(case)
        with self._lab.lock:
            self._fit(case)
            self._lab.rebuild(case, is_on=self._is_on, patient=patient)
            self._told_ns = self._lab.reached_ns

    def set(self, name: str, value: float | str, t_ns: TimeNs | None = None) -> None:
        """Change one setting, SI; without an instant at once.

        Raises:
            BenchError: the device has no such setting, or cannot have this value.
        """
        self._command("setting", (name, value), t_ns)

    def fault(self, name: str, dose: float, t_ns: TimeNs | None = None, where: str = "") -> None:
        """Let a seeded defect begin, or with dose 0 end; or a fault of a firmware's microcontroller, at `where`.

        Raises:
            BenchError: the device has no such defect, or cannot have this dose.
        """
        value = (name, dose, where) if name.startswith(FIRMWARE_FAULT) else (name, dose)
        self._command("fault", value, t_ns)

    def button(self, name: str, t_ns: TimeNs | None = None) -> None:
        """Press or release a button: `stop`, `release`, `power_off`, `power_on`, `rearm`.

        Raises:
            BenchError: there is no such button.
        """
        self._command("button", name, t_ns)

    def _command(self, target: str, value: object, t_ns: TimeNs | None) -> None:
        if t_ns is None:
            self._lab.command(Command(self._lab.reached_ns, target, value))
        else:
            self._lab.command_in_run(Command(t_ns, target, value))

    def take_messages(self) -> tuple[tuple[TimeNs, str], ...]:
        """(instant, text) of what the device told since the last call; instants count from its power-on.

        What it told before that, in a life that a capture has ended, is nobody's any more.
        """
        with self._lab.lock:
            until_ns, origin_ns = self._lab.reached_ns, self._lab.origin_ns or 0
            found = self._lab.messages(max(self._told_ns, origin_ns), until_ns)
            self._told_ns = until_ns
        return tuple((t_ns - origin_ns, text) for t_ns, text in found)

    def identity(self) -> Mapping[str, str]:
        """Who the box is; its serial number says that it is simulated."""
        device = self._lab.case.device
        return {"maker": MAKER, "model": device.model, "serial": SERIAL, "device": device.id}

    def safe_state(self) -> None:
        """Press stop; a device that is off, or has failed, has stopped."""
        try:
            self._command("button", "stop", None)
        except BenchError:
            return

    def close(self) -> None:
        """Stop the device."""
        self.safe_state()
