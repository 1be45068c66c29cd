"""What the factory wrote: small regions that end within a page, so they are answered like registers."""

from typing import TYPE_CHECKING

from rig.firmware.machine.bus import PAGE
from rig.firmware.machine.peripheral import BusFault

if TYPE_CHECKING:
    from rig.firmware.machine.bus import Bus
    from rig.firmware.machine.execution import Engine
    from rig.firmware.machine.memory import Memories


def map_system_memory(engine: "Engine", bus: "Bus", memories: "Memories") -> None:
    """Let the regions of kind `system` be read; a store is a bus fault, what lies beside them is refused by name."""
    regions = [memory for memory in memories.own if memory.region.kind == "system"]
    pages = {page for memory in regions for page in range(memory.at // PAGE, -(-memory.end // PAGE))}
    for page in sorted(pages):
        _map_page(engine, bus, memories, page * PAGE)


def _map_page(engine: "Engine", bus: "Bus", memories: "Memories", page: int) -> None:
    def read(offset: int, size: int) -> int:
        memory = memories.find(page + offset, size)
        if memory is None:
            bus.refuse(page + offset, "read")
        return int.from_bytes(memory.view[page + offset - memory.at : page + offset - memory.at + size], "little")

    def write(offset: int, _size: int, _value: int) -> None:
        raise BusFault("the factory's memory cannot be written", page + offset)

    engine.map_registers(page, PAGE, read, write)
