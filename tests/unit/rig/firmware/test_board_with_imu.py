"""A board file that names an inertial sensor: the firmware reads the terminals of the device over I2C."""

import struct
from dataclasses import replace

import pytest
from machine_images import FOLDER

from rig.firmware.board.board_file import find_board
from rig.firmware.board.board_nets import Net
from rig.firmware.board.emulated_board import EmulatedBoard
from rig.firmware.image.image_file import load_image

SAMPLED = {
    "heel_switch": Net("heel_switch", adc=1, channel=2),
    "supply": Net("supply", adc=1, channel=3, volts_per_unit=0.25),
}


def board(bus: str):
    """The blue board, with the inputs that the program samples and a sensor on a bus."""
    blue = find_board("blue_f405")
    nets = {**blue.nets, **SAMPLED, "imu": Net("imu", bus=bus)}
    return replace(blue, clock_hz=16_000_000, nets=nets)


def test_the_firmware_reads_what_the_foot_does():
    """Terminals known beforehand and terminals that are asked for alike; 16384 counts a g, 131 a degree a second."""
    image = load_image(FOLDER / "peripherals" / "peripherals.elf")
    asked: list[tuple[str, int]] = []

    def ask(terminal: str, t_ns: int) -> float:
        asked.append((terminal, t_ns))
        return 0.5

    emulated = EmulatedBoard(image, board("I2C1"), "engine", ask)
    emulated.supply(9.0)
    emulated.know("foot_imu.az", 0, 1_000_000, struct.pack("<2d", 9.80665, 9.80665))
    emulated.power_on(0, "power_on", 0.0)
    emulated.machine.run_until(emulated.cycle_at(5_000_000))
    address = image.symbol("sensed").address
    words = struct.unpack(">7h", emulated.machine.soc.memory_read(address, 14))
    force, rate = round(0.5 / 9.80665 * 16384), round(0.5 * 180 / 3.141592653589793 * 131)
    assert words == (force, force, 16384, -3921, rate, rate, rate)
    instants = {t_ns for terminal, t_ns in asked if terminal.startswith("foot_imu.")}
    assert len(instants) == 1  # one burst, one instant


def test_a_sensor_on_a_bus_without_a_model_is_one_clear_error():
    """Told when the device is opened, not when the firmware waits for ever."""
    image = load_image(FOLDER / "peripherals" / "peripherals.elf")
    with pytest.raises(ValueError, match="SPI1, which has no model"):
        EmulatedBoard(image, board("SPI1"), "engine", lambda terminal, t_ns: 0.0)
