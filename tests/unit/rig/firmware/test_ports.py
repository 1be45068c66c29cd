"""Pins, edges, and the converter to voltages against the chapters of the reference manual."""

import pytest
from chip_bench import ChipBench

from rig.firmware.machine.peripheral import Unmodelled

EXTI0, EXTI9_5, EXTI15_10, TIM6_DAC = 6, 23, 40, 54


@pytest.fixture
def bench() -> ChipBench:
    return ChipBench()


def test_a_pin_drives_only_as_an_output(bench: ChipBench):
    """RM0090 8.3: ODR is remembered, but only an output shows it; setting wins where BSRR asks for both."""
    bench.write("GPIOC.BSRR", 1 << 6)
    assert not bench.wiring.pins
    bench.write("GPIOC.MODER", 1 << 12)
    assert bench.wiring.edges("GPIOC", 6) == [(bench.cycle, 1)]
    bench.write("GPIOC.BSRR", 1 << 22)
    bench.write("GPIOC.BSRR", 1 << 22 | 1 << 6)
    bench.write("GPIOC.BSRR", 1 << 6)
    assert [level for _, level in bench.wiring.edges("GPIOC", 6)] == [1, 0, 1]
    bench.write("GPIOC.MODER", 0)
    assert bench.wiring.released == [(bench.cycle, "GPIOC", 1 << 6)]


def test_one_write_moves_two_pins_together(bench: ChipBench):
    """A bridge that is switched by one store is told as one change."""
    bench.write("GPIOC.MODER", 5 << 12)
    bench.write("GPIOC.BSRR", 1 << 6)
    told = len(bench.wiring.pins)
    bench.write("GPIOC.BSRR", 1 << 7 | 1 << 22)
    assert bench.wiring.pins[told:] == [(bench.cycle, "GPIOC", 0xC0, 0x80)]


def test_half_words_and_bytes_of_a_port(bench: ChipBench):
    """GPIO takes bytes and half words: the upper half of BSRR clears and leaves the rest alone."""
    bench.write("GPIOB.MODER", 0x5555_5555)
    bench.write("GPIOB.ODR", 0xFFFF)
    bench.bus.write(bench.address("GPIOB.BSRR") + 2, 2, 0x00F0)
    assert bench.read("GPIOB.ODR") == 0xFF0F
    bench.bus.write(bench.address("GPIOB.ODR") + 1, 1, 0x12)
    assert bench.read("GPIOB.ODR") == 0x120F
    assert bench.bus.read(bench.address("GPIOB.ODR") + 1, 1) == 0x12


def test_open_drain_and_pulls(bench: ChipBench):
    """RM0090 8.3.10: an open drain pulls low or lets go; then the board decides, else the pull."""
    port, pin = bench.blocks["GPIOB"], 8
    bench.write("GPIOB.OTYPER", 1 << pin)
    bench.write("GPIOB.ODR", 1 << pin)
    bench.write("GPIOB.MODER", 1 << 2 * pin)
    bench.write("GPIOB.PUPDR", 1 << 2 * pin)
    assert bench.read("GPIOB.IDR") >> pin & 1 == 1
    port.apply(pin, 0)
    assert bench.read("GPIOB.IDR") >> pin & 1 == 0
    port.apply(pin, None)
    bench.write("GPIOB.ODR", 0)
    assert bench.read("GPIOB.IDR") >> pin & 1 == 0
    assert bench.wiring.edges("GPIOB", pin) == [(0, 0)]


def test_an_analogue_pin_reads_0(bench: ChipBench):
    """RM0090 8.3.12: the input of an analogue pin is off."""
    bench.blocks["GPIOA"].apply(0, 1)
    assert bench.read("GPIOA.IDR") & 1 == 1
    bench.write("GPIOA.MODER", 0xA800_0003)
    assert bench.read("GPIOA.IDR") & 1 == 0


