"""From the `firmware:` of a case's device to the process in which it runs."""

import math
from dataclasses import replace
from pathlib import Path

from rig.firmware.board.board_file import Board, find_board
from rig.firmware.device_under_test import ClockSetting, DeviceUnderTest
from rig.firmware.options import FirmwareOptions
from scenarios.firmware_of_device import FirmwareOfDevice
from sim.errors import BenchError, ScenarioError


def open_device(
    firmware: FirmwareOfDevice, clock: ClockSetting, options: FirmwareOptions | None = None
) -> DeviceUnderTest:
    """A device that has not been started yet.

    Args:
        firmware: of the case's device.
        clock: its own clock against rig time.
        options: what else is wanted of it.

    Raises:
        BenchError: board, library or image cannot be used, or what executes an image is not installed.
    """
    chosen = options or FirmwareOptions()
    board = board_of(firmware)
    if firmware.kind == "host":
        from rig.firmware.building.builds import reference_library
        from rig.firmware.host_device import HostDevice

        library = reference_library() if firmware.is_built_here else firmware.image
        return HostDevice(library, board, clock, chosen)
    from rig.firmware.emulated_device import EmulatedDevice

    if firmware.svd != Path():  # the device file's own names of registers go before those of the board
        board = replace(board, svd=str(firmware.svd.resolve()))
    return EmulatedDevice(firmware.image, board, clock, chosen, firmware.at)


def board_of(firmware: FirmwareOfDevice) -> Board:
    """The board that a firmware runs on.

    Raises:
        BenchError: it cannot be read, or is one for the other kind of firmware.
    """
    try:
        board = find_board(firmware.board)
    except ScenarioError as error:
        raise BenchError("firmware", math.nan, str(error)) from None
    if board.is_host != (firmware.kind == "host"):
        what = "a library runs on this machine" if firmware.kind == "host" else "an image needs a microcontroller"
        problem = f"{what}, the board {board.id} has the chip {board.chip}"
        raise BenchError("firmware", math.nan, problem, "name another board")
    return board
