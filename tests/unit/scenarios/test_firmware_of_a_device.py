"""`like:` and `firmware:` of a device file: what is inherited, what is found, what a `case.yaml` says of it."""

import hashlib
from pathlib import Path
from types import SimpleNamespace

import pytest

from rig.firmware.plant.readiness import refuse_unready
from scenarios.device_file import describe_device, read_device
from scenarios.firmware_of_device import device_of_firmware
from scenarios.stimulators import MODELS
from scenarios.text import Text, Where, rooted
from sim.errors import ScenarioError

HERE = Where("walk.scenario.yaml", 3, 9)
KNOWN = {spec.name: spec for spec in MODELS}
BOARD = """\
schema: board/1
id: mine
chip: stm32f405
uart: USART2
device: odfs-serial
nets:
  phase_1: {pin: PB0}
  phase_2: {pin: PB1}
  amplitude: {dac: 1}
  heel_switch: {adc: 1, channel: 0}
"""


def written(folder: Path, name: str, text: str) -> Path:
    """A device file."""
    path = folder / f"{name}.device.yaml"
    path.write_text(f"schema: device/1\nid: {name}\n{text}")
    return path


def read(path: Path):
    """The device of a file."""
    return read_device(Text(str(path), HERE), KNOWN, ())


def test_a_device_like_another_has_what_it_does_not_say_itself(tmp_path: Path) -> None:
    """Entries of `settings` and of the settings of `control` are inherited one by one; a list is replaced whole."""
    text = """\
like: odfs-serial
features: [surface]
settings: {current: 12 mA}
control: {timeout: 2 s, settings: {rate: {send: "RATE {value}", unit: Hz}}}
"""
    device = read(written(tmp_path, "mine", text))
    odfs = read_device(Text("odfs-serial", HERE), KNOWN, ())
    assert (device.id, device.title, device.spec.name) == ("mine", "mine", "odfs")
    assert device.settings == odfs.settings.changed("current", 0.012)
    assert device.features == ("surface",)
    assert device.control is not None
    assert odfs.control is not None
    assert device.control.timeout_s == 2.0
    assert device.control.settings["rate"].write.send == "RATE {value}"
    assert device.control.settings["rate"].read is None
    assert device.control.settings["current"] == odfs.control.settings["current"]
    assert "like" not in device.table


def test_devices_that_are_like_each_other_are_refused(tmp_path: Path) -> None:
    """A circle is told with its members, not followed for ever."""
    written(tmp_path, "a", "like: b.device.yaml\n")
    path = written(tmp_path, "b", "like: a.device.yaml\n")
    with pytest.raises(ScenarioError, match=r"a\.device\.yaml -> b\.device\.yaml -> a\.device\.yaml") as caught:
        read(path)
    assert "b.device.yaml:3:7" in str(caught.value)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """An image and its board, beside each other."""
    (tmp_path / "fw.elf").write_bytes(b"\x7fELF")
    (tmp_path / "mine.board.yaml").write_text(BOARD)
    return tmp_path / "fw.elf"


def test_the_case_of_a_firmware_finds_its_files_again(image: Path, tmp_path: Path, monkeypatch) -> None:
    """Paths count from the file that says them; what `case.yaml` holds names files with sha256 and reads back equal."""
    text = "like: odfs\nfirmware: {image: fw.elf, board: mine.board.yaml}\n"
    device = read(written(tmp_path, "mine", text))
    firmware = device.firmware
    assert firmware is not None
    assert (firmware.kind, firmware.image.resolve()) == ("image", image)
    assert firmware.sha256 == hashlib.sha256(b"\x7fELF").hexdigest()
    assert "firmware" in device.features
    monkeypatch.chdir(tmp_path)
    told = read(tmp_path / "mine.device.yaml").table
    assert told["firmware"]["image"] == "fw.elf"
    folder = tmp_path / "runs" / "1" / "cases" / "001"
    folder.mkdir(parents=True)
    monkeypatch.chdir("/")
    again = read_device(rooted(told, Where(str(folder / "case.yaml"), 9, 1)), KNOWN, ())
    assert again.firmware is not None
    assert again.firmware.image.resolve() == image
    assert again.settings == device.settings
    assert again.table == told
    image.write_bytes(b"\x7fELF another")
    third = read_device(rooted(told, Where(str(folder / "case.yaml"), 9, 1)), KNOWN, ())
    case = SimpleNamespace(device=describe_device(third, None, None))
    with pytest.raises(ScenarioError, match=r"fw\.elf` is not the file that this case was made with"):
        refuse_unready((case,))
    image.unlink()
    gone = read_device(rooted(told, Where(str(folder / "case.yaml"), 9, 1)), KNOWN, ())  # its record can be read
    with pytest.raises(ScenarioError, match=r"fw\.elf: cannot be read"):
        refuse_unready((SimpleNamespace(device=describe_device(gone, None, None)),))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{}", "neither image nor library"),
        ("{image: fw.elf, library: fw.so}", "no file `fw.so`"),
        ("{image: fw.elf}", "an image needs a board"),
        ("{image: fw.elf, board: nowhere}", "unknown board `nowhere`"),
        ("{image: fw.elf, boards: mine.board.yaml}", "did you mean `board`"),
        ("{image: other.elf, board: mine.board.yaml}", r"no file `other\.elf`"),
        ("{image: fw, board: mine.board.yaml}", "no shipped image `fw`"),
        ("{image: {file: fw.elf, at: here}, board: mine.board.yaml}", "`here` is"),
        ("{image: {file: fw.elf, at: 0x1ffffffff}, board: mine.board.yaml}", "is no address"),
        ("{library: fw.elf, board: mine.board.yaml}", "does not end like"),
        ("{build: mine}", "unknown firmware to build"),
    ],
)
@pytest.mark.usefixtures("image")
def test_what_makes_no_firmware_is_refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    """Each names the file and line, what was written and what to do."""
    with pytest.raises(ScenarioError, match=says) as caught:
        read(written(tmp_path, "mine", f"like: odfs\nfirmware: {text}\n"))
    assert "mine.device.yaml:4:" in str(caught.value)


@pytest.mark.usefixtures("image")
def test_an_image_on_a_board_is_the_device_of_the_board(tmp_path: Path, monkeypatch) -> None:
    """`--device fw.elf --board mine.board.yaml`: settings and control of the board's device, this firmware in it."""
    monkeypatch.chdir(tmp_path)
    where = Where(str(tmp_path / "walk.scenario.yaml"), 1, 1)
    device = read_device(device_of_firmware("fw.elf", "mine.board.yaml", where), KNOWN, ())
    assert (device.id, device.title) == ("fw", "fw.elf on mine")
    assert device.control is not None
    assert device.firmware is not None
    assert device.firmware.kind == "image"
    with pytest.raises(ScenarioError, match="add --board"):
        device_of_firmware("fw.elf", "", where)


@pytest.mark.usefixtures("image")
def test_a_real_firmware_has_no_seeded_defects(tmp_path: Path) -> None:
    """A defect of the simulated model would be silently absent; it is refused instead."""
    text = "like: odfs\nfirmware: {image: fw.elf, board: mine.board.yaml}\n"
    device = read(written(tmp_path, "mine", text))
    with pytest.raises(ScenarioError, match=r"no seeded defects: late_start"):
        describe_device(device, None, rooted({"late_start": "80 ms"}, HERE))
