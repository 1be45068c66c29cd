"""What is known of a processor's life so far, as plain data (`rig.firmware_facts`)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rig.firmware.board.emulated_board import EmulatedBoard
from rig.firmware.insight.interrupt_times import Served
from rig.firmware.insight.observation import Observation
from rig.firmware.insight.stack_depth import StackUse
from rig.firmware.machine.nvic import FIRST_IRQ

_NAMES: Final = {
    2: "NMI",
    3: "HardFault",
    4: "MemManage",
    5: "BusFault",
    6: "UsageFault",
    11: "SVCall",
    12: "DebugMonitor",
    14: "PendSV",
    15: "SysTick",
}
"""Source: ARMv7-M ARM B1.5.2."""


def device_facts(emulated: EmulatedBoard, observation: Observation, stacks: Sequence[StackUse]) -> Mapping[str, Any]:
    """The facts of a board at this moment."""
    machine = emulated.machine
    cycles, hz = machine.soc.now(), machine.soc.hclk_hz
    watched = observation.watched
    names = {FIRST_IRQ + number: name for number, name in machine.soc.chip.interrupt_names.items()} | _NAMES
    return {
        "clock_hz": hz,
        "cycles": cycles,
        "instructions": machine.processor.instructions,
        "load_ratio": 1.0 - machine.processor.sleeping_cycles / cycles if cycles else 0.0,
        "interrupts": [
            {"number": number, "name": names.get(number, f"exception {number}"), **_times(served, emulated, hz)}
            for number, served in sorted(watched.times.served.items())
        ],
        "resets": [{"t_s": emulated.instant_ns(cycle) * 1e-9, "cause": cause} for cycle, cause in watched.resets],
        "stacks": [use.document() for use in stacks],
    }


def _times(served: Served, emulated: EmulatedBoard, hz: int) -> dict[str, Any]:
    return {
        "entries": served.entries,
        "mean_s": served.total / served.entries / hz if served.entries else None,
        "longest_s": served.longest / hz,
        "longest_at_s": emulated.instant_ns(served.longest_at) * 1e-9,
        "longest_with_nested_s": served.longest_with_nested / hz,
        "wait_mean_s": served.wait_total / served.waits / hz if served.waits else None,
        "wait_longest_s": served.wait_longest / hz if served.waits else None,
    }
