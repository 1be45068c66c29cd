"""Bit-band regions: each bit of the first MiB of RAM and of peripherals is a word of its own.

Source: ARMv7-M ARM B3.1 (as an option), Cortex-M4 TRM 3.7.
"""

from typing import TYPE_CHECKING, Final

from rig.firmware.machine.bus import PAGE

if TYPE_CHECKING:
    from rig.firmware.machine.bus import Bus
    from rig.firmware.machine.execution import Engine
    from rig.firmware.machine.memory import Memories, Memory

RAM: Final = 0x20000000
PERIPHERALS: Final = 0x40000000
_ALIAS: Final = 0x02000000
_MIB: Final = 1 << 20
_WORDS: Final = 32
"""Bytes of the alias for each byte."""


def map_bit_bands(engine: "Engine", bus: "Bus", memories: "Memories") -> None:
    """Let the aliases of RAM and of every page of peripherals in the first MiB answer."""
    for page in bus.pages():
        if PERIPHERALS <= page < PERIPHERALS + _MIB:
            _map_page(engine, bus, page)
    ram = memories.find(RAM)
    if ram is not None:
        _map_ram(engine, ram)


def _map_page(engine: "Engine", bus: "Bus", page: int) -> None:
    def read(offset: int, _size: int) -> int:
        bit = offset >> 2
        return bus.read(page + (bit >> 3 & ~3), 4) >> (bit & 31) & 1

    def write(offset: int, _size: int, value: int) -> None:
        bit = offset >> 2
        address = page + (bit >> 3 & ~3)
        kept = bus.read(address, 4) & ~(1 << (bit & 31))
        bus.write(address, 4, kept | (value & 1) << (bit & 31))

    engine.map_registers(PERIPHERALS + _ALIAS + (page - PERIPHERALS) * _WORDS, PAGE * _WORDS, read, write)


def _map_ram(engine: "Engine", ram: "Memory") -> None:
    def read(offset: int, _size: int) -> int:
        bit = offset >> 2
        return ram.data[bit >> 3] >> (bit & 7) & 1

    def write(offset: int, _size: int, value: int) -> None:
        bit = offset >> 2
        ram.data[bit >> 3] = ram.data[bit >> 3] & ~(1 << (bit & 7)) | (value & 1) << (bit & 7)

    size = min(ram.end - RAM, _MIB)
    engine.map_registers(RAM + _ALIAS, size * _WORDS, read, write)
