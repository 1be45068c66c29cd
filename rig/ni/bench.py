"""The bench on an NI card, real or simulated: the same code for a local driver, a server and a card in this process."""

import contextlib
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from rig.bench import Capabilities, Capture, ChannelAccuracy
from rig.bench_addresses import is_in_process, outside
from rig.bench_file.drivers import METER, PRODUCTS, SUPPLY
from rig.bench_file.instruments import Instrument
from rig.bench_file.laboratory import Laboratory
from rig.bench_lock import BenchLock, left_behind_told
from rig.device_control.opening import open_control
from rig.device_control.port import DeviceControl
from rig.instruments.auxiliaries import Auxiliaries
from rig.lateness import Lateness
from rig.ni.counter import comparator_of
from rig.ni.layout import Layout, layout_of
from rig.ni.link import Link
from rig.ni.reference import reference_reading
from rig.ni.rest import open_interlock, rest
from rig.ni.session import SENSOR_DELAY_S, Session, look_ahead_ns
from rig.ni.tasks import card_facts
from rig.safe_orders import guardian_of, safe_levels
from rig.zero_span import ZeroSpan
from scenarios.case import Case
from scenarios.catalogue import DeviceModelSpec
from sim.errors import BenchError
from sim.front_end_settings import quantity_of
from sim.signal import Stimulus
from sim.timebase import ns_from_s

if TYPE_CHECKING:
    from rig.guardian import Guardian
    from rig.simulated.lab import Lab

_NOT_RUNNING: Final = math.nan


