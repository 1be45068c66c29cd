"""The analogue to digital converters and DMA against the formulas of the reference manual."""

import pytest
from chip_bench import ChipBench

from rig.firmware.machine.stm32f4.adc_tables import CONVERT_CYCLES, SAMPLE_CYCLES

ADC, DMA2_0 = 18, 56
ADON, CONT, DMA, DDS, EOCS, SWSTART = 1, 2, 1 << 8, 1 << 9, 1 << 10, 1 << 30
RAM = 0x2000_0000


def on(name: str = "ADC1", cr2: int = ADON, **registers: int) -> ChipBench:
    """A bench whose converter is set and has settled."""
    bench = ChipBench()
    for register, value in registers.items():
        bench.write(f"{name}.{register}", value)
    bench.write(f"{name}.CR2", cr2)
    bench.run(100)
    return bench


@pytest.mark.parametrize("smp", range(8))
@pytest.mark.parametrize("res", range(4))
def test_the_time_of_a_conversion_and_the_instant_of_its_sample(smp: int, res: int):
    """RM0090 13.5 and 13.6: SMP cycles of ADCCLK, then as many as bits; the value is that at the end of the first."""
    bench = on(SMPR2=smp << 9, SQR3=3, CR1=res << 24)
    bench.write("ADC.CCR", 1 << 16)  # PCLK2 / 4
    bench.wiring.volts = lambda adc, channel, cycle: 3.3 * cycle / 1_000_000
    start = bench.cycle
    bench.write("ADC1.CR2", ADON | SWSTART)
    hold, end = start + 4 * SAMPLE_CYCLES[smp], start + 4 * (SAMPLE_CYCLES[smp] + CONVERT_CYCLES[res])
    bench.at(end - 1)
    assert not bench.read("ADC1.SR") & 2
    bench.at(end)
    assert bench.read("ADC1.SR") & 2
    bench.run(5000)
    bits = CONVERT_CYCLES[res]
    assert bench.read("ADC1.DR") == int(hold / 1_000_000 * 2**bits + 0.5)
    assert not bench.read("ADC1.SR") & 2
    assert bench.wiring.samples == [("ADC1", 3, hold)]


def test_codes_of_the_ends_and_left_alignment():
    """The largest code is all ones, below 0 V there is 0; left alignment shifts to the top (RM0090 13.4)."""
    bench = on(SQR3=1)
    for volts, code in ((-1.0, 0), (0.0, 0), (1.65, 2048), (3.3, 4095), (5.0, 4095)):
        bench.wiring.volts = lambda adc, channel, cycle, volts=volts: volts
        bench.write("ADC1.CR2", ADON | SWSTART)
        bench.run(100)
        assert bench.read("ADC1.DR") == code
    bench.write("ADC1.CR2", ADON | SWSTART | 1 << 11)
    bench.run(100)
    assert bench.read("ADC1.DR") == 0xFFF0


def test_an_output_that_changes_meanwhile_does_not_reach_back():
    """The sample of a polled conversion is taken before an output of the chip changes what the input sees."""
    bench = on(SQR3=1)
    bench.write("GPIOC.MODER", 1)
    bench.wiring.volts = lambda adc, channel, cycle: 3.0 if bench.wiring.edges("GPIOC", 0)[-1][1] else 1.0
    bench.write("ADC1.CR2", ADON | SWSTART)
    bench.run(10)  # sampled after 3 * 2 cycles, converted after 30
    bench.write("GPIOC.BSRR", 1)
    bench.run(100)
    assert bench.read("ADC1.DR") == int(1.0 / 3.3 * 4096 + 0.5)


def test_a_sample_does_not_wait_for_somebody_to_look():
    """Whoever runs the chip to a cycle can have every sample before it taken, and no other."""
    bench = on(SQR3=1)
    start = bench.cycle
    bench.write("ADC1.CR2", ADON | SWSTART)
    bench.run(10)
    bench.soc.settle(start + 6)
    assert bench.wiring.samples == []
    bench.soc.settle(start + 7)
    bench.soc.settle(start + 10)
    assert bench.wiring.samples == [("ADC1", 1, start + 6)]


