"""`odfs`: a single-channel heel-switch stimulator of the classic kind, the reference device of the rig.

Heel off starts a train with a ramp, heel strike ends it after an extension with a ramp. A train that lasts too long
while the switch stays open is ramped down (time-out). The stop button ends it after the pulse under way. A plateau
below 90 % of the set current for three pulses in a row ends it (lead-off): from then on the device sends, at every
heel-off, one probe of a few microamperes instead of a train, and starts again, with a ramp, once the probe's voltage
says that the electrode can carry the set current. It knows the switch, its supply and its own output, nothing else.
"""

import math
from collections.abc import Generator, Mapping
from typing import Any

import simpy

from sim.kernel import Kernel, Phase
from sim.signal import Signal
from sim.stimulator.clock import DeviceClock
from sim.stimulator.heel_input import HeelInput, SwitchReading
from sim.stimulator.odfs_settings import OdfsSettings, changed, checked_defects, pulse_defects
from sim.stimulator.output import Output
from sim.stimulator.pulse_train import LEAD_OFF, RUNNING
from sim.streams import Streams
from sim.timebase import TimeNs

_Steps = Generator[simpy.Event, Any, Any]

ROLE = "heel_switch"
"""The one role that the device reads."""

TICK_S = 0.001
"""Time between two looks at the switch, in the device's time (design choice)."""


