"""Timers against the formulas of the reference manual."""

import pytest
from chip_bench import ChipBench

from rig.firmware.machine.peripheral import Unmodelled

TIM2, TIM6_DAC, TIM1_UP, TIM1_CC = 28, 54, 25, 27


@pytest.fixture
def bench() -> ChipBench:
    return ChipBench()


@pytest.mark.parametrize(("psc", "arr"), [(0, 99), (15, 999), (7, 1)])
def test_the_period_of_updates(bench: ChipBench, psc: int, arr: int):
    """RM0090 18.3.1: an update every (PSC + 1) * (ARR + 1) clocks of the timer; here the clock is HCLK."""
    bench.write("TIM2.PSC", psc)
    bench.write("TIM2.ARR", arr)
    bench.write("TIM2.EGR", 1)
    bench.write("TIM2.SR", 0)
    bench.write("TIM2.DIER", 1)
    start = bench.cycle
    bench.write("TIM2.CR1", 1)
    period = (psc + 1) * (arr + 1)
    for _ in range(4):
        bench.run(period)
        assert bench.line(TIM2)
        bench.write("TIM2.SR", 0)
        assert not bench.line(TIM2)
    assert bench.rises(TIM2) == [start + period * turn for turn in (1, 2, 3, 4)]


def test_the_timer_clock_is_twice_a_divided_bus(bench: ChipBench):
    """RM0090 7.2: APB1 divided by 4 gives timers at half the processor's clock, APB2 undivided the whole."""
    bench.write("RCC.CFGR", 5 << 10)
    for name in ("TIM3", "TIM1"):
        bench.write(f"{name}.CR1", 1)
    bench.run(1000)
    assert (bench.read("TIM3.CNT"), bench.read("TIM1.CNT")) == (500, 1000)


def test_a_prescaler_waits_for_the_update(bench: ChipBench):
    """RM0090 18.4.11: PSC is taken at the next update event; UG makes one, and counts from 0."""
    bench.write("TIM2.PSC", 15)
    bench.write("TIM2.CR1", 1)
    bench.run(100)
    assert bench.read("TIM2.CNT") == 100
    bench.write("TIM2.EGR", 1)
    bench.run(160)
    assert bench.read("TIM2.CNT") == 10


def test_reload_value_with_and_without_preload(bench: ChipBench):
    """RM0090 18.4.1 ARPE: with it the period under way ends as it began, without it the new value holds at once."""
    for arpe, overflows_at in ((0, 50), (0x80, 100)):
        bench.write("TIM3.CR1", 0)
        bench.write("TIM3.ARR", 99)
        bench.write("TIM3.EGR", 1)
        bench.write("TIM3.SR", 0)
        bench.write("TIM3.CR1", 1 | arpe)
        bench.run(20)
        bench.write("TIM3.ARR", 49)
        bench.run(overflows_at - 21)
        assert not bench.read("TIM3.SR") & 1
        bench.run(1)
        assert bench.read("TIM3.SR") & 1


def test_a_reload_value_that_has_been_passed_lets_the_counter_run_to_its_end(bench: ChipBench):
    """The counter compares for equality: past ARR it goes to 0xFFFF, and no update comes of that."""
    bench.write("TIM3.CR1", 1)
    bench.run(1000)
    bench.write("TIM3.ARR", 500)
    bench.run(0xFFFF - 1000)
    assert bench.read("TIM3.CNT") == 0xFFFF
    bench.run(1)
    assert bench.read("TIM3.CNT") == 0
    assert not bench.read("TIM3.SR") & 1
    bench.run(501)
    assert bench.read("TIM3.SR") & 1


def test_a_match_comes_at_its_cycle_and_only_when_the_counter_gets_there(bench: ChipBench):
    """A compare ahead interrupts at its cycle; one that equals the counter waits a whole period."""
    bench.write("TIM2.PSC", 15)
    bench.write("TIM2.EGR", 1)
    bench.write("TIM2.SR", 0)
    bench.write("TIM2.CR1", 1)
    start = bench.cycle
    bench.write("TIM2.DIER", 2)
    bench.write("TIM2.CCR1", 200)
    bench.run(16 * 200 - 1)
    assert not bench.line(TIM2)
    bench.run(1)
    assert bench.rises(TIM2) == [start + 3200]
    bench.write("TIM2.SR", ~2 & 0xFFFF_FFFF)
    bench.write("TIM2.CCR1", bench.read("TIM2.CNT"))
    bench.run(1_000_000)
    assert not bench.line(TIM2)
    assert not bench.read("TIM2.SR") & 2


def test_flags_that_nobody_waits_for_are_the_same(bench: ChipBench):
    """A polled flag, worked out when it is read, equals the one that an interrupt would have shown, at every cycle."""
    polled, armed = ChipBench(), ChipBench()
    for each, dier in ((polled, 0), (armed, 0x1F)):
        each.write("TIM4.PSC", 2)
        each.write("TIM4.ARR", 40)
        for channel, compare in enumerate((0, 7, 40, 45)):
            each.write(f"TIM4.CCR{channel + 1}", compare)
        each.write("TIM4.EGR", 1)
        each.write("TIM4.SR", 0)
        each.write("TIM4.DIER", dier)
        each.write("TIM4.CR1", 1)
    for step in (1, 2, 19, 3, 100, 7, 122, 124, 1000):
        for each in (polled, armed):
            each.run(step)
        assert polled.read("TIM4.SR") == armed.read("TIM4.SR")
        assert polled.read("TIM4.CNT") == armed.read("TIM4.CNT")
        if step in (19, 100, 124):
            for each in (polled, armed):
                each.write("TIM4.SR", 0)


