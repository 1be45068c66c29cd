"""Stimulation channels: which roles carry them, and what a check of them needs among the captured channels."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from scenarios.case import CaptureRequest, Check, PlannedEvent
from scenarios.catalogue import MeasureSpec, Parameter
from scenarios.device_file import DeviceFile
from scenarios.problems import Problems
from scenarios.roles import FROM_DEVICE, LINES, MOST_CHANNELS
from scenarios.schema import Scenario
from scenarios.text import Node, Table

EVERY: Final = "every"
"""Word of the parameter `channel`: every channel that is set to a current or has sent a pulse."""
ALL: Final = "all"
"""Word of the parameter `channel`: every channel, also one that is set to nothing."""

CHANNEL: Final = Parameter(
    "channel",
    choices=(EVERY, ALL, *(str(number) for number in range(1, MOST_CHANNELS + 1))),
    default=EVERY,
    summary="stimulation channel; `every` in use, or `all`: each by itself, the worst verdict stands",
)
"""Parameter of every measure of what the device sends."""

_WITHOUT_PULSES: Final = frozenset({"dc", "residual_voltage"})
"""Measures of a channel that need no pulse of it: they look at all channels."""


def of_channels(spec: MeasureSpec) -> MeasureSpec:
    """The measure with the parameter `channel`: it is judged on each channel by itself."""
    default = ALL if spec.name in _WITHOUT_PULSES else EVERY
    return replace(spec, parameters=(*spec.parameters, replace(CHANNEL, default=default)))


def has_channels(spec: MeasureSpec) -> bool:
    """True for a measure that is judged on each channel by itself."""
    return any(parameter.name == CHANNEL.name for parameter in spec.parameters)


def role_of(quantity: str, channel: int) -> str:
    """Role of a quantity (`current`, `voltage`) of a stimulation channel, from 1."""
    return quantity if channel == 1 else f"{quantity}.{channel}"


def asked_channels(check: Check, channels: int) -> tuple[int, ...]:
    """Channels of a device with `channels` that a check looks at; patient outcomes need all of them."""
    word = str(check.parameters.get(CHANNEL.name, EVERY))
    return tuple(range(1, channels + 1)) if word in {EVERY, ALL} else (int(word),)


def with_defaults_of(scenario: Scenario, device: DeviceFile) -> Scenario:
    """The scenario with what its device says where it says nothing itself.

    That is current and voltage of every channel to be captured, and the load of the device.
    """
    written, table = scenario.table.values.get("capture"), scenario.table
    if device.channels > 1 and not (isinstance(written, Table) and "channels" in written.values):
        numbers = range(1, device.channels + 1)
        roles = tuple(role_of(name, number) for number in numbers for name in CaptureRequest().channels)
        scenario = replace(scenario, capture=replace(scenario.capture, channels=roles))
    if device.load is not None and "load" not in table.values:
        scenario = replace(scenario, load_name=device.load[0], load=device.load[1])
    return scenario


def check_channels(
    scenario: Scenario,
    checks: tuple[Check, ...],
    measures: Mapping[str, MeasureSpec],
    channels: int,
    problems: Problems,
) -> None:
    """A measure of a waveform needs that waveform among the captured channels, of every channel that it looks at.

    So does an outcome of the patient, who feels what is captured and nothing else.
    """
    table = scenario.table.values["checks"]
    if not isinstance(table, Table):
        return  # read_checks has told it
    captured = scenario.capture.channels
    for check in checks:
        spec, where = measures[check.measure], table.keys[check.id].where
        asked = asked_channels(check, channels)
        if max(asked) > channels:
            problem = f"check `{check.id}` asks for channel {max(asked)}"
            problems.add(where, problem, f"the device has {channels} channel{'s' if channels > 1 else ''}")
            continue
        needed = [role for role in spec.requires if role in FROM_DEVICE and role not in LINES]
        if has_channels(spec):
            needed = [role_of(role, number) for role in needed for number in asked]
        elif spec.quantity == "modelled" and channels > 1 and scenario.capture.keep != "none":
            needed += [role_of("current", number) for number in asked]
        for role in needed:
            if role not in captured:
                mend = f"write `capture: {{channels: [{', '.join((*captured, role))}]}}`"
                problems.add(where, f"check `{check.id}` needs the channel `{role}`", mend)


def check_event_channels(
    events: tuple[PlannedEvent, ...], node: Node | None, channels: int, problems: Problems
) -> None:
    """An event can concern no channel that the device has not."""
    for event in events:
        word = str(event.parameters.get(CHANNEL.name, ALL))
        if word.isdigit() and int(word) > channels and isinstance(node, Table):
            mend = f"the device has {channels} channel{'s' if channels > 1 else ''}"
            problems.add(node.keys[event.name].where, f"event `{event.name}` concerns channel {word}", mend)
