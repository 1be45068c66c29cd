"""A 16-bit converter in front of any voltage that the front end of the electrodes does not render."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.daq.channels import Channel
from rig.simulated.daq.names import key_of, port_of
from rig.simulated.daq.wiring import CardWire
from sim.compiled import compiled
from sim.front_end_settings import HALF_SCALE, AnalogInput
from sim.timebase import TimeNs

if TYPE_CHECKING:
    from rig.simulated.daq.card import SimulatedCard

_TABLE: Final = 65_536
Volts = Callable[[TimeNs, TimeNs, int], NDArray[np.float64]]
"""First instant, period, count -> volts at the input (n,)."""


@compiled
def _convert(
    volts: NDArray[np.float64],
    gain: float,
    added_v: NDArray[np.float64],
    start: int,
    codes_per_v: float,
    codes: NDArray[np.int16],
) -> None:
    """Codes (n,) of volts (n,), from place `start` of the table of what is added on."""
    place = start
    for i in range(volts.size):
        x = np.rint((volts[i] * gain + added_v[place]) * codes_per_v)
        codes[i] = np.int16(min(max(x, -32768.0), 32767.0))
        place = place + 1 if place + 1 < added_v.size else 0


class Converter:
    """One input: offset, gain and noise of `AnalogInput`, drawn once for each port.

    Args:
        volts: what stands at the input.
        settings: bounds of its errors.
        range_v: largest voltage that is not clipped, V.
        worst: every error at its positive bound.
        draw: the stream of this port.
    """

    def __init__(
        self, volts: Volts, settings: AnalogInput, range_v: float, draw: np.random.Generator, *, worst: bool
    ) -> None:
        self._volts, self._lsb_v = volts, range_v / HALF_SCALE
        parts = np.ones(2) if worst else draw.uniform(-1.0, 1.0, 2)
        self._offset_v = float(parts[0]) * settings.offset_bound_v
        self._gain = 1.0 + float(parts[1]) * settings.gain_bound_ratio
        self._added_v = settings.noise_v * draw.standard_normal(_TABLE) + self._offset_v
        """Offset and noise."""
        self._softly_read = 0

    def codes(self, t0_ns: TimeNs, period_ns: TimeNs, count: int, index: int) -> NDArray[np.int16]:
        """Codes (count,) of samples that stand `period_ns` apart; `index` is the number of the first, for the noise."""
        return self.codes_of(self._volts(t0_ns, period_ns, count), index)

    def codes_of(self, volts: NDArray[np.float64], index: int) -> NDArray[np.int16]:
        """Codes (n,) of volts (n,)."""
        codes = np.empty(volts.size, np.int16)
        _convert(volts, self._gain, self._added_v, index % _TABLE, 1.0 / self._lsb_v, codes)
        return codes

    def software_codes(self, t_ns: TimeNs, count: int) -> NDArray[np.int16]:
        """Codes (count,) of samples that software takes one after the other in no time."""
        self._softly_read += count
        return self.codes(t_ns, 0, count, self._softly_read)


def converter_for(card: "SimulatedCard", channel: Channel) -> Converter:
    """The converter of a channel; the same one each time, so that its noise goes on."""
    key = (key_of(channel.physical), channel.range_v)
    if key not in card.converters:
        wire = card.wiring.at(channel.physical)
        settings = (
            card.front_end.current if wire is not None and wire.role.startswith("current") else card.front_end.voltage
        )
        draw = card.streams.generator(f"card.{key[0]}.input")
        worst = card.front_end.errors == "worst"
        card.converters[key] = Converter(_volts_at(card, channel, wire), settings, channel.range_v, draw, worst=worst)
    return card.converters[key]


def _volts_at(card: "SimulatedCard", channel: Channel, wire: CardWire | None) -> Volts:
    """What stands at an input: a role, an output of the card, or nothing (an unwired input is shorted to ground)."""
    port = key_of(channel.physical)
    looped = port.removeprefix("_").removesuffix("_vs_aognd") if port.startswith("_ao") else ""
    if wire is not None and key_of(port_of(wire.role)).startswith("ao"):
        looped = key_of(wire.role)
    if looped:
        return lambda t0_ns, period_ns, n: card.outputs.of(looped).at(t0_ns + np.arange(n, dtype=np.int64) * period_ns)
    if wire is None:
        return lambda _t0_ns, _period_ns, n: np.zeros(n)
    quantity = wire.role.partition(".")[0]
    volts_per_unit = wire.volts_per_unit
    if quantity in {"current", "voltage"}:
        volts_per_unit = card.front_end.volts_per_unit(wire.role)
    return lambda t0_ns, period_ns, n: card.lab.values(wire.role, t0_ns, period_ns, n) * volts_per_unit + wire.offset_v