def test_a_scan_goes_to_memory_round_and_round():
    """RM0090 13.8.1, 10.3.8: two channels a scan, each result one request; half and complete flags; NDTR reloads."""
    bench = on(cr2=ADON | DMA | DDS, SQR1=1 << 20, SQR3=4 | 9 << 5, CR1=1 << 8, SMPR2=3 << 12 | 3 << 27)
    bench.write("DMA2.S0PAR", bench.address("ADC1.DR"))
    bench.write("DMA2.S0M0AR", RAM)
    bench.write("DMA2.S0NDTR", 4)
    bench.write("DMA2.S0CR", 1 << 13 | 1 << 11 | 1 << 10 | 1 << 8 | 1 << 4 | 1)
    codes = [int(0.1 * channel / 3.3 * 4096 + 0.5) for channel in (4, 9)]
    one = 2 * (56 + 12)
    for turn in range(3):
        start = bench.cycle
        bench.write("ADC1.CR2", ADON | DMA | DDS | SWSTART)
        bench.at(start + one)
        assert bench.read("DMA2.S0NDTR") == (3 if turn % 2 == 0 else 1)
        bench.at(start + 2 * one)
        assert bench.line(DMA2_0) == turn % 2
        assert bench.read("DMA2.LISR") == (0x30 if turn == 1 else 0x10)
        if turn == 1:
            bench.write("DMA2.LIFCR", 0x3D)
    assert not bench.line(DMA2_0)
    memory = bench.soc.memory_read(RAM, 8)
    assert [int.from_bytes(memory[at : at + 2], "little") for at in (0, 2, 4, 6)] == codes * 2
    assert not bench.read("ADC1.SR") & 32


def test_a_result_that_nobody_fetches_is_an_overrun():
    """RM0090 13.8.2: with EOCS a second result before DR is read sets OVR and ends the scan; DR keeps the first."""
    bench = on(cr2=ADON | EOCS, SQR1=1 << 20, SQR3=4 | 9 << 5, CR1=1 << 8 | 1 << 26)
    bench.write("ADC1.CR2", ADON | EOCS | SWSTART)
    bench.run(1000)
    assert bench.line(ADC)
    assert bench.read("ADC1.SR") & 32
    assert bench.read("ADC1.DR") == int(0.4 / 3.3 * 4096 + 0.5)
    bench.write("ADC1.SR", 0)
    assert not bench.line(ADC)


def test_continuous_conversion_has_a_steady_period():
    """RM0090 13.3.5: one conversion follows the other without a gap; DR shows the last that has ended."""
    bench = on(cr2=ADON | CONT, SQR3=2)
    bench.wiring.volts = lambda adc, channel, cycle: 3.3 * cycle / 100_000
    start = bench.cycle
    bench.write("ADC1.CR2", ADON | CONT | SWSTART)
    period = 2 * 15
    for turns in (1, 2, 700):
        bench.at(start + turns * period + 3)
        hold = start + (turns - 1) * period + 6
        assert bench.read("ADC1.DR") == int(hold / 100_000 * 4096 + 0.5)


def test_a_timer_starts_conversions():
    """RM0090 13.6 table 68: the update of TIM3 as TRGO starts one each period, without a gap of software."""
    bench = on(cr2=ADON | 1 << 28 | 8 << 24, SQR3=5, CR1=1 << 5)
    bench.write("TIM3.ARR", 999)
    bench.write("TIM3.CR2", 2 << 4)
    start = bench.cycle
    bench.write("TIM3.CR1", 1)
    for turn in (1, 2, 3):
        bench.at(start + turn * 1000 + 30)
        assert bench.line(ADC)
        bench.read("ADC1.DR")
    assert [cycle - start for _, _, cycle in bench.wiring.samples] == [1006, 2006, 3006]


def test_injected_channels_interrupt_a_scan():
    """RM0090 13.3.9: the regular conversion is broken off and begun again; offsets are taken off."""
    bench = on(CR1=1 << 8, SQR3=1, JSQR=1 << 20 | 6 << 10 | 7 << 15, JOFR1=100)
    bench.write("ADC1.CR2", ADON | SWSTART)
    bench.run(3)
    start = bench.cycle
    bench.write("ADC1.CR2", ADON | 1 << 22)
    bench.run(200)
    assert bench.read("ADC1.SR") & 6 == 6
    assert [(channel, cycle - start) for _, channel, cycle in bench.wiring.samples] == [(6, 6), (7, 36), (1, 66)]
    assert bench.read("ADC1.JDR1") == int(0.6 / 3.3 * 4096 + 0.5) - 100


