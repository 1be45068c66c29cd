"""A firmware on the desk of whoever tests it: its serial line, its switches, its supply and the pulses that it gives.

No patient and no walk: a test in Python moves every terminal itself, in virtual time. The current flows through an
exact load, so that what the firmware senses of its own output is what a real one would sense.
"""

import contextlib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from rig.firmware.desk.dut_story import DutPulse, story
from rig.firmware.desk.serial_log import SerialLog
from rig.firmware.device_under_test import DeviceUnderTest, Event, EventKind, Injected
from scenarios.quantities import parse_quantity
from scenarios.roles import ANALOGUE_UNITS
from sim.electrode.load import NAMED_LOADS, Load
from sim.errors import BenchError, ScenarioError
from sim.signal import Signal
from sim.stimulator.switched_output import SwitchedOutput
from sim.timebase import NS_PER_MS, NS_PER_S, TimeNs, ns_from_s, s_from_ns

SWITCH_V: Final = {"open": 0.05, "closed": 2.6}
"""Heel switch without and with the heel on it, V (`sim.sensor.heel_switch`)."""
POWER_LOSS_NS: Final = 100 * NS_PER_MS
"""How long `Dut.reset` takes the supply away (design choice: every reset circuit notices)."""
_SIGNAL_HZ: Final = 1e6
_SIGNAL_NS: Final = 1000
_MAGNITUDES: Final = {"output_current": "A", "output_voltage": "V", "probe_voltage": "V"}
"""What a firmware senses of its output, ahead of the bridge: without a sign."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What lies around the device.

    Attributes:
        load: between the electrodes.
        supply_v: nominal supply, V.
        compliance_v: highest voltage of the output stage, V.
        probe_a: current with which the device feels for its electrodes, A.
        phase_limit_s: longest drive in one direction that the output stage lets through, s.
        heel_switch_v: at power-up, V.
    """

    load: Load = NAMED_LOADS["500 ohm"]
    supply_v: float = 9.0
    compliance_v: float = 120.0
    probe_a: float = 5e-6
    phase_limit_s: float = math.inf
    heel_switch_v: float = SWITCH_V["closed"]


class NotSeenError(AssertionError):
    """What a test waited for did not come; its text holds the serial log and the last pulses."""


