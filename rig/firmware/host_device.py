"""A firmware that is built for this machine, as the device under test: its C code in a process of its own.

It has no instruction time: an entry point begins and ends at one instant, so a mistake of priorities stays hidden that
an emulated processor shows. All else of it is the code that is shipped.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final

from rig.firmware.board.board_file import Board
from rig.firmware.board.board_nets import BUTTONS, INPUTS
from rig.firmware.device_under_test import ClockSetting
from rig.firmware.image.library_file import checked_library
from rig.firmware.options import FirmwareOptions
from rig.firmware.process.child import python_module
from rig.firmware.process.crash_place import explained
from rig.firmware.process.linked_device import LinkedDevice

_MAGNITUDES: Final = ("output_current", "output_voltage", "probe_voltage")
"""Sensed ahead of the bridge that turns the current (`reference/firmware/hal.h`)."""


class HostDevice(LinkedDevice):
    """A firmware in a shared library; a reset is a new process, so all its variables begin anew.

    Args:
        library: built from the firmware and the C files of `reference/host`.
        board: which channel, bit and button of its HAL is which terminal.
        clock: how its clock runs.
        options: how long its process may think; the rest is for emulated processors.

    Raises:
        BenchError: the file is no library for this machine.
    """

    RESTARTS: ClassVar[bool] = True

    def __init__(self, library: Path, board: Board, clock: ClockSetting, options: FirmwareOptions) -> None:
        part = f"firmware {library.name}"
        buttons = frozenset(role for role in board.nets if role in BUTTONS)
        super().__init__(part, clock, board.brown_out_v, buttons, options.answer_timeout_s)
        self._library, self._board = checked_library(library, part), board

    def command(self) -> Sequence[str]:
        """A Python that loads the library."""
        return python_module("rig.firmware.host_child", str(self._library))

    def setup(self) -> bytes:
        """The board, as `serve_terminals.c` reads it."""
        nets = self._board.nets
        full_scale_a = nets["amplitude"].full_scale_a
        probe_a = nets["probe"].current_a if "probe" in nets else 0.0
        lines = [f"stage {full_scale_a!r} {probe_a!r}", f"reference {self._board.adc_reference_v!r}"]
        for role, net in nets.items():
            if net.hal_adc is not None and role in INPUTS:
                lines.append(f"adc {net.hal_adc} {net.volts_per_unit!r} {int(role in _MAGNITUDES)} {role}")
            if net.hal_panel is not None:
                lines.append(f"line {net.hal_panel} {role}")
            if net.hal_button is not None:
                lines.append(f"button {net.hal_button} {role}")
        return "\n".join(lines).encode()

    def explained(self, why: str) -> str:
        """With the lines of the source where it stood."""
        return explained(why, self._library)

    def identity(self) -> Mapping[str, str]:
        """What runs."""
        digest = hashlib.sha256(self._library.read_bytes()).hexdigest()
        own = {"kind": "firmware-host", "image": str(self._library), "sha256": digest, "board": self._board.id}
        return dict(super().identity()) | own | {"instructions": "not counted: no instruction takes time"}
