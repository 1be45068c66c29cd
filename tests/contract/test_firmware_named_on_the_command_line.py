"""`--device fw.elf --board B`: what is accepted; whatever cannot run is one clear error before anything runs."""

import json
import shutil
import struct

import pytest
from small_elf import small_elf

from rig.commands.app import main
from rig.firmware.building.builds import IMAGES
from rig.firmware.plant import readiness

SCENARIO = "core-stop"


@pytest.fixture(name="here")
def _here(tmp_path, monkeypatch):
    """A folder with an image, far from the scenario."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "build").mkdir()
    shutil.copy(IMAGES / "blue_f405.elf", tmp_path / "build" / "fw.elf")
    return tmp_path


def asked(capsys, *arguments):
    """Exit code, standard output and standard error of a command."""
    code = main(list(arguments))
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.mark.usefixtures("here")
def test_an_image_on_a_board_is_a_device(capsys):
    """It carries the name of its file, and has the settings that the board's device has."""
    code, out, _ = asked(capsys, "plan", SCENARIO, "--device", "build/fw.elf", "--board", "blue_f405", "--json")
    assert code == 0
    (case,) = json.loads(out)["cases"]
    assert case["device"] == "fw"
    assert asked(capsys, "check", SCENARIO, "--device", "build/fw.elf", "--board", "blue_f405")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["build/fw.elf"], "--device: `build/fw.elf` is an image: its board is not named; add --board B"),
        (["fw.elf", "--board", "blue_f405"], "--device: no file `fw.elf`"),
        (["build/fw.elf", "--board", "blue_f4"], "--board: unknown board `blue_f4`; did you mean `blue_f405`?"),
        (["build/fw.elf", "--board", "host"], "an image needs a microcontroller, the board host has the chip host"),
        (["odfs", "--board", "blue_f405"], "--board: a board is named, and `odfs` is no firmware"),
        (["other.elf", "--board", "blue_f405"], "other.elf is built for"),
        (["fw.so"], "fw.so is built for ARM"),
        (["fw.bin", "--board", "blue_f405"], "at: 0x08000000"),
    ],
)
def test_what_cannot_run_is_refused_before_anything_runs(here, capsys, arguments, says):
    """One line, exit code 4, for `plan` and `run` alike; no run folder is made."""
    (here / "other.elf").write_bytes(small_elf(machine=62, wide=True))
    shutil.copy(here / "build" / "fw.elf", here / "fw.so")
    (here / "fw.bin").write_bytes(struct.pack("<II", 0x2000_1000, 0x0800_0041) * 16)
    for verb in ("plan", "run"):
        code, _, err = asked(capsys, verb, SCENARIO, "--device", *arguments)
        assert code == 4
        assert says in err
        assert len([line for line in err.splitlines() if line.startswith("error")]) == 1
    assert not (here / "runs").exists()


@pytest.mark.usefixtures("here")
def test_without_the_extra_an_image_says_what_to_install(capsys, monkeypatch):
    """Where the packages of the emulator are missing."""
    monkeypatch.setattr(readiness, "find_spec", lambda name: None if name == "unicorn" else object())
    code, _, err = asked(capsys, "run", SCENARIO, "--device", "build/fw.elf", "--board", "blue_f405")
    assert code == 4
    assert "not installed: unicorn" in err
    assert "pip install 'stimrig[firmware]'" in err


def test_a_board_that_contradicts_its_device_is_refused(here, capsys):
    """The compliance voltage of the stage is the board's; a device file that says another one would be believed."""
    from rig.firmware.board.board_file import find_board

    text = find_board("blue_f405").path.read_text().replace("compliance: 120 V", "compliance: 90 V")
    (here / "mine.board.yaml").write_text(text)
    code, _, err = asked(capsys, "check", SCENARIO, "--device", "build/fw.elf", "--board", "mine.board.yaml")
    assert code == 4
    assert "`compliance` is 120 V in the device file and 90 V on board" in err


def test_a_setting_that_the_firmware_cannot_be_told_is_refused(here, capsys):
    """It would silently stay as it is."""
    from scenarios.places import named_files

    text = named_files("library")[SCENARIO].read_text()
    (here / "mine.scenario.yaml").write_text(text.replace("settings: {", "settings: {jitter: 1 us, "))
    code, _, err = asked(capsys, "check", "mine.scenario.yaml", "--device", "reference_host")
    assert code == 4
    assert "the firmware of `reference_host` cannot be told `jitter`" in err
