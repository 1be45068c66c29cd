"""What every reference stimulator is: outputs, a supply, a stop button, settings, seeded defects, and a life.

A device of its own adds a trigger (`make_trigger`) and what it does about one step (`step`). It knows its sensor, its
supply and its own output, nothing else.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from typing import Any, ClassVar, Final, Generic, TypeAlias, TypeVar

import simpy

from sim.kernel import Kernel, Phase
from sim.signal import Signal
from sim.stimulator.channels import Channels
from sim.stimulator.clock import DeviceClock
from sim.stimulator.defect_spec import DefectSpec, checked_doses
from sim.stimulator.defects import SUPPLY_DEFECTS
from sim.stimulator.guard import CHARGE, HANG, INTERLOCK, POWER, SENSOR, Guard
from sim.stimulator.output import Output
from sim.stimulator.panel import FAULT_LAMP, HIGH_IMPEDANCE, LOW_BATTERY, OUTPUT_LAMP, PANEL, STATUS, Panel
from sim.stimulator.protection import Protection
from sim.stimulator.sensor_check import SensorCheck, SensorRules
from sim.stimulator.settings import StimulatorSettings
from sim.stimulator.stage import CHARGE_FAULT, LEAD_OFF, OVERLOAD
from sim.stimulator.trigger import Trigger
from sim.streams import Streams
from sim.timebase import TimeNs

Steps: TypeAlias = Generator[simpy.Event, Any, Any]
S = TypeVar("S", bound=StimulatorSettings)

_WRONG: Final = {
    LEAD_OFF: "lead off: stimulation off",
    OVERLOAD: "overload: stimulation off",
    CHARGE_FAULT: "charge fault: stimulation off until re-armed",
}

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
        self.panel = Panel()
        self.guard = Guard(kernel)
        self.protection = Protection(self)
        self.trigger = self.make_trigger()
        self._messages: list[tuple[TimeNs, str]] = []
        self._supply_v, self._is_switched_on = settings.nominal_supply_v, True
        self._is_back, self._own_train_s, self._harmed_ratio = False, 0.0, 0.0
        rules = self.sensor_rules()
        self._check = SensorCheck(kernel, clock, rules, self._sensor_is) if rules is not None else None
        self._configure(0)
        self.protection.powers_up(0)
        self._process = kernel.process(self._control())

    @abstractmethod
    def make_trigger(self) -> Trigger:
        """Its trigger, as the settings have it."""

    @abstractmethod
    def set_trigger(self) -> None:
        """The settings or doses have changed: the trigger follows."""

    @abstractmethod
    def step(self) -> Steps:
        """One step, from the trigger to the end of its train; True where the trigger came once more meanwhile."""

    def sensor_rules(self) -> SensorRules | None:
        """What its sensor can show; None for a device that cannot check it."""
        return None

    def awaits_step(self) -> Steps:
        """Wait for the trigger."""
        yield self.trigger.on

    def after_step(self) -> Steps:
        """What comes after a step; True where the trigger came once more meanwhile."""
        yield from ()
        return False

    def stagger_s(self) -> float:
        """How much later each channel gives its pulses than the one before, s."""
        return 0.0

    def sense(self, signals: Mapping[str, Signal], until_ns: TimeNs) -> None:
        """Read the sensors at the device's ticks before `until_ns`."""
        self.trigger.scan(signals, until_ns)
        if self._check is not None and self.settings.sensor_check == "on":
            self._check.scan(signals, until_ns)

    def hold(self, signals: Mapping[str, Signal]) -> None:
        """The block of `signals` is over; their last samples hold until the next."""
        self.trigger.hold(signals)
        if self._check is not None:
            self._check.hold(signals)

    def supply(self, t_ns: TimeNs, supply_v: float) -> None:
        """The supply changes to `supply_v`, V, at `t_ns`."""
        self._look_back(t_ns)
        was_on, self._supply_v = self._is_powered, supply_v
        self._power_changed(
            t_ns,
            f"supply {supply_v:.2f} V: off",
            f"power back at {supply_v:.2f} V: waits for the next step",
            was_on=was_on,
        )

    def button(self, t_ns: TimeNs, name: str) -> None:
        """A key is used at `t_ns`.

        `stop` and `release`: the stop button is pressed, released. `power_off` and `power_on`: the power key. `rearm`:
        the key that arms the device after the interlock, the treatment timer or a fault.

        Raises:
            ValueError: another word.
        """
        self._look_back(t_ns)
        if name == "stop":
            self.protection.stops(t_ns)
        elif name == "release":
            self.protection.stop_released()
            self.tell(t_ns, "stop button released: waits for the next step")
        elif name in {"power_off", "power_on"}:
            was_on, self._is_switched_on = self._is_powered, name == "power_on"
            self._power_changed(t_ns, "switched off", "switched on: waits for the next step", was_on=was_on)
        elif name == "rearm":
            self.protection.rearms(t_ns)
            self.channels.rearm_all()
            self.shows_fault(t_ns)
        else:
            self.settings.refuse(f"button {name!r} is not known; known are stop, release, power_off, power_on, rearm")

    def setting(self, t_ns: TimeNs, name: str, value: Any) -> None:
        """The setting `name` becomes `value` (SI) at `t_ns`; the next pulse follows it.

        Raises:
            ValueError: no such setting, or a value that it cannot have.
        """
        had_interlock = self.settings.interlock == "on"
        self.settings = self.settings.changed(name, value)
        self.set_trigger()
        self._configure(t_ns)
        self.protection.level_moved(t_ns)
        if not had_interlock:
            self.protection.interlock_set(t_ns)

    def fault(self, t_ns: TimeNs, name: str, dose: float) -> None:
        """The seeded defect `name` has the dose `dose` from `t_ns` on; `hang` hangs once, at once.

        Raises:
            ValueError: an unknown defect or an impossible dose.
        """
        doses = checked_doses(self.settings.NAME, self.DEFECTS, {**self.doses, name: dose})
        if name == "hang":
            if dose > 0.0:
                self.protection.hangs(t_ns, dose)
            return
        self.doses = doses
        self.set_trigger()
        self._configure(t_ns)

    def review(self) -> None:
        """Notice what the output stages did by themselves, so that it can be told."""
        for t_ns, is_low in self.channels.take_flags():
            self.panel.show(t_ns, HIGH_IMPEDANCE, on=is_low)
        for output in self.channels.newly_lifted():
            self.tell(output.outcome_ns, f"{self.channels.name(output)}{_WRONG[output.outcome]}")
            if output.outcome == CHARGE_FAULT:
                self.guard.hold(CHARGE)
            self._harmed_ratio = max(self._harmed_ratio, self._harm_of(output.outcome))
            self.shows_fault(output.outcome_ns)
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

    def ramp_s(self, set_s: float) -> float:
        """Time of a ramp that is set to `set_s`, s."""
        return set_s * (1.0 + self.doses.get("ramp_error", 0.0))

    def starts(self, t_ns: TimeNs, stagger_s: float) -> None:
        """Begin a train on every channel that can have one."""
        if self._harmed_ratio > 0.0:
            doses = {**self.doses, "current_error": self.doses["current_error"] - self._harmed_ratio}
            self.channels.load(self.settings.programs, doses, t_ns, self._supply_ratio)
        surge = self._is_back and self.doses.get("reconnect_surge", 0.0) > 0.0
        self._is_back = False
        self.channels.start(t_ns, 0.0 if surge else self.ramp_s(self.settings.ramp_up_s), stagger_s, surge=surge)
        if not self.channels.is_running:
            return
        self._show_output(t_ns, on=True)
        self.protection.train_begins(t_ns)

    def ends(self, t_ns: TimeNs) -> None:
        """No further pulse from `t_ns` on."""
        self._look_back(t_ns)
        self.channels.stop(t_ns)
        self.review()

    def halts(self, t_ns: TimeNs, reason: str, text: str) -> None:
        """No further pulse from `t_ns` on, and no train as long as `reason` stands."""
        self.ends(t_ns)
        self.guard.hold(reason)
        self.tell(t_ns, text)
        self._process.interrupt()

    def freezes(self, t_ns: TimeNs) -> None:
        """Nobody decides anything from `t_ns` on; what runs goes on as it stands."""
        self._look_back(t_ns)
        self.channels.freeze(t_ns)
        self.guard.hold(HANG)
        self._process.interrupt()

    def shows_fault(self, t_ns: TimeNs) -> None:
        """The fault lamp says how things stand at `t_ns`."""
        is_wrong = bool(self.channels.lifted) or self.guard.has(CHARGE) or self.guard.has(SENSOR)
        self.panel.show(t_ns, FAULT_LAMP, on=is_wrong, dark_ratio=self.doses.get("dark_fault_lamp", 0.0))

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
        down_s = self.ramp_s(self.settings.ramp_down_s)
        self.channels.ramp(self.kernel.now_ns, down_s, up=False)
        again = self.trigger.on
        yield again | self.after(down_s + 1.0 / self.settings.rate_hz)
        return again.triggered

    def feels_electrodes(self) -> Steps:
        """Probe each lifted electrode and arm the channels that can carry their current; True where one may start."""
        probe_a = self.settings.lead_off_probe_a
        for output in self.channels.lifted:
            done_ns = output.probe(self.kernel.now_ns, probe_a)
            yield self.kernel.wait_until(done_ns, Phase.DECIDE)
            output.catch_up(done_ns)
            needed_v = output.probe_v * self.channels.current_of(output) / probe_a
            if needed_v <= self._reach_v and output.probe_v >= self.protection.overload_ohm * probe_a:
                self.channels.rearm(output)
                self._is_back = True
                self.shows_fault(done_ns)
                self.tell(done_ns, f"{self.channels.name(output)}electrode back: armed again")
        return self.channels.any_left

    @property
    def _is_powered(self) -> bool:
        lowest_v = self.settings.brown_out_v * (1.0 - self.doses.get("no_brown_out", 0.0))
        return self._is_switched_on and self._supply_v >= lowest_v

    @property
    def _supply_ratio(self) -> float:
        return self._supply_v / self.settings.nominal_supply_v

    @property
    def _reach_v(self) -> float:
        return self.settings.compliance_v * min(1.0, self._supply_ratio)

    def _configure(self, t_ns: TimeNs) -> None:
        self.channels.load(self.settings.programs, self.doses, t_ns, self._supply_ratio)
        self.protection.watches()
        if self._check is not None:
            unchecked = self.doses.get("no_sensor_check", 0.0)
            self._check.patience_ratio = 1.0 / (1.0 - unchecked) if unchecked < 1.0 else math.inf
        if self._is_powered:
            self._set_circuit(t_ns)

    def _power_changed(self, t_ns: TimeNs, off: str, back: str, *, was_on: bool) -> None:
        if self._is_powered:
            if any(self.doses.get(name, 0.0) != 0.0 for name in SUPPLY_DEFECTS):
                self.channels.load(self.settings.programs, self.doses, t_ns, self._supply_ratio)
            self._set_circuit(t_ns)
            if not was_on:
                self.tell(t_ns, back)
                self.protection.powers_up(t_ns)
                self._own_train_s = self.doses.get("restart", 0.0)
                self.guard.free(POWER, *((INTERLOCK,) if self._own_train_s > 0.0 else ()))
        elif was_on:
            self.channels.cut(t_ns)
            self.tell(t_ns, off)
            self.guard.hold(POWER)
            self.protection.loses_power()
            self._process.interrupt()
        self._show_supply(t_ns)

    def _harm_of(self, outcome: int) -> float:
        return self.doses.get("overload_damage", 0.0) if outcome == OVERLOAD else 0.0

    def _sensor_is(self, is_invalid: bool) -> None:
        self.protection.sensor_is(invalid=is_invalid)

    def _show_output(self, t_ns: TimeNs, *, on: bool) -> None:
        self.panel.show(t_ns, STATUS, on=on)
        self.panel.show(t_ns, OUTPUT_LAMP, on=on, dark_ratio=self.doses.get("dark_output_lamp", 0.0))

    def _show_supply(self, t_ns: TimeNs) -> None:
        if not self._is_powered:
            for line in PANEL:
                self.panel.show(t_ns, line, on=False)
            return
        low_ratio = self.settings.low_battery_ratio * (1.0 - self.doses.get("late_low_battery", 0.0))
        self.panel.show(t_ns, LOW_BATTERY, on=self._supply_ratio < low_ratio)
        self.shows_fault(t_ns)

    def _set_circuit(self, t_ns: TimeNs) -> None:
        self.channels.power(t_ns, self._reach_v, self.doses)

    def _look_back(self, t_ns: TimeNs) -> None:
        self.channels.catch_up(t_ns)
        self.review()

    def _control(self) -> Steps:
        again = False
        while True:
            try:
                while self.guard.is_held:
                    yield self.guard.released
                if self._own_train_s > 0.0:
                    yield from self._starts_by_itself()
                if not again:
                    yield from self.awaits_step()
                self._look_back(self.kernel.now_ns)
                if self.guard.is_held:
                    again = False
                    continue
                again = yield from self.step()
                if not again:
                    again = yield from self.after_step()
            except simpy.Interrupt:
                again = False

    def _starts_by_itself(self) -> Steps:
        duration_s, self._own_train_s = self._own_train_s, 0.0
        self.starts(self.kernel.now_ns, self.stagger_s())
        yield self.after(duration_s)
        self.ends(self.kernel.now_ns)
