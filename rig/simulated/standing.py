"""What stands set in a laboratory: relays, supply, knobs. A device that is switched on finds it so."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from scenarios.case import Case
from scenarios.catalogue import DeviceModelSpec
from sim.electrode.load import Load
from sim.errors import BenchError
from sim.signal import Command
from sim.stimulator.defect_spec import checked_doses
from sim.timebase import TimeNs, s_from_ns

BUTTONS: Final = ("stop", "release", "power_off", "power_on", "rearm")
_OF_DEVICE: Final = ("setting", "fault")
FIRMWARE_FAULT: Final = "firmware."
"""Begins the name of a fault that happens to the microcontroller of a device with a firmware."""
HANG: Final = "hang"
"""The fault that happens to every device."""
_AT_REST: Final[dict[str, Any]] = {"contact": 1.0, "interlock": 1, "polarity": 1, "load": None, "supply": "on"}


class Standing:
    """The newest command of every kind that lasts; a button lasts no longer than it is pressed."""

    def __init__(self) -> None:
        self._commands: dict[tuple[str, str, int], Command] = {}

    def keep(self, command: Command) -> None:
        """Remember what lasts of `command`; what no device could obey is not worth it."""
        target, value = command.target, command.value
        if target == "button" or (target == "fault" and value[0].startswith(FIRMWARE_FAULT)):
            return  # done as it comes
        if not (target in _OF_DEVICE or (target in _ALLOWED and _ALLOWED[target][0](value))):
            return
        name = _name(command)
        if command.channel == 0:
            for key in [key for key in self._commands if key[:2] == (target, name)]:
                del self._commands[key]
        self._commands.pop((target, name, command.channel), None)
        self._commands[target, name, command.channel] = command

    def load(self, channel: int) -> Load | None:
        """The load that was put between the electrodes of a channel; None for the case's own."""
        for key in (("load", "", channel), ("load", "", 0)):
            if key in self._commands:
                return self._commands[key].value
        return None

    def forget_device(self) -> None:
        """Another device: its knobs stand where its case says."""
        self._commands = {key: command for key, command in self._commands.items() if key[0] not in _OF_DEVICE}

    def forget(self, commands: Iterable[Command]) -> None:
        """What `commands` were about stands no more."""
        for command in commands:
            self._commands.pop((command.target, _name(command), command.channel), None)

    def at(self, t_ns: TimeNs) -> tuple[Command, ...]:
        """The commands that put a device which is switched on at `t_ns` where everything stands."""
        return tuple(
            replace(command, t_ns=t_ns)
            for (target, _, _), command in self._commands.items()
            if target not in _AT_REST or command.value != _AT_REST[target]
        )

    def settings(self, case: Case) -> Any:
        """The device's settings with what has been set by hand."""
        settings = case.device.settings
        for command in self._commands.values():
            if command.target == "setting":
                settings = settings.changed(*command.value)
        return settings

    def doses(self, case: Case) -> dict[str, float]:
        """The device's defects with what has been put in by hand."""
        put = dict(command.value for command in self._commands.values() if command.target == "fault")
        return {**case.device.defects, **put}


def _name(command: Command) -> str:
    """Which of several things with the same target a command is about."""
    if command.target in _OF_DEVICE:
        return str(command.value[0])
    if command.target == "supply":
        return "relay" if isinstance(command.value, str) else "voltage"
    return ""


def replaced_by(standing: tuple[Command, ...], commands: Iterable[Command], t_ns: TimeNs) -> tuple[Command, ...]:
    """What of `standing` a device that is switched on at `t_ns` still feels beside the `commands` of that very instant.

    A supply that comes on as the device does was never off for it.
    """
    new = {(c.target, _name(c), c.channel) for c in commands if c.t_ns == t_ns and c.target != "button"}
    return tuple(
        c for c in standing if (c.target, _name(c), c.channel) not in new and (c.target, _name(c), 0) not in new
    )


def check_command(command: Command, case: Case, models: Mapping[str, DeviceModelSpec], standing: Standing) -> None:
    """Refuse what the device cannot do, before it is under way.

    Raises:
        BenchError: with what is allowed.
    """
    try:
        _check(command, case, models, standing)
    except (ValueError, TypeError) as error:
        raise BenchError("laboratory", s_from_ns(command.t_ns), str(error)) from error


def _check(command: Command, case: Case, models: Mapping[str, DeviceModelSpec], standing: Standing) -> None:
    target, value = command.target, command.value
    if not 0 <= command.channel <= case.device.channels:
        raise ValueError(f"channel {command.channel} of a device with {case.device.channels}")
    if target == "setting":
        standing.settings(case).changed(*value)
    elif target == "fault" and case.device.firmware is not None:
        if not (value[0].startswith(FIRMWARE_FAULT) or value[0] == HANG):
            raise ValueError(f"a real firmware has no seeded defect {value[0]!r}")
    elif target == "fault":
        spec = models[case.device.model]
        doses = checked_doses(case.device.model, spec.defects, {**standing.doses(case), value[0]: value[1]})
        if spec.check_defects is not None:
            spec.check_defects(doses)
    elif target not in _ALLOWED:
        raise ValueError(f"command {target!r} is not known; known are {', '.join((*_ALLOWED, *_OF_DEVICE))}")
    elif not _ALLOWED[target][0](value):
        raise ValueError(f"{target} must be {_ALLOWED[target][1]}, got {value!r}")


def _is_voltage(value: Any) -> bool:
    return isinstance(value, int | float) and 0.0 <= value < math.inf


_ALLOWED: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "load": (lambda value: value is None or isinstance(value, Load), "a load or none"),
    "contact": (lambda value: isinstance(value, int | float) and 0.0 <= value <= 1.0, "between 0 and 1"),
    "interlock": (lambda value: value in {0, 1}, "1 (closed) or 0 (open)"),
    "polarity": (lambda value: value in {1, -1}, "+1 or -1"),
    "supply": (lambda value: value in {"on", "off"} or _is_voltage(value), "a voltage of 0 V or more, on or off"),
    "button": (lambda value: value in BUTTONS, f"one of {', '.join(BUTTONS)}"),
}
"""Target -> what its value may be, as a test and in words."""
