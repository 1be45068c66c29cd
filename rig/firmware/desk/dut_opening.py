"""From what a test names (an image, a library, a device) to a `Dut` that is powered."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rig.firmware.desk.dut import SWITCH_V, Dut, Wiring
from rig.firmware.device_under_test import ClockSetting
from rig.firmware.opening import board_of, open_device
from rig.firmware.options import FirmwareOptions
from scenarios.device_file import read_device
from scenarios.firmware_of_device import HOST_BOARD, LIBRARIES, FirmwareOfDevice, is_firmware, read_firmware
from scenarios.quantities import parse_quantity
from scenarios.text import Text, Where, rooted
from sim.electrode.load import NAMED_LOADS, Load
from sim.errors import CollectedScenarioError, ScenarioError

OPTIONS: Final = ("board", "load", "supply", "heel_switch")
"""What can be said of a device beside its name."""


def open_dut(
    name: str | Path, where: str = "dut", *, firmware_options: FirmwareOptions | None = None, **given: Any
) -> Dut:
    """A device on the desk, powered at time 0; close it, or use it in a `with` block.

    Args:
        name: an image or a library, or a device with a firmware (`reference_host`).
        where: what names it, for messages.
        firmware_options: debugger, coverage and what else is wanted of the device.
        given: `board` (an image needs one), `load` (`500 ohm`), `supply` (`9 V`), `heel_switch` at power-up (`closed`).

    Raises:
        ScenarioError: no such device, board or value.
        BenchError: it cannot be opened.
    """
    unknown = sorted(set(given) - set(OPTIONS))
    if unknown:
        raise ScenarioError(where, f"`{unknown[0]}` is no option of a device", f"options: {', '.join(OPTIONS)}")
    try:
        firmware = _firmware(str(name), str(given.get("board") or ""), where)
    except ScenarioError as error:  # a place that is no file of ours has no lines
        first = error.errors[0] if isinstance(error, CollectedScenarioError) else error
        raise ScenarioError(first.where.replace(f"{where}:1:1", where), first.problem, first.mend) from None
    wired = _wired(given, where)
    board = board_of(firmware)
    probe = board.nets.get("probe")
    wiring = Wiring(supply_v=board.nominal_supply_v, compliance_v=board.compliance_v, phase_limit_s=board.phase_limit_s)
    if probe is not None:
        wiring = replace(wiring, probe_a=probe.current_a)
    return Dut(open_device(firmware, ClockSetting(), firmware_options), replace(wiring, **wired))


def _firmware(name: str, board: str, where: str) -> FirmwareOfDevice:
    place = Where(where, 1, 1)
    if is_firmware(name):
        if not board and not name.lower().endswith(LIBRARIES):
            raise ScenarioError(where, f"`{name}` is an image: its board is not named", "add --board B, or `board=`")
        kind = "library" if name.lower().endswith(LIBRARIES) else "image"
        absolute = {kind: str(Path(name).absolute()), "board": _board(board)}
        return read_firmware(rooted(absolute, place))[0]
    if board:
        raise ScenarioError(where, f"`{name}` is a device: it has its board", "drop the board, or name an image")
    from scenarios.plugins import assemble_catalogue

    device = read_device(Text(name, place), assemble_catalogue().models, (Path.cwd(),))
    if device.firmware is None:
        raise ScenarioError(where, f"device `{name}` has no firmware", "name an image, a library, or a device with one")
    return device.firmware


def _board(board: str) -> str:
    path = Path(board)
    return str(path.absolute()) if board.endswith(".yaml") else board or HOST_BOARD


def _wired(given: dict[str, Any], where: str) -> dict[str, Any]:
    """Fields of `Wiring` that are given."""
    changes: dict[str, Any] = {}
    if given.get("load") is not None:
        load = str(given["load"])
        changes["load"] = NAMED_LOADS.get(load) or Load(series_ohm=parse_quantity(load, "ohm", f"{where}: load"))
    if given.get("supply") is not None:
        changes["supply_v"] = parse_quantity(str(given["supply"]), "V", f"{where}: supply")
    if given.get("heel_switch") is not None:
        word = str(given["heel_switch"])
        changes["heel_switch_v"] = SWITCH_V.get(word) or parse_quantity(word, "V", f"{where}: heel_switch")
    return changes
