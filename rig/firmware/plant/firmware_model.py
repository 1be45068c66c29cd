"""A firmware in the place of a simulated stimulator: the same plant, the same electrodes, the same instants."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from rig.firmware.board.board_file import Board
from rig.firmware.board.board_nets import IMU, INPUTS
from rig.firmware.device_under_test import ClockSetting, DeviceUnderTest, Event, EventKind, Injected
from rig.firmware.plant.fault_log import FaultLog
from rig.firmware.plant.settings_line import SettingsLine, longest_talk_ns, misheard
from rig.firmware.plant.uart_lines import UartLines
from rig.firmware.process.wire_frame import INJECTIONS
from scenarios.case import DeviceDescription
from scenarios.dataclass_reader import settings_units
from scenarios.firmware_of_device import FirmwareOfDevice
from sim.errors import BenchError
from sim.signal import Signal, moved
from sim.stimulator.clock import DeviceClock
from sim.stimulator.panel import PANEL
from sim.stimulator.switched_output import SwitchedOutput
from sim.timebase import NEVER, NS_PER_MS, NS_PER_S, TimeNs

WAKE_NS: Final = 50 * NS_PER_MS
"""From power-on to the first byte of the rig (design choice: a boot takes a few milliseconds)."""
REST_NS: Final = 100 * NS_PER_MS
"""From the last answer to the beginning of the run at least (design choice)."""
PRESS_NS: Final = 50 * NS_PER_MS
"""How long a key is held that a scenario presses and does not let go (design choice)."""
LONGEST_BOOT_NS: Final = 60 * NS_PER_S
"""A firmware that has not taken its settings by then never will (design choice)."""

_BREAK: Final = frozenset[EventKind]({"uart"})
_NOTHING: Final = frozenset[EventKind]()
_BUTTONS: Final = {"stop": ("button.stop", 1.0), "release": ("button.stop", 0.0)}

Open = Callable[[ClockSetting], DeviceUnderTest]


class FirmwareModel:
    """A `sim.stimulator.model.StimulatorModel` whose decisions a firmware makes.

    It begins its life before the run: it boots, is told its settings over its serial line, which are read back, and
    rests. The process behind it is started with the first block and ended by `close`.

    Args:
        device: of the case.
        board: on which its firmware runs.
        output: that the firmware switches.
        clock: its clock.
        open_process: gives the device, not started yet.
    """

    def __init__(
        self, device: DeviceDescription, board: Board, output: SwitchedOutput, clock: DeviceClock, open_process: Open
    ) -> None:
        self._device, self._board, self._output, self._clock = device, board, output, clock
        self._open_process = open_process
        self._process: DeviceUnderTest | None = None
        self._line: SettingsLine | None = None
        self._uart = UartLines(device.control.newline if device.control is not None else "\n")
        self._supply_v, self._is_switched_on = board.nominal_supply_v, True
        self._early: list[Callable[[], None]] = []
        self._later: list[tuple[TimeNs, Callable[[], None]]] = []
        self._states = {line: 0 for line in PANEL if line in board.nets}
        self._shown: list[tuple[TimeNs, str, int]] = []
        self._told: list[tuple[TimeNs, str]] = []
        self._too_early: list[Event] = []
        self._faults = FaultLog()
        self._reached_ns: TimeNs = 0
        self._hearers: Mapping[EventKind, Callable[[Event], None]] = {
            "drive": self._driven,
            "line": self._lit,
            "uart": self._said,
            "power": self._powered,
            "reset": self._was_reset,
            "fault": self._failed,
        }

    def sense(self, signals: Mapping[str, Signal], until_ns: TimeNs) -> None:
        """Let the firmware live until `until_ns`, and switch the output as it does.

        Raises:
            BenchError: its process has failed, or it does not answer what it was told.
        """
        known = {role: signal for role, signal in signals.items() if self._hears(role)}
        if self._process is None:
            self._boot(known)
        while self._reached_ns < until_ns:
            self._do_due()
            self._advance(known, min(until_ns, self._next_ns))

    def hold(self, signals: Mapping[str, Signal]) -> None:
        """The block is over; the process holds the last samples by itself."""

    def supply(self, t_ns: TimeNs, supply_v: float) -> None:
        """The supply of the box becomes `supply_v`, V; its output stage and its microcontroller feel it."""
        if self._process is None:
            self._early.append(lambda: self.supply(t_ns, supply_v))
            return
        self._supply_v = supply_v
        self._power(t_ns)

    def button(self, t_ns: TimeNs, name: str) -> None:
        """A key is used: `stop`, `release`, `rearm` (pressed shortly), `power_off`, `power_on`.

        Raises:
            ValueError: another word, or the board has no such key.
        """
        if name not in {*_BUTTONS, "rearm", "power_off", "power_on"}:
            raise ValueError(f"button {name!r} is not known; known are stop, release, power_off, power_on, rearm")
        role = "button.rearm" if name == "rearm" else _BUTTONS.get(name, ("", 0.0))[0]
        if role and role not in self._board.nets:
            raise ValueError(f"the board {self._board.id} has no net `{role}`")
        if self._process is None:
            self._early.append(lambda: self.button(t_ns, name))
        elif name in {"power_off", "power_on"}:
            self._is_switched_on = name == "power_on"
            self._power(t_ns)
        elif name == "rearm":
            self._running.terminal(t_ns, role, 1.0)
            self._at(t_ns + PRESS_NS, lambda: self._running.terminal(t_ns + PRESS_NS, role, 0.0))
        else:
            self._running.terminal(t_ns, *_BUTTONS[name])

    def setting(self, t_ns: TimeNs, name: str, value: Any) -> None:
        """A setting is written over the serial line from `t_ns` on, and read back.

        Raises:
            ValueError: the settings of the device know no such value, or its firmware has no words for it.
        """
        changed = getattr(self._device.settings, "changed", None)
        if changed is not None:
            changed(name, value)
        if self._process is None:
            self._early.append(lambda: self.setting(t_ns, name, value))
        elif self._line is None:
            raise ValueError(f"the device {self._device.id} does not say how its firmware is set: add `control:`")
        else:
            self._line.set(t_ns, name, value)

    def fault(self, t_ns: TimeNs, name: str, dose: Any, where: str = "") -> None:
        """A fault is put into the microcontroller: `hang`, or the name of a `firmware.*` event.

        The dose of `firmware.broken_frame` is a value of the setting `where`, any other a number.

        Raises:
            ValueError: a seeded defect, which only a simulated stimulator can have, or a fault that this device cannot.
        """
        kind: Any = name.removeprefix("firmware.")
        if kind not in INJECTIONS:
            raise ValueError(f"a real firmware has no seeded defect {name!r}")
        if self._process is None:
            self._early.append(lambda: self.fault(t_ns, name, dose, where))
        elif kind == "broken_frame":
            self._running.inject(t_ns, self._garbled(where, dose))
        else:
            self._running.inject(t_ns, Injected(kind, dose, where))

    def _garbled(self, name: str, heard: float | str) -> Injected:
        """The setting as it is programmed, one character heard as that of another value, its frame broken."""
        control, settings = self._device.control, self._device.settings
        meant = self._device.programmed.get(name, getattr(settings, name, None))
        if control is None or name not in control.settings or meant is None:
            raise ValueError(f"the device {self._device.id} has no words for the setting {name!r}, or no value of it")
        unit = settings_units(type(settings)).get(name, "")
        text, place = misheard(control.settings[name], meant, heard, unit)
        return Injected("broken_frame", place, text + control.newline)

    def review(self) -> None:
        """Nothing that the firmware has not told."""

    def take_lines(self) -> tuple[tuple[TimeNs, str, int], ...]:
        """(instant, line, state) of what its status line and its lamps did since the last call, in time order."""
        shown = tuple(sorted(self._shown, key=lambda change: change[0]))
        self._shown.clear()
        return shown

    def take_messages(self) -> tuple[tuple[TimeNs, str], ...]:
        """What its serial line said, and what befell its processor, since the last call."""
        told = tuple(sorted(self._told, key=lambda each: each[0]))
        self._told.clear()
        return told

    def identity(self) -> Mapping[str, str]:
        """What runs, as its process and the firmware itself tell it; empty before the first block."""
        if self._process is None:
            return {}
        answered = self._line.identity if self._line is not None else {}
        return {**self._process.identity(), **{f"told_{name}": value for name, value in answered.items()}}

    def facts(self) -> Mapping[str, Any]:
        """What is known of it (`rig.firmware_facts`): at least what the case names; of a dead process no more."""
        if self._process is None:
            return {}
        firmware = self._device.firmware
        named = {} if firmware is None else named_facts(firmware, self._board)
        found: dict[str, Any] = {}
        ask = getattr(self._process, "facts", None)
        if ask is not None:
            with contextlib.suppress(BenchError):
                found = dict(ask())
        told = {**self.identity(), **found.pop("identity", {})}
        return {"identity": {**told, **named}, **found, **self._faults.document()}

    @property
    def process(self) -> DeviceUnderTest | None:
        """The process behind it; None before the first block and after `close`."""
        return self._process

    def close(self) -> None:
        """End the process; twice is fine."""
        process, self._process = self._process, None
        if process is not None:
            process.close()

    @property
    def _running(self) -> DeviceUnderTest:
        assert self._process is not None
        return self._process

    def _hears(self, role: str) -> bool:
        return role in self._board.nets or (role.startswith("foot_imu.") and IMU in self._board.nets)

    # the life before the run

    def _boot(self, signals: Mapping[str, Signal]) -> None:
        """Power-on, settings and rest, before time 0; longer where the firmware takes its time."""
        control = self._device.control
        span_ns = WAKE_NS + REST_NS + (longest_talk_ns(control) if control is not None else 0)
        while not self._boots_within(span_ns, signals):
            span_ns *= 4
            if span_ns > LONGEST_BOOT_NS:
                problem = f"the firmware has not taken its settings in {LONGEST_BOOT_NS // NS_PER_S} s"
                raise BenchError(self._device.id, 0.0, problem, "look at its serial line")
        self._shown = [(0, line, state) for line, state in self._states.items()]
        for late in self._early:
            late()
        self._early.clear()

    def _boots_within(self, span_ns: TimeNs, signals: Mapping[str, Signal]) -> bool:
        tick_ns = self._clock.rig_ns(0.001)
        ticks = -(-(span_ns + self._clock.phase_ns) // int(tick_ns))
        start_ns = self._clock.phase_ns - round(ticks * tick_ns)
        self.close()
        self._too_early.clear()
        self._told.clear()
        self._uart.forget()
        self._faults.forget()
        self._process = self._open_process(ClockSetting(self._clock.error_ratio, self._clock.phase_ns))
        self._reached_ns = start_ns
        control = self._device.control
        if control is not None:
            self._line = SettingsLine(self._device.id, control, settings_units(type(self._device.settings)))
            self._line.identify(start_ns + WAKE_NS)
            for name, value in _written(self._device, control.settings):
                self._line.set(start_ns + WAKE_NS, name, value)
        self._running.start(start_ns, self._supply_v)
        self._output.set_circuit(0, compliance_v=self._compliance_v)
        before = {role: _held(signal, start_ns) for role, signal in signals.items() if len(signal.samples)}
        while self._reached_ns < 0:
            self._do_due()
            self._advance(before, min(0, self._next_ns))
        if self._too_early:
            raise BenchError(
                self._device.id,
                self._too_early[0].t_ns / NS_PER_S,
                f"the firmware stimulates before the run begins: {_as_text(self._too_early)}",
                "it must rest until the heel has left the floor",
            )
        return self._line is None or self._line.is_idle

    # one step after the other

    @property
    def _next_ns(self) -> TimeNs:
        """Where the firmware must stand still next, so that something reaches it at its instant."""
        line_ns = self._line.next_ns if self._line is not None else NEVER
        return min(line_ns, min((t_ns for t_ns, _ in self._later), default=NEVER))

    def _at(self, t_ns: TimeNs, action: Callable[[], None]) -> None:
        self._later.append((t_ns, action))

    def _do_due(self) -> None:
        for item in [item for item in self._later if item[0] <= self._reached_ns]:
            self._later.remove(item)
            item[1]()
        line = self._line
        while line is not None and line.next_ns <= self._reached_ns:
            if data := line.say(t_ns := max(line.next_ns, self._reached_ns)):
                self._running.receive(t_ns, data)

    def _advance(self, signals: Mapping[str, Signal], until_ns: TimeNs) -> None:
        if until_ns <= self._reached_ns:
            return
        talks = self._line is not None and not self._line.is_idle
        batch = self._running.advance(until_ns, signals, self._sensed, _BREAK if talks else _NOTHING)
        self._reached_ns = batch.reached_ns
        self._hear(batch.events)

    def _sensed(self, name: str, t_ns: TimeNs, events: Sequence[Event]) -> float:
        """What a terminal carries; the output is sensed ahead of the bridge that turns the current (`INPUTS`)."""
        self._hear(events)
        if name not in INPUTS or name in {"heel_switch", "supply"}:
            raise BenchError(self._device.id, t_ns / NS_PER_S, f"the firmware samples `{name}`, which carries nothing")
        if t_ns < 0:
            return 0.0
        turned = -1.0 if self._output.driven_a < 0.0 else 1.0
        value = self._output.current_at(t_ns) if name == "output_current" else self._output.voltage_at(t_ns)
        return turned * value

    def _hear(self, events: Sequence[Event]) -> None:
        for event in events:
            self._faults.hear(event)
            hear = self._hearers.get(event.kind)
            if hear is not None:
                hear(event)

    def _driven(self, event: Event) -> None:
        if event.t_ns >= 0:
            self._output.drive(event.t_ns, event.value)
        elif abs(event.value) > self._probe_a * (1.0 + 1e-9):
            self._too_early.append(event)

    def _lit(self, event: Event) -> None:
        state = int(event.value)
        if self._states.get(event.name, state) != state:
            self._states[event.name] = state
            if event.t_ns >= 0:
                self._shown.append((event.t_ns, event.name, state))

    def _said(self, event: Event) -> None:
        for t_ns, line in self._uart.feed(event):
            if self._line is not None:
                self._line.hear(t_ns, line)
            self._tell(t_ns, f"uart: {line}")

    def _powered(self, event: Event) -> None:
        if event.value == 0.0:  # the bridge opens and the lamps go dark without a processor that holds them
            self._driven(Event(event.t_ns, "drive", "", 0.0))
            for line in self._states:
                self._lit(Event(event.t_ns, "line", line, 0.0))
        self._tell(event.t_ns, "power: back" if event.value else "power: lost")

    def _was_reset(self, event: Event) -> None:
        self._uart.forget()
        place = f"; {event.data.decode('utf-8', 'replace')}" if event.data else ""
        self._tell(event.t_ns, f"reset: {event.name}{place}")

    def _failed(self, event: Event) -> None:
        """Also what went wrong before the run began is told, at its begin."""
        self._faults.refuse_endless(event.t_ns)
        text = f"fault: {event.name}: {event.data.decode('utf-8', 'replace')}".removesuffix(": ")
        self._tell(max(event.t_ns, 0), text)

    def _tell(self, t_ns: TimeNs, text: str) -> None:
        if t_ns >= 0:
            self._told.append((t_ns, text))

    @property
    def _probe_a(self) -> float:
        net = self._board.nets.get("probe")
        return net.current_a if net is not None else 0.0

    @property
    def _compliance_v(self) -> float:
        """The boost converter follows the supply where that is low (as `sim.stimulator.device` has it)."""
        return self._board.compliance_v * min(1.0, self._supply_v / self._board.nominal_supply_v)

    def _power(self, t_ns: TimeNs) -> None:
        supply_v = self._supply_v if self._is_switched_on else 0.0
        self._running.terminal(t_ns, "supply", supply_v)
        self._output.set_circuit(t_ns, compliance_v=self._compliance_v)


def named_facts(firmware: FirmwareOfDevice, board: Board) -> dict[str, str]:
    """What a case names, without the place where it lies."""
    hashes = {"sha256": firmware.sha256, "board_sha256": firmware.board_sha256}
    named = {"kind": firmware.level, "image": firmware.name, "board": board.id, "chip": board.chip}
    return named | {name: value for name, value in hashes.items() if value}


def _written(device: DeviceDescription, words: Iterable[str]) -> Iterator[tuple[str, float | str]]:
    """(name, value) of every setting that the device file has words for."""
    for name in words:
        value = device.programmed.get(name, getattr(device.settings, name, None))
        if value is not None:
            yield name, value


def _held(signal: Signal, from_ns: TimeNs) -> Signal:
    """The first sample of a signal, as it has stood since `from_ns`."""
    return moved(signal, from_ns // signal.period_ns * signal.period_ns, signal.samples[:1])


def _as_text(drives: Sequence[Event]) -> str:
    first = ", ".join(f"{event.value * 1e3:+.3g} mA at {event.t_ns / 1e6:.3f} ms" for event in drives[:4])
    return f"{len(drives)} drives: {first}" + (", ..." if len(drives) > 4 else "")
