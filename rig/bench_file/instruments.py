"""What stands on the bench: instruments with identity and calibration, fixtures with measured values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from scenarios.text import Where
from sim.electrode.load import Load


@dataclass(frozen=True, slots=True)
class Calibration:
    """When something was calibrated or measured, and until when that is worth something.

    Attributes:
        certificate: its number, or "".
        done: day of the calibration; None where nobody stated it.
        due: day after which it counts no longer; None where nobody stated it.
        on_expired: `refuse` to run behind that day, or `warn`.
    """

    certificate: str = ""
    done: date | None = None
    due: date | None = None
    on_expired: Literal["refuse", "warn"] = "refuse"

    def overdue(self, today: date) -> bool:
        """True behind the day it was due; the day itself still counts."""
        return self.due is not None and today > self.due


@dataclass(frozen=True, slots=True)
class InputRange:
    """One range of a card's analogue inputs, as its data sheet or certificate states it, V at the terminal.

    Bounds are limits of a rectangular distribution, as in `sim.front_end_settings.AnalogInput`.

    Attributes:
        range_v: largest voltage that is not clipped.
        gain_bound_ratio: relative gain error.
        offset_bound_v: offset.
        drift_per_hour_v: change of the offset in an hour.
        inl_bound_v: integral non-linearity.
        noise_v: rms noise of a sample.
        note: where the numbers come from.
    """

    range_v: float
    gain_bound_ratio: float
    offset_bound_v: float
    inl_bound_v: float
    noise_v: float
    drift_per_hour_v: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class OutputLimit:
    """What an output may never be set beyond; the driver refuses it before anything is written.

    Attributes:
        voltage_v: largest voltage, V.
        current_a: largest current, A; None where it cannot be set.
        protect_v: over-voltage protection of a supply, V; None for none.
    """

    voltage_v: float
    current_a: float | None = None
    protect_v: float | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument.

    Attributes:
        name: word in the wiring.
        driver: of `rig.bench_file.drivers.DRIVERS`.
        address: card `local | grpc://HOST:PORT | sim`; VISA: a resource or `sim:socket | sim:hislip | sim:vxi11`;
            device `sim | tcp://HOST:PORT | COM3 | /dev/ttyUSB0 | socket://...`.
        identity: what it must call itself: product of a card, beginning of `*IDN?`.
        serial: serial number that it must have; "" where any will do.
        device: name of a card in its driver (`Dev1`).
        calibration: of the instrument.
        ranges: of a card's inputs.
        timebase_ppm: bound of its sample clock.
        filter_tau_s: time constant of the filter at its inputs, s; None for two sample periods.
        limits: port -> what it may never be set beyond.
        timeout_s: how long an answer may take, s.
        settings: whatever else its driver takes (`dialect`, `baud`), as texts.
        where: its place in the file.
        places: key -> place of its value.
    """

    name: str
    driver: str
    address: str
    identity: str = ""
    serial: str = ""
    device: str = ""
    calibration: Calibration = field(default_factory=Calibration)
    ranges: tuple[InputRange, ...] = ()
    timebase_ppm: float = 50.0
    filter_tau_s: float | None = None
    limits: Mapping[str, OutputLimit] = field(default_factory=dict[str, OutputLimit])
    timeout_s: float = 2.0
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    where: Where = field(default=Where("bench", 1, 1), compare=False)
    places: Mapping[str, Where] = field(default_factory=dict[str, Where], compare=False)

    @property
    def is_simulated(self) -> bool:
        """True where the address says that it is simulated in this process."""
        return self.address == "sim" or self.address.startswith("sim:")

    def range_of(self, range_v: float) -> InputRange | None:
        """The stated range, or None."""
        return next((each for each in self.ranges if each.range_v == range_v), None)

    def at(self, key: str) -> Where:
        """Place of a key's value."""
        return self.places.get(key, self.where)


@dataclass(frozen=True, slots=True)
class Position:
    """One position of a fixture that can be switched: a bank of taps or of loads.

    Attributes:
        name: word.
        value: measured, in the unit of the fixture; of a load its resistance to direct current.
        bound_ratio: relative limit of error of `value`.
        select: code on the lines that choose it; -1 where it is plugged in by hand.
        load: of a load bank, as a scenario names it.
        where: its place in the file.
    """

    name: str
    value: float
    bound_ratio: float = 0.0
    select: int = -1
    load: Load | None = None
    where: Where = field(default=Where("bench", 1, 1), compare=False)


@dataclass(frozen=True, slots=True)
class Fixture:
    """A passive thing between device and instrument; it matters as much as the instrument.

    Attributes:
        name: word in the wiring.
        kind: of `rig.bench_file.drivers.FIXTURES`: `tap, probe, amplifier, filter, load, relay, reference`.
        value: measured: tap ohm; probe and amplifier output over input; filter time constant s; load ohm; reference V.
            NaN where its positions have values of their own.
        unit: SI unit of `value`.
        bound_ratio: relative limit of error of `value`.
        offset_bound_v: offset at its output, V.
        isolated: True where its output is isolated from its input, or differential: a floating source may be read on a
            grounded channel.
        rating_w: what it may dissipate, W; 0 where nobody stated it.
        rating_v: what it stands at its input, V; 0 where nobody stated it.
        positions: where it can be switched.
        pieces: how many alike there are.
        measured: when its value was measured.
        where: its place in the file.
        places: key -> place of its value.
    """

    name: str
    kind: str
    value: float = float("nan")
    unit: str = ""
    bound_ratio: float = 0.0
    offset_bound_v: float = 0.0
    isolated: bool = False
    rating_w: float = 0.0
    rating_v: float = 0.0
    positions: tuple[Position, ...] = ()
    pieces: int = 1
    measured: Calibration = field(default_factory=Calibration)
    where: Where = field(default=Where("bench", 1, 1), compare=False)
    places: Mapping[str, Where] = field(default_factory=dict[str, Where], compare=False)

    def at(self, key: str) -> Where:
        """Place of a key's value."""
        return self.places.get(key, self.where)
