"""Boards: what is read, and that whatever cannot be is one clear error with its place."""

import json
import math
from pathlib import Path

import pytest

from rig.firmware.board.board_file import find_board, read_board, schema_of_board
from rig.firmware.device_under_test import ClockSetting
from rig.firmware.opening import open_device
from scenarios.firmware_of_device import FirmwareOfDevice
from scenarios.places import SHIPPED
from sim.errors import ScenarioError

BOARD = """\
schema: board/1
id: mine
chip: stm32f405
clock: 64 MHz
uart: USART2
memory: {ram: {at: 0x20000000, size: 64 KiB}}
stage: {compliance: 100 V, nominal_supply: 6 V}
nets:
  phase_1: {pin: PB0}
  phase_2: {pin: PB1, active: low}
  amplitude: {dac: 1, full_scale: 100 mA}
  probe: {pin: PB2, current: 5 uA}
  heel_switch: {adc: 1, channel: 0, volts_per_unit: 0.6}
  output_current: {adc: 1, channel: 2, volts_per_unit: 30}
  button.stop: {pin: PC13, active: low}
  status: {pin: PD1}
"""


def written(folder: Path, text: str = BOARD) -> Path:
    """A board file."""
    path = folder / "mine.board.yaml"
    path.write_text(text)
    return path


def test_a_board_is_read_in_si(tmp_path: Path) -> None:
    """Pins, levels, scales, and what the chip gives where the file says nothing."""
    board = read_board(written(tmp_path))
    assert (board.phase_limit_s, board.dead_time_s) == (math.inf, 0.0)
    limited = tmp_path / "limited.board.yaml"
    limited.write_text(board.path.read_text().replace("nominal_supply: 6 V", "nominal_supply: 6 V, dead_time: 50 ns"))
    assert read_board(limited).dead_time_s == pytest.approx(50e-9)
    limited.write_text(board.path.read_text().replace("nominal_supply: 6 V", "nominal_supply: 6 V, phase_limit: 2 ms"))
    assert read_board(limited).phase_limit_s == pytest.approx(2e-3)
    assert (board.chip, board.clock_hz, board.compliance_v, board.nominal_supply_v) == ("stm32f405", 64_000_000, 100, 6)
    assert (board.memory["ram"].size, board.memory["flash"].at) == (65536, 0x0800_0000)
    assert (board.nets["phase_2"].port, board.nets["phase_2"].bit, board.nets["phase_2"].active_low) == ("B", 1, True)
    assert board.nets["amplitude"].full_scale_a == pytest.approx(0.1)
    assert board.nets["probe"].current_a == pytest.approx(5e-6)
    assert (board.nets["output_current"].channel, board.nets["output_current"].volts_per_unit) == (2, 30.0)
    assert not board.is_host
    assert find_board(board.path).sha256 == board.sha256


@pytest.mark.parametrize(
    ("before", "after", "line", "says"),
    [
        ("{pin: PD1}", "{pin: PB0}", 16, "pin PB0 is wired to `phase_1` and to `status`"),
        ("{pin: PD1}", "{pin: PA0}", 16, "pin PA0 is wired to `heel_switch` and to `status`"),
        ("adc: 1, channel: 2", "adc: 2, channel: 0", 14, "pin PA0 is wired to `heel_switch` and to `output_current`"),
        ("{pin: PD1}", "{pin: PD16}", 16, "`PD16` is no pin"),
        ("{pin: PD1}", "{pin: PK1}", 16, "stm32f405 has no port K"),
        ("stm32f405", "stm32f40", 3, "unknown chip `stm32f40`"),
        ("status:", "statsu:", 16, "unknown net `statsu`"),
        ("channel: 2", "channel: 18", 14, "stm32f405 has no ADC channel 18"),
        ("dac: 1", "dac: 3", 11, "stm32f405 has no DAC channel 3"),
        ("adc: 1, channel: 2", "adc: 4, channel: 2", 14, "stm32f405 has no ADC 4"),
        ("volts_per_unit: 30", "volts_per_unit: 0", 14, "shows nothing"),
        ("USART2", "USART9", 5, "no serial line `USART9`"),
        ("64 MHz", "200 MHz", 4, "cannot run at 200 MHz"),
        ("  phase_2: {pin: PB1, active: low}\n", "", 9, "the output stage lacks phase_2"),
        ("size: 64 KiB", "size: 64 KB", 6, "no size of memory"),
        ("at: 0x20000000", "at: ram", 6, "`ram` is no address"),
        ("pin: PC13, active: low", "pin: PC13, active: falling", 15, "unknown level `falling`"),
        ("{pin: PD1}", "{hal_panel: 1}", 16, "unknown key `hal_panel`"),
    ],
)
def test_a_board_that_makes_no_sense_is_refused_with_its_place(
    tmp_path: Path, before: str, after: str, line: int, says: str
) -> None:
    """One error each, with file and line."""
    assert before in BOARD
    with pytest.raises(ScenarioError) as caught:
        read_board(written(tmp_path, BOARD.replace(before, after, 1)))
    assert says in str(caught.value)
    assert f"mine.board.yaml:{line}:" in str(caught.value)


def test_a_board_of_this_machine_has_words_of_the_hal(tmp_path: Path) -> None:
    """No pins: numbers of converters, buttons and lamps as the HAL counts them; none twice."""
    text = """\
schema: board/1
id: mine
chip: host
nets:
  phase_1: {}
  phase_2: {}
  amplitude: {full_scale: 100 mA}
  heel_switch: {hal_adc: 0, volts_per_unit: 0.6}
  supply: {hal_adc: 1, volts_per_unit: 0.25}
  button.stop: {hal_button: 0}
  status: {hal_panel: 0}
"""
    board = read_board(written(tmp_path, text))
    assert board.is_host
    stage = "stage: {compliance: 100 V, nominal_supply: 6 V, dead_time: 50 ns}\nnets:"
    with pytest.raises(ScenarioError, match=r"mine.board.yaml:4:.*no pins whose edges"):
        read_board(written(tmp_path, text.replace("nets:", stage)))
    assert board.nets["supply"].hal_adc == 1
    with pytest.raises(ScenarioError, match="hal_adc 1 is wired to `heel_switch` and to `supply`"):
        read_board(written(tmp_path, text.replace("hal_adc: 0", "hal_adc: 1")))


def test_the_shipped_schema_of_boards_is_that_of_the_reader() -> None:
    """What editors read is what the reader knows; `stimrig schema board` prints it anew."""
    shipped = SHIPPED / "schemas" / "board-1.json"
    assert json.loads(shipped.read_text(encoding="utf-8")) == schema_of_board()


def test_what_a_device_file_says_of_an_image_reaches_its_process(tmp_path: Path) -> None:
    """Where raw bytes lie and how registers are called: `at` and `svd` of `firmware:`."""
    board = written(tmp_path)
    firmware = FirmwareOfDevice("image", tmp_path / "fw.bin", board, "", at=0x0800_0000, svd=tmp_path / "chip.svd")
    told = json.loads(open_device(firmware, ClockSetting()).setup())
    assert told["at"] == 0x0800_0000
    assert told["board"]["svd"] == str((tmp_path / "chip.svd").resolve())