class Dut:
    """A device under test, powered at time 0 with the heel on its switch.

    Durations are texts with a unit (``"100 ms"``) or seconds; all of them are virtual.

    Args:
        device: not started yet.
        wiring: what lies around it.

    Attributes:
        device: the port itself.
        lines: role -> 0 or 1 of every two-state line that has changed (`status`, `indicator.fault`).
        events: everything that the device did, in time order.
    """

    def __init__(self, device: DeviceUnderTest, wiring: Wiring | None = None) -> None:
        self.device = device
        self.lines: dict[str, int] = {}
        self.events: list[Event] = []
        self._wiring = wiring or Wiring()
        self._now_ns: TimeNs = 0
        self._supply_v = self._wiring.supply_v
        self._log = SerialLog()
        self._pulses: list[DutPulse] = []
        self._output = SwitchedOutput(
            self._wiring.load,
            self._wiring.probe_a,
            self._wiring.compliance_v,
            phase_limit_s=self._wiring.phase_limit_s,
        )
        self._output.begin(0)
        self._fresh: dict[str, Signal] = {}
        self.drive(heel_switch=self._wiring.heel_switch_v)
        device.start(0, self._supply_v)

    @property
    def time(self) -> float:
        """Virtual time since power-up, s."""
        return s_from_ns(self._now_ns)

    @property
    def pulses(self) -> tuple[DutPulse, ...]:
        """Every pulse that has ended, exact."""
        return tuple(self._pulses)

    @property
    def uart(self) -> str:
        """All that it has written to its serial line."""
        return self._log.text

    @property
    def log(self) -> tuple[tuple[float, str], ...]:
        """(instant of its last byte in s, line) of every line."""
        return tuple((s_from_ns(t_ns), line) for t_ns, line in self._log.lines())

    @property
    def story(self) -> str:
        """The last lines and pulses, for people."""
        return story(self._now_ns, self._log, self._pulses, self.lines, self.device.identity())

    def run(self, duration: str | float) -> None:
        """Let time pass."""
        until_ns = self._now_ns + _duration_ns(duration, "run")
        while self._now_ns < until_ns:
            self._advance(until_ns)

    def send(self, text: str | bytes) -> None:
        """Bytes go out to its serial line from now on, at its baud rate."""
        self.device.receive(self._now_ns, text.encode() if isinstance(text, str) else text)

    def expect(self, regex: str | re.Pattern[str], timeout: str | float = "1 s") -> re.Match[str]:
        """Let time pass until its serial log matches; what a match has taken is never matched again.

        Whole lines are searched (`SerialLog`), ``^`` and ``$`` stand for their ends.

        Raises:
            NotSeenError: it did not come.
        """
        __tracebackhide__ = True
        pattern = re.compile(regex) if isinstance(regex, str) else regex
        pattern = re.compile(pattern.pattern, pattern.flags | re.MULTILINE)
        ends_ns = self._now_ns + _duration_ns(timeout, "timeout")
        while (found := self._log.search(pattern, self._now_ns)) is None:
            if self._now_ns >= ends_ns:
                raise NotSeenError(f"no `{pattern.pattern}` within {timeout}\n{self.story}")
            self._advance(min(ends_ns, max(self._log.quiet_ns, self._now_ns + 1)), frozenset({"uart"}))
        return found

    def wait_for(self, condition: Callable[[], object], timeout: str | float = "1 s") -> None:
        """Let time pass until something holds; it is asked whenever the device has done something.

        Raises:
            NotSeenError: it did not come to hold.
        """
        __tracebackhide__ = True
        ends_ns = self._now_ns + _duration_ns(timeout, "timeout")
        while not condition():
            if self._now_ns >= ends_ns:
                raise NotSeenError(f"the condition did not hold within {timeout}\n{self.story}")
            self._advance(min(ends_ns, self._now_ns + NS_PER_MS), frozenset({"uart", "drive", "line", "reset"}))

    def drive(self, **terminals: str | float) -> None:
        """Set terminals from now on.

        `heel_switch` is `open`, `closed` or a voltage; `supply` a voltage; `load` a named load or a resistance;
        `contact` the share of the electrodes that touches; any analogue sensor (`shank_tilt`) a quantity of its unit.

        Raises:
            ScenarioError: no such terminal, or a value that it cannot have.
        """
        for name, value in terminals.items():
            if name == "heel_switch":
                volts = SWITCH_V[value] if isinstance(value, str) and value in SWITCH_V else _si(value, "V", name)
                self._shows(name, volts, "V")
            elif name in ANALOGUE_UNITS:
                self._shows(name, _si(value, ANALOGUE_UNITS[name], name), ANALOGUE_UNITS[name])
            elif name == "supply":
                self._supply_v = _si(value, "V", name)
                self.device.terminal(self._now_ns, "supply", self._supply_v)
            elif name == "load":
                named = NAMED_LOADS.get(str(value))
                self._output.set_circuit(self._now_ns, load=named or Load(series_ohm=_si(value, "ohm", name)))
            elif name == "contact":
                self._output.set_circuit(self._now_ns, contact_ratio=_si(value, "", name))
            else:
                known = ", ".join(("heel_switch", "supply", "load", "contact", *ANALOGUE_UNITS))
                raise ScenarioError("dut.drive", f"there is no terminal `{name}`", f"there are {known}")

    def press(self, button: str) -> None:
        """A button (`stop`, `rearm`) goes down."""
        self.device.terminal(self._now_ns, f"button.{button}", 1.0)

    def release(self, button: str) -> None:
        """A button comes up."""
        self.device.terminal(self._now_ns, f"button.{button}", 0.0)

    def power(self, state: str) -> None:
        """The supply is switched `off` or `on` again, at its last voltage."""
        if state not in {"on", "off"}:
            raise ScenarioError("dut.power", f"`{state}` is asked for", "write `on` or `off`")
        self.device.terminal(self._now_ns, "supply", self._supply_v if state == "on" else 0.0)

    def reset(self) -> None:
        """The supply goes for 100 ms and comes back."""
        self.power("off")
        self.run(s_from_ns(POWER_LOSS_NS))
        self.power("on")

    def inject(self, fault: Injected) -> None:
        """Put a fault into its microcontroller, now."""
        self.device.inject(self._now_ns, fault)

    def close(self) -> None:
        """End its process."""
        self.device.close()

    def _shows(self, role: str, value: float, unit: str) -> None:
        at_ns = self._now_ns // _SIGNAL_NS * _SIGNAL_NS
        self._fresh[role] = Signal(np.array([value]), at_ns, _SIGNAL_HZ, unit)

    def _advance(self, until_ns: TimeNs, break_on: frozenset[EventKind] = frozenset()) -> None:
        signals: Mapping[str, Signal] = self._fresh
        self._fresh = {}
        batch = self.device.advance(until_ns, signals, self._sense, break_on)
        self._hear(batch.events)
        self._now_ns = batch.reached_ns
        self._output.catch_up(self._now_ns)
        self._pulses += [DutPulse.of(row) for row in self._output.take_pulses()]
        self._output.take_rows()

    def _sense(self, name: str, t_ns: TimeNs, events: Sequence[Event]) -> float:
        self._hear(events)
        if name in _MAGNITUDES:
            is_current = name == "output_current"
            return abs(self._output.current_at(t_ns) if is_current else self._output.voltage_at(t_ns))
        if name == "supply":
            return self._supply_v
        raise BenchError("dut", s_from_ns(t_ns), f"the firmware samples `{name}`, which nothing drives", "`dut.drive`")

    def _hear(self, events: Sequence[Event]) -> None:
        for event in events:
            self.events.append(event)
            if event.kind == "drive":
                self._output.drive(event.t_ns, event.value)
            elif event.kind == "uart":
                self._log.hear(event.t_ns, event.data)
            elif event.kind == "line":
                self.lines[event.name] = int(event.value)
            elif event.kind == "power" and not event.value:
                self._output.drive(event.t_ns, 0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(BenchError):
            self.close()


def _si(value: str | float, unit: str, name: str) -> float:
    return parse_quantity(value, unit, f"dut.drive({name})") if isinstance(value, str) else float(value)


def _duration_ns(duration: str | float, name: str) -> TimeNs:
    time_s = parse_quantity(duration, "s", f"dut: {name}") if isinstance(duration, str) else float(duration)
    if not 0.0 <= time_s * NS_PER_S < 1e18:
        raise ScenarioError(f"dut: {name}", f"`{duration}` is asked for", "a time of 0 s or more")
    return ns_from_s(time_s)
