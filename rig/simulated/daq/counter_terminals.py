"""Where a counter is connected unless its user says otherwise."""

from typing import Final

_SOURCE: Final = ("PFI8", "PFI3", "PFI0", "PFI5")
_GATE: Final = ("PFI9", "PFI4", "PFI1", "PFI6")
_AUX: Final = ("PFI10", "PFI11", "PFI2", "PFI7")
_OUT: Final = ("PFI12", "PFI13", "PFI14", "PFI15")
# Recalled from the X Series User Manual, table "Default NI-DAQmx Counter/Timer Pins"; unverified.

INPUTS: Final = {
    "edges": _SOURCE,
    "pulse_width": _GATE,
    "period": _GATE,
    "frequency": _GATE,
    "semi_period": _GATE,
    "pulse_time": _GATE,
    "pulse_frequency": _GATE,
    "pulse_ticks": _GATE,
    "two_edges": _AUX,
}
"""What is measured -> terminal by number of the counter; of two edges that of the first."""
SECOND: Final = _GATE
"""Terminal of the second edge of two."""
OUTPUTS: Final = _OUT
"""Terminal at which a counter puts out pulses."""


def number_of(counter: str) -> int:
    """Number of `Dev1/ctr2`."""
    return int(counter.rsplit("ctr", 1)[1])


def counter_at(terminal: str) -> str | None:
    """The counter (`ctr0`) whose output is at a terminal in small letters (`pfi12`, `ctr0internaloutput`)."""
    if terminal.startswith("ctr"):
        return terminal.removesuffix("internaloutput")
    upper = terminal.upper()
    return f"ctr{_OUT.index(upper)}" if upper in _OUT else None
