"""The image of a firmware on an emulated microcontroller, in a process of its own, behind `DeviceUnderTest`."""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from rig.firmware.board.board_file import Board
from rig.firmware.device_under_test import ClockSetting
from rig.firmware.options import FirmwareOptions
from rig.firmware.process.child import python_module
from rig.firmware.process.linked_device import LinkedDevice
from sim.errors import BenchError
from sim.timebase import TimeNs

MEND: Final = "look at the image and at the board that it runs on"
_REMEMBERED: Final = ("_supply", "_pressed", "_lasting", "_inputs", "_told")
"""What the rig's side of a device holds beside the process: part of a snapshot."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A device at an instant; it can be gone back to as long as the device is open.

    Attributes:
        t_ns: the instant.
        number: by which the process knows it.
        rig_side: what waits on this side of the pipe.
    """

    t_ns: TimeNs
    number: int
    rig_side: Mapping[str, Any]


class EmulatedDevice(LinkedDevice):
    """A firmware image on an emulated microcontroller.

    Args:
        image: ELF, Intel HEX, or raw bytes.
        board: chip, clock and nets.
        clock: how its clock runs against rig time.
        options: debugger, coverage, traces.
        at: address of raw bytes.
    """

    RESTARTS: ClassVar[bool] = False

    def __init__(
        self, image: Path, board: Board, clock: ClockSetting, options: FirmwareOptions, at: int | None = None
    ) -> None:
        buttons = frozenset(role for role in board.nets if role.startswith("button."))
        super().__init__(f"firmware {image.name}", clock, board.brown_out_v, buttons, options.answer_timeout_s)
        self._image, self._board, self._options, self._at = image, board, options, at

    def command(self) -> Sequence[str]:
        """Command line of the process."""
        return python_module("rig.firmware.emulated_child")

    def setup(self) -> bytes:
        """What the process must know: image, board, what is asked beside running it."""
        options = self._options
        document = {
            "image": str(self._image.resolve()),
            "at": self._at,
            "board": asdict(self._board) | {"path": str(self._board.path)},
            "gdb_port": options.gdb_port,
            "gdb_wait": options.gdb_wait,
            "coverage": options.coverage is not None,
            "trace": None if options.trace is None else str(options.trace),
            "trace_hash": options.trace_hash,
            "counter": options.counter,
        }
        return json.dumps(document).encode()

    def start(self, t_ns: TimeNs, supply_v: float) -> None:
        """Power comes for the first time.

        Raises:
            BenchError: the image or the board cannot be used, or the extra `firmware` is not installed.
        """
        try:
            super().start(t_ns, supply_v)
        except ValueError as error:
            self.close()
            raise BenchError(self._part, t_ns * 1e-9, str(error), MEND) from None

    def snapshot(self) -> Snapshot:
        """The device as it is now, memory, registers, peripherals and whatever waits to reach it."""
        number = self.ask(ask="snapshot")["number"]
        held = {name: copy.deepcopy(getattr(self, name)) for name in _REMEMBERED}
        return Snapshot(self._reached_ns, number, held)

    def restore(self, snapshot: Snapshot) -> None:
        """Be again as when `snapshot` was taken; signals known beforehand must be given again.

        Raises:
            ValueError: the process that took it has ended meanwhile.
        """
        self.ask(ask="restore", number=snapshot.number)
        for name, value in snapshot.rig_side.items():
            setattr(self, name, copy.deepcopy(value))
        self._reached_ns = snapshot.t_ns
        self._signals.forget_sent()

    def facts(self) -> Mapping[str, Any]:
        """What is known of the run so far (`rig.firmware.insight.device_facts`), as plain data."""
        return self.ask(ask="facts")
