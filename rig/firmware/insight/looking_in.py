"""All that one may want to see of an emulated microcontroller, around the loop that lets it run."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rig.firmware.board.board_file import Board
from rig.firmware.board.emulated_board import EmulatedBoard
from rig.firmware.image.image_file import LoadedImage
from rig.firmware.insight.code_map import CodeMap
from rig.firmware.insight.coverage_file import joined_ranges
from rig.firmware.insight.debugger import Debugger
from rig.firmware.insight.device_facts import device_facts
from rig.firmware.insight.fault_place import FaultPlace
from rig.firmware.insight.gdb_session import Stop
from rig.firmware.insight.gdb_target import GdbTarget
from rig.firmware.insight.monitor import monitor_commands
from rig.firmware.insight.observation import Observation
from rig.firmware.insight.register_trace import RegisterTrace
from rig.firmware.insight.source_map import compiler_of
from rig.firmware.insight.stack_depth import StackUse, deeper, stack_bottom, stack_use
from rig.firmware.insight.unusable import UnusableError
from rig.firmware.machine.peripheral import Unmodelled
from rig.firmware.process.child_link import ChildLink
from rig.firmware.process.wire_reports import Held
from sim.errors import BenchError, ScenarioError

_GLANCE_CYCLES: Final = 100_000
"""How often a running processor looks whether its debugger wants it to stand (about a millisecond)."""


class LookingIn:
    """Observation, debugger and facts of one board.

    Args:
        emulated: the board.
        image: in its flash.
        board: its description.
        setup: what is asked (`emulated_device.EmulatedDevice.setup`).
        link: hears that a debugger holds the processor.

    Raises:
        ScenarioError: coverage is asked of an image without line information.
        BenchError: the port of the debugger cannot be had, or a trace cannot be written.
    """

    def __init__(
        self, emulated: EmulatedBoard, image: LoadedImage, board: Board, setup: Mapping[str, Any], link: ChildLink
    ) -> None:
        self._emulated, self._image, self._board = emulated, image, board
        machine = emulated.machine
        self._covers = bool(setup["coverage"])
        if self._covers and not image.has_lines:
            problem = "has no line information, so no line of it can be covered"
            raise ScenarioError(str(image.path), problem, "build it with -g and do not strip it")
        path = setup["trace"]
        self._trace = None
        if path is not None:
            self._trace = RegisterTrace(Path(path), machine.soc.register_name, emulated.instant_ns)
        self.observation = Observation(
            machine, coverage=self._covers, hashes=bool(setup["trace_hash"]), trace=self._trace
        )
        emulated.heard = self.observation.told
        self._code = CodeMap(image.segments, image.symbols.values())
        self._place = FaultPlace(machine, image, self._code)
        machine.place = machine.processor.unit.place = self._place.here
        self._stacks: list[StackUse] = []
        self._debugger, self._target = self._listen(setup, link)
        self._must_wait = self._debugger is not None and bool(setup["gdb_wait"])

    def _listen(self, setup: Mapping[str, Any], link: ChildLink) -> tuple[Debugger | None, GdbTarget | None]:
        port = setup["gdb_port"]
        if port is None:
            return None, None
        target = GdbTarget(self._emulated.machine, monitor_commands(self._emulated, self.observation))
        try:
            return Debugger(port, target, target.forget_points, lambda: link.send(Held())), target
        except OSError as error:
            problem = f"port {port} cannot be had for a debugger: {error.strerror}"
            raise BenchError("firmware", float("nan"), problem, "name another with --gdb") from None

    # running

    def run(self, limit: int) -> None:
        """Let the machine run up to a cycle, or less where it told of something to break on.

        Raises:
            UnusableError: the firmware uses what is not modelled.
        """
        try:
            if self._debugger is None:
                self._emulated.machine.run_until(limit)
            else:
                self._run_watched(limit, self._debugger)
        except Unmodelled as error:
            raise self._explained(error) from error

    def _run_watched(self, limit: int, debugger: Debugger) -> None:
        machine, target = self._emulated.machine, self._target
        assert target is not None
        if self._must_wait:
            self._must_wait = False
            debugger.await_first()
        while (now := machine.soc.now()) < limit:
            debugger.look()
            told = len(machine.soc.emissions)
            if debugger.is_stepping:
                machine.step(limit)
                if machine.processor.rests and machine.soc.now() >= limit:
                    return  # it sleeps on: the rig's next block may wake it, and the step ends there
            else:
                machine.run_until(min(limit, now + _GLANCE_CYCLES))
            if (hit := target.take_hit()) is not None:
                debugger.hold(Stop(5, *hit))
            elif machine.halted_at is not None or debugger.is_stepping:
                debugger.hold(Stop())
            if any(each.kind in machine.soc.break_on for each in machine.soc.emissions[told:]):
                return

    def _explained(self, error: Unmodelled) -> UnusableError:
        return UnusableError(f"{error}; {self._place.here(error.pc or None)}")

    # telling

    def identity(self) -> Mapping[str, Any]:
        """What runs."""
        engine = self._emulated.machine.engine
        found = {
            "kind": "firmware-image",
            "image": self._image.path.name,
            "sha256": self._image.sha256,
            "board": self._board.id,
            "board_sha256": self._board.sha256,
            "chip": self._board.chip,
            "engine": engine.version,
            "counter": engine.counted,
        }
        if compiler := compiler_of(self._image.path):
            found["compiler"] = compiler
        return found | ({} if self._debugger is None else {"gdb": f"127.0.0.1:{self._debugger.port}"})

    def facts(self) -> Mapping[str, Any]:
        """What is known so far (`rig.firmware_facts`), and `executed` where coverage is asked for."""
        facts: dict[str, Any] = dict(device_facts(self._emulated, self.observation, self._look_at_stacks()))
        if self.observation.hash is not None:
            facts["trace_hash"] = self.observation.hash.hex()
        if self._covers:
            ranges = joined_ranges((start, start + size) for start, size in self.observation.blocks.items())
            facts["executed"] = {
                "image": str(self._image.path),
                "sha256": self._image.sha256,
                "ranges": [list(span) for span in ranges],
            }
        return facts

    def before_power_off(self) -> None:
        """The memory will forget: keep what it shows."""
        self._look_at_stacks()

    def _look_at_stacks(self) -> list[StackUse]:
        memories = self._emulated.machine.soc.memories
        top = self._image.initial_sp
        memory = memories.find(top - 4, 4)
        if memory is not None:
            bottom = stack_bottom(self._image.symbols, memory, top)
            self._stacks = deeper([stack_use("main", memory, bottom, top, self._code)], self._stacks)
        return self._stacks

    def state(self) -> Any:
        """What was seen so far, to go back to."""
        return self.observation.state(), copy.copy(self._stacks)

    def restore(self, state: Any) -> None:
        """Have seen what was seen when `state` was taken."""
        observed, self._stacks = state[0], copy.copy(state[1])
        self.observation.restore(observed)

    def close(self) -> None:
        """Finish files, let a debugger go."""
        if self._trace is not None:
            self._trace.close()
        if self._debugger is not None:
            self._debugger.close()
