"""The I2C master and the inertial sensor behind it, as a polling firmware uses them."""

import math
from collections.abc import Sequence

import pytest
from chip_bench import ChipBench

from rig.firmware.machine.peripheral import Unmodelled
from rig.firmware.machine.stm32f4.models import wire_imu

EVENT, ERROR = 31, 32
PE, START, STOP, ACK, POS = 1, 1 << 8, 1 << 9, 1 << 10, 1 << 11
SB, ADDR, BTF, RXNE, TXE, AF = 1, 2, 4, 64, 128, 1 << 10
SCL = 160  # 100 kHz at 16 MHz
TERMINALS = {"ax": 0.0, "ay": -9.80665, "az": 9.80665 / 2, "gx": 0.0, "gy": math.radians(-100), "gz": math.radians(10)}


class Master:
    """A firmware without a processor: it polls as the manual's sequences do (RM0090 figures 243 to 247)."""

    def __init__(self) -> None:
        self.bench = bench = ChipBench()
        bench.write("GPIOB.MODER", 2 << 16 | 2 << 18)
        bench.write("GPIOB.OTYPER", 3 << 8)
        bench.write("GPIOB.AFRH", 4 | 4 << 4)
        bench.write("I2C1.CR2", 16)
        bench.write("I2C1.CCR", SCL // 2)
        bench.write("I2C1.CR1", PE)
        self.asked: list[str] = []
        wire_imu(list(bench.blocks.values()), "I2C1", None, self._value)

    def _value(self, terminal: str, cycle: int) -> float:
        self.asked.append(terminal)
        return TERMINALS[terminal.removeprefix("foot_imu.")]

    def await_flag(self, flag: int) -> None:
        for _ in range(3000):
            if self.bench.read("I2C1.SR1") & flag:
                return
            self.bench.run(1)
        raise AssertionError(f"no flag {flag} in SR1 {self.bench.read('I2C1.SR1'):#x}")

    def address(self, byte: int) -> None:
        self.bench.write("I2C1.CR1", self.bench.read("I2C1.CR1") | START)
        self.await_flag(SB)
        self.bench.write("I2C1.DR", byte)

    def write(self, *data: int, stop: bool = True) -> None:
        self.address(0xD0)
        self.await_flag(ADDR)
        self.bench.read("I2C1.SR2")
        for byte in data:
            self.await_flag(TXE)
            self.bench.write("I2C1.DR", byte)
        self.await_flag(BTF)
        if stop:
            self.bench.write("I2C1.CR1", PE | STOP)
            self.bench.run(2 * SCL)

    def read(self, register: int, count: int) -> Sequence[int]:
        bench = self.bench
        self.write(register, stop=False)
        bench.write("I2C1.CR1", PE | ACK)
        self.address(0xD1)
        self.await_flag(ADDR)
        data: list[int] = []
        if count == 2:
            bench.write("I2C1.CR1", PE | POS)
            bench.read("I2C1.SR2")
            self.await_flag(BTF)
            bench.write("I2C1.CR1", PE | POS | STOP)
            data = [bench.read("I2C1.DR"), bench.read("I2C1.DR")]
        else:
            for left in range(count, 0, -1):
                if left == 1:
                    bench.write("I2C1.CR1", PE | STOP)
                if left == count:
                    bench.read("I2C1.SR2")
                self.await_flag(RXNE)
                data.append(bench.read("I2C1.DR"))
        bench.run(3 * SCL)
        assert bench.read("I2C1.SR2") == 0
        assert bench.read("I2C1.CR1") & (START | STOP) == 0
        return data


def test_the_sensor_says_who_it_is():
    """RM-MPU-6000A-00: register 0x75 reads 0x68; one byte, two bytes, more: each by its own sequence of the manual."""
    master = Master()
    assert list(master.read(0x75, 1)) == [0x68]
    assert list(master.read(0x6B, 2)) == [0x40, 0]
    master.write(0x6B, 0x01)
    assert list(master.read(0x6B, 1)) == [1]


def test_the_time_of_a_write():
    """RM0090 27.6.8: CCR counts half a period; start, nine clocks a byte for address and two bytes, and stop."""
    master = Master()
    start = master.bench.cycle
    master.write(0x6B, 0x00)
    assert abs(master.bench.cycle - start - (1 + 27 + 2) * SCL) <= 4


def test_measurements_are_those_of_the_terminals():
    """PS-MPU-6000A-00: 16384 counts a g and 131 counts a degree a second, halved with each larger full scale."""
    master = Master()
    assert list(master.read(0x3B, 6)) == [0] * 6  # asleep
    master.write(0x6B, 0)
    words = master.read(0x3B, 14)
    values = [int.from_bytes(bytes(words[at : at + 2]), "big", signed=True) for at in range(0, 14, 2)]
    assert values == [0, -16384, 8192, -3921, 0, -13100, 1310]
    master.write(0x1B, 3 << 3)
    master.write(0x1C, 2 << 3)
    words = master.read(0x3D, 2)
    assert int.from_bytes(bytes(words), "big", signed=True) == -4096
    master.asked.clear()
    words = master.read(0x47, 2)
    assert int.from_bytes(bytes(words), "big", signed=True) == round(1310 / 8)
    assert master.asked == ["foot_imu.gz"]


def test_an_address_where_nobody_is():
    """RM0090 27.3.4: no acknowledge sets AF, which interrupts; the firmware stops and goes on."""
    master = Master()
    bench = master.bench
    bench.write("I2C1.CR2", 16 | 1 << 8 | 1 << 9)
    master.address(0x20)
    assert not bench.line(EVENT)
    master.await_flag(AF)
    assert bench.line(ERROR)
    assert not bench.read("I2C1.SR1") & ADDR
    bench.write("I2C1.SR1", 0)
    assert not bench.line(ERROR)
    bench.write("I2C1.CR1", PE | STOP)
    bench.run(2 * SCL)
    assert list(master.read(0x75, 1)) == [0x68]


def test_what_the_sensor_has_no_model_of():
    """A register outside the model is an error by its number."""
    master = Master()
    with pytest.raises(Unmodelled, match="0x74"):
        master.read(0x74, 1)
    with pytest.raises(Unmodelled, match="SMBus"):
        master.bench.write("I2C1.CR1", PE | 2)


def test_a_bus_that_has_no_model_is_refused():
    """A board may name SPI1: one clear error, no silent sensor."""
    with pytest.raises(ValueError, match="SPI1, which has no model"):
        wire_imu(list(ChipBench().blocks.values()), "SPI1", None, lambda terminal, cycle: 0.0)


def test_a_transfer_goes_on_from_a_snapshot():
    """Bus and sensor go the same way again from the middle of a burst."""
    master = Master()
    master.write(0x6B, 0)
    bench = master.bench
    master.write(0x3D, stop=False)
    bench.write("I2C1.CR1", PE | ACK)
    master.address(0xD1)
    master.await_flag(ADDR)
    bench.read("I2C1.SR2")
    bench.run(12 * SCL)
    kept, cycle = bench.soc.state(), bench.cycle
    seen: list[list[int]] = []
    for _ in range(2):
        bench.soc.restore(kept)
        bench.processor.cycle = cycle
        data: list[int] = []
        for _ in range(4):
            master.await_flag(RXNE)
            data.append(bench.read("I2C1.DR"))
        seen.append([*data, bench.cycle])
    assert seen[0] == seen[1]
    assert seen[0][:4] == [0xC0, 0x00, 0x20, 0x00]