class NiBench:
    """A laboratory with a card in the middle; it may be opened again after `close`.

    Args:
        laboratory: as its bench file describes it.
        models: simulated stimulators by name, for a device in this process.
    """

    def __init__(self, laboratory: Laboratory, models: Mapping[str, DeviceModelSpec]) -> None:
        self._file, self._models = laboratory, models
        self._laboratory = laboratory
        self._open: contextlib.ExitStack | None = None
        self._case: Case | None = None
        self._layout: Layout | None = None
        self._link: Link | None = None
        self._session: Session | None = None
        self._guardian: Guardian | None = None
        self._beside: Auxiliaries | None = None
        self._accuracy: dict[str, ChannelAccuracy] = {}
        self._identity: dict[str, str] = {}
        self._lateness: Lateness | None = None
        self._before: dict[str, ZeroSpan] | None = None
        self._is_live = self._is_watched = False
        self._lab: Lab | None = None

    # ------------------------------------------------------------------ what it is

    def describe(self) -> Capabilities:
        """What this bench can do."""
        file = self._file
        return Capabilities(
            roles=file.roles,
            closed_loop=True,
            gapless=True,
            max_block_ns=ns_from_s(file.card.block_s),
            look_ahead_ns=look_ahead_ns(file.card),
            hardware=file.hardware,
            sensor_delay_s=SENSOR_DELAY_S,
            why_not=file.why_not,
            device=file.device,
            comparator=comparator_of(file),
        )

    @property
    def laboratory(self) -> Laboratory:
        """Its bench file."""
        return self._file

    def accuracy(self) -> Mapping[str, ChannelAccuracy]:
        """The card's part of the uncertainty, by captured role, as the bench file states it."""
        return self._accuracy

    def firmware_facts(self) -> Mapping[str, Any]:
        """What is known of the firmware in a device that is simulated in this process; empty for any other."""
        return self._lab.firmware_facts() if self._lab is not None else {}

    def identity(self) -> Mapping[str, str]:
        """What the file says of the bench, and what card, driver and device said of themselves."""
        return {**self._file.identity(), **self._identity}

    def lateness(self) -> Lateness | None:
        """How late the blocks of the latest case were; None where nothing is paced by a real clock."""
        return self._lateness

    # ------------------------------------------------------------------ a case

    def open(self, case: Case) -> None:
        """Lock the bench, connect, identify, set the device, take zero and span, make the tasks.

        The device first: a served card draws its errors from the case that its control was told.

        Raises:
            BenchError: somebody else runs on it, or anything is not as the bench file describes it.
        """
        self.close()
        self._laboratory = laboratory = self._file.for_device(case.device.max_current_a)
        card = self._card()
        with contextlib.ExitStack() as stack:
            lock = BenchLock(laboratory)
            lock.acquire()
            stack.callback(lock.release)
            simulated = self._in_process(laboratory, case, stack)
            self._layout = layout_of(laboratory, case)
            channel = simulated.card_channel if simulated is not None and is_in_process(card.address) else None
            link = Link(card.name, card.address, channel, card.timeout_s)
            stack.callback(link.close)
            self._identify(card, link)
            self._identity |= left_behind_told(lock)
            self._case, self._link = case, link
            self._guard(laboratory, stack)
            rate_hz = case.capture.rate_hz
            self._accuracy = {
                each.role: laboratory.accuracy(each.role, rate_hz)
                for each in self._layout.inputs
                if quantity_of(each.role) in {"current", "voltage"}
            }
            self._rest(link)
            control = self._control_of(laboratory, case, simulated, stack)
            self._before = self._references(0)
            self._beside = self._auxiliaries(laboratory, case, simulated, stack)
            session = Session(
                link,
                self._layout,
                case,
                laboratory.card,
                self._accuracy,
                control,
                self._beside,
                is_told_ahead=control is not None and _takes_instants(laboratory.instrument_of("setting").address),
                timeout_s=card.timeout_s,
            )
            stack.callback(session.disarm)
            stack.callback(session.end)
            self._tell_skews(card, session)
            self._session = session
            self._open, self._is_live, self._is_watched = stack.pop_all(), True, False

    def exchange(self, stimulus: Stimulus) -> Capture:
        """Write the outputs ahead, read the inputs up to `look_ahead` before the end of `stimulus`.

        Raises:
            BenchError: the bench is not open, or the card or the device's control failed.
        """
        if self._session is None:
            raise BenchError(self._file.id, stimulus.t0_ns * 1e-9, "the bench is not open")
        if self._guardian is not None:
            if not self._is_watched:
                self._is_watched = True
                self._guardian.watch()
            self._guardian.beat()
        return self._session.exchange(stimulus)

    def zero_span(self) -> Mapping[str, ZeroSpan]:
        """Zero and span of every captured role: as read in `open` before the case, read anew after it."""
        if self._before is not None:
            before, self._before = self._before, None
            return before
        return self._references(self._session.reached_ns if self._session is not None else 0)

    def safe_state(self) -> None:
        """Open the interlock, end the tasks, put every output to rest; twice is fine.

        Raises:
            BenchError: the card did not take it; a guardian and the card's watchdog are what is left then.
        """
        session, link, layout = self._session, self._link, self._layout
        if session is None or link is None or layout is None:
            return
        self._lateness = session.lateness.told() if self._is_paced() else None
        failure: BenchError | None = None
        if self._is_live:
            try:
                if link.is_lost:
                    link.reopen()
                open_interlock(link, layout)
            except BenchError as error:  # the tasks may be what is in the way
                failure = error
            failure = self._switch_off() or failure
        session.end()
        if self._is_live:
            self._is_live = False
            try:
                self._rest(link)
            except BenchError:
                if self._guardian is not None:
                    self._guardian.take_over()
                session.disarm()
                raise
            if self._guardian is not None:
                self._guardian.rest()
        session.disarm()
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Safe state, then release everything; twice is fine."""
        stack, self._open = self._open, None
        if stack is None:
            return
        try:
            self.safe_state()
        finally:
            self._session = self._link = self._guardian = self._beside = None
            self._before, self._is_live = None, False
            stack.close()
            self._lab = None

    # ------------------------------------------------------------------ parts

    def _card(self) -> Instrument:
        card = self._laboratory.card_instrument
        if card is None:
            raise BenchError(self._file.id, _NOT_RUNNING, "the bench has no card", "add one with `driver: ni.daqmx`")
        return card

    def _in_process(self, laboratory: Laboratory, case: Case, stack: contextlib.ExitStack) -> Any:
        """The simulated laboratory in this process, where an address asks for one."""
        if len(outside(laboratory)) == len(laboratory.instruments):
            return None
        from rig.simulated.in_process import open_laboratory

        opened = open_laboratory(laboratory, case, self._models)
        stack.callback(opened.close)
        self._lab = opened.lab
        return opened

    def _identify(self, card: Instrument, link: Link) -> None:
        """Hold card and driver to what the file says of them.

        Raises:
            BenchError: another card, another serial number, a simulated card where a real one is claimed or the other
                way round.
        """
        facts = card_facts(link, card.name, card.device)
        self._identity = {f"{card.name}.{name}": value for name, value in facts.items()}
        if card.identity and facts["product"] != card.identity:
            problem = f"the card is a {facts['product']}, the bench file says {card.identity}"
            raise BenchError(card.name, _NOT_RUNNING, problem, f"mend {card.at('identity')}")
        asked = "" if self._file.simulated else card.serial  # what is simulated has a number of its own
        if asked and facts["serial"].lstrip("0").upper() != asked.lstrip("0").upper():
            problem = f"the card has the serial number {facts['serial']}, the bench file says {card.serial}"
            raise BenchError(card.name, _NOT_RUNNING, problem, "another card has another calibration")
        is_simulated = facts["simulated"] == "True"
        if is_simulated != self._file.simulated:
            kinds = ("a simulated card", "real instruments") if is_simulated else ("a real card", "simulated ones")
            problem = f"{kinds[0]} answers, the bench file claims {kinds[1]}"
            raise BenchError(card.name, _NOT_RUNNING, problem, "choose the profile that says what stands there")

    def _tell_skews(self, card: Instrument, session: Session) -> None:
        """What a card with one converter for all inputs does to their instants stands in the record."""
        product = PRODUCTS.get(card.identity)
        if product is None or product.simultaneous:
            return
        for role, skew_s in session.skews_s().items():
            self._identity[f"{card.name}.converted_after.{role}"] = f"{skew_s * 1e6:.3f} us"

    def _guard(self, laboratory: Laboratory, stack: contextlib.ExitStack) -> None:
        """A process that drives the bench safe if this one dies; it has nothing to do for one that dies with it."""
        self._guardian = guardian_of(laboratory)
        self._guardian.start()
        stack.callback(self._guardian.close)

    def _switch_off(self) -> BenchError | None:
        try:
            if self._beside is not None:
                self._beside.safe_state()
        except BenchError as error:
            return error
        return None

    def _rest(self, link: Link) -> None:
        card = self._card()
        levels, volts = safe_levels(self._laboratory, card.name)
        rest(link, card.name, levels, volts)

    def _control_of(
        self, laboratory: Laboratory, case: Case, simulated: Any, stack: contextlib.ExitStack
    ) -> DeviceControl | None:
        """Whoever sets the device, opened: every setting of the case is on it."""
        if laboratory.wire("setting") is None:
            return None
        instrument = laboratory.instrument_of("setting")
        own = simulated.control if simulated is not None and is_in_process(instrument.address) else None
        control = open_control(case.device, instrument.address, own)
        control.open(case)
        stack.callback(control.close)
        self._identity |= {f"{instrument.name}.{name}": value for name, value in control.identity().items()}
        return control

    def _auxiliaries(
        self, laboratory: Laboratory, case: Case, simulated: Any, stack: contextlib.ExitStack
    ) -> Auxiliaries | None:
        """Supply and meter beside the card: the load is measured, then the device gets its power."""
        if not any(laboratory.of_driver(driver) for driver in (SUPPLY, METER)):
            return None
        beside = Auxiliaries(laboratory, simulated.visa_addresses if simulated is not None else {})
        beside.open()
        stack.callback(beside.close)
        stack.callback(_quietly_off, beside)
        if (reading := beside.check_load(case)) is not None:
            self._identity |= reading.notes()
        beside.power_on(case)
        self._identity |= beside.identity()
        return beside

    def _references(self, t_ns: int) -> dict[str, ZeroSpan]:
        link, layout, case = self._link, self._layout, self._case
        if link is None or layout is None or case is None:
            return {}
        return reference_reading(link, layout, self._laboratory, case.capture.rate_hz, t_ns)

    def _is_paced(self) -> bool:
        return not is_in_process(self._card().address) or self._file.simulated_parts.clock == "real"


def _quietly_off(beside: Auxiliaries) -> None:
    """Switch the supply off where the bench could not be opened to its end; that error is the one that is told."""
    with contextlib.suppress(BenchError):
        beside.safe_state()


def _takes_instants(address: str) -> bool:
    """True for the control of a simulated device: in this process, or behind the control port of `stimrig serve`."""
    return is_in_process(address) or address.startswith("tcp://")
