"""What waits to reach a device: terminals, bytes and faults, each at its instant, in the order in which they came."""

import hashlib
from typing import Final, TypeAlias

from rig.firmware.device_under_test import Injected
from rig.firmware.process.wire_requests import Inject, Receive, Terminal
from sim.timebase import NEVER, TimeNs

Input: TypeAlias = Terminal | Receive | Inject

LONGEST_NOISE: Final = 4096
"""Bytes of garbage that one fault may send (design choice: a third of a second of the line)."""


class Inputs:
    """Inputs by instant; those of one instant stay in order."""

    def __init__(self) -> None:
        self._waiting: list[Input] = []

    def add(self, wanted: Input, reached_ns: TimeNs) -> None:
        """Keep an input.

        Raises:
            ValueError: its instant has passed.
        """
        if wanted.t_ns < reached_ns:
            raise ValueError(f"an input at {wanted.t_ns} ns comes too late: the device has reached {reached_ns} ns")
        self._waiting.append(wanted)
        self._waiting.sort(key=lambda waiting: waiting.t_ns)

    def due(self, reached_ns: TimeNs) -> Input | None:
        """The next input whose instant has been reached, taken out; None where none is."""
        return self._waiting.pop(0) if self._waiting and self._waiting[0].t_ns <= reached_ns else None

    @property
    def next_ns(self) -> TimeNs:
        """Instant of the next input."""
        return self._waiting[0].t_ns if self._waiting else NEVER


def checked(fault: Injected) -> Injected:
    """The fault itself.

    Raises:
        ValueError: a dose that no board can have.
    """
    dose = fault.dose
    allowed = {
        "hang": (dose >= 0.0, "a time of 0 s or more"),
        "hang_main_loop": (dose >= 0.0, "a time of 0 s or more"),
        "broken_frame": (dose in range(len(fault.where)), "the place of a byte of its text, from 0"),
        "clock": (-0.5 <= dose <= 1.0, "a ratio from -0.5 to 1"),
        "bit_flip": (dose in range(8), "a bit from 0 to 7"),
        "adc_reference": (0.1 <= dose <= 2.0, "a share from 0.1 to 2 of the reference"),
        "uart_noise": (dose in range(LONGEST_NOISE + 1), f"a whole number of bytes up to {LONGEST_NOISE}"),
    }
    is_fine, asked = allowed[fault.kind]
    if not is_fine:
        raise ValueError(f"fault {fault.kind}: its dose is {asked}, got {dose:g}")
    return fault


def noise(t_ns: TimeNs, count: int) -> bytes:
    """Garbage on a serial line: the same bytes at the same instant, whatever device hears them."""
    return hashlib.shake_128(f"uart noise {t_ns}".encode()).digest(count)
