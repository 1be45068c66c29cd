"""What `monitor NAME` tells in a debugger."""

from collections.abc import Callable, Mapping
from typing import Final

from rig.firmware.board.emulated_board import EmulatedBoard
from rig.firmware.insight.observation import Observation

_SHOWN: Final = ("pc", "lr", "sp", "msp", "psp", "xpsr", "control", "primask")


def monitor_commands(emulated: EmulatedBoard, observation: Observation) -> Mapping[str, Callable[[], str]]:
    """The commands by name; each answers in one or a few lines."""
    machine = emulated.machine

    def time() -> str:
        cycle = machine.soc.now()
        return f"{emulated.instant_ns(cycle) * 1e-9:.9f} s of the run, cycle {cycle}"

    def reset() -> str:
        machine.power_on("pin")
        return "reset by pin; stands at the reset vector"

    def regs() -> str:
        unit, values = machine.processor.unit, machine.registers()
        first = "  ".join(f"{name} 0x{values[name]:08x}" for name in _SHOWN)
        faults = unit.faults
        second = f"exception {unit.current}  CFSR 0x{faults.cfsr:08x}  HFSR 0x{faults.hfsr:08x}"
        return f"{first}\n{second}  MMFAR 0x{faults.mmfar:08x}  BFAR 0x{faults.bfar:08x}"

    def events() -> str:
        queue = machine.soc.queue.state()["events"]
        waiting = [f"cycle {cycle}: {owner} {kind} {value}" for cycle, _, owner, kind, value in queue]
        resets = [f"cycle {cycle}: reset by {cause}" for cycle, cause in observation.watched.resets]
        return "\n".join(["to come:", *waiting, "resets so far:", *resets])

    return {"time": time, "reset": reset, "regs": regs, "events": events}
