"""A box on a serial line, spoken to in the words of its device file."""

import contextlib
import math
import re
from collections.abc import Mapping
from typing import Final

from rig.device_control.serial_line import SerialLine
from scenarios.case import Case
from scenarios.control import ControlDescription, SettingWords
from scenarios.control_reader import heard_value, told_value
from scenarios.dataclass_reader import settings_units
from scenarios.quantities import format_quantity
from sim.errors import BenchError
from sim.timebase import TimeNs

_ROUNDING: Final = 1e-9
"""Relative room for the rounding of decimal texts where the device file states no resolution."""


class SerialControl:
    """A `DeviceControl` of texts: every setting is sent, acknowledged and read back where the box can tell it.

    Args:
        address: port (`COM3`, `/dev/ttyUSB0`) or URL of pyserial (`socket://127.0.0.1:7000`).
        description: `control:` of the device file.
    """

    def __init__(self, address: str, description: ControlDescription) -> None:
        self._address, self._description = address, description
        self._log = re.compile(description.log) if description.log else None
        self._line: SerialLine | None = None
        self._units: Mapping[str, str] = {}
        self._identity: dict[str, str] = {}
        self._told: list[tuple[TimeNs, str]] = []
        self._now_ns: TimeNs = 0

    def open(self, case: Case) -> None:
        """Connect, identify, write and read back every setting of `case` that the device file has words for.

        Raises:
            BenchError: no answer, a wrong one, or a value read back that is not the one written.
        """
        self.close()
        d = self._description
        self._units = settings_units(type(case.device.settings))
        self._line = SerialLine(self._address, d.baud, d.newline, d.timeout_s)
        try:
            if d.identify is not None:
                found = self._ask(d.identify.send, d.identify.expect or ".*")
                self._identity = {"answer": found.group(0), **{k: v or "" for k, v in found.groupdict().items()}}
            for name in d.settings:
                value = case.device.programmed.get(name, getattr(case.device.settings, name, None))
                if value is not None:
                    self.set(name, value, 0)
        except BenchError:
            self.close()
            raise

    def set(self, name: str, value: float | str, t_ns: TimeNs) -> None:
        """Write one setting and read it back.

        Raises:
            BenchError: the device file has no words for it, or the box did not take it.
        """
        words = self._description.settings.get(name)
        if words is None:
            known = ", ".join(self._description.settings) or "none"
            problem = f"the device file does not say how to set `{name}`"
            raise BenchError(self._address, t_ns * 1e-9, problem, f"it has words for: {known}")
        self._now_ns = t_ns
        unit = self._units.get(name, "")
        text = words.write.send.format(value=told_value(words, value, unit))
        if words.write.expect:
            self._ask(text, words.write.expect)
        else:
            self._opened().tell(text)
        if words.read is not None:
            self._check(words, value, unit)

    def read(self, name: str) -> float | str:
        """What the box says that a setting is, SI.

        Raises:
            BenchError: the device file does not say how to read it, or the box does not answer.
        """
        words = self._description.settings.get(name)
        if words is None or words.read is None:
            raise BenchError(self._address, math.nan, f"the device file does not say how to read `{name}`")
        found = self._ask(words.read.send, words.read.expect)
        try:
            return heard_value(words, found.group("value"), self._units.get(name, ""))
        except ValueError:
            problem = f"`{name}` was answered by `{found.group(0)}`, which holds no number"
            raise BenchError(self._address, math.nan, problem) from None

    def _check(self, words: SettingWords, value: float | str, unit: str) -> None:
        heard = self.read(words.name)
        if isinstance(value, str) or isinstance(heard, str):
            same = str(heard) == str(value)
        else:
            same = abs(heard - value) <= words.resolution_value + _ROUNDING * abs(value)
        if not same:
            asked, got = (each if isinstance(each, str) else format_quantity(each, unit) for each in (value, heard))
            problem = f"`{words.name}` was set to {asked}, the box says {got}"
            raise BenchError(self._address, self._now_ns * 1e-9, problem, "is it within the range of the box?")

    def fault(self, name: str, dose: float, t_ns: TimeNs, where: str = "") -> None:
        """Refused: a real box has no seeded defects."""
        del dose, where
        raise BenchError(self._address, t_ns * 1e-9, f"a real box has no seeded defect `{name}`")

    def take_messages(self) -> tuple[tuple[TimeNs, str], ...]:
        """Lines that the box has told by itself."""
        if self._line is not None and self._log is not None:
            self._keep(self._line.drain(self._log))
        told, self._told = tuple(self._told), []
        return told

    def identity(self) -> Mapping[str, str]:
        """What the box answered when asked who it is."""
        return {"control": f"serial {self._address}", **self._identity}

    def safe_state(self) -> None:
        """Tell the box to stop; a dead line is left to the bench's interlock."""
        if self._line is None:
            return
        for exchange in self._description.safe:
            with contextlib.suppress(BenchError):
                if exchange.expect:
                    self._ask(exchange.send, exchange.expect)
                else:
                    self._line.tell(exchange.send)

    def close(self) -> None:
        """Safe state, then release the port; twice is fine."""
        if self._line is not None:
            self.safe_state()
            self._line.close()
            self._line = None

    def _ask(self, text: str, pattern: str) -> re.Match[str]:
        found, told = self._opened().ask(text, pattern, self._log)
        self._keep(told)
        return found

    def _keep(self, lines: list[str]) -> None:
        self._told.extend((self._now_ns, line) for line in lines)

    def _opened(self) -> SerialLine:
        if self._line is None:
            raise BenchError(self._address, math.nan, "the control is not open")
        return self._line
