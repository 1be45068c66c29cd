"""What cannot run is told before anything runs: raw images, libraries without doors, channels, folders, GDB."""

import sys
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from rig.commands.debugger_command import debugger_commands, source_roots
from rig.commands.firmware_options import firmware_options
from rig.commands.listing import list_names
from rig.commands.show_board import is_board, show_board
from rig.firmware.building.builds import reference_image, reference_library
from rig.firmware.image.image_file import load_image
from rig.firmware.image.library_file import refuse_without_doors
from scenarios.device_file import read_device
from scenarios.firmware_of_device import device_of_firmware
from scenarios.stimulators import MODELS
from scenarios.text import Text, Where
from sim.errors import BenchError, ScenarioError

KNOWN = {spec.name: spec for spec in MODELS}


def device(folder: Path, *lines: str):
    path = folder / "mine.device.yaml"
    path.write_text("\n".join(("schema: device/1", "id: mine", "like: reference_f405", *lines, "")))
    return read_device(Text(str(path), Where("walk.scenario.yaml", 3, 9)), KNOWN, ())


def raw_image(folder: Path) -> Path:
    """The shipped image as the bytes of its flash."""
    segments = load_image(reference_image("blue_f405")).segments
    for first, second in pairwise(segments):
        assert first.address + len(first.data) <= second.address
    last = segments[-1]
    flash = bytearray(b"\xff" * (last.address + len(last.data) - segments[0].address))
    for segment in segments:
        start = segment.address - segments[0].address
        flash[start : start + len(segment.data)] = segment.data
    path = folder / "fw.bin"
    path.write_bytes(flash)
    return path


def test_a_raw_image_with_its_address_is_the_elf(tmp_path):
    """From the device file to the machine: the address goes all the way, and vectors and entry are those of the ELF."""
    raw_image(tmp_path)
    firmware = device(tmp_path, "firmware: {image: {file: fw.bin, at: 0x08000000}, board: blue_f405}").firmware
    assert firmware.at == 0x0800_0000
    found, elf = load_image(firmware.image, at=firmware.at), load_image(reference_image("blue_f405"))
    assert (found.vector_table, found.entry) == (elf.vector_table, elf.entry)


def test_a_raw_image_on_the_command_line_says_what_to_write(tmp_path):
    """The option has no room for an address: the error shows the lines of a device file."""
    path = raw_image(tmp_path)
    named = read_device(device_of_firmware(str(path), "blue_f405", Where("--device", 0, 0)), KNOWN, ())
    with pytest.raises(ScenarioError, match=r"at which address.*at: 0x08000000.*device file"):
        load_image(named.firmware.image, at=named.firmware.at)


def test_a_board_has_one_output_stage(tmp_path):
    """Two channels are one error at their line, not a crash when the plant is built."""
    with pytest.raises(ScenarioError, match=r"mine\.device\.yaml:4:\d+: 2 channels, and a board has one output stage"):
        device(tmp_path, "channels: 2")


def test_a_library_without_the_entry_points_is_refused_by_name(tmp_path):
    """Any library of this machine that was not built for the rig; ours passes."""
    path = tmp_path / "other.so"
    path.write_bytes(Path(sys.executable).read_bytes()[:4096])
    with pytest.raises(BenchError, match="no dut_abi_version and no dut_serve"):
        refuse_without_doors(path, "firmware")
    refuse_without_doors(reference_library(), "firmware")


def test_a_folder_that_cannot_be_made_is_told_at_once(tmp_path):
    """Not after the walk whose coverage it was to hold."""
    (tmp_path / "taken").write_text("")
    with pytest.raises(ScenarioError, match="cannot be made"):
        firmware_options(None, False, tmp_path / "taken" / "cov", None, False, "engine", 1)
    assert firmware_options(None, False, tmp_path / "cov", None, False, "engine", 1).coverage == tmp_path / "cov"


def test_the_command_for_a_debugger_finds_the_sources():
    """A reproducible image names no folder of its builder: joined to the folders that are named, they are found."""
    image = reference_image("blue_f405")
    roots = source_roots(image)
    assert any((root / "rig/firmware/reference/firmware/firmware.c").is_file() for root in roots)
    run = SimpleNamespace(device=SimpleNamespace(firmware=SimpleNamespace(kind="image", image=image)))
    model = SimpleNamespace(device=SimpleNamespace(firmware=None))
    (command,) = debugger_commands([run, run, model], 3333)
    assert f'directory {roots[0]}"' in command
    assert command.endswith('-ex "target remote :3333"')


def test_boards_are_listed_and_shown(capsys):
    """Every shipped board with chip, clock and nets; a board with the wire of every signal, as its file says."""
    assert list_names("boards") == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in ("blue_f405", "green_f446", "host", "stm32f405", "96 MHz", "reference_f446"))
    assert is_board("blue_f405")
    assert not is_board("stroke_moderate")
    assert show_board("blue_f405", as_json=False) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for words in ("clock: 64 MHz", "phase_1 pin PC6", "DAC channel 1, 100 mA", "button.stop pin PB8, active low"):
        assert words in shown
    assert show_board("host", as_json=True) == 0
    assert '"hal_stim_phase"' in capsys.readouterr().out
