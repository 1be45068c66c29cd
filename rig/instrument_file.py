"""What the user states of the instrument behind a capture: an `instrument/1` file, a bench file, or options."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from rig.bench import ChannelAccuracy
from rig.capture_measure import MeasuredCapture
from rig.capture_warnings import CaptureWarning
from rig.virtual_bench import VirtualBenchSettings
from scenarios.dataclass_reader import read_dataclass
from scenarios.places import find_named
from scenarios.text import Text, read_document
from sim.errors import ScenarioError
from sim.front_end_settings import FrontEndSettings

SCHEMA: Final = "instrument/1"
_BENCH: Final = "bench/1"


@dataclass(frozen=True, slots=True)
class StatedInput:
    """One input as its data sheet or certificate states it; 0 stands for what is not stated.

    Attributes:
        gain_bound_ratio: relative gain error, shunt or divider included.
        offset_bound_v: offset, V.
        drift_per_hour_v: change of the offset in an hour, V.
        inl_bound_v: integral non-linearity, V.
        noise_v: rms noise of a sample, V; 0 takes the noise of the record.
    """

    gain_bound_ratio: float = 0.0
    offset_bound_v: float = 0.0
    drift_per_hour_v: float = 0.0
    inl_bound_v: float = 0.0
    noise_v: float = 0.0


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument that made a capture.

    Attributes:
        id: its name; "" where only options state something.
        title: for people.
        note: serial number, certificate.
        tap_ohm: resistor whose voltage is the current, ohm; 0 where the scale of the capture tells it.
        filter_tau_s: time constant of the filter before the converter, s; 0 for none or not known.
        timebase_ppm: bound of the sample clock; 0 where it is not stated.
        current: the input.
        noise_a: rms noise of a sample where it is stated as a current, A; else 0.
    """

    id: str = ""
    title: str = ""
    note: str = ""
    tap_ohm: float = 0.0
    filter_tau_s: float = 0.0
    timebase_ppm: float = 0.0
    current: StatedInput = field(default_factory=StatedInput)
    noise_a: float = 0.0


def read_instrument(name: str) -> Instrument:
    """The instrument that `--instrument` names: an `instrument/1` file, or a bench file or bench by name.

    Raises:
        ScenarioError: no such file, or one that cannot be used.
    """
    bare = name.rpartition("@")[0] if "@" in name and not Path(name).is_file() else name  # `mine@sim`
    path = Path(bare) if Path(bare).is_file() else find_named("benches", bare, (), f"--instrument {name}")
    description = read_document(path)
    schema = description.values.get("schema")
    kind = schema.text if isinstance(schema, Text) else ""
    if kind == SCHEMA:
        return read_dataclass(Instrument, description.without("schema"), "instrument")
    if kind != _BENCH:
        mend = f"it begins with `schema: {SCHEMA}` or `schema: {_BENCH}`"
        raise ScenarioError(str(description.where), "this is no file of an instrument", mend)
    kind_of_bench = description.values.get("kind")
    if isinstance(kind_of_bench, Text) and kind_of_bench.text == "laboratory":
        return _of_laboratory(name)
    bench = read_dataclass(VirtualBenchSettings, description.without("schema", "kind"), "bench")
    return _of_front_end((bench.id, bench.title, bench.note), bench.front_end, bench.timebase_ppm)


def _of_laboratory(name: str) -> Instrument:
    from rig.benches import read_bench

    laboratory = read_bench(name)
    timebase_ppm = laboratory.instrument_of("current").timebase_ppm
    return _of_front_end((laboratory.id, laboratory.title, laboratory.note), laboratory.front_end(), timebase_ppm)


def _of_front_end(header: tuple[str, str, str], front_end: FrontEndSettings, timebase_ppm: float) -> Instrument:
    card = front_end.current
    stated = StatedInput(
        card.gain_bound_ratio, card.offset_bound_v, card.drift_per_hour_v, card.inl_bound_v, card.noise_v
    )
    return Instrument(*header, front_end.tap_ohm, front_end.filter_tau_s or 0.0, timebase_ppm, stated)


def stated_accuracy(
    instrument: Instrument, measured: MeasuredCapture, a_per_v: float | None
) -> tuple[ChannelAccuracy | None, tuple[CaptureWarning, ...]]:
    """What was stated, in A, as the budget takes it; None, and a warning, where nothing was.

    Args:
        instrument: what is stated, in V at its input.
        measured: its noise and its resolution stand where none is stated.
        a_per_v: current per V at the input; None where the capture is in A and the tap tells it.

    Raises:
        ScenarioError: V cannot be made A: neither a scale nor a tap is known.
    """
    card = instrument.current
    parts = {
        "gain": card.gain_bound_ratio,
        "offset": card.offset_bound_v,
        "INL": card.inl_bound_v,
        "sample clock": instrument.timebase_ppm,
    }
    missing = [name for name, value in parts.items() if not value > 0.0]
    if len(missing) == len(parts) and not max(card.noise_v, instrument.noise_a) > 0.0:
        text = "nothing is stated of the instrument: U is scatter only; give --instrument FILE, or --gain and --noise"
        return None, (CaptureWarning("scatter_only", text, "--instrument", doubtful=False),)
    if a_per_v is None and instrument.tap_ohm > 0.0:
        a_per_v = 1.0 / instrument.tap_ohm
    in_volts = max(card.offset_bound_v, card.drift_per_hour_v, card.inl_bound_v, card.noise_v)
    if a_per_v is None and in_volts > 0.0:
        raise ScenarioError(
            "--instrument",
            "its bounds are in V, and nothing says how many A a V is",
            'state its `tap`, or the scale of a column in V: --scale "4 mA/V"',
        )
    per_v = abs(a_per_v or 0.0)
    accuracy = ChannelAccuracy(
        unit="A",
        lsb=measured.recording.step_value,
        range=32_767 * abs(measured.recording.scale),
        noise_rms=max(instrument.noise_a, card.noise_v * per_v) or max(measured.noise_a, 0.0),
        gain_bound_ratio=card.gain_bound_ratio,
        offset_bound=(card.offset_bound_v + card.drift_per_hour_v) * per_v,
        inl_bound=card.inl_bound_v * per_v,
        filter_tau_s=instrument.filter_tau_s,
        rate_hz=1.0 / measured.period_s,
        timebase_bound_ratio=instrument.timebase_ppm * 1e-6,
    )
    if not missing:
        return accuracy, ()
    text = f"not stated, and so not in U: {', '.join(missing)}"
    return accuracy, (CaptureWarning("partial_instrument", text, "--instrument", doubtful=False),)


def with_options(
    instrument: Instrument,
    gain_ratio: float | None,
    noise_v: float | None,
    noise_a: float | None,
    filter_tau_s: float | None,
) -> Instrument:
    """The instrument with what options say in its place."""
    card = instrument.current
    if gain_ratio is not None:
        card = replace(card, gain_bound_ratio=gain_ratio)
    if noise_v is not None:
        card = replace(card, noise_v=noise_v)
    filter_s = instrument.filter_tau_s if filter_tau_s is None else filter_tau_s
    return replace(instrument, current=card, filter_tau_s=filter_s, noise_a=noise_a or instrument.noise_a)
