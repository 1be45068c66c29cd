"""What the card in front of the patient's electrodes can do: ranges, filter, errors, all settable."""

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from sim.inl_table import InlTable

HALF_SCALE: Final = 32_768
"""Codes from zero to full scale of a 16-bit converter."""

_TAPS_OHM: Final = (5000.0, 2500.0, 1000.0, 500.0, 250.0, 100.0, 50.0, 25.0, 10.0)


@dataclass(frozen=True, slots=True)
class AnalogInput:
    """One 16-bit input. Errors are bounds; the errors of one card are drawn inside them from the seed.

    Defaults: a 16-bit multifunction card at ±10 V after self-calibration. Source: regulatory.md 5.2 (LSB 305 µV, INL
    60 ppm of range, residual offset 15 ppm, noise 315 µV rms); gain bound 0.1 % with the tap resistor, drift 210 µV per
    hour (1 °C): 5.2 and design choice.

    Attributes:
        range_v: largest voltage that is not clipped, V.
        gain_bound_ratio: relative gain error, tap or divider included.
        offset_bound_v: offset, V.
        drift_per_hour_v: bound of the offset's change in an hour, V.
        inl_bound_v: integral non-linearity, a cubic bow, V.
        noise_v: rms noise of a sample, V.
        inl_shape: `bow` is odd, so the phases of a symmetric pulse err against each other; `drawn` mixes it with an
            even bend, by which a balanced pulse seems to leave charge; `wave` is a triangle wave of random phase, alike
            for both polarities: its error at a level is equally likely anywhere inside the bound, and the same in both
            phases of a symmetric pulse, which is what a budget assumes that knows the bound alone.
        polarity_gain_bound_ratio: gain of one polarity over the other (voltage coefficient and self-heating of the
            resistor, slew of the amplifier).
        inl_table: what a calibration has found, or None.
    """

    range_v: float = 10.0
    gain_bound_ratio: float = 1e-3
    offset_bound_v: float = 150e-6
    drift_per_hour_v: float = 210e-6
    inl_bound_v: float = 600e-6
    noise_v: float = 315e-6
    inl_shape: Literal["bow", "drawn", "wave"] = "bow"
    polarity_gain_bound_ratio: float = 0.0
    inl_table: InlTable | None = None


@dataclass(frozen=True, slots=True)
class FrontEndSettings:
    """The front end of one bench.

    Attributes:
        current: input that reads the tap.
        voltage: input that reads the divided electrode voltage.
        tap_ohm: resistor whose voltage is the current, ohm; 0 chooses one that the device does not clip.
        attenuation_ratio: input voltage over electrode voltage (1:20 probe, design choice).
        filter_tau_s: time constant of the anti-alias filter, s; None for two sample periods, 0 for no filter.
        errors: `drawn` inside the bounds from the seed, or `worst`: every error at its positive bound.
        noise: `table` repeats a seeded table where nothing happens; `full` draws fresh noise for every sample.
        lost_hz: how often the card loses samples, Hz.
        lost_length_s: how long it then loses them, s.
        span_ratio: reference source of the span reading, part of the range.
        span_bound_ratio: its relative error (a calibrated source: 0.01 %, design choice).
        takes_zero: False for a card whose inputs cannot be shorted and switched to a reference.
    """

    current: AnalogInput = field(default_factory=AnalogInput)
    voltage: AnalogInput = field(default_factory=AnalogInput)
    tap_ohm: float = 0.0
    attenuation_ratio: float = 0.05
    filter_tau_s: float | None = None
    errors: Literal["drawn", "worst"] = "drawn"
    noise: Literal["table", "full"] = "table"
    lost_hz: float = 0.0
    lost_length_s: float = 0.5e-3
    span_ratio: float = 0.5
    span_bound_ratio: float = 1e-4
    takes_zero: bool = True

    def input_of(self, role: str) -> AnalogInput:
        """The input behind a role such as `current` or `voltage.2`."""
        return self.current if quantity_of(role) == "current" else self.voltage

    def volts_per_unit(self, role: str) -> float:
        """Input voltage per A or per V of a role."""
        return self.tap_ohm if quantity_of(role) == "current" else self.attenuation_ratio

    def scale_of(self, role: str) -> float:
        """A or V per code, as the card's user believes: without the gain error."""
        return self.input_of(role).range_v / HALF_SCALE / self.volts_per_unit(role)

    def tau_s(self, rate_hz: float) -> float:
        """Time constant of the filter at a sample rate, s."""
        return 2.0 / rate_hz if self.filter_tau_s is None else self.filter_tau_s


def quantity_of(role: str) -> str:
    """`current` or `voltage` of a role, its channel left out."""
    return role.partition(".")[0]


def channel_of(role: str) -> int:
    """Channel of a role, from 0: `current` is 0, `current.2` is 1."""
    return int(role.partition(".")[2] or 1) - 1


def for_device(settings: FrontEndSettings, max_current_a: float) -> FrontEndSettings:
    """The settings with a tap chosen for a device: the largest that its current does not clip, with 20 % to spare.

    Source: regulatory.md 5.2 (250 ohm reads 40 mA on ±10 V; devices of 100 mA need 50 or 100 ohm; implanted devices of
    about 1 mA need a larger tap to keep half the range).
    """
    if settings.tap_ohm > 0.0:
        return settings
    fitting = [tap for tap in _TAPS_OHM if 1.2 * max_current_a * tap <= settings.current.range_v]
    return replace(settings, tap_ohm=fitting[0] if fitting else settings.current.range_v / (1.2 * max_current_a))
