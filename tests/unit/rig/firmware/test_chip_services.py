"""Clocks, resets, watchdogs, flash and serial lines of an emulated chip against the reference manual."""

import zlib

import pytest
from chip_bench import ChipBench

from rig.firmware.machine.peripheral import BusFault, Unmodelled
from rig.firmware.machine.stm32f4.fabric import LSI_HZ
from rig.firmware.machine.stm32f4.serial_line import heard

USART2, MHZ = 38, 1_000_000
FLASH = 0x0800_0000


def run_up(bench: ChipBench, m: int, n: int, p: int, waits: int, prescalers: int = 0) -> None:
    """Crystal, PLL, wait states, switch: as a firmware does it."""
    bench.write("RCC.CR", 0x1_0081)
    bench.run(2 * bench.soc.hclk_hz // 1000)
    bench.write("RCC.PLLCFGR", 1 << 22 | m | n << 6 | (p // 2 - 1) << 16 | 6 << 24)
    bench.write("RCC.CR", 0x0101_0081)
    bench.run(200 * bench.soc.hclk_hz // MHZ)
    bench.write("FLASH.ACR", waits)
    bench.write("RCC.CFGR", 2 | prescalers)


def test_crystal_and_pll_make_the_clock_of_the_board():
    """RM0090 7.3.2: 8 MHz / 4 * 128 / 4 = 64 MHz; ready flags come after their start-up times, SWS with the switch."""
    bench = ChipBench(hclk_hz=64 * MHZ)
    bench.write("RCC.CR", 0x1_0081)
    bench.run(2 * 64_000 - 1)
    assert not bench.read("RCC.CR") & 1 << 17
    bench.run(1)
    assert bench.read("RCC.CR") & 1 << 17
    run_up(bench, 4, 128, 4, 2, 4 << 10)
    assert bench.read("RCC.CFGR") >> 2 & 3 == 2
    clocks = bench.blocks["RCC"].fabric.clocks
    assert (clocks.hclk_hz, clocks.apb1_hz, clocks.apb2_hz) == (64 * MHZ, 32 * MHZ, 64 * MHZ)
    assert dict(clocks.timer_hz) == {"apb1": 64 * MHZ, "apb2": 64 * MHZ}
    assert bench.faults() == []


def test_clocks_that_the_manual_forbids_are_told():
    """Too few wait states, a PLL out of its range, a clock that is not the board's: each is told in one line."""
    bench = ChipBench(hclk_hz=64 * MHZ)
    run_up(bench, 4, 128, 4, 1, 4 << 10)
    assert bench.faults() == ["RCC: HCLK 64 MHz with 1 wait states in FLASH.ACR; at 3.3 V each carries 30 MHz"]
    bench = ChipBench(hclk_hz=64 * MHZ)
    run_up(bench, 4, 168, 2, 5, 5 << 10 | 4 << 13)
    assert bench.faults() == ["RCC: HCLK 168 MHz; the board file says 64 MHz"]
    bench = ChipBench(hclk_hz=64 * MHZ)
    bench.write("TIM2.CR1", 1)
    bench.run(400)
    assert bench.read("TIM2.CNT") == 100
    assert bench.faults() == ["HCLK is 16 MHz where clocks are first used; the board file says 64 MHz"]
    bench = ChipBench(hclk_hz=64 * MHZ)
    run_up(bench, 8, 40, 4, 5)
    assert any("50 to 432" in told for told in bench.faults())


@pytest.mark.parametrize(
    ("cause", "flags"),
    [("power_on", 0x0E), ("brown_out", 0x06), ("watchdog", 0x24), ("software", 0x14), ("pin", 0x04)],
)
def test_why_the_chip_was_reset(cause: str, flags: int):
    """RM0090 7.3.21: each cause has its flags, NRST among those from inside; they add up until RMVF."""
    bench = ChipBench()
    bench.write("RCC.CSR", 1 << 24)
    assert bench.read("RCC.CSR") >> 24 == 0
    bench.soc.reset_cause = cause
    bench.blocks["RCC"].reset()
    assert bench.read("RCC.CSR") >> 24 == flags
    if cause not in {"power_on", "brown_out"}:
        bench.soc.reset_cause = "software"
        bench.blocks["RCC"].reset()
        assert bench.read("RCC.CSR") >> 24 == flags | 0x14


def test_rcc_resets_one_block():
    """RM0090 7.3.8: a bit of APB1RSTR brings a timer back to its values after reset, and no other."""
    bench = ChipBench()
    bench.write("TIM3.ARR", 5)
    bench.write("TIM2.ARR", 6)
    bench.write("RCC.APB1RSTR", 2)
    bench.write("RCC.APB1RSTR", 0)
    assert (bench.read("TIM3.ARR"), bench.read("TIM2.ARR")) == (0xFFFF, 6)


@pytest.mark.parametrize(("pr", "rlr"), [(0, 0xFFF), (3, 49), (6, 100)])
def test_the_period_of_the_watchdog(pr: int, rlr: int):
    """RM0090 table 107: (RLR + 1) * 4 * 2**PR periods of 32 kHz after a reload; after the start first from 0xFFF."""
    bench = ChipBench()
    divider = min(4 << pr, 256)
    bench.write("IWDG.KR", 0x5555)
    bench.write("IWDG.PR", pr)
    bench.write("IWDG.RLR", rlr)
    bench.write("IWDG.KR", 0xCCCC)
    bench.run(1000)
    bench.write("IWDG.KR", 0xAAAA)
    bites_at = bench.cycle + -(-(rlr + 1) * divider * bench.soc.hclk_hz // LSI_HZ)
    bench.at(bites_at - 1)
    assert not bench.processor.resets
    bench.at(bites_at)
    assert bench.processor.resets == [(bites_at, "watchdog")]


def test_the_watchdog_takes_values_only_with_their_key():
    """RM0090 21.3.2: PR and RLR are locked; any key but 0x5555 locks them again."""
    bench = ChipBench()
    bench.write("IWDG.RLR", 5)
    assert bench.read("IWDG.RLR") == 0xFFF
    bench.write("IWDG.KR", 0x5555)
    bench.write("IWDG.KR", 0xAAAA)
    bench.write("IWDG.PR", 2)
    assert bench.read("IWDG.PR") == 0
    bench.run(10_000_000)
    assert not bench.processor.resets


def test_the_window_watchdog():
    """RM0090 22.4: PCLK1 * 4096 * 2**WDGTB * (T[5:0] + 1); reloaded too early it resets at once."""
    bench = ChipBench()
    bench.write("WWDG.CFR", 1 << 7 | 0x50)
    bench.write("WWDG.CR", 0x80 | 0x60)
    bites_at = bench.cycle + 4096 * 2 * 0x21
    bench.at(bites_at - 1)
    assert not bench.processor.resets
    assert bench.read("WWDG.SR") == 1
    bench.at(bites_at)
    assert bench.processor.resets == [(bites_at, "watchdog")]
    hasty = ChipBench()
    hasty.write("WWDG.CFR", 0x50)
    hasty.write("WWDG.CR", 0x80 | 0x60)
    hasty.write("WWDG.CR", 0x80 | 0x60)
    assert hasty.processor.resets == [(0, "watchdog")]
    hasty.soc.reset_cause = "watchdog"
    hasty.blocks["RCC"].reset()
    assert hasty.read("RCC.CSR") >> 24 == 0x4E


def unlocked() -> ChipBench:
    bench = ChipBench()
    bench.write("FLASH.KEYR", 0x4567_0123)
    bench.write("FLASH.KEYR", 0xCDEF_89AB)
    return bench


def test_a_sector_is_erased_in_its_time_and_words_only_lose_bits():
    """RM0090 3.6.3, 3.6.4; DS8626 table 40: 16 KiB in 250 ms at 32 bit, a word in 16 us; bits go from 1 to 0."""
    bench = unlocked()
    flash, address = bench.blocks["FLASH"], FLASH + 0x4000
    bench.soc.memory_write(address, b"\x12" * 0x4000)
    bench.write("FLASH.CR", 2 | 1 << 3 | 2 << 8)
    bench.write("FLASH.CR", bench.read("FLASH.CR") | 1 << 16)
    assert bench.processor.stalls == [(bench.cycle, 250 * 16_000)]
    bench.run(250 * 16_000 - 1)
    assert bench.read("FLASH.SR") & 1 << 16
    bench.run(1)
    assert not bench.read("FLASH.SR") & 1 << 16
    assert bench.soc.memory_read(address, 0x4000) == b"\xff" * 0x4000
    bench.write("FLASH.CR", 1 | 2 << 8)
    assert flash.programmed(address, 4, 0x1234_5678) == 0x1234_5678
    assert bench.read("FLASH.SR") & 1 << 16
    bench.run(16 * 16)
    bench.soc.memory_write(address, (0x1234_5678).to_bytes(4, "little"))
    assert flash.programmed(address, 4, 0xFFFF_0000) == 0x1234_0000
    assert bench.read("FLASH.SR") & 0xF0 == 0


def test_what_the_flash_refuses():
    """RM0090 3.6.4, 3.8.4: locked, not asked to program, another width than PSIZE, not aligned: each has its flag."""
    bench = unlocked()
    flash = bench.blocks["FLASH"]
    for control, size, offset, flag in ((0, 4, 0, 1 << 7), (1, 4, 0, 1 << 6), (1 | 2 << 8, 4, 2, 1 << 5)):
        bench.write("FLASH.CR", control)
        assert flash.programmed(FLASH + 0x4000 + offset, size, 0) == 0xFFFF_FFFF
        assert bench.read("FLASH.SR") == flag
        bench.write("FLASH.SR", 0xF0)
    bench.write("FLASH.CR", 1 << 31)
    bench.write("FLASH.CR", 1)
    assert bench.read("FLASH.CR") == 1 << 31
    with pytest.raises(BusFault, match="wrong key"):
        bench.write("FLASH.KEYR", 1)
    for register in ("OPTKEYR", "OPTCR"):
        with pytest.raises(Unmodelled, match="option bytes"):
            bench.write(f"FLASH.{register}", 0x0819_2A3B)


def line_up(baud: int = 115_200, cr1: int = 0x200C) -> ChipBench:
    """USART2 on its pins; the idle frame that goes first has passed."""
    bench = ChipBench()
    bench.write("GPIOA.MODER", 2 << 4 | 2 << 6)
    bench.write("GPIOA.AFRL", 7 << 8 | 7 << 12)
    bench.write("USART2.BRR", round(bench.soc.hclk_hz / baud))
    bench.write("USART2.CR1", cr1)
    bench.run(bench.soc.hclk_hz // 1000)
    return bench


def test_bytes_leave_at_the_rate_of_brr():
    """RM0090 30.3.4: a bit lasts BRR bus clocks, a byte ten bits; TXE frees the buffer at once, TC comes at the end."""
    bench = line_up()
    bit, start = bench.read("USART2.BRR"), bench.cycle
    assert bit == 139
    bench.write("USART2.DR", ord("a"))
    assert bench.read("USART2.SR") & 0xC0 == 0x80
    bench.write("USART2.DR", ord("b"))
    assert bench.read("USART2.SR") & 0xC0 == 0
    bench.at(start + 10 * bit)
    assert bench.read("USART2.SR") & 0xC0 == 0x80
    bench.at(start + 20 * bit)
    assert bench.read("USART2.SR") & 0xC0 == 0xC0
    told = [(emission.cycle - start, emission.data) for emission in bench.told("uart")]
    assert told == [(10 * bit, b"a"), (20 * bit, b"b")]


def test_bytes_arrive_and_one_too_many_is_an_overrun():
    """RM0090 30.3.3: RXNE interrupts until DR is read; the byte in DR stays, the new one is lost, which is told."""
    bench = line_up(cr1=0x202C)
    line = bench.blocks["USART2"]
    line.receive(0x55)
    assert bench.line(USART2)
    line.receive(0x66)
    assert bench.read("USART2.SR") & 0x28 == 0x28
    assert bench.read("USART2.DR") == 0x55
    assert not bench.line(USART2)
    line.receive(0x77)
    assert (bench.read("USART2.SR") & 0x28, bench.read("USART2.DR")) == (0x20, 0x77)


def test_a_byte_without_a_stop_bit_is_told():
    """RM0090 30.6.1: FE stands beside RXNE and the byte as it was heard, until SR and DR have been read."""
    bench = line_up(cr1=0x202C)
    line = bench.blocks["USART2"]
    line.receive(0x37, stopped=False)
    assert bench.read("USART2.SR") & 0x22 == 0x22
    assert bench.read("USART2.DR") == 0x37
    assert bench.read("USART2.SR") & 0x22 == 0
    line.receive(0x37)
    assert bench.read("USART2.SR") & 0x22 == 0x20


def test_a_serial_line_by_dma():
    """RM0090 table 42: USART2_TX is DMA1 stream 6 channel 4, USART2_RX stream 5."""
    bench = line_up()
    bench.soc.memory_write(0x2000_0000, b"hello")
    for stream, control in ((6, 1 << 6), (5, 0)):
        bench.write(f"DMA1.S{stream}PAR", bench.address("USART2.DR"))
        bench.write(f"DMA1.S{stream}M0AR", 0x2000_0000 + 0x100 * (stream == 5))
        bench.write(f"DMA1.S{stream}NDTR", 5)
        bench.write(f"DMA1.S{stream}CR", 4 << 25 | 1 << 10 | control | 1)
    bench.write("USART2.CR3", 0xC0)
    for byte in b"world":
        bench.blocks["USART2"].receive(byte)
    bench.run(bench.soc.hclk_hz // 1000)
    assert b"".join(emission.data for emission in bench.told("uart")) == b"hello"
    assert bench.soc.memory_read(0x2000_0100, 5) == b"world"
    assert bench.read("DMA1.HISR") & (0x20 << 16 | 0x20 << 6) == 0x20 << 16 | 0x20 << 6


def test_a_wrong_rate_is_heard_as_garbage():
    """Ten bits drift half a bit at 5 %: 2 % off is understood in both directions, 9600 instead of 115200 is not."""
    for byte in range(256):
        assert heard(byte, 1.0, 1.02) == heard(byte, 1.0, 0.98) == byte
    assert heard(0x55, 12.0, 1.0) != 0x55
    bench = line_up(baud=9600)
    for byte in b"hello":
        bench.write("USART2.DR", byte)
        bench.run(bench.soc.hclk_hz // 500)
    assert b"hello" not in b"".join(emission.data for emission in bench.told("uart"))


def test_a_line_without_its_pin_is_told():
    """A firmware that forgets AFRL sends nothing; one line says why."""
    bench = line_up()
    bench.write("GPIOA.AFRL", 0)
    bench.write("USART2.DR", 1)
    bench.run(10_000)
    assert bench.told("uart") == []
    assert bench.faults() == ["USART2 sends, but no pin is set to USART2_TX: nothing leaves the chip"]


def test_narrow_writes_on_an_apb_are_repeated():
    """RM0090 2.1.10: the bridge repeats a byte or half word over the 32 bits: a trap for 32 bit timers."""
    bench = ChipBench()
    bench.write("TIM2.ARR", 0x1234, size=2)
    assert bench.read("TIM2.ARR") == 0x1234_1234
    bench.write("TIM3.ARR", 0x1234, size=2)
    assert bench.read("TIM3.ARR") == 0x1234


def test_checksums():
    """RM0090 4.3: CRC-32 as in Ethernet, but by words, highest bit first, not inverted. Truth: zlib, turned round."""
    words = [0x1234_5678, 0xDEAD_BEEF, 0]

    def turned(value: int, bits: int) -> int:
        return int(f"{value:0{bits}b}"[::-1], 2)

    bench = ChipBench()
    for word in words:
        bench.write("CRC.DR", word)
    mirrored = b"".join(turned(word, 32).to_bytes(4, "little") for word in words)
    assert bench.read("CRC.DR") == turned(zlib.crc32(mirrored) ^ 0xFFFF_FFFF, 32)
    bench.write("CRC.CR", 1)
    assert bench.read("CRC.DR") == 0xFFFF_FFFF


def test_misuse_is_told_once_a_start():
    """A mistake that is made a thousand times a second is one line, until the next start."""
    bench = ChipBench(clocks_on=False)
    for _ in range(3):
        bench.write("WWDG.CR", 0)
        bench.write("RCC.CFGR", 1)
    assert len(bench.faults()) == 2
    for block in bench.blocks.values():
        block.reset()
    bench.write("RCC.CFGR", 1)
    assert len(bench.faults()) == 3


def test_identity():
    """RM0090 38.6.1, RM0390 33.6.1: device 0x413 and 0x421."""
    for chip, device in (("stm32f405", 0x413), ("stm32f446", 0x421)):
        assert ChipBench(chip).read("DBGMCU.IDCODE") & 0xFFF == device
