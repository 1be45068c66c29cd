"""The simulated laboratory: one device under test on one clock, which every simulated instrument looks at."""

import threading
from bisect import insort_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rig.plant_of_case import DEVICE_CLOCK_PPM, facts_of_plant, plant_of_case
from rig.simulated.clock import LabClock, SimClock
from rig.simulated.driver import Driver, Patient
from rig.simulated.history import Segments
from rig.simulated.interlock import Interlock
from rig.simulated.memory import Memory
from rig.simulated.standing import Standing, check_command, replaced_by
from scenarios.case import Case
from scenarios.catalogue import DeviceModelSpec
from sim.edges import Edges
from sim.electrode.load import Load
from sim.errors import BenchError, ModelError
from sim.plant import Plant
from sim.signal import Command, Signal, Stimulus, moved
from sim.timebase import TimeNs, s_from_ns

_PART = "laboratory"


class Lab:
    """A device under test, its load and its supply; instruments drive its inputs and look at its outputs.

    All instants are those of `clock`, ns. Blocks are half open and any cut of `advance_to` gives the same signals.
    Every method takes `lock`; take it yourself around several calls that belong together.

    Args:
        case: what lies on the bench.
        models: simulated stimulators by name.
        clock: of the whole laboratory; a `SimClock` by default.
        patient: walks where no instrument drives the sensor; None: the foot then rests on the floor.
        device_clock_ppm: how far the device's clock is off.

    Raises:
        BenchError: the device has no simulated model.
    """

    def __init__(
        self,
        case: Case,
        models: Mapping[str, DeviceModelSpec],
        clock: LabClock | None = None,
        patient: Patient | None = None,
        device_clock_ppm: float = DEVICE_CLOCK_PPM,
    ) -> None:
        self.lock = threading.RLock()
        self.clock: LabClock = SimClock() if clock is None else clock
        self._models, self._device_clock_ppm = models, device_clock_ppm
        self._drivers: list[Driver] = []
        self._given: dict[str, Driver] = {}
        self._patient, self._is_walking = patient, False
        self._queue: list[Command] = []
        self._waiting: list[Command] = []
        self._standing, self._interlock = Standing(), Interlock()
        self._plant: Plant | None = None
        self._origin_ns: TimeNs | None = None
        self._start_ns: TimeNs | None = None
        self._is_fresh = self._is_first_block = False
        self._fault: BenchError | None = None
        self._reached_ns: TimeNs = 0
        plant_of_case(case, models, _PART)  # refuses a device without a model at once
        self._case = case
        self._memory = Memory(case)

    @property
    def case(self) -> Case:
        """What lies on the bench."""
        return self._case

    @property
    def reached_ns(self) -> TimeNs:
        """The device has lived until here."""
        return self._reached_ns

    @property
    def origin_ns(self) -> TimeNs | None:
        """The device's time 0; None while it is off."""
        return self._origin_ns

    def rebuild(self, case: Case, *, is_on: bool = False, patient: Patient | None = None) -> None:
        """Put another device on the bench: off until `power_on`, or with `is_on` on at once.

        `patient` walks from now on where no instrument drives the sensor. Relays, loads and supply stay as they
        stand; what was set on the old device goes with it.

        Raises:
            BenchError: the device has no simulated model.
        """
        with self.lock:
            plant_of_case(case, self._models, _PART)
            t_ns = self._reached_ns
            self.close()
            self._case, self._origin_ns, self._start_ns = case, None, None
            self._patient, self._is_walking, self._fault = patient, False, None
            self._queue = [command for command in self._queue if command.target not in {"setting", "fault", "button"}]
            self._waiting = []
            self._standing.forget_device()
            self._memory.device_goes(t_ns, case, frozenset(self._given))
            if is_on:
                self._switch_on(t_ns)
            self._is_fresh = True

    def power_on(self, t_ns: TimeNs) -> TimeNs:
        """The device begins its life at `t_ns`, or now where that is past; returns the instant of its power-on.

        A card does this when a capture starts, so that a run lives the same time as on the virtual bench. Only the
        first capture after `rebuild` does; later ones look at a device that lives on.

        Raises:
            BenchError: the device failed.
        """
        with self.lock:
            self._refuse_broken()
            if self._origin_ns is not None and not self._is_fresh:
                return self._origin_ns
            if self._start_ns is not None and not self._is_fresh:
                return self._start_ns
            self._start_ns, self._is_fresh = max(t_ns, self._reached_ns), False
            return self._start_ns

    def drive(self, driver: Driver) -> None:
        """Let `driver` move the device's inputs from now on."""
        with self.lock:
            if driver not in self._drivers:
                self._drivers.append(driver)

    def release(self, driver: Driver) -> None:
        """Take `driver` off; a role that nobody else drives rests, or the patient walks again."""
        with self.lock:
            if driver in self._drivers:
                self._drivers.remove(driver)
            free = [role for role, owner in self._given.items() if owner is driver]
            for role in free:
                del self._given[role]
            self._memory.rest(role for role in free if role in self._case.sensor.roles)

    def command(self, command: Command) -> None:
        """Change something at its instant, or now where that is past.

        Raises:
            BenchError: the device or its bench cannot do that; nothing has changed.
        """
        with self.lock:
            check_command(command, self._case, self._models, self._standing)
            at_ns = max(command.t_ns, self._reached_ns)
            insort_right(self._queue, replace(command, t_ns=at_ns), key=_instant)

    def command_in_run(self, command: Command) -> None:
        """As `command`, with an instant that counts from the device's power-on; before that it waits for it.

        Raises:
            BenchError: the device or its bench cannot do that; nothing has changed.
        """
        with self.lock:
            check_command(command, self._case, self._models, self._standing)
            if self._is_fresh or self._start_ns is not None or self._origin_ns is None:
                self._waiting.append(command)  # a capture may still begin the device's life anew
            if self._origin_ns is not None and self._start_ns is None:
                self.command(replace(command, t_ns=command.t_ns + self._origin_ns))

    def advance_to(self, t_ns: TimeNs) -> None:
        """Let the device live until `t_ns`, not included; nothing happens where it has.

        Raises:
            BenchError: the device failed; everything says so until `rebuild`.
        """
        with self.lock:
            self._refuse_broken()
            try:
                while self._reached_ns < t_ns:
                    self._live_on(t_ns)
            except ModelError as error:
                self._fault = BenchError(_PART, s_from_ns(self._reached_ns), str(error), "put a device on it anew")
                raise BenchError(*self._fault.args) from error

    def wait_until(self, t_ns: TimeNs, stop: threading.Event | None = None) -> bool:
        """Wait for the clock, then let the device live until `t_ns`; False where `stop` was set before."""
        reached = self.clock.wait_until(t_ns, stop)
        if reached:
            self.advance_to(t_ns)
        return reached

    def catch_up(self) -> TimeNs:
        """Let the device live until now; returns now."""
        now_ns = self.clock.now_ns()
        self.advance_to(now_ns)
        return now_ns

    def edges(self, t0_ns: TimeNs, t1_ns: TimeNs, *, with_running: bool = True) -> Edges:
        """The exact current and voltage of every stimulation channel in [t0_ns, t1_ns).

        Args:
            t0_ns: start.
            t1_ns: end, not included; the device has lived so far.
            with_running: the first segment of each channel is the one that runs at `t0_ns`; False: only segments that
                begin inside, as a plant gives them block by block.

        Raises:
            BenchError: not lived yet, or forgotten (over 60 s ago).
        """
        with self.lock:
            self._memory.refuse_outside(t0_ns, t1_ns, self._reached_ns)
            return self._memory.edges(t0_ns, t1_ns, with_running=with_running)

    def values(self, role: str, t0_ns: TimeNs, period_ns: TimeNs, n: int) -> NDArray[np.float64]:
        """Exact values (n,) of a role at ``t0_ns + j * period_ns``, SI: `current`, `heel_switch`, `supply`, `status`.

        Raises:
            BenchError: no such role, not lived yet, or forgotten.
        """
        with self.lock:
            self._memory.refuse_outside(t0_ns, t0_ns + max(0, n - 1) * period_ns + 1, self._reached_ns)
            return self._memory.values(role, t0_ns, period_ns, n)

    def segments(self, role: str, t0_ns: TimeNs, t1_ns: TimeNs) -> Segments:
        """A role over [t0_ns, t1_ns), exactly: starts (n,) ns, steady and decaying part (n,), SI, and tau (n,) s.

        The first segment is the one that runs at `t0_ns`; its start may lie long before.

        Raises:
            BenchError: no such role, not lived yet, or forgotten.
        """
        with self.lock:
            self._memory.refuse_outside(t0_ns, t1_ns, self._reached_ns)
            return self._memory.segments(role, t0_ns, t1_ns)

    def crossings(
        self, role: str, level: float, t0_ns: TimeNs, t1_ns: TimeNs
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """The first ns in [t0_ns, t1_ns) on the other side of `level`, (n,), and whether the role rises there, (n,).

        A value at the level counts as above it.

        Raises:
            BenchError: no such role, not lived yet, or forgotten.
        """
        with self.lock:
            self._memory.refuse_outside(t0_ns, t1_ns, self._reached_ns)
            return self._memory.crossings(role, level, t0_ns, t1_ns)

    def load(self, channel: int = 1) -> Load:
        """What lies between the electrodes of a channel now, or will with the next block."""
        with self.lock:
            return self._standing.load(channel) or self._case.load

    def lines(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Sequence[tuple[TimeNs, str, int]]:
        """(instant, role, state) of the device's status line and lamps that changed in [t0_ns, t1_ns)."""
        with self.lock:
            return self._memory.lines(t0_ns, t1_ns)

    def messages(self, t0_ns: TimeNs, t1_ns: TimeNs) -> Sequence[tuple[TimeNs, str]]:
        """(instant, text) of what the device told in [t0_ns, t1_ns)."""
        with self.lock:
            return self._memory.messages(t0_ns, t1_ns)

    def _refuse_broken(self) -> None:
        if self._fault is not None:
            raise BenchError(*self._fault.args)

    def close(self) -> None:
        """Let go of the device, and of the process of its firmware if it has one; twice is fine."""
        with self.lock:
            plant, self._plant = self._plant, None
            if plant is not None:
                plant.close()

    def firmware_facts(self) -> Mapping[str, Any]:
        """What is known of the firmware in the device; empty for one without."""
        with self.lock:
            return facts_of_plant(self._plant)

    def _switch_on(self, t_ns: TimeNs) -> None:
        self.close()
        self._plant = plant_of_case(self._case, self._models, _PART, self._device_clock_ppm)
        self._origin_ns, self._start_ns = t_ns, None
        self._is_first_block, self._is_walking = True, False
        self._interlock.fresh()
        self._memory.device_comes(t_ns)

    def _begin_run(self, t_ns: TimeNs) -> None:
        """A capture begins the device's life at `t_ns`; what was asked for instants of the run comes at them."""
        waiting, self._waiting = self._waiting, []
        asked = [(command.target, command.value, command.channel) for command in waiting]
        self._queue = [c for c in self._queue if (c.target, c.value, c.channel) not in asked]
        self._standing.forget(waiting)  # the life that ends now may have had them already
        self._switch_on(t_ns)
        for command in waiting:
            self.command(replace(command, t_ns=command.t_ns + t_ns))

    def _is_left_to_patient(self) -> bool:
        return self._plant is not None and not any(role in self._given for role in self._case.sensor.roles)

    def _live_on(self, until_ns: TimeNs) -> None:
        """One block: as far as everybody's signals are known, at most until `until_ns`."""
        t0_ns = self._reached_ns
        if self._start_ns is not None:
            if self._start_ns <= t0_ns:
                self._begin_run(t0_ns)
            else:
                until_ns = min(until_ns, self._start_ns)
        patient = self._patient if self._is_left_to_patient() else None
        if patient is not None:
            if not self._is_walking:
                patient.begin(t0_ns)
                self._is_walking = True
            until_ns = min(until_ns, patient.reach_ns(t0_ns))
        opening = self._standing.at(t0_ns) if self._is_first_block else ()
        signals, commands = self._gather(t0_ns, until_ns)
        opening = replaced_by(opening, commands, t0_ns)
        if patient is not None and self._is_left_to_patient():  # what happens on the walk is over with it
            signals.update(patient.signals(t0_ns, until_ns))
            commands.extend(patient.commands(t0_ns, until_ns))
            commands.sort(key=_instant)
        elif self._is_walking:
            patient, self._is_walking = None, False
            self._memory.rest(role for role in self._case.sensor.roles if role not in self._given)
        self._block(t0_ns, until_ns, signals, self._interlock.through([*opening, *commands]))
        self._reached_ns = until_ns
        if patient is not None and self._plant is not None and self._origin_ns is not None:
            patient.felt(self._plant.delivered(), self._origin_ns, self._plant.settled_ns + self._origin_ns)
            if patient.is_over(until_ns):
                self._switch_on(until_ns)

    def _gather(self, t0_ns: TimeNs, t1_ns: TimeNs) -> tuple[dict[str, Signal], list[Command]]:
        """What instruments and hands do to the inputs in one block: signals by role, and commands in time order."""
        signals: dict[str, Signal] = {}
        commands: list[Command] = []
        for driver in self._drivers:
            for role, signal in driver.signals(t0_ns, t1_ns).items():
                if signal.samples.size:
                    self._given[role] = driver
                    signals[role] = signal
            commands.extend(driver.commands(t0_ns, t1_ns))
        commands.extend(self._memory.as_commands(signals))
        wired = self._case.device.channels  # relays of channels that the device has not switch nothing
        commands = [command for command in commands if command.channel <= wired]
        while self._queue and self._queue[0].t_ns < t1_ns:
            commands.append(self._queue.pop(0))
        commands.sort(key=_instant)
        for command in commands:
            self._standing.keep(command)
        return signals, commands

    def _block(self, t0_ns: TimeNs, t1_ns: TimeNs, signals: dict[str, Signal], commands: list[Command]) -> None:
        memory, plant, origin_ns = self._memory, self._plant, self._origin_ns
        held = memory.held(signals, t0_ns, self._case.sensor.roles) if self._is_first_block else {}
        signals |= memory.at_rest(t0_ns, signals)
        memory.feed(signals, commands)
        if plant is None or origin_ns is None:
            return
        self._is_first_block = False
        if held:  # some input has no sample at power-on: it stands where it stood
            first = tuple(c for c in commands if c.t_ns == t0_ns)
            self._feed(plant, Stimulus(t0_ns, t0_ns + 1, held, first), origin_ns)
            commands, t0_ns = commands[len(first) :], t0_ns + 1
        self._feed(plant, Stimulus(t0_ns, t1_ns, signals, tuple(commands)), origin_ns)
        if not self._is_walking:
            plant.delivered()  # nobody feels them

    def _feed(self, plant: Plant, stimulus: Stimulus, origin_ns: TimeNs) -> None:
        edges = plant.advance(_shifted(stimulus, -origin_ns))
        self._memory.take(edges, plant.lines(), plant.messages(), origin_ns)


def _instant(command: Command) -> TimeNs:
    return command.t_ns


def _shifted(stimulus: Stimulus, shift_ns: TimeNs) -> Stimulus:
    """The same at other instants: of the laboratory, or counted from the device's power-on."""
    if shift_ns == 0:
        return stimulus
    return Stimulus(
        stimulus.t0_ns + shift_ns,
        stimulus.t1_ns + shift_ns,
        {role: moved(signal, signal.t0_ns + shift_ns, signal.samples) for role, signal in stimulus.signals.items()},
        tuple(replace(command, t_ns=command.t_ns + shift_ns) for command in stimulus.commands),
    )
