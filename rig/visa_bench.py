"""A bench that cannot stream: an oscilloscope, a generator, perhaps a supply and a meter.

It gets the sensor's whole record at once, puts it into the generator's memory, plays it, and hands back what the
oscilloscope saw, its gaps stated. Device checks stand; patient outcomes are NOT RUN, because nobody walked with the
captured pulses. Every order of things here has its reason: the load is measured before anything has power; the sensor
rests on the floor before the device wakes; the oscilloscope waits before the first sample is played; and whatever
fails, the supply goes off first.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, cast

from rig.bench import Capabilities, Capture, ChannelAccuracy
from rig.bench_file.drivers import GENERATOR, SCOPE
from rig.bench_lock import BenchLock
from rig.device_control.opening import open_control
from rig.instruments.auxiliaries import Auxiliaries, make_safe
from rig.instruments.capture_plan import inputs_of
from rig.instruments.commands import Commands
from rig.instruments.opening import open_instrument
from rig.instruments.patience import LabPatience, Patience, WallPatience
from rig.instruments.play_and_capture import Session, Shown
from rig.instruments.ports import Driver, Oscilloscope, WaveformGenerator
from rig.safe_orders import guardian_of
from sim.errors import BenchError
from sim.front_end_settings import quantity_of
from sim.timebase import NEVER

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory
    from rig.device_control.port import DeviceControl
    from rig.guardian import Guardian
    from rig.simulated.lab import Lab
    from rig.zero_span import ZeroSpan
    from scenarios.case import Case
    from scenarios.catalogue import DeviceModelSpec
    from sim.signal import Stimulus

_NOT_RUNNING: Final = float("nan")


class VisaBench:
    """Oscilloscope and generator behind the seam; it may be opened again after `close`.

    Args:
        laboratory: of the bench file.
        models: simulated stimulators by name, for a laboratory that is simulated in this process.
    """

    def __init__(self, laboratory: "Laboratory", models: "Mapping[str, DeviceModelSpec]") -> None:
        self._file, self._models = laboratory, models
        self._laboratory = laboratory
        self._open = ExitStack()
        self._scope: Oscilloscope | None = None
        self._generator: WaveformGenerator | None = None
        self._auxiliaries = Auxiliaries(laboratory)
        self._guardian: Guardian | None = None
        self._control: DeviceControl | None = None
        self._case: Case | None = None
        self._shown: Shown | None = None
        self._notes: dict[str, str] = {}
        self._lab: Lab | None = None

    def describe(self) -> Capabilities:
        """What this bench can do; after a run with the delay of the sensor's signal as it was found."""
        delay_s = self._shown.sensor_delay_s if self._shown is not None else (0.0, 0.0)
        file = self._file
        return Capabilities(
            file.roles, False, False, NEVER, 0, file.hardware, delay_s, why_not=file.why_not, device=file.device
        )

    def accuracy(self) -> Mapping[str, ChannelAccuracy]:
        """The oscilloscope's part of the uncertainty, by captured role; its rate is known once it has been set."""
        case, laboratory = self._case, self._laboratory
        if case is None:
            return {}
        rate_hz = self._shown.rate_hz if self._shown is not None else case.capture.rate_hz
        roles = [role for role in case.capture.channels if quantity_of(role) in {"current", "voltage"}]
        return {role: self._accuracy(laboratory, role, rate_hz) for role in roles if laboratory.wire(role) is not None}

    def _accuracy(self, laboratory: "Laboratory", role: str, rate_hz: float) -> ChannelAccuracy:
        """As the file states it; an oscilloscope has no filter of two samples, and its own steps."""
        stated = laboratory.accuracy(role, rate_hz)
        wire = laboratory.wire(role)
        assert wire is not None
        filtered = any(laboratory.fixtures[name].kind == "filter" for name in wire.through)
        if not filtered and laboratory.instruments[wire.instrument].filter_tau_s is None:
            stated = replace(stated, filter_tau_s=0.0)
        lsb = self._shown.lsb.get(role, 0.0) if self._shown is not None else 0.0
        return replace(stated, lsb=lsb) if lsb > 0.0 else stated

    def zero_span(self) -> "Mapping[str, ZeroSpan]":
        """Nothing: an oscilloscope has no relay that shorts its inputs."""
        return {}

    def open(self, case: "Case") -> None:
        """Lock the bench, open every instrument, measure the load; nothing has power yet.

        Raises:
            BenchError: an instrument is missing, another one, or the load is wrong; everything is closed again.
        """
        self.close()
        self._notes, self._shown = {}, None
        self._laboratory = self._file.for_device(case.device.max_current_a)
        try:
            self._connect(case)
        except BaseException:
            self.close()
            raise
        self._case = case

    def _connect(self, case: "Case") -> None:
        laboratory = self._laboratory
        self._open.enter_context(BenchLock(laboratory))
        patience, resources, own = self._simulated(case)
        self._auxiliaries = Auxiliaries(laboratory, resources, patience)
        self._auxiliaries.open()
        self._notes |= self._auxiliaries.identity()
        self._scope = cast("Oscilloscope", self._driver(SCOPE, resources, patience))
        self._generator = cast("WaveformGenerator", self._driver(GENERATOR, resources, patience))
        self._guardian = self._open.enter_context(guardian_of(laboratory))
        self._check_load(case)
        if (wire := laboratory.wire("setting")) is not None:
            control = open_control(case.device, laboratory.instruments[wire.instrument].address, own)
            self._open.callback(control.close)
            control.open(case)
            self._notes |= {f"{wire.instrument}.{name}": value for name, value in control.identity().items()}
            self._control = control

    def _check_load(self, case: "Case") -> None:
        """Measure the load before anything has power."""
        reading = self._auxiliaries.check_load(case)
        if reading is not None:
            self._notes |= reading.notes()

    def _simulated(self, case: "Case") -> "tuple[Patience, Mapping[str, str], DeviceControl | None]":
        """The clock to wait on, where the instruments are that live in this process, and the simulated box's knobs."""
        if not any(each.is_simulated for each in self._laboratory.instruments.values()):
            return WallPatience(), {}, None
        from rig.simulated.in_process import open_laboratory

        opened = open_laboratory(self._laboratory, case, self._models)
        self._open.callback(opened.close)
        self._lab = opened.lab
        return LabPatience(opened.lab.clock), opened.visa_addresses, opened.control

    def _driver(self, kind: str, resources: Mapping[str, str], patience: Patience) -> Driver:
        found = self._laboratory.of_driver(kind)
        if not found:
            problem, mend = f"the bench has no instrument with the driver {kind}", "a card streams without one"
            raise BenchError(self._file.id, _NOT_RUNNING, problem, mend)
        resource = resources.get(found[0].name, found[0].address)
        driver = open_instrument(found[0], resource, simulated=self._laboratory.simulated, patience=patience)
        self._notes[f"{found[0].name}.identity"] = str(driver.identity())
        return driver

    def exchange(self, stimulus: "Stimulus") -> Capture:
        """Play the whole record, capture what the device does with it.

        Raises:
            BenchError: the bench is not open, the record is not the whole one, an instrument failed or complained, the
                capture clips, or the sensor's line did not show what was played.
        """
        case, scope, generator = self._case, self._scope, self._generator
        if case is None or scope is None or generator is None or self._guardian is None:
            raise BenchError(self._file.id, stimulus.t0_ns * 1e-9, "the bench is not open")
        if stimulus.t0_ns != 0 or self._shown is not None:
            raise BenchError(self._file.id, stimulus.t0_ns * 1e-9, "this bench takes the whole record, once")
        inputs = inputs_of(self._laboratory, case, self._laboratory.of_driver(SCOPE)[0].name)
        commands = Commands(self._laboratory.id, self._auxiliaries, self._control)
        session = Session(self._laboratory, case, scope, generator, inputs, commands, self._guardian)
        session.prepare(stimulus)
        session.power_on()
        capture, self._shown = session.play(stimulus)
        return capture

    def safe_state(self) -> None:
        """The supply off, then the generator; on fresh links where the old ones have failed.

        Raises:
            BenchError: an output could not be switched off.
        """
        troubles: list[BenchError] = []
        for make in (self._auxiliaries.safe_state, self._safe_generator, self._safe_scope):
            try:
                make()
            except BenchError as error:
                troubles.append(error)
        if troubles:
            raise troubles[0]
        if self._guardian is not None:
            self._guardian.rest()

    def _safe_generator(self) -> None:
        if self._generator is not None:
            make_safe(self._generator)

    def _safe_scope(self) -> None:
        if self._scope is not None:
            make_safe(self._scope)

    def firmware_facts(self) -> Mapping[str, Any]:
        """What is known of the firmware in a device that is simulated in this process; empty for any other."""
        return self._lab.firmware_facts() if self._lab is not None else {}

    def identity(self) -> Mapping[str, str]:
        """What the bench file says, and who answered."""
        return {**self._file.identity(), **self._notes}

    def close(self) -> None:
        """Safe state, then every link, the simulated laboratory and the lock; twice is fine."""
        try:
            self.safe_state()
        except BenchError as error:
            self._notes["safe_state"] = str(error)
        finally:
            for driver in (self._scope, self._generator):
                if driver is not None:
                    driver.close()
            self._auxiliaries.close()
            self._open.close()
            self._open = ExitStack()
            self._scope = self._generator = self._guardian = self._control = None
            self._case = self._lab = None