class Odfs:
    """The device as SimPy processes.

    Args:
        settings: what is set on it.
        defects: seeded defect -> dose.
        kernel: event kernel.
        outputs: its one output stage.
        streams: random streams of the case (the chance of this device lives in its output stage).
        clock: its clock.

    Raises:
        ValueError: an unknown defect or an impossible dose.
    """

    def __init__(
        self,
        settings: OdfsSettings,
        defects: Mapping[str, float],
        kernel: Kernel,
        outputs: tuple[Output, ...],
        streams: Streams,
        clock: DeviceClock,
    ) -> None:
        del streams
        self._settings = settings
        self._doses = checked_defects(defects)
        self._kernel = kernel
        (self._output,) = outputs
        self._clock = clock
        self._heel = HeelInput(kernel, clock, self._reading())
        self._messages: list[tuple[TimeNs, str]] = []
        self._lead_is_off = False
        self._is_stopped = False
        self._supply_v = settings.nominal_supply_v
        self._released = kernel.event()
        self._configure(0)
        self._process = kernel.process(self._control())

    # ------------------------------------------------------------------ what the plant calls

    def sense(self, signals: Mapping[str, Signal], until_ns: TimeNs) -> None:
        """Read the sensors at the device's ticks before `until_ns`."""
        self._heel.scan(signals.get(ROLE), until_ns)

    def hold(self, signals: Mapping[str, Signal]) -> None:
        """The block of `signals` is over; their last samples hold until the next."""
        self._heel.hold(signals.get(ROLE))

    def supply(self, t_ns: TimeNs, supply_v: float) -> None:
        """The supply changes to `supply_v`, V, at `t_ns`."""
        self._look_back(t_ns)
        was_on, self._supply_v = self._is_powered, supply_v
        if self._is_powered:
            self._set_circuit(t_ns)
            if not was_on:
                self._messages.append((t_ns, f"power back at {supply_v:.2f} V: waits for the next step"))
                self._release()
        elif was_on:
            self._output.cut(t_ns)
            self._messages.append((t_ns, f"supply {supply_v:.2f} V: off"))
            self._interrupt()

    def button(self, t_ns: TimeNs, name: str) -> None:
        """The button is pressed (`stop`) or released (`release`) at `t_ns`.

        Raises:
            ValueError: another word.
        """
        if name == "stop":
            self._look_back(t_ns)
            self._output.stop(t_ns)
            self._is_stopped = True
            self._messages.append((t_ns, "stop button: stimulation off"))
            self._interrupt()
        elif name == "release":
            self._is_stopped = False
            self._messages.append((t_ns, "stop button released: waits for the next step"))
            self._release()
        else:
            raise ValueError(f"odfs: button {name!r} is not known; known are stop and release")

    def setting(self, t_ns: TimeNs, name: str, value: Any) -> None:
        """The setting `name` becomes `value` (SI) at `t_ns`; the next pulse follows it.

        Raises:
            ValueError: no such setting, or a value that it cannot have.
        """
        self._settings = changed(self._settings, name, value)
        self._heel.reading = self._reading()
        self._configure(t_ns)

    def fault(self, t_ns: TimeNs, name: str, dose: float) -> None:
        """The seeded defect `name` has the dose `dose` from `t_ns` on.

        Raises:
            ValueError: an unknown defect or an impossible dose.
        """
        self._doses = checked_defects({**self._doses, name: dose})
        self._configure(t_ns)

    def review(self) -> None:
        """Notice what the output stage did by itself, so that it can be told."""
        if self._output.outcome == LEAD_OFF and not self._lead_is_off:
            self._lead_is_off = True
            self._messages.append((self._output.outcome_ns, "lead off: stimulation off"))

    def take_messages(self) -> tuple[tuple[TimeNs, str], ...]:
        """What the device had to tell since the last call, in time order."""
        messages = tuple(sorted(self._messages))
        self._messages.clear()
        return messages

    # ------------------------------------------------------------------ inside

    @property
    def _is_powered(self) -> bool:
        return self._supply_v >= self._settings.brown_out_v

    def _reading(self) -> SwitchReading:
        settings = self._settings
        return SwitchReading(TICK_S, settings.open_below_v, settings.close_above_v, settings.debounce_s)

    def _configure(self, t_ns: TimeNs) -> None:
        settings, doses = self._settings, self._doses
        self._output.load_program(settings.program(), pulse_defects(doses), t_ns)
        self._output.watch_lead(settings.lead_off_ratio * (1.0 - doses["no_lead_off"]), settings.lead_off_pulses)
        if self._is_powered:
            self._set_circuit(t_ns)

    @property
    def _reach_v(self) -> float:
        settings = self._settings
        return settings.compliance_v * min(1.0, self._supply_v / settings.nominal_supply_v)

    def _set_circuit(self, t_ns: TimeNs) -> None:
        self._output.set_circuit(t_ns, compliance_v=self._reach_v, leak_a=self._doses["dc_leak"])

    def _interrupt(self) -> None:
        self._process.interrupt()

    def _release(self) -> None:
        if not self._is_stopped and self._is_powered:
            self._released, event = self._kernel.event(), self._released
            event.succeed()

    def _after(self, duration_s: float) -> simpy.Event:
        t_ns = self._kernel.now_ns + self._clock.span_ns(duration_s)
        return self._kernel.wait_until(t_ns, Phase.DECIDE)

    def _control(self) -> _Steps:
        again = False
        while True:
            try:
                if self._is_stopped or not self._is_powered:
                    yield self._released
                if not again:
                    yield self._heel.opened
                again = yield from self._step()
            except simpy.Interrupt:
                again = False

    def _look_back(self, t_ns: TimeNs) -> None:
        self._output.catch_up(t_ns)
        self.review()

    def _runs_on(self) -> bool:
        self._look_back(self._kernel.now_ns)
        return self._output.outcome == RUNNING

    def _step(self) -> _Steps:
        """One step, from heel-off to the end of its train; True where the heel has left the floor once more."""
        output, heel = self._output, self._heel
        if self._doses["late_start"] > 0.0:
            yield heel.closed | self._after(self._doses["late_start"])
            if not heel.is_open:
                return False
        self._runs_on()
        if self._lead_is_off and not (yield from self._feels_electrode()):
            return False
        output.start_train(self._kernel.now_ns, self._settings.ramp_up_s)
        while True:
            time_out_s = self._time_out_s()
            yield heel.closed if math.isinf(time_out_s) else heel.closed | self._after(time_out_s)
            if not self._runs_on():
                return False
            if heel.is_open:
                self._messages.append((self._kernel.now_ns, "time-out: stimulation off"))
                return (yield from self._ramps_down())
            yield heel.opened | self._after(self._settings.extension_s + self._doses["stuck_on"])
            if not heel.is_open and (not self._runs_on() or not (yield from self._ramps_down())):
                return False
            if not self._runs_on():
                return True
            output.ramp(self._kernel.now_ns, self._settings.ramp_up_s, up=True)

    def _time_out_s(self) -> float:
        """Time from the start of a train until it must begin to ramp down, s."""
        dose = self._doses["no_time_out"]
        longest_s = math.inf if dose >= 1.0 else self._settings.time_out_s / (1.0 - dose)
        return max(0.0, longest_s - self._settings.ramp_down_s)

    def _ramps_down(self) -> _Steps:
        """Ramp the train down; True where the heel has left the floor once more meanwhile."""
        settings = self._settings
        self._output.ramp(self._kernel.now_ns, settings.ramp_down_s, up=False)
        opened = self._heel.opened
        yield opened | self._after(settings.ramp_down_s + 1.0 / settings.rate_hz)
        return opened.triggered

    def _feels_electrode(self) -> _Steps:
        """Probe a lifted electrode; True, and the device is armed again, where it can carry the set current."""
        settings = self._settings
        done_ns = self._output.probe(self._kernel.now_ns, settings.lead_off_probe_a)
        yield self._kernel.wait_until(done_ns, Phase.DECIDE)
        self._output.catch_up(done_ns)
        needed_v = self._output.probe_v * settings.current_a / settings.lead_off_probe_a
        if needed_v > self._reach_v:
            return False
        self._lead_is_off = False
        self._messages.append((done_ns, "electrode back: armed again"))
        return True
