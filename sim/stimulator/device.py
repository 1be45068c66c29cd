"""What every reference stimulator is: outputs, a supply, a stop button, settings, seeded defects, and a life.

A device of its own adds a trigger (`make_trigger`) and what it does about one step (`step`). It knows its sensor, its
supply and its own output, nothing else.
"""

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from typing import Any, ClassVar, Final, Generic, TypeAlias, TypeVar

import simpy

from sim.kernel import Kernel, Phase
from sim.signal import Signal
from sim.stimulator.channels import Channels
from sim.stimulator.clock import DeviceClock
from sim.stimulator.defect_spec import DefectSpec, checked_doses
from sim.stimulator.output import Output
from sim.stimulator.panel import FAULT_LAMP, HIGH_IMPEDANCE, LOW_BATTERY, OUTPUT_LAMP, PANEL, STATUS, Panel
from sim.stimulator.settings import StimulatorSettings
from sim.stimulator.trigger import Trigger
from sim.streams import Streams
from sim.timebase import TimeNs

Steps: TypeAlias = Generator[simpy.Event, Any, Any]
S = TypeVar("S", bound=StimulatorSettings)

TICK_S: Final = 0.001
"""Time between two looks at a sensor, in the device's time (design choice)."""


class Stimulator(ABC, Generic[S]):
    """A stimulator as SimPy processes (`sim.stimulator.model.StimulatorModel`).

    Args:
        settings: what is set on it.
        defects: seeded defect -> dose.
        kernel: event kernel.
        outputs: its output stages, one a channel.
        streams: random streams of the case (the chance of a device lives in its output stages).
        clock: its clock.

    Raises:
        ValueError: an unknown defect or an impossible dose.
    """

    DEFECTS: ClassVar[Mapping[str, DefectSpec]] = {}
    """Seeded defects that it can have."""

    def __init__(
        self,
        settings: S,
        defects: Mapping[str, float],
        kernel: Kernel,
        outputs: tuple[Output, ...],
        streams: Streams,
        clock: DeviceClock,
    ) -> None:
        del streams
        self.settings = settings
        self.doses = checked_doses(settings.NAME, self.DEFECTS, defects)
        self.channels = Channels(outputs)
        self.kernel = kernel
        self.clock = clock
        self.trigger = self.make_trigger()
        self.panel = Panel()
        self._messages: list[tuple[TimeNs, str]] = []
        self._is_stopped = False
        self._supply_v = settings.nominal_supply_v
        self._released = kernel.event()
        self._configure(0)
        self._process = kernel.process(self._control())

    # ------------------------------------------------------------------ what a device of its own adds

    @abstractmethod
    def make_trigger(self) -> Trigger:
        """Its trigger, as the settings have it."""

    @abstractmethod
    def set_trigger(self) -> None:
        """The settings or doses have changed: the trigger follows."""

    @abstractmethod
    def step(self) -> Steps:
        """One step, from the trigger to the end of its train; True where the trigger came once more meanwhile."""

    # ------------------------------------------------------------------ what the plant calls

    def sense(self, signals: Mapping[str, Signal], until_ns: TimeNs) -> None:
        """Read the sensors at the device's ticks before `until_ns`."""
        self.trigger.scan(signals, until_ns)

    def hold(self, signals: Mapping[str, Signal]) -> None:
        """The block of `signals` is over; their last samples hold until the next."""
        self.trigger.hold(signals)

    def supply(self, t_ns: TimeNs, supply_v: float) -> None:
        """The supply changes to `supply_v`, V, at `t_ns`."""
        self._look_back(t_ns)
        was_on, self._supply_v = self._is_powered, supply_v
        if self._is_powered:
            self._set_circuit(t_ns)
            if not was_on:
                self.tell(t_ns, f"power back at {supply_v:.2f} V: waits for the next step")
                self._release()
        elif was_on:
            self.channels.cut(t_ns)
            self.tell(t_ns, f"supply {supply_v:.2f} V: off")
            self._process.interrupt()
        self._show_supply(t_ns)

    def button(self, t_ns: TimeNs, name: str) -> None:
        """The button is pressed (`stop`) or released (`release`) at `t_ns`.

        Raises:
            ValueError: another word.
        """
        if name == "stop":
            self._look_back(t_ns)
            self.channels.stop(t_ns)
            self.review()
            self._is_stopped = True
            self.tell(t_ns, "stop button: stimulation off")
            self._process.interrupt()
        elif name == "release":
            self._is_stopped = False
            self.tell(t_ns, "stop button released: waits for the next step")
            self._release()
        else:
            self.settings.refuse(f"button {name!r} is not known; known are stop and release")

    def setting(self, t_ns: TimeNs, name: str, value: Any) -> None:
        """The setting `name` becomes `value` (SI) at `t_ns`; the next pulse follows it.

        Raises:
            ValueError: no such setting, or a value that it cannot have.
        """
        self.settings = self.settings.changed(name, value)
        self.set_trigger()
        self._configure(t_ns)

    def fault(self, t_ns: TimeNs, name: str, dose: float) -> None:
        """The seeded defect `name` has the dose `dose` from `t_ns` on.

        Raises:
            ValueError: an unknown defect or an impossible dose.
        """
        self.doses = checked_doses(self.settings.NAME, self.DEFECTS, {**self.doses, name: dose})
        self.set_trigger()
        self._configure(t_ns)

    def review(self) -> None:
        """Notice what the output stages did by themselves, so that it can be told."""
        for t_ns, is_low in self.channels.take_flags():
            self.panel.show(t_ns, HIGH_IMPEDANCE, on=is_low)
        for output in self.channels.newly_lifted():
            self.tell(output.outcome_ns, f"{self.channels.name(output)}lead off: stimulation off")
            self.panel.show(output.outcome_ns, FAULT_LAMP, on=True)
        if self.panel.is_on(STATUS) and not self.channels.is_running:
            self._show_output(self.channels.ended_ns, on=False)

    def take_messages(self) -> tuple[tuple[TimeNs, str], ...]:
        """What the device had to tell since the last call, in time order."""
        messages = tuple(sorted(self._messages))
        self._messages.clear()
        return messages

    def take_lines(self) -> tuple[tuple[TimeNs, str, int], ...]:
        """(instant, line, state) of what its status line and its lamps did since the last call, in time order."""
        return self.panel.take()

    # ------------------------------------------------------------------ what a step is made of

    def starts(self, t_ns: TimeNs, stagger_s: float) -> None:
        """Begin a train on every channel that can have one."""
        self.channels.start(t_ns, self.settings.ramp_up_s, stagger_s)
        if self.channels.is_running:
            self._show_output(t_ns, on=True)

    def tell(self, t_ns: TimeNs, text: str) -> None:
        """Keep a message of the device."""
        self._messages.append((t_ns, text))

    def after(self, duration_s: float) -> simpy.Event:
        """An event after `duration_s` of the device's time."""
        t_ns = self.kernel.now_ns + self.clock.span_ns(duration_s)
        return self.kernel.wait_until(t_ns, Phase.DECIDE)

    def runs_on(self) -> bool:
        """True where a train still runs now."""
        self._look_back(self.kernel.now_ns)
        return self.channels.is_running

    def ramps_down(self) -> Steps:
        """Ramp the trains down; True where the trigger came once more meanwhile."""
        settings = self.settings
        self.channels.ramp(self.kernel.now_ns, settings.ramp_down_s, up=False)
        again = self.trigger.on
        yield again | self.after(settings.ramp_down_s + 1.0 / settings.rate_hz)
        return again.triggered

    def feels_electrodes(self) -> Steps:
        """Probe each lifted electrode and arm the channels that can carry their current; True where one may start."""
        probe_a = self.settings.lead_off_probe_a
        for output in self.channels.lifted:
            done_ns = output.probe(self.kernel.now_ns, probe_a)
            yield self.kernel.wait_until(done_ns, Phase.DECIDE)
            output.catch_up(done_ns)
            needed_v = output.probe_v * self.channels.current_of(output) / probe_a
            if needed_v <= self._reach_v:
                self.channels.rearm(output)
                self.panel.show(done_ns, FAULT_LAMP, on=bool(self.channels.lifted))
                self.tell(done_ns, f"{self.channels.name(output)}electrode back: armed again")
        return self.channels.any_left

    # ------------------------------------------------------------------ inside

    @property
    def _is_powered(self) -> bool:
        return self._supply_v >= self.settings.brown_out_v

    @property
    def _reach_v(self) -> float:
        settings = self.settings
        return settings.compliance_v * min(1.0, self._supply_v / settings.nominal_supply_v)

    def _configure(self, t_ns: TimeNs) -> None:
        settings, doses = self.settings, self.doses
        self.channels.load(settings.programs, doses, t_ns)
        lead_off_ratio = settings.lead_off_ratio * (1.0 - doses.get("no_lead_off", 0.0))
        self.channels.watch_lead(lead_off_ratio, settings.lead_off_pulses, settings.lead_off_ratio)
        if self._is_powered:
            self._set_circuit(t_ns)

    def _show_output(self, t_ns: TimeNs, *, on: bool) -> None:
        self.panel.show(t_ns, STATUS, on=on)
        self.panel.show(t_ns, OUTPUT_LAMP, on=on)

    def _show_supply(self, t_ns: TimeNs) -> None:
        if not self._is_powered:
            for line in PANEL:
                self.panel.show(t_ns, line, on=False)
            return
        low_v = self.settings.low_battery_ratio * self.settings.nominal_supply_v
        self.panel.show(t_ns, LOW_BATTERY, on=self._supply_v < low_v)
        self.panel.show(t_ns, FAULT_LAMP, on=bool(self.channels.lifted))

    def _set_circuit(self, t_ns: TimeNs) -> None:
        self.channels.power(t_ns, self._reach_v, self.doses)

    def _release(self) -> None:
        if not self._is_stopped and self._is_powered:
            self._released, event = self.kernel.event(), self._released
            event.succeed()

    def _look_back(self, t_ns: TimeNs) -> None:
        self.channels.catch_up(t_ns)
        self.review()

    def _control(self) -> Steps:
        again = False
        while True:
            try:
                if self._is_stopped or not self._is_powered:
                    yield self._released
                if not again:
                    yield self.trigger.on
                again = yield from self.step()
            except simpy.Interrupt:
                again = False
