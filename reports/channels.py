"""Several stimulation channels: each is judged by itself, as if it were the only one, and the worst verdict stands.

Pooling the samples of all channels would let one channel fail behind the others (three sound channels hold a share of
75 %); so the limits, `share` and `needs` of a check hold for every channel.
"""

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reports.verdict import Verdict, rank
from rig.record import Record, Table
from scenarios.case import Case, Check, PlannedEvent
from scenarios.channels import ALL, CHANNEL, asked_channels


def judged_channels(record: Record, check: Check) -> tuple[int, ...]:
    """Channels that a check looks at: those it names, or those that are in use or have sent a pulse, or all.

    A channel whose current is set to nothing has nothing to answer with; a pulse of it is judged all the same.
    """
    asked = asked_channels(check, record.case.device.channels)
    if len(asked) == 1 or check.parameters.get(CHANNEL.name) == ALL:
        return asked
    seen = {int(channel) for channel in np.unique(record.pulses["channel"])}
    return tuple(n for n in asked if n in seen or _in_use(record.case, n)) or asked


def _in_use(case: Case, channel: int) -> bool:
    """True where a current is set for the channel, or its setting is not known, or an event of the run sets one."""
    name = f"current_{channel}"
    changes = (event for event in case.events if event.kind == "setting.change")
    later = any(change.parameters.get("setting") == name and change.parameters["value"] for change in changes)
    return later or case.device.programmed.get(name, 1.0) != 0.0


def of_channel(record: Record, channel: int) -> Record:
    """The record as a device with this one channel would have left it.

    Settings that are given by channel (`current_2`) take the place of the common ones (`current`); events of the
    electrodes of other channels are left out.
    """
    device = record.case.device
    suffix = f"_{channel}"
    own = {name.removesuffix(suffix): value for name, value in device.programmed.items() if name.endswith(suffix)}
    case = replace(
        record.case,
        device=replace(device, programmed={**device.programmed, **own}),
        events=tuple(_own(event, suffix) for event in record.case.events if _concerns(event, channel)),
    )
    idle = {role: cells for role, cells in record.idle.items() if int(role.partition(".")[2] or 1) == channel}
    return replace(
        record,
        case=case,
        pulses=_rows(record.pulses, record.pulses["channel"] == channel),
        trains=_rows(record.trains, record.trains["channel"] == channel),
        idle=idle,
    )


def _concerns(event: PlannedEvent, channel: int) -> bool:
    return str(event.parameters.get(CHANNEL.name, ALL)) in {ALL, str(channel)}


def _own(event: PlannedEvent, suffix: str) -> PlannedEvent:
    """The event as this channel sees it: a change of `current_2` is one of its `current`."""
    name = event.parameters.get("setting")
    if event.kind != "setting.change" or not isinstance(name, str) or not name.endswith(suffix):
        return event
    return replace(event, parameters={**event.parameters, "setting": name.removesuffix(suffix)})


def _rows(table: Table, keep: NDArray[np.bool_]) -> Table:
    return {name: values[keep] for name, values in table.items()}


def worst_channel(verdicts: Mapping[int, Verdict]) -> Verdict:
    """The worst verdict, of equal words the one with the smallest margin; it says of which channel it is."""

    def place(channel: int) -> tuple[int, float]:
        margin = verdicts[channel].margin
        return rank(verdicts[channel].outcome), math.inf if margin is None else margin

    channel = min(verdicts, key=place)
    found = verdicts[channel]
    of = f" (worst of {len(verdicts)})" if len(verdicts) > 1 else ""
    return replace(found, channel=channel, reason=f"channel {channel}{of}: {found.reason}")
