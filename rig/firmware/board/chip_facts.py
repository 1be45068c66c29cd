"""What a board file may ask of a chip: its ports, converters and lines, by name."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Region:
    """A span of memory: address and size in bytes."""

    at: int
    size: int


@dataclass(frozen=True, slots=True)
class ChipFacts:
    """What of a chip has pins.

    Attributes:
        ports: letters of its GPIO ports; "" where nets have no pins.
        adcs: number of analogue to digital converters.
        adc_channels: of each, those that have pins.
        dacs: channels of the digital to analogue converter.
        uarts: serial lines.
        buses: two- and four-wire buses.
        highest_clock_hz: of the processor, Hz.
        memory: flash and RAM.
    """

    ports: str
    adcs: int
    adc_channels: int
    dacs: int
    uarts: tuple[str, ...]
    buses: tuple[str, ...]
    highest_clock_hz: int
    memory: dict[str, Region]


_UARTS: Final = ("USART1", "USART2", "USART3", "UART4", "UART5", "USART6")
_BUSES: Final = ("I2C1", "I2C2", "I2C3", "SPI1", "SPI2", "SPI3")

CHIP_FACTS: Final = {
    "stm32f405": ChipFacts(
        "ABCDEFGHI", 3, 16, 2, _UARTS, _BUSES, 168_000_000,
        {"flash": Region(0x0800_0000, 1 << 20), "ram": Region(0x2000_0000, 128 << 10)},
    ),
    "stm32f446": ChipFacts(
        "ABCDEFGH", 3, 16, 2, _UARTS, _BUSES, 180_000_000,
        {"flash": Region(0x0800_0000, 512 << 10), "ram": Region(0x2000_0000, 128 << 10)},
    ),
    "host": ChipFacts("", 0, 0, 0, (), (), 1_000_000_000, {}),
}  # fmt: skip
"""Source: data sheets DS8626 (STM32F405) and DS10693 (STM32F446), section 2, pinouts of the largest package."""