@pytest.mark.parametrize(("register", "moves"), [("RTSR", [1]), ("FTSR", [0]), ("RTSR FTSR", [1, 0])])
def test_edges_that_are_asked_for_interrupt(bench: ChipBench, register: str, moves: list[int]):
    """RM0090 12.2: the chosen edges of the chosen port pend; a 1 clears; lines 5 to 9 share a vector."""
    bench.write("SYSCFG.EXTICR3", 1)  # line 8: port B
    for word in register.split():
        bench.write(f"EXTI.{word}", 1 << 8)
    bench.write("EXTI.IMR", 1 << 8)
    seen: list[int] = []
    for level in (1, 0):
        bench.run(10)
        bench.blocks["GPIOA"].apply(8, level)
        assert not bench.line(EXTI9_5)
        bench.blocks["GPIOB"].apply(8, level)
        if bench.line(EXTI9_5):
            seen.append(level)
        bench.write("EXTI.PR", 1 << 8)
        assert not bench.line(EXTI9_5)
    assert seen == moves


def test_a_masked_edge_pends_and_software_can_make_one(bench: ChipBench):
    """RM0090 figure 41: the mask stands behind the pending bit; SWIER acts like an edge."""
    bench.write("EXTI.RTSR", 1)
    bench.blocks["GPIOA"].apply(0, 1)
    assert bench.read("EXTI.PR") == 1
    bench.write("EXTI.IMR", 1)
    assert bench.line(EXTI0)
    bench.write("EXTI.PR", 1)
    bench.write("EXTI.IMR", 1 << 12)
    bench.write("EXTI.SWIER", 1 << 12)
    assert bench.line(EXTI15_10)
    bench.write("EXTI.PR", 1 << 12)
    assert (bench.read("EXTI.SWIER"), bench.line(EXTI15_10)) == (0, 0)


@pytest.mark.parametrize(
    ("register", "value", "code"),
    [
        *(("DHR12R1", 0xABC, 0xABC), ("DHR12L1", 0xABC0, 0xABC), ("DHR8R1", 0xAB, 0xAB0)),
        *(("DHR12R2", 0xABC, 0xABC), ("DHR12L2", 0xABC0, 0xABC), ("DHR8R2", 0xAB, 0xAB0)),
        *(("DHR12RD", 0x0ABC_0ABC, 0xABC), ("DHR8RD", 0xABAB, 0xAB0)),
    ],
)
def test_the_alignments_of_the_converter(bench: ChipBench, register: str, value: int, code: int):
    """RM0090 14.3.4: right, left, 8 bit; nothing comes out of a channel that is off."""
    bench.write(f"DAC.{register}", value)
    assert not bench.wiring.codes
    bench.write("DAC.CR", 0x0001_0001)
    assert {found for _, _, found in bench.wiring.codes} == {code}
    channel = 2 if register.endswith("2") else 1
    assert bench.read(f"DAC.DOR{channel}") == code


def test_a_triggered_channel_waits_for_its_trigger(bench: ChipBench):
    """RM0090 14.3.6: with TEN the code comes with the update of TIM6, by software, and not before."""
    bench.write("DAC.CR", 0x0001 | 4)
    bench.write("DAC.DHR12R1", 100)
    assert not bench.wiring.codes
    bench.write("TIM6.ARR", 499)
    bench.write("TIM6.CR2", 2 << 4)
    start = bench.cycle
    bench.write("TIM6.CR1", 1)
    bench.run(600)
    assert bench.wiring.codes == [(start + 500, 1, 100)]
    bench.write("DAC.CR", 0x0001 | 4 | 7 << 3)
    bench.write("DAC.DHR12R1", 7)
    bench.write("DAC.SWTRIGR", 1)
    assert bench.wiring.codes[-1] == (bench.cycle, 1, 7)


def test_what_the_ports_do_not_know_is_told(bench: ChipBench):
    """Locking, waves and events have no model; they say so."""
    for register, value in (("GPIOA.LCKR", 0x1_0001), ("DAC.CR", 0x41), ("EXTI.IMR", 1 << 16)):
        with pytest.raises(Unmodelled, match=register.replace(".", r"\.")):
            bench.write(register, value)


def test_a_block_without_its_clock_reads_0_and_is_told_once():
    """RM0090 7.3.10: nothing is taken; told by name, once a start."""
    bench = ChipBench(clocks_on=False)
    bench.write("GPIOC.MODER", 1)
    assert bench.read("GPIOC.MODER") == 0
    assert bench.faults() == ["GPIOC.MODER is accessed while RCC keeps the clock of GPIOC off"]
    bench.write("RCC.AHB1ENR", 4)
    bench.write("GPIOC.MODER", 1)
    assert bench.read("GPIOC.MODER") == 1
