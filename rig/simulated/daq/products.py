"""The cards that can be simulated, as a table of what their manuals state."""

from dataclasses import dataclass, replace
from typing import Final

TIMEBASE_HZ: Final = 100_000_000
"""Sample clocks are 100 MHz divided by a whole number. Source: NI X Series User Manual, chapters 4 to 6."""


@dataclass(frozen=True, slots=True)
class Product:
    """One model of card.

    Attributes:
        name: as the driver tells it.
        number: product number.
        bus: NI's constant of the bus type (12582 PCI, 12583 PXI, 14706 PCIe, 14886 PXIe, 12586 USB).
        simultaneous: every input has a converter of its own.
        ai: analogue inputs, counted single-ended.
        ai_single_hz: fastest rate with one input, Hz.
        ai_multi_hz: fastest rate with several, Hz: of each where `simultaneous`, of all together where not.
        ai_ranges_v: largest voltages of the input ranges, V.
        ai_fifo: samples in the card's own input memory.
        ao: analogue outputs.
        ao_hz: fastest update rate of one output, Hz.
        ao_ranges_v: largest voltages of the output ranges, V.
        ao_fifo: samples in the card's own output memory.
        port_lines: lines of each digital port.
        buffered_ports: ports with a sample clock.
        digital_hz: fastest rate of buffered digital lines, Hz.
        counters: 32-bit counters.
    """

    name: str
    number: int
    bus: int
    simultaneous: bool
    ai: int
    ai_single_hz: float
    ai_multi_hz: float
    ai_ranges_v: tuple[float, ...]
    ai_fifo: int
    ao: int
    ao_hz: float
    ao_ranges_v: tuple[float, ...]
    ao_fifo: int
    port_lines: tuple[int, ...]
    buffered_ports: tuple[int, ...] = (0,)
    digital_hz: float = 10e6
    counters: int = 4

    def ai_limit_hz(self, channels: int) -> float:
        """Fastest sample rate of a task with so many inputs, Hz."""
        if channels <= 1:
            return self.ai_single_hz
        return self.ai_multi_hz if self.simultaneous else self.ai_multi_hz / channels


_SEVEN_RANGES: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_FOUR_RANGES: Final = (1.0, 2.0, 5.0, 10.0)

# Rates of the 6363 and that the 6366 and 6368 convert simultaneously: X Series User Manual, table 4-5 and chapter 4.
# Unverified (recalled, not found in a text at hand): output rates 2.86 and 3.33 MS/s, memory sizes, product numbers,
# ranges, the simultaneous cards' 2 MS/s. They bound what a task may ask; no sample depends on them.
_USB_6363: Final = Product(
    "USB-6363",
    0x7431,
    12586,
    False,
    32,
    2e6,
    1e6,
    _SEVEN_RANGES,
    4095,
    4,
    2.86e6,
    (5.0, 10.0),
    8191,
    (32, 8, 8),
)

PRODUCTS: Final = {
    product.name: product
    for product in (
        _USB_6363,
        replace(_USB_6363, name="PCIe-6363", number=0x7435, bus=14706),
        Product(
            "USB-6366",
            0x7438,
            12586,
            True,
            8,
            2e6,
            2e6,
            _FOUR_RANGES,
            32_000_000,
            2,
            3.33e6,
            (5.0, 10.0),
            8191,
            (8, 8, 8),
        ),
        Product(
            "PXIe-6368", 0x743A, 14886, True, 16, 2e6, 2e6, _FOUR_RANGES, 4095, 4, 3.33e6, (5.0, 10.0), 8191, (32, 8, 8)
        ),
    )
}
"""Name -> product."""
