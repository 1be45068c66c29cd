"""Can the firmware of a case run here? Told once, before anything runs."""

from collections.abc import Iterable
from importlib.util import find_spec
from typing import Final

from rig.firmware.opening import board_of
from scenarios.case import Case, DeviceDescription
from scenarios.firmware_of_device import FirmwareOfDevice, file_sha256
from sim.errors import BenchError, ScenarioError

MEND: Final = "pip install 'stimrig[firmware]'"
_PACKAGES: Final = ("unicorn", "elftools", "cffi")


def refuse_unready(cases: Iterable[Case]) -> None:
    """Refuse what cannot run, each firmware once.

    Raises:
        ScenarioError: a package is missing, a file is another one than the case says or is gone, image or library are
            none for their board, or board and device file contradict each other.
    """
    seen: dict[tuple[str, FirmwareOfDevice], None] = {}
    for case in cases:
        firmware = case.device.firmware
        if firmware is not None and (case.device.id, firmware) not in seen:
            seen[case.device.id, firmware] = None
            _refuse(case.device, firmware)


def _refuse(device: DeviceDescription, firmware: FirmwareOfDevice) -> None:
    where = f"device `{device.id}`"
    missing = [name for name in _PACKAGES if find_spec(name) is None] if firmware.kind == "image" else []
    if missing:
        raise ScenarioError(where, f"an image needs packages that are not installed: {', '.join(missing)}", MEND)
    for path, sha256 in ((firmware.image, firmware.sha256), (firmware.board, firmware.board_sha256)):
        if sha256 and (is_now := file_sha256(path)) != sha256:
            problem = f"`{path.name}` is not the file that this case was made with: its sha256 is {is_now[:16]}…"
            raise ScenarioError(where, problem, "restore the file, or run the scenario again")
    try:
        board = board_of(firmware)
        if firmware.kind == "image":
            from rig.firmware.image.image_file import load_image

            load_image(firmware.image, where, at=firmware.at)
        elif not firmware.is_built_here:
            from rig.firmware.image.library_file import checked_library, refuse_without_doors

            refuse_without_doors(checked_library(firmware.image, where), where)
    except BenchError as error:
        raise ScenarioError(where, error.problem, error.mend) from None
    given = {
        "compliance": board.compliance_v,
        "nominal_supply": board.nominal_supply_v,
        "brown_out": board.brown_out_v,
    }
    for name, given_v in given.items():
        told_v = device.programmed.get(name)
        if told_v is not None and abs(told_v - given_v) > 1e-9:
            problem = f"`{name}` is {told_v:g} V in the device file and {given_v:g} V on board {board.id}"
            raise ScenarioError(where, problem, "the board is what the firmware runs on: mend one of the two")
