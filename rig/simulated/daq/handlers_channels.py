"""Calls that create channels."""

from typing import TYPE_CHECKING, Any, Final

from rig.simulated.daq.calls import OK, Fields, Handler, raw
from rig.simulated.daq.channels import AI, AO, DI, DO, Channel
from rig.simulated.daq.errors import NOT_SUPPORTED_VALUE, DaqmxError, not_simulated
from rig.simulated.daq.names import expanded, port_of

if TYPE_CHECKING:
    from rig.simulated.daq.card import SimulatedCard
    from rig.simulated.daq.host import CardHost

_VOLTS: Final = 10348
_FOR_ALL_LINES: Final = 1


def labels(assigned: str, names: list[str]) -> list[str]:
    """Virtual names: those that were assigned, a number behind a single one for several channels, or the physical."""
    given = expanded(assigned) if assigned else []
    if len(given) == len(names):
        return given
    return [f"{assigned}{n}" for n in range(len(names))] if assigned else list(names)


def range_for(channel: str, low: float, high: float, ranges_v: tuple[float, ...]) -> float:
    """The smallest range of a card that holds the limits.

    Raises:
        DaqmxError: -200077, no range does.
    """
    largest = max(abs(low), abs(high))
    fitting = [range_v for range_v in sorted(ranges_v) if range_v >= largest * (1.0 - 1e-9)]
    if not fitting or high <= low:
        detail = f"Channel Name: {channel}\nLimits: {low:g} to {high:g} V\nRanges: {ranges_v}"
        raise DaqmxError(NOT_SUPPORTED_VALUE, detail)
    return fitting[0]


def _volt_channels(host: "CardHost", request: Any, kind: int) -> Fields:
    task = host.task(request.task.name)
    if raw(request, "units") not in {0, _VOLTS} or request.custom_scale_name:
        raise not_simulated("scales other than volts")
    names = expanded(request.physical_channel)
    card = host.card(names[0] if names else request.physical_channel)
    ranges_v = card.product.ai_ranges_v if kind == AI else card.product.ao_ranges_v
    low, high = request.min_val, request.max_val
    channels: list[Channel] = []
    for name, label in zip(names, labels(request.name_to_assign_to_channel, names), strict=True):
        physical = _internal(card, name) if kind == AI and "/_" in name else card.find(name, kind)
        channel = Channel(label, physical, kind, limits=(low, high), range_v=range_for(label, low, high, ranges_v))
        if kind == AI:
            channel.settings["terminal_config"] = raw(request, "terminal_config")
        channels.append(channel)
    card.adopt(task, channels)
    return OK


def _internal(card: "SimulatedCard", name: str) -> str:
    """`Dev1/_ao0_vs_aognd`: an input that reads an output inside the card."""
    output = port_of(name).removeprefix("_").removesuffix("_vs_aognd")
    card.find(f"{card.name}/{output}", AO)
    return name


def _digital(host: "CardHost", request: Any, kind: int) -> Fields:
    task = host.task(request.task.name)
    names = expanded(request.lines)
    card = host.card(names[0] if names else request.lines)
    assigned = request.name_to_assign_to_lines
    per_name = [card.lines_of(name, kind) for name in names]
    if raw(request, "line_grouping") == _FOR_ALL_LINES:
        lines = tuple(line for group in per_name for line in group)
        label = assigned or (names[0] if len(names) == 1 else f"{port_of(names[0])}...")
        card.adopt(task, [Channel(label, lines[0], kind, lines)])
        return OK
    single = [line for group in per_name for line in group]
    made = [Channel(name, line, kind, (line,)) for line, name in zip(single, labels(assigned, single), strict=True)]
    card.adopt(task, made)
    return OK


HANDLERS: Final[dict[str, Handler]] = {
    "CreateAIVoltageChan": lambda host, request: _volt_channels(host, request, AI),
    "CreateAOVoltageChan": lambda host, request: _volt_channels(host, request, AO),
    "CreateDIChan": lambda host, request: _digital(host, request, DI),
    "CreateDOChan": lambda host, request: _digital(host, request, DO),
}