def test_one_pulse_stops_at_the_update(bench: ChipBench):
    """RM0090 18.3.10: with OPM the counter stops, CEN falls, CNT is 0."""
    bench.write("TIM2.ARR", 99)
    bench.write("TIM2.CR1", 9)
    bench.run(100)
    assert (bench.read("TIM2.CR1"), bench.read("TIM2.CNT"), bench.read("TIM2.SR") & 1) == (8, 0, 1)
    bench.run(1000)
    assert bench.read("TIM2.CNT") == 0


def test_pwm_at_a_pin(bench: ChipBench):
    """RM0090 18.3.9: PWM 1 is high for CCR of ARR + 1 counts; the preloaded value comes with the next period."""
    bench.write("GPIOA.MODER", 2 << 10)
    bench.write("GPIOA.AFRL", 1 << 20)  # PA5: TIM2_CH1
    bench.write("TIM2.ARR", 99)
    bench.write("TIM2.CCMR1", 6 << 4 | 8)
    bench.write("TIM2.CCR1", 30)
    bench.write("TIM2.CCER", 1)
    bench.write("TIM2.EGR", 1)
    start = bench.cycle
    bench.write("TIM2.CR1", 1)
    bench.run(150)
    bench.write("TIM2.CCR1", 10)
    bench.run(150)
    edges = [(cycle - start, level) for cycle, level in bench.wiring.edges("GPIOA", 5) if cycle > start]
    assert edges == [(30, 0), (100, 1), (130, 0), (200, 1), (210, 0), (300, 1)]


def test_polarity_and_enable_of_an_output(bench: ChipBench):
    """CCxP inverts; an output that is not enabled leaves the pin to the board."""
    bench.write("GPIOA.MODER", 2 << 10)
    bench.write("GPIOA.AFRL", 1 << 20)
    bench.write("TIM2.CCMR1", 5 << 4)
    assert not bench.wiring.pins
    bench.write("TIM2.CCER", 1)
    bench.write("TIM2.CCER", 3)
    bench.write("TIM2.CCER", 0)
    assert [level for _, level in bench.wiring.edges("GPIOA", 5)] == [1, 0]
    assert bench.wiring.released == [(bench.cycle, "GPIOA", 1 << 5)]


def test_the_advanced_timer(bench: ChipBench):
    """RM0090 17.3.3 and 17.4.5: repetitions hold updates back; update and compare have vectors of their own."""
    bench.write("TIM1.ARR", 9)
    bench.write("TIM1.RCR", 2)
    bench.write("TIM1.EGR", 1)
    bench.write("TIM1.SR", 0)
    bench.write("TIM1.CCR2", 4)
    bench.write("TIM1.DIER", 5)
    start = bench.cycle
    bench.write("TIM1.CR1", 1)
    bench.run(30)
    assert bench.rises(TIM1_UP) == [start + 30]
    assert bench.rises(TIM1_CC) == [start + 4]


def test_shared_vectors_are_joined(bench: ChipBench):
    """TIM1's update and TIM10 share vector 25: it falls only when both have been served (RM0090 table 61)."""
    for name in ("TIM1", "TIM10"):
        bench.write(f"{name}.ARR", 9)
        bench.write(f"{name}.DIER", 1)
        bench.write(f"{name}.CR1", 1)
    bench.run(10)
    bench.write("TIM1.CR1", 0)
    bench.write("TIM10.CR1", 0)
    bench.write("TIM1.SR", 0)
    assert bench.line(TIM1_UP)
    bench.write("TIM10.SR", 0)
    assert not bench.line(TIM1_UP)


@pytest.mark.parametrize(
    ("register", "value", "told"),
    [
        ("TIM2.CR1", 0x11, "TIM2.CR1: counting down"),
        ("TIM2.SMCR", 0x04, "TIM2.SMCR: slave mode"),
        ("TIM3.CCMR1", 0x01, "TIM3.CCMR1: input capture"),
        ("TIM8.CR1", 1, "TIM8.CR1"),
        ("TIM6.CCR1", 1, "TIM6.CCR1"),
        ("TIM2.DMAR", 1, "TIM2.DMAR"),
        ("TIM3.BDTR", 1, "TIM3.BDTR"),
    ],
)
def test_what_has_no_model_says_so(bench: ChipBench, register: str, value: int, told: str):
    """Nothing is swallowed: the error names register and use."""
    with pytest.raises(Unmodelled) as caught:
        bench.write(register, value)
    assert caught.value.what == told
    assert caught.value.address == bench.address(register)


def test_a_timer_goes_on_from_a_snapshot(bench: ChipBench):
    """What was kept and put back goes the same way again, interrupts and all."""
    bench.write("TIM2.ARR", 99)
    bench.write("TIM2.CCR1", 60)
    bench.write("TIM2.DIER", 3)
    bench.write("TIM2.CR1", 1)
    bench.run(30)
    kept, cycle = bench.soc.state(), bench.cycle
    bench.run(45)
    first = (bench.rises(TIM2)[:], bench.read("TIM2.SR"), bench.read("TIM2.CNT"))
    bench.soc.restore(kept)
    bench.processor.cycle = cycle
    bench.processor.rises.clear()
    bench.processor.lines.clear()
    bench.run(45)
    assert (bench.rises(TIM2), bench.read("TIM2.SR"), bench.read("TIM2.CNT")) == first
    assert bench.soc.state()["peripherals"]["TIM2"]["counter"]["arr"] == 99
