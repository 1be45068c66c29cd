"""The process of an emulated microcontroller: it serves the rig's pipe until the pipe ends.

``python -m rig.firmware.emulated_child``. A crash of the engine's library ends this process and nothing else.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rig.firmware.insight.unusable import UnusableError
from rig.firmware.process.child_link import ChildLink
from rig.firmware.process.child_side import take_pipes
from rig.firmware.process.wire import Request
from rig.firmware.process.wire_frame import VERSION
from rig.firmware.process.wire_reports import Accepted, Answer, Ask, Done, Events, Failed, Ready, Refused
from rig.firmware.process.wire_requests import Advance, Inject, Power, Question, Quit, Receive, Start, Terminal, Value
from sim.errors import RigError
from sim.timebase import TimeNs


class EmulatedChild:
    """Requests of the rig against one board.

    Args:
        link: to the rig.
        start: the first request.

    Raises:
        RigError: the image or the board cannot be used, or the emulator is not installed.
    """

    def __init__(self, link: ChildLink, start: Start) -> None:
        from rig.firmware.board.board_document import board_from
        from rig.firmware.board.emulated_board import EmulatedBoard
        from rig.firmware.image.image_file import load_image
        from rig.firmware.insight.looking_in import LookingIn

        self._link = link
        setup: Mapping[str, Any] = json.loads(start.setup)
        board = board_from(setup["board"])
        self._image = load_image(Path(setup["image"]), at=setup["at"])
        self._emulated = EmulatedBoard(self._image, board, setup["counter"], self._ask)
        self._looking_in = LookingIn(self._emulated, self._image, board, setup, link)
        self._states: list[Any] = []
        self._until_ns: TimeNs = start.t_ns
        self._clock_error_ratio = start.clock_error_ratio
        emulated = self._emulated
        emulated.supply(start.supply_v)
        emulated.power_on(start.t_ns, start.cause, start.clock_error_ratio)
        self._answers: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "snapshot": self._snapshot,
            "restore": self._restore,
            "facts": lambda _: self._looking_in.facts(),
            "registers": lambda _: emulated.machine.registers(),
        }

    def identity(self) -> Mapping[str, Any]:
        """What runs."""
        return self._looking_in.identity()

    def serve(self, request: Request) -> None:
        """Answer one request."""
        emulated = self._emulated
        match request:
            case Advance():
                self._advance(request)
            case Terminal() if request.name == "supply":
                emulated.supply(request.value)
            case Terminal():
                emulated.press(request.name, is_pressed=request.value != 0.0)
            case Receive():
                emulated.receive(request.t_ns, request.data)
            case Inject():
                self._inject(request)
            case Power():
                self._power(request)
            case Question():
                self._question(request.document)
            case _:
                self._link.send(Refused(f"{type(request).__name__} has no place here"))

    def close(self) -> None:
        """Finish what is written."""
        self._looking_in.close()

    def _advance(self, wanted: Advance) -> None:
        emulated, link = self._emulated, self._link
        for signal in wanted.signals:
            emulated.know(signal.name, signal.t0_ns, signal.period_ns, signal.samples)
        self._until_ns = wanted.until_ns
        if not emulated.is_powered:
            link.send(Done(wanted.until_ns))
            return
        emulated.machine.soc.break_on = wanted.break_on
        limit = emulated.cycle_at(wanted.until_ns)
        self._looking_in.run(limit)
        told = emulated.events_before(wanted.until_ns)
        reached_ns = wanted.until_ns
        broken = next((place for place, event in enumerate(told) if event.kind in wanted.break_on), None)
        if broken is not None:
            reached_ns = told[-1].t_ns + 1
        link.send(Events(told), Done(reached_ns)) if told else link.send(Done(reached_ns))

    def _ask(self, terminal: str, t_ns: TimeNs) -> float:
        told = self._emulated.events_before(self._until_ns)
        if told:
            self._link.send(Events(told), Ask(t_ns, terminal))
        else:
            self._link.send(Ask(t_ns, terminal))
        answer = self._link.take()
        if not isinstance(answer, Value):
            raise UnusableError(f"the rig was asked for {terminal} and sent {type(answer).__name__}")
        return answer.value

    def _inject(self, wanted: Inject) -> None:
        emulated = self._emulated
        try:
            match wanted.kind:
                case "hang":
                    emulated.hang(wanted.dose)
                case "hang_main_loop":
                    emulated.hang_main_loop(wanted.dose)
                case "broken_frame":
                    emulated.receive(wanted.t_ns, wanted.where.encode("ascii"), broken=round(wanted.dose))
                case "clock":
                    emulated.set_clock_error((1.0 + self._clock_error_ratio) * (1.0 + wanted.dose) - 1.0)
                case "adc_reference":
                    emulated.wiring.reference_ratio = wanted.dose
                case "bit_flip":
                    emulated.flip_bit(wanted.where, round(wanted.dose))
                case _:
                    self._link.send(Refused(f"an emulated microcontroller cannot have the fault {wanted.kind!r}"))
                    return
        except ValueError as error:
            self._link.send(Refused(str(error)))
        else:
            self._link.send(Accepted())

    def _power(self, wanted: Power) -> None:
        if wanted.comes:
            self._emulated.power_on(wanted.t_ns, wanted.cause)
            self._link.send(Done(wanted.t_ns))
        else:
            self._looking_in.before_power_off()
            let_go = self._emulated.power_off(wanted.t_ns)
            self._link.send(Events(let_go), Done(wanted.t_ns))

    def _question(self, document: Mapping[str, Any]) -> None:
        answer = self._answers.get(str(document.get("ask")))
        if answer is None:
            self._link.send(Refused(f"nobody here knows {document.get('ask')!r}; known are {', '.join(self._answers)}"))
            return
        self._link.send(Answer(answer(document)))

    def _snapshot(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        self._states.append((self._emulated.state(), self._looking_in.state()))
        return {"number": len(self._states) - 1}

    def _restore(self, document: Mapping[str, Any]) -> Mapping[str, Any]:
        board, insight = self._states[document["number"]]
        self._emulated.restore(board)
        self._looking_in.restore(insight)
        return {}


def serve_link(link: ChildLink) -> int:
    """Serve the rig from its first request to its last."""
    start = link.take()
    if not isinstance(start, Start) or start.version != VERSION:
        return _fail(link, "the rig speaks another version of the language of `rig.firmware.process.wire`")
    try:
        child = EmulatedChild(link, start)
    except (RigError, ValueError) as error:
        link.send(Refused(str(error)))
        return 0
    link.send(Ready(child.identity()))
    try:
        while not isinstance(request := link.take(), Quit):
            child.serve(request)
    except UnusableError as error:
        return _fail(link, str(error))
    finally:
        child.close()
    return 0


def _fail(link: ChildLink, why: str) -> int:
    link.send(Failed(why))
    return 0


if __name__ == "__main__":
    sys.exit(serve_link(ChildLink(*take_pipes())))
