"""The instruments of a laboratory as servers: any client of any process sees one device on one clock."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rig.bench_file.drivers import CARD
from rig.bench_file.laboratory import Laboratory
from rig.recorded import prepare_recording
from rig.simulated.clock import RealClock, SimClock
from rig.simulated.control_port import ControlPort
from rig.simulated.json_lines import ControlDesk
from rig.simulated.keysight.trigger_lines import connect_triggers
from rig.simulated.lab import Lab
from rig.simulated.lab_control import LabControl
from rig.simulated.live_walk import LiveWalk
from rig.simulated.scpi.server import LINKS, InstrumentServer
from rig.simulated.scpi_of_bench import SCPI_DRIVERS, scpi_of_bench
from rig.simulated.ticker import Ticker
from rig.walks import prepare_walk
from scenarios.case import Case
from scenarios.catalogue import Catalogue
from sim.errors import BenchError
from sim.front_end import FrontEnd
from sim.streams import Streams
from sim.timebase import NS_PER_S, s_from_ns

if TYPE_CHECKING:
    from rig.simulated.scpi.instrument import Instrument

_WARM_UP_NS: Final = 3 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Place:
    """Where something can be reached.

    Attributes:
        name: of the instrument in its bench file; `control` for the control port.
        transport: `socket`, `hislip`, `vxi11`, `grpc` or `tcp`.
        resource: VISA resource, or the address as a bench file takes it.
        what: who answers there.
    """

    name: str
    transport: str
    resource: str
    what: str


@dataclass(frozen=True, slots=True)
class ServeRequest:
    """What is to be served.

    Attributes:
        laboratories: whose instruments are served; their names must differ.
        instruments: the SCPI instruments, each on all three transports.
        daq: the card.
        host: to listen on.
        port: of the control port; everything else takes the following ports. 0: any free ones.
        speed_ratio: seconds of the laboratory per second of the wall clock.
    """

    laboratories: Sequence[Laboratory]
    instruments: bool = True
    daq: bool = True
    host: str = "127.0.0.1"
    port: int = 0
    speed_ratio: float = 1.0


def live_walk_of(case: Case) -> LiveWalk:
    """The walk of a case; a patient who would be adapted begins as one who is not: nobody walks 200 strides first."""
    return LiveWalk(prepare_recording(case) if case.is_recorded else prepare_walk(case))


class Serving:
    """Serves from the moment it is made until `close`.

    Args:
        request: what, and where.
        case: whose device lies on the bench and whose patient walks.
        catalogue: names of cases, models of devices.
        tell: hears what a person should know, in words.

    Raises:
        BenchError: a port is taken, or an instrument cannot be what its file says.
    """

    def __init__(
        self,
        request: ServeRequest,
        case: Case,
        catalogue: Catalogue,
        tell: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._request, self._closing = request, list[Callable[[], None]]()
        self._next_port = request.port
        self.places: list[Place] = []
        ppm = request.laboratories[0].simulated_parts.device_clock_ppm
        self.walk = live_walk_of(case)
        warm = Lab(case, catalogue.models, SimClock(), live_walk_of(case))
        try:
            _warm_up(warm, request)
        finally:
            warm.close()
        clock = RealClock(request.speed_ratio, running=False)
        self.lab = Lab(case, catalogue.models, clock, self.walk, ppm)
        self._closing.append(self.lab.close)
        self.lab.power_on(0)
        self._cards: list[tuple[Any, Laboratory]] = []
        self._scpi: dict[str, Instrument] = {}
        try:
            self._open(case, catalogue)
        except BaseException:
            self.close()
            raise
        clock.begin()
        self.ticker = Ticker(self.lab, tell)
        self._closing.append(self.ticker.close)

    def _open(self, case: Case, catalogue: Catalogue) -> None:
        control = LabControl(self.lab, is_on=True, patient=self._walker, fit=self._fit)
        desk = ControlDesk(control, catalogue, self.status)
        port = ControlPort(desk.answer, self._request.host, self._port())
        self._closing.append(port.close)
        self.places.append(Place("control", "tcp", port.address, "settings and faults of the device, JSON lines"))
        for laboratory in self._request.laboratories:
            for instrument in laboratory.instruments.values():
                if instrument.driver == CARD and self._request.daq:
                    self._open_card(laboratory, case)
                elif instrument.driver in SCPI_DRIVERS and self._request.instruments:
                    simulated = self._scpi[instrument.name] = scpi_of_bench(self.lab, laboratory, instrument, case)
                    for transport in LINKS:
                        self._open_link(instrument.name, InstrumentServer(simulated, transport, **self._where()))
            if self._request.instruments:
                connect_triggers(laboratory.wiring, self._scpi)

    def _open_link(self, name: str, server: InstrumentServer) -> None:
        try:
            server.start()
        except OSError as error:
            problem = f"cannot listen on {server.host}: {error.strerror or error}"
            raise BenchError(name, math.nan, problem, "choose another --port") from error
        self._closing.append(server.close)
        self.places.append(Place(name, server.transport, server.resource, server.instrument.identity))

    def _open_card(self, laboratory: Laboratory, case: Case) -> None:
        from rig.simulated.card_of_bench import card_of_bench
        from rig.simulated.daq.server import serve_card

        instrument = laboratory.card_instrument
        assert instrument is not None
        card = card_of_bench(self.lab, laboratory, instrument, case)
        self._closing.append(card.close)
        # whoever names a host that others can reach has been warned
        server = serve_card([card], **self._where(), beyond_loopback=True)
        self._closing.append(server.close)
        self._cards.append((card, laboratory))
        what = f"{card.product.name}, device {card.name}, simulated"
        self.places.append(Place(instrument.name, "grpc", server.address, what))

    def _walker(self, case: Case) -> LiveWalk:
        self.walk = live_walk_of(case)
        return self.walk

    def _fit(self, case: Case) -> None:
        from rig.simulated.card_of_bench import fit_card

        for card, laboratory in self._cards:
            fit_card(card, laboratory, case)

    def _where(self) -> dict[str, Any]:
        return {"host": self._request.host, "port": self._port()}

    def _port(self) -> int:
        port = self._next_port
        self._next_port += 1 if port else 0
        return port

    def status(self) -> Mapping[str, Any]:
        """How the laboratory stands: case, time, strides, lateness."""
        lab, ticker = self.lab, getattr(self, "ticker", None)
        with lab.lock:
            return {
                "case": lab.case.id,
                "speed": self._request.speed_ratio,
                "t_s": s_from_ns(lab.reached_ns),
                "strides": self.walk.strides(lab.reached_ns),
                "walks": self.walk.laps,
                "late_blocks": 0 if ticker is None else ticker.late_blocks,
                "worst_lateness_s": 0.0 if ticker is None else s_from_ns(ticker.worst_lateness_ns),
                "places": [[place.name, place.transport, place.resource] for place in self.places],
            }

    def summary(self) -> tuple[str, ...]:
        """What a person should know at the end, in lines."""
        now = self.status()
        lived = f"{now['t_s']:.1f} s of the laboratory, {now['strides']} strides"
        lines = [
            f"{lived}, {now['late_blocks']} late blocks, at worst {now['worst_lateness_s']:.3f} s behind the clock"
        ]
        for name, instrument in self._scpi.items():
            lines += [f"{name}: a fault of the simulation itself:\n{crash}" for crash in instrument.crashes]
        return tuple(lines)

    def close(self) -> None:
        """End every server and thread; twice is fine."""
        while self._closing:
            self._closing.pop()()


def _warm_up(lab: Lab, request: ServeRequest) -> None:
    """Let the kernels be compiled before the clock runs: a fresh installation would begin minutes late."""
    lab.power_on(0)
    lab.advance_to(_WARM_UP_NS)
    lab.values("current", 0, 1000, 10)
    lab.crossings("current", 0.0, 0, _WARM_UP_NS)
    cards = [each for each in request.laboratories if each.card_instrument is not None] if request.daq else []
    for laboratory in cards:
        settings = laboratory.for_device(lab.case.device.max_current_a).front_end()
        FrontEnd(settings, ("current", "voltage"), 1e6, Streams(0)).render(lab.edges(0, _WARM_UP_NS))
