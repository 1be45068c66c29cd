"""Virtual channels of a task."""

from dataclasses import dataclass, field
from typing import Any, Final

AI: Final = 10100
AO: Final = 10102
DI: Final = 10151
DO: Final = 10153
CI: Final = 10131
CO: Final = 10132
"""NI's constants of the kinds of channel."""
KIND_NAMES: Final = {AI: "ai", AO: "ao", DI: "di", DO: "do", CI: "ci", CO: "co"}


@dataclass(slots=True)
class Channel:
    """One channel.

    Attributes:
        name: virtual name.
        physical: `Dev1/ai0`; of lines the first.
        kind: `AI` ... `CO`.
        lines: of a digital channel the physical lines, lowest bit first.
        limits: smallest and largest value asked for (V, s, Hz as the channel measures).
        range_v: input or output range chosen for it, V.
        measures: of a counter what it measures or puts out (`edges`, `pulse_width`, ..., `pulses`).
        settings: what else was set, by NI's attribute number or by name.
    """

    name: str
    physical: str
    kind: int
    lines: tuple[str, ...] = ()
    limits: tuple[float, float] = (-10.0, 10.0)
    range_v: float = 10.0
    measures: str = ""
    settings: dict[Any, Any] = field(default_factory=dict[Any, Any])
