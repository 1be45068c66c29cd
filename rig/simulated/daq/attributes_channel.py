"""Attributes of channels."""

from typing import TYPE_CHECKING, Any, Final

from rig.simulated.daq.attribute import Attribute, fixed
from rig.simulated.daq.attributes_counter import COUNTER
from rig.simulated.daq.channels import AI, Channel
from rig.simulated.daq.errors import not_simulated
from rig.simulated.daq.names import expanded
from sim.front_end_settings import HALF_SCALE

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost

_VOLTAGE: Final = 10322
_DIFFERENTIAL: Final = 10106


def subject(host: "CardHost", request: Any) -> Channel:
    """The first channel that a request names; of a list all have what the first has.

    Raises:
        DaqmxError: -200452, the task has no such channel.
    """
    task = host.task(request.task.name)
    wanted = {request.channel, *expanded(request.channel)}
    for channel in task.channels:
        if not request.channel or channel.name in wanted:
            return channel
    raise not_simulated(f"channel {request.channel} in task {task.name}")


def _only_volts(channel: Channel, value: Any) -> Any:
    if channel.kind not in {10100, 10102}:
        raise not_simulated(f"volts of channel {channel.name}")
    return value


def _terminal_config(channel: Channel) -> int:
    asked = channel.settings.get("terminal_config", -1)
    return _DIFFERENTIAL if asked in {-1, 0} else asked


def _coefficients(channel: Channel) -> list[float]:
    """Polynomial from codes to volts: 0 V and the volts of one code."""
    return [0.0, _only_volts(channel, channel.range_v / HALF_SCALE)]


CHANNEL: Final = {
    0x187F: Attribute("ChanType", lambda channel: channel.kind),
    0x18F5: Attribute("PhysicalChanName", lambda channel: ", ".join(channel.lines) or channel.physical),
    0x1926: fixed("ChanDescr", ""),
    0x0695: Attribute("AI.MeasType", lambda channel: _only_volts(channel, _VOLTAGE)),
    0x1108: Attribute("AO.OutputType", lambda channel: _only_volts(channel, _VOLTAGE)),
    0x1097: Attribute("AI.TermCfg", _terminal_config),
    0x1094: fixed("AI.Voltage.Units", 10348),
    0x1184: fixed("AO.Voltage.Units", 10348),
    0x17DD: Attribute("AI.Max", lambda channel: channel.limits[1]),
    0x17DE: Attribute("AI.Min", lambda channel: channel.limits[0]),
    0x1815: Attribute("AI.Rng.High", lambda channel: channel.range_v),
    0x1816: Attribute("AI.Rng.Low", lambda channel: -channel.range_v),
    0x1186: Attribute("AO.Max", lambda channel: channel.limits[1]),
    0x1187: Attribute("AO.Min", lambda channel: channel.limits[0]),
    0x182E: Attribute("AO.DAC.Rng.High", lambda channel: channel.range_v),
    0x182D: Attribute("AO.DAC.Rng.Low", lambda channel: -channel.range_v),
    0x1765: Attribute("AI.Resolution", lambda channel: _only_volts(channel, 16.0)),
    0x22DA: Attribute("AI.RawSampSize", lambda channel: 16 if channel.kind == AI else 32),
    0x22DB: fixed("AI.RawSampJustification", 10209),
    0x1930: Attribute("AI.DevScalingCoeff", _coefficients),
    0x2178: Attribute("DI.NumLines", lambda channel: len(channel.lines)),
    0x2179: Attribute("DO.NumLines", lambda channel: len(channel.lines)),
    **COUNTER,
}
"""Number -> attribute."""
