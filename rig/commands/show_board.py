"""`stimrig show BOARD`: chip, clock, memory, and where every signal is wired to."""

from pathlib import Path
from typing import TYPE_CHECKING

from rig.commands.console import say, say_json, table

if TYPE_CHECKING:
    from rig.firmware.board.board_nets import Net


def is_board(name: str) -> bool:
    """True where `name` is a board that ships or lies beside, or the path of a board file."""
    from rig.commands.context import here
    from scenarios.places import SUFFIXES, named_files

    is_file = name.endswith(SUFFIXES["boards"]) and Path(name).is_file()
    return is_file or name in named_files("boards", here().beside)


def show_board(name: str, *, as_json: bool) -> int:
    """Print a board.

    Raises:
        ScenarioError: its file does not read.
    """
    from rig.commands.context import here
    from rig.firmware.board.board_file import find_board
    from scenarios.places import named_files

    board = find_board(named_files("boards", here().beside).get(name, name))
    nets = {role: _wired(net) for role, net in board.nets.items()}
    stage = f"{board.compliance_v:g} V, supply {board.nominal_supply_v:g} V, resets below {board.brown_out_v:g} V"
    facts = {
        "chip": board.chip,
        "clock": "" if board.is_host else f"{board.clock_hz / 1e6:g} MHz",
        "serial line": board.uart,
        **{each: f"{region.size // 1024} KiB at 0x{region.at:08x}" for each, region in board.memory.items()},
        "output stage": stage,
        "device": board.device,
        "image": board.image,
        "file": str(board.path),
        "sha256": board.sha256,
    }
    if as_json:
        say_json({"name": board.id, "title": board.title, **facts, "nets": nets})
        return 0
    say(f"{board.id}: {board.title}")
    for label, value in facts.items():
        if value:
            say(f"{label}: {value}")
    say("")
    for line in table(list(nets.items()), ("net", "wired to")):
        say(line)
    return 0


def _wired(net: "Net") -> str:
    """Where a signal goes, in words."""
    from scenarios.quantities import format_quantity

    kinds = (
        (net.hal_adc is not None, f"hal_adc_read({net.hal_adc}), {net.volts_per_unit:g} V per unit"),
        (net.hal_panel is not None, f"bit {net.hal_panel} of hal_panel"),
        (net.hal_button is not None, f"fw_button({net.hal_button})"),
        (net.adc is not None, f"ADC{net.adc} channel {net.channel}, {net.volts_per_unit:g} V per unit"),
        (net.dac is not None, f"DAC channel {net.dac}, {format_quantity(net.full_scale_a, 'A')} of full scale"),
        (bool(net.bus), f"{net.bus}, address 0x{net.address or 0:02x}"),
        (bool(net.pin), f"pin {net.pin}" + (", active low" if net.active_low else "")),
    )
    return next((words for applies, words in kinds if applies), "hal_stim_phase")
