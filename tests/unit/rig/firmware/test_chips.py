"""The tables of the chips: nothing overlaps, every interrupt has its vector, every access has a name."""

import itertools
import re

import pytest

from rig.firmware.machine.chips import CHIPS, Chip

CHIP = pytest.mark.parametrize("chip", CHIPS.values(), ids=lambda chip: chip.name)


@CHIP
def test_no_two_blocks_share_an_address(chip: Chip):
    """An address belongs to one peripheral or to none."""
    for first, second in itertools.pairwise(chip.blocks):
        assert first.base + first.size <= second.base, (first.name, second.name)


@CHIP
def test_no_two_clocks_hang_on_one_bit(chip: Chip):
    """A bit of RCC enables one peripheral (the register block shared by the three converters hangs on the first)."""
    shared = {"ADC", "I2S2EXT", "I2S3EXT"}
    bits = [block.enable for block in chip.blocks if block.enable is not None and block.name not in shared]
    assert len(bits) == len(set(bits))


@CHIP
def test_the_vector_of_an_interrupt_names_its_peripheral(chip: Chip):
    """The numbers of the blocks and the names of the vectors were written down apart: they must agree."""
    for block in chip.blocks:
        for role, number in block.irqs.items():
            vector = chip.interrupt_names[number]
            stem = re.sub(r"(?<=ADC)[123]$", "", block.name).replace("SPDIFRX", "SPDIF")
            assert stem in vector.split("_") or vector.startswith(stem), (block.name, role, vector)


@CHIP
def test_bus_and_address_agree(chip: Chip):
    """RM0090 2.3: each bus owns a range of addresses."""
    spans = {
        "apb1": (0x40000000, 0x40010000),
        "apb2": (0x40010000, 0x40020000),
        "ahb1": (0x40020000, 0x50000000),
        "ahb2": (0x50000000, 0x60000000),
        "ahb3": (0xA0000000, 0xA0002000),
        "ppb": (0xE0000000, 0xE0100000),
    }
    for block in chip.blocks:
        low, high = spans[block.bus]
        assert low <= block.base < high, block.name


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (0x40010400, "TIM8.CR1"),
        (0x40020418, "GPIOB.BSRR"),
        (0x40026414, "DMA2.S0NDTR"),
        (0x40026054, "DMA1.S2FCR"),
        (0x40023874, "RCC.CSR"),
        (0x4001230A, "ADC.CDR"),
        (0x40003000, "IWDG.KR"),
        (0x40007430, "DAC.DOR2"),
        (0x4000F000, "0x4000f000"),
    ],
)
def test_an_address_has_the_name_of_the_manual(address: int, name: str):
    """Addresses as in RM0090, the register map of each chapter; where nothing lies the address speaks for itself."""
    assert CHIPS["stm32f405"].register_name(address) == name


def test_what_tells_the_two_chips_apart():
    """DS8626 and DS10693: CCM and 1 MiB of flash on one; SPI4 and GPIO up to H on the other; sectors fill the flash."""
    f405, f446 = CHIPS["stm32f405"], CHIPS["stm32f446"]
    assert f405.region("ccm").size == 64 * 1024
    assert not any(region.kind == "ccm" for region in f446.memory)
    assert f446.block("SPI4").base == 0x40013400
    with pytest.raises(KeyError):
        f405.block("SPI4")
    for chip in CHIPS.values():
        assert sum(chip.flash_sectors) == chip.region("flash").size
