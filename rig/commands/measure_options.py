"""The options of `stimrig measure`, checked and in SI, before anything is measured."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from rig.capture_checks import Expected
from rig.capture_file import Wanted
from rig.commands.measure_output import check_table_suffix
from rig.commands.measure_picture import kind_of
from rig.commands.measure_texts import StatedTexts, Texts
from rig.instrument_file import Instrument, read_instrument, with_options
from scenarios.quantities import parse_quantity
from sim.errors import ScenarioError

_SIGNS: Final = {"positive": 1, "negative": -1, "either": 0}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured.

    Attributes:
        current: the channel of the current.
        voltage: that of the electrode voltage, or None.
        expected: of the device and its load.
        area_m2: of the electrode, or None.
        load_ohm: between the electrodes, or None.
        a_per_v: current per V at the instrument's input, or None where the scale does not tell it.
        instrument: what is stated of it.
        pulses: file for every pulse, or None.
        plot: file for the picture of the worst, or None.
    """

    current: Wanted
    voltage: Wanted | None
    expected: Expected
    area_m2: float | None
    load_ohm: float | None
    a_per_v: float | None
    instrument: Instrument
    pulses: Path | None
    plot: Path | None

    def reversed(self) -> "Asked":
        """The same for a capture with the leads reversed at the load."""
        return replace(self, expected=replace(self.expected, first_sign=-self.expected.first_sign), voltage=None)


def asked(texts: Texts, stated: StatedTexts, pulses: Path | None, plot: Path | None) -> Asked:
    """Check every option.

    Raises:
        ScenarioError: one that cannot be used.
    """
    if texts.first_phase not in _SIGNS:
        raise ScenarioError("--first-phase", f"`{texts.first_phase}` is asked for", "positive, negative or either")
    if pulses is not None:
        check_table_suffix(pulses)
    if plot is not None:
        kind_of(plot)
    a_per_unit = _nonzero("--scale", texts.scale, _current_scale)
    load_ohm = _positive("--load", texts.load, "ohm")
    instrument = with_options(
        read_instrument(stated.instrument) if stated.instrument else Instrument(),
        _positive("--gain", stated.gain, ""),
        *_noise(stated.noise),
        _positive("--filter", stated.filter, "s"),
    )
    current = Wanted(
        texts.current, a_per_unit, _positive("--rate", texts.rate, "Hz"), texts.zero_value, texts.dtype, texts.columns
    )
    v_per_unit = _nonzero("--voltage-scale", texts.voltage_scale, _voltage_scale)
    voltage = replace(
        current, current=texts.voltage, a_per_unit=v_per_unit, zero_value=0.0, option="--voltage", unit="V"
    )
    return Asked(
        current=current,
        voltage=voltage if texts.voltage else None,
        expected=Expected(_SIGNS[texts.first_phase], load_ohm, instrument.filter_tau_s),
        area_m2=_positive("--area", texts.area, "m^2"),
        load_ohm=load_ohm,
        a_per_v=a_per_unit if "/" in texts.scale else None,
        instrument=instrument,
        pulses=pulses,
        plot=plot,
    )


def _positive(option: str, text: str, unit: str) -> float | None:
    """SI value of an option; None where it was not given."""
    if not text:
        return None
    value = parse_quantity(text, unit, option)
    if value <= 0.0:
        raise ScenarioError(option, f"`{text}` is asked for", "it must be above 0")
    return value


def _nonzero(option: str, text: str, read: Callable[[str, str], float]) -> float | None:
    if not text:
        return None
    value = read(option, text)
    if value == 0.0:
        raise ScenarioError(option, f"`{text}` is asked for", "it cannot be 0")
    return value


def _current_scale(option: str, text: str) -> float:
    """A per V, or A per unit of a column that is bare numbers or already a current ("1 mA")."""
    try:
        return parse_quantity(text, "A/V", option)
    except ScenarioError as error:
        try:
            return parse_quantity(text, "A", option)
        except ScenarioError:
            raise error from None


def _voltage_scale(option: str, text: str) -> float:
    """V per V ("20", "20 V/V"), or V per unit of a column of bare numbers ("6 mV")."""
    try:
        return parse_quantity(text.replace("V/V", "").strip(), "", option)
    except ScenarioError as error:
        try:
            return parse_quantity(text, "V", option)
        except ScenarioError:
            raise error from None


def _noise(text: str) -> tuple[float | None, float | None]:
    """Noise of a sample in V at the input, or in A; neither where it was not given."""
    if not text:
        return None, None
    try:
        return parse_quantity(text, "V", "--noise"), None
    except ScenarioError:
        return None, parse_quantity(text, "A", "--noise")
