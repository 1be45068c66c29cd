"""A simulated stimulator behind the port of a firmware: what it asks of its output stage, its lines, what it tells.

It is the yardstick for firmware that should do the same. Its output stage is its own, on a load that is given here, so
it feels its electrodes without asking anybody.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from rig.firmware.device_under_test import Batch, ClockSetting, Event, EventKind, Injected, Sense
from rig.firmware.process.inputs import Inputs, checked
from rig.firmware.process.supply import Supply
from rig.firmware.process.wire_requests import Terminal
from sim.electrode.load import Load
from sim.kernel import Kernel, Phase
from sim.signal import Signal
from sim.stimulator.clock import DeviceClock
from sim.stimulator.model import ModelSpec, StimulatorModel
from sim.stimulator.output import Output
from sim.stimulator.panel import PANEL
from sim.streams import Streams
from sim.timebase import TimeNs

BUTTONS: Final = {"button.stop": ("release", "stop"), "button.rearm": ("", "rearm")}
"""Terminal -> the model's words for released and pressed."""

_WATCHDOG: Final = "watchdog: reset"
"""How the models begin to tell that their watchdog has bitten."""


class ModelDevice:
    """A catalogue model as `DeviceUnderTest`. Its life begins at time 0, however long before it got its power.

    Args:
        spec: entry of the device catalogue.
        settings: of the model.
        load: between its electrodes.
        clock: how its clock runs.
        streams: random streams of the case.
        defects: seeded defect -> dose.
        channels: stimulation channels.

    Raises:
        ValueError: an unknown defect or an impossible dose.
    """

    def __init__(
        self,
        spec: ModelSpec,
        settings: Any,
        load: Load,
        clock: ClockSetting,
        streams: Streams,
        defects: Mapping[str, float] | None = None,
        channels: int = 1,
    ) -> None:
        own = DeviceClock(clock.error_ratio, clock.phase_ns)
        self._name = spec.name
        self._kernel = Kernel()
        self._outputs = tuple(Output(load, own, streams, number) for number in range(1, channels + 1))
        self._model: StimulatorModel = spec.build(settings, defects or {}, self._kernel, self._outputs, streams, own)
        self._supply = Supply(float(settings.brown_out_v))
        self._signals: dict[str, Signal] = {}
        self._inputs = Inputs()
        self._levels_a = [0.0] * channels
        self._lines = dict.fromkeys(PANEL, 0)
        self._told: list[Event] = []
        self._reached_ns: TimeNs = 0

    def start(self, t_ns: TimeNs, supply_v: float) -> None:
        """Power comes for the first time, at time 0 or before it.

        Raises:
            ValueError: a later start; the model lives from time 0 on.
        """
        if t_ns > 0:
            raise ValueError(f"the model {self._name} lives from time 0 on and cannot be started at {t_ns} ns")
        self._reached_ns = t_ns
        self._supply.becomes(supply_v)
        for output in self._outputs:
            output.begin(0)
        if self._supply.is_on:
            self._power_comes(t_ns, "power_on")
        self._model.supply(0, supply_v)

    def advance(
        self,
        until_ns: TimeNs,
        signals: Mapping[str, Signal],
        sense: Sense,
        break_on: frozenset[EventKind] = frozenset(),
    ) -> Batch:
        """Let everything happen before `until_ns`; the model asks `sense` for nothing."""
        del sense
        self._know(signals)
        broken = False
        while self._reached_ns < until_ns and not broken:
            while (wanted := self._inputs.due(self._reached_ns)) is not None:
                assert isinstance(wanted, Terminal)
                self._obey(wanted)
            stop_ns = min(until_ns, self._inputs.next_ns)
            if any(event.kind in break_on for event in self._told):
                broken, stop_ns = True, self._reached_ns + 1
            broken |= self._run(stop_ns, break_on)
        for output in self._outputs:
            output.take_rows()
            output.take_pulses()
        told, self._told = tuple(self._told), []
        return Batch(self._reached_ns, told)

    def terminal(self, t_ns: TimeNs, name: str, value: float) -> None:
        """The supply changes, or a button is used."""
        if name != "supply" and name not in BUTTONS:
            known = ", ".join(sorted({"supply", *BUTTONS}))
            raise ValueError(f"the model {self._name} has no terminal {name!r}; it has {known}")
        self._inputs.add(Terminal(t_ns, name, value), self._reached_ns)

    def receive(self, t_ns: TimeNs, data: bytes) -> None:
        """Always refused: a model has no serial line."""
        raise ValueError(f"the model {self._name} has no serial line; {len(data)} bytes came at {t_ns} ns")

    def inject(self, t_ns: TimeNs, fault: Injected) -> None:
        """Let it hang at an instant that has been reached; it has no memory, no converter and no serial line."""
        checked(fault)
        if fault.kind != "hang" or t_ns != self._reached_ns:
            raise ValueError(f"the model {self._name} can hang, now; not have the fault {fault.kind} at {t_ns} ns")
        self._at(t_ns, partial(self._model.fault, t_ns, "hang", fault.dose))

    def identity(self) -> Mapping[str, str]:
        """Which model."""
        return {"kind": "virtual", "model": self._name}

    def close(self) -> None:
        """Nothing is held; twice is fine."""

    def _know(self, signals: Mapping[str, Signal]) -> None:
        fresh = {
            role: signal
            for role, signal in signals.items()
            if len(signal.samples) and self._signals.get(role) is not signal
        }
        if fresh:
            self._model.hold(self._signals)
            self._signals |= fresh

    def _obey(self, wanted: Terminal) -> None:
        t_ns = wanted.t_ns
        if wanted.name != "supply":
            word = BUTTONS[wanted.name][wanted.value > 0.0]
            if word:
                self._at(t_ns, partial(self._model.button, t_ns, word))
            return
        was_on = self._supply.is_on
        self._supply.becomes(wanted.value)
        if was_on and not self._supply.is_on:
            self._told.append(Event(t_ns, "power", "", 0.0))
        elif self._supply.is_on and not was_on:
            self._power_comes(t_ns, self._supply.cause)
        self._at(t_ns, partial(self._model.supply, t_ns, wanted.value))

    def _power_comes(self, t_ns: TimeNs, cause: str) -> None:
        self._told += (Event(t_ns, "power", "", 1.0), Event(t_ns, "reset", cause))

    def _at(self, t_ns: TimeNs, action: Callable[[], None]) -> None:
        """Something is done to the device before it does anything itself at `t_ns`; before time 0 at time 0."""
        at_ns = max(t_ns, 0)
        self._kernel.at(at_ns, Phase.BODY, action)
        self._kernel.advance_into(at_ns, Phase.BODY)
        self._look(at_ns)

    def _run(self, until_ns: TimeNs, break_on: frozenset[EventKind]) -> bool:
        """Live until `until_ns`, from one instant at which something can happen to the next; True where it broke."""
        if until_ns > self._kernel.reached_ns:
            self._model.sense(self._signals, until_ns)
        while True:
            heard = len(self._told)
            switch_ns = min(output.next_switch_ns for output in self._outputs)
            t_ns = min(self._kernel.next_ns, switch_ns)
            if t_ns >= until_ns:
                break
            self._kernel.advance_to(t_ns + 1)  # who decides at an instant does it before the output switches
            for output in self._outputs:
                output.catch_up(t_ns + 1)
            self._look(t_ns)
            if any(event.kind in break_on for event in self._told[heard:]):
                self._reached_ns = t_ns + 1
                return True
        if until_ns > self._kernel.reached_ns:
            self._kernel.advance_to(until_ns)
        self._reached_ns = until_ns
        return False

    def _look(self, t_ns: TimeNs) -> None:
        """Tell what has changed at `t_ns`."""
        self._model.review()
        for k, output in enumerate(self._outputs):
            if output.level_a != self._levels_a[k]:
                self._levels_a[k] = output.level_a
                self._told.append(Event(t_ns, "drive", str(output.channel), output.level_a))
        take_lines = getattr(self._model, "take_lines", None)
        for _, line, state in take_lines() if take_lines is not None else ():
            if state != self._lines.get(line, 0):
                self._lines[line] = state
                self._told.append(Event(t_ns, "line", line, float(state)))
        for _, text in self._model.take_messages():
            if not self._supply.is_on:  # its diary goes on, its serial line does not
                continue
            if text.startswith(_WATCHDOG):
                self._told.append(Event(t_ns, "reset", "watchdog"))
            self._told.append(Event(t_ns, "uart", "", 0.0, f"LOG {text}\n".encode()))
