"""A laboratory as its bench file describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from rig.bench import ChannelAccuracy
from rig.bench_file.drivers import CARD, DRIVERS, SUPPLY, drives
from rig.bench_file.instruments import Fixture, Instrument
from rig.bench_file.wiring import CardSettings, Expected, SafeOutput, SimulatedParts, Wire
from scenarios.roles import FROM_DEVICE, LINES, ROLES
from scenarios.text import Where
from sim.errors import BenchError
from sim.front_end_settings import FrontEndSettings

if TYPE_CHECKING:
    from scenarios.case import Case

_NOT_RUNNING: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Laboratory:
    """A `*.bench.yaml` of kind `laboratory`, checked, with one of its profiles applied.

    Attributes:
        id: its name.
        title: for people.
        note: where its numbers come from.
        instruments: by name, in file order.
        fixtures: by name, in file order.
        wiring: in file order.
        safe_state: in the order in which the outputs are driven safe.
        card: how the card streams.
        expects: the largest signals of the devices that are connected.
        simulated_parts: what its simulated instruments are like.
        profile: name of the profile, or "".
        simulated: True where it claims that nothing of it is real.
        device: device that is connected, for scenarios that take any; or "".
        warnings: what a reader should know, with place.
        where: the file.
        sha256: of the file.
    """

    id: str
    title: str
    note: str
    instruments: Mapping[str, Instrument]
    fixtures: Mapping[str, Fixture]
    wiring: tuple[Wire, ...]
    safe_state: tuple[SafeOutput, ...]
    card: CardSettings = field(default_factory=CardSettings)
    expects: Expected = field(default_factory=Expected)
    simulated_parts: SimulatedParts = field(default_factory=SimulatedParts)
    profile: str = ""
    simulated: bool = False
    device: str = ""
    warnings: tuple[str, ...] = ()
    where: Where = field(default=Where("bench", 1, 1), compare=False)
    sha256: str = ""

    @property
    def hardware(self) -> str:
        """Stamp on every verdict: `simulated-bench` or `bench`."""
        return "simulated-bench" if self.simulated else "bench"

    @property
    def roles(self) -> frozenset[str]:
        """Every role that a terminal fulfils, in both directions."""
        wired = {wire.role for wire in self.wiring}
        found = wired & set(ROLES)
        if any(role.startswith("button.") for role in wired):
            found.add("button")
        supply = self.wire("supply")
        if supply is not None and self.instruments[supply.instrument].driver == SUPPLY:
            found.add("supply.relay")
        return frozenset(found)

    @property
    def waveform_roles(self) -> tuple[str, ...]:
        """Roles that are captured as waveforms, in file order."""
        return tuple(
            wire.role
            for wire in self.wiring
            if wire.role in FROM_DEVICE and wire.role not in LINES and wire.kind in {"ai", "ch"}
        )

    def wire(self, role: str) -> Wire | None:
        """The wire of a role or of a word of the bench, or None."""
        return next((wire for wire in self.wiring if wire.role == role), None)

    def wires_of(self, instrument: str) -> tuple[Wire, ...]:
        """Every wire of an instrument, in file order."""
        return tuple(wire for wire in self.wiring if wire.instrument == instrument)

    def instrument_of(self, role: str) -> Instrument:
        """The instrument behind a role.

        Raises:
            BenchError: no terminal fulfils it.
        """
        wire = self.wire(role)
        if wire is None:
            raise BenchError(
                self.id, _NOT_RUNNING, f"no terminal for `{role}`", f"add it to the wiring of {self.where.file}"
            )
        return self.instruments[wire.instrument]

    def of_driver(self, driver: str) -> tuple[Instrument, ...]:
        """Instruments of a kind, in file order."""
        return tuple(each for each in self.instruments.values() if each.driver == driver)

    @property
    def card_instrument(self) -> Instrument | None:
        """The card, or None."""
        return next(iter(self.of_driver(CARD)), None)

    @property
    def outputs(self) -> tuple[Wire, ...]:
        """Wires whose ports drive something, in file order; a line that the device drives is none."""
        return tuple(
            wire
            for wire in self.wiring
            if wire.role not in FROM_DEVICE and drives(DRIVERS[self.instruments[wire.instrument].driver], wire.port)
        )

    def for_device(self, max_current_a: float) -> "Laboratory":
        """The laboratory with every bank of taps in one position: the largest that the device does not clip.

        Raises:
            BenchError: no position fits.
        """
        from rig.bench_file.accuracy import with_taps

        return with_taps(self, max_current_a)

    def accuracy(self, role: str, rate_hz: float) -> ChannelAccuracy:
        """The card's part of the uncertainty of a captured role, in its SI unit.

        Args:
            role: `current`, `voltage.2`, ...
            rate_hz: sample rate, Hz.

        Raises:
            BenchError: no terminal captures the role, or its tap is not chosen yet (`for_device`).
        """
        from rig.bench_file.accuracy import accuracy_of

        return accuracy_of(self, role, rate_hz)

    def front_end(self) -> FrontEndSettings:
        """What a simulated card must be like to fit the budget of this file; a tap of 0 is still to be chosen."""
        from rig.bench_file.accuracy import front_end_of

        return front_end_of(self)

    def why_not(self, case: "Case") -> str:
        """What of this bench stands in the way of a case, beside missing roles; or ""."""
        from rig.bench_file.fit import why_not

        return why_not(self, case)

    def overdue(self, today: date) -> tuple[str, ...]:
        """Names of instruments and fixtures whose calibration or measurement is behind its day."""
        instruments = [each.name for each in self.instruments.values() if each.calibration.overdue(today)]
        return (*instruments, *(each.name for each in self.fixtures.values() if each.measured.overdue(today)))

    def identity(self) -> dict[str, str]:
        """What the file says of the bench; the drivers add what the instruments say of themselves."""
        found = {
            "bench": self.id,
            "title": self.title,
            "kind": "laboratory",
            "hardware": self.hardware,
            "profile": self.profile,
            "file_sha256": self.sha256,
            "note": self.note,
        }
        for each in self.instruments.values():
            found[f"{each.name}.driver"] = each.driver
            found[f"{each.name}.address"] = each.address
            if each.calibration.due is not None:
                found[f"{each.name}.calibration_due"] = each.calibration.due.isoformat()
        return found

    def at_addresses(self, addresses: Mapping[str, str]) -> "Laboratory":
        """The same bench with other addresses."""
        changed = {
            name: replace(each, address=addresses.get(name, each.address)) for name, each in self.instruments.items()
        }
        return replace(self, instruments=changed)
