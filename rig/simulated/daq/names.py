"""Names of channels, lines and terminals, as the driver writes and reads them."""

import re
from functools import lru_cache
from typing import Final

_RANGE: Final = re.compile(r"^(?P<base>.*?)(?P<first>\d+):(?:.*?)(?P<last>\d+)$")

_OWN: Final = re.compile(r"port\d+|ai|ao|di|do", re.IGNORECASE)
"""First parts of names that belong to the card itself: `port0/line3`, `ai/StartTrigger`."""


def expanded(names: str) -> list[str]:
    """`Dev1/ai0:2, Dev1/ai5` -> four names; a range may count down."""
    found: list[str] = []
    for part in (each.strip() for each in names.split(",")):
        match = _RANGE.match(part)
        if match is None:
            found.extend([part] if part else [])
            continue
        first, last = int(match["first"]), int(match["last"])
        step = 1 if last >= first else -1
        found.extend(f"{match['base']}{number}" for number in range(first, last + step, step))
    return found


def device_of(name: str) -> str:
    """`/Dev1/PFI0`, `Dev1/ai0` -> `Dev1`."""
    return name.lstrip("/").split("/")[0]


@lru_cache(4096)
def port_of(name: str) -> str:
    """The name behind the device's, if it has one: `/Dev1/PFI0` -> `PFI0`, `port0/line3` stays."""
    first, _, rest = name.lstrip("/").partition("/")
    return rest if rest and _OWN.fullmatch(first) is None else name.lstrip("/")


@lru_cache(4096)
def key_of(name: str) -> str:
    """A terminal's name as the tables have it: without device, in small letters."""
    return port_of(name).lower()
