"""Every simulated instrument of a bench file, in this process, on one plant and one clock."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from rig.bench_file.drivers import CARD, CONTROLS
from rig.bench_file.laboratory import Laboratory
from rig.simulated.clock import RealClock, SimClock
from rig.simulated.keysight.trigger_lines import connect_triggers
from rig.simulated.lab import Lab
from rig.simulated.lab_control import LabControl
from rig.simulated.scpi.server import InstrumentServer
from rig.simulated.scpi_of_bench import SCPI_DRIVERS, scpi_of_bench
from rig.simulated.ticker import BLOCK_NS, Ticker
from scenarios.case import Case
from scenarios.catalogue import DeviceModelSpec
from sim.errors import BenchError

if TYPE_CHECKING:
    from rig.simulated.daq.card import SimulatedCard

_SIM: Final = "sim"


@dataclass(slots=True, eq=False)
class OpenLab:
    """A laboratory that is open.

    Attributes:
        lab: device, load, supply and clock.
        card: None where it is not simulated in this process.
        card_channel: what `nidaqmx.GrpcSessionOptions` takes for the card, or None.
        visa_addresses: name of an instrument -> VISA resource, of those with an address `sim:...`.
        servers: name -> server behind it.
        control: of the device, or None where it is not simulated in this process.
    """

    lab: Lab
    card: "SimulatedCard | None" = None
    card_channel: Any = None
    visa_addresses: dict[str, str] = field(default_factory=dict[str, str])
    servers: dict[str, InstrumentServer] = field(default_factory=dict[str, InstrumentServer])
    control: LabControl | None = None
    _closing: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])

    def keep(self, close: Callable[[], None]) -> None:
        """Call `close` at the end, the last one first."""
        self._closing.append(close)

    def close(self) -> None:
        """End every server and thread; twice is fine."""
        while self._closing:
            self._closing.pop()()
        self.lab.close()


def open_laboratory(laboratory: Laboratory, case: Case, models: Mapping[str, DeviceModelSpec]) -> OpenLab:
    """Serve every instrument of a bench file whose address begins with `sim`.

    The device of `case` lies on the bench. It is off until the card's first capture, so that a run lives the same time
    as on the virtual bench; where no card is simulated here it is on at once.

    Args:
        laboratory: the bench, its profile applied.
        case: whose device lies on it, and whose seed draws the errors of the instruments.
        models: simulated stimulators by name.

    Raises:
        BenchError: the device has no simulated model, or an instrument cannot be what the file says.
    """
    parts = laboratory.simulated_parts
    clock = RealClock(running=False) if parts.clock == "real" else SimClock()
    opened = OpenLab(Lab(case, models, clock, device_clock_ppm=parts.device_clock_ppm))
    try:
        for instrument in laboratory.instruments.values():
            if instrument.driver == CARD and instrument.address == _SIM:
                _open_card(opened, laboratory, case)
            elif instrument.driver in SCPI_DRIVERS and instrument.address.startswith(f"{_SIM}:"):
                server = InstrumentServer(
                    scpi_of_bench(opened.lab, laboratory, instrument, case), instrument.address.partition(":")[2]
                )
                opened.keep(server.close)
                server.start()
                opened.servers[instrument.name] = server
                opened.visa_addresses[instrument.name] = server.resource
        connect_triggers(laboratory.wiring, {name: server.instrument for name, server in opened.servers.items()})
    except ValueError as error:
        opened.close()
        raise BenchError(laboratory.id, math.nan, str(error)) from error
    except BaseException:
        opened.close()
        raise
    has_card = opened.card is not None
    if any(each.driver in CONTROLS and each.address == _SIM for each in laboratory.instruments.values()):
        opened.control = LabControl(opened.lab, is_on=not has_card)
    if not has_card:
        opened.lab.power_on(0)
    if isinstance(clock, RealClock):
        clock.begin()
        # the bench's own reads move the laboratory on every block; the ticker is for benches that rest
        opened.keep(Ticker(opened.lab, block_ns=4 * BLOCK_NS).close)
    return opened


def _open_card(opened: OpenLab, laboratory: Laboratory, case: Case) -> None:
    from rig.simulated.card_of_bench import card_of_bench
    from rig.simulated.daq.host import CardHost
    from rig.simulated.daq.in_process import InProcessChannel

    instrument = laboratory.card_instrument
    assert instrument is not None
    opened.card = card_of_bench(opened.lab, laboratory, instrument, case)
    opened.keep(opened.card.close)
    opened.card_channel = InProcessChannel(CardHost([opened.card]))