def test_inner_channels_and_misuse_are_told():
    """VREFINT reads 1.21 V once it is on; what the manual forbids is told in its words."""
    bench = on(SQR3=17)
    bench.write("ADC.CCR", 1 << 23)
    bench.write("ADC1.CR2", ADON | SWSTART)
    bench.run(100)
    assert bench.read("ADC1.DR") == int(1.21 / 3.3 * 4096 + 0.5)
    hasty = ChipBench()
    hasty.write("ADC1.CR2", ADON)
    hasty.write("ADC1.CR2", ADON | SWSTART)
    assert hasty.faults() == ["ADC1: converts within 3 us of ADON, before it has settled"]


def test_a_stream_writes_a_port_from_memory():
    """RM0090 table 43: TIM1's update feeds DMA2 stream 5 on channel 6; one item a period, the flags when it is done."""
    bench = ChipBench()
    bench.soc.memory_write(RAM, b"".join(word.to_bytes(4, "little") for word in (1, 1 << 16, 1)))
    bench.write("GPIOC.MODER", 1)
    bench.write("DMA2.S5PAR", bench.address("GPIOC.BSRR"))
    bench.write("DMA2.S5M0AR", RAM)
    bench.write("DMA2.S5NDTR", 3)
    bench.write("DMA2.S5CR", 6 << 25 | 2 << 13 | 2 << 11 | 1 << 10 | 1 << 6 | 1)
    bench.write("TIM1.ARR", 99)
    bench.write("TIM1.DIER", 1 << 8)
    start = bench.cycle
    bench.write("TIM1.CR1", 1)
    bench.run(1000)
    edges = [(cycle - start, level) for cycle, level in bench.wiring.edges("GPIOC", 0) if cycle > start]
    assert edges == [(100, 1), (200, 0), (300, 1)]
    assert (bench.read("DMA2.S5CR") & 1, bench.read("DMA2.S5NDTR"), bench.read("DMA2.HISR")) == (0, 0, 0x30 << 6)


def test_errors_of_streams_are_told():
    """RM0090 10.3.19: where nothing answers, or DMA cannot reach, the stream stops with TEIF."""
    for target in (0x1000_0000, 0x3000_0000):
        bench = on(cr2=ADON | DMA | DDS, SQR3=1)
        bench.write("DMA2.S0PAR", bench.address("ADC1.DR"))
        bench.write("DMA2.S0M0AR", target)
        bench.write("DMA2.S0NDTR", 4)
        bench.write("DMA2.S0CR", 1 << 13 | 1 << 11 | 1 << 10 | 1 << 2 | 1)
        bench.write("ADC1.CR2", ADON | DMA | DDS | SWSTART)
        bench.run(100)
        assert (bench.read("DMA2.LISR"), bench.read("DMA2.S0CR") & 1, bench.line(DMA2_0)) == (8, 0, 1)
    lost = ChipBench()
    lost.write("DMA2.S1NDTR", 1)
    lost.write("DMA2.S1CR", 1)
    assert lost.faults() == ["DMA2: stream 1 is started on channel 0, where no request comes in"]


def test_memory_to_memory():
    """RM0090 10.3.6: DMA2 alone copies; all items are there when TCIF is."""
    bench = ChipBench()
    bench.soc.memory_write(RAM, bytes(range(16)))
    bench.write("DMA2.S7PAR", RAM)
    bench.write("DMA2.S7M0AR", RAM + 64)
    bench.write("DMA2.S7NDTR", 4)
    bench.write("DMA2.S7FCR", 4)
    bench.write("DMA2.S7CR", 2 << 13 | 2 << 11 | 1 << 10 | 1 << 9 | 2 << 6 | 1)
    bench.run(100)
    assert bench.soc.memory_read(RAM + 64, 16) == bytes(range(16))
    assert bench.read("DMA2.HISR") >> 22 & 32
