"""What `stimrig show` says of a device's serial line."""

from pathlib import Path
from typing import Any, Final

from sim.timebase import NS_PER_S

_LAST: Final = 5
"""Lines that are shown unasked."""


def serial_log(folder: Path) -> list[dict[str, Any]]:
    """(instant, line) of everything that the device of a case said over its serial line, in time order."""
    from rig.lines import UART_KIND
    from rig.load import read_events
    from sim.errors import RecordError

    try:
        events = read_events(folder)
    except RecordError:
        return []
    return [
        {"t_s": event["t_ns"] / NS_PER_S, "text": event["detail"]} for event in events if event["kind"] == UART_KIND
    ]


def told_log(log: list[dict[str, Any]], *, whole: bool) -> list[str]:
    """The log as lines; without `whole` the last few of them and how many there are."""
    if not log:
        return []
    shown = log if whole else log[-_LAST:]
    count = "serial log" if len(shown) == len(log) else f"serial log, the last {len(shown)} of {len(log)} (--uart: all)"
    return [count, *(f"  {each['t_s']:12.6f} s  {each['text']}" for each in shown)]
