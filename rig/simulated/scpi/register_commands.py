"""The commands of a status register: a supply has `STATus:OPERation`, a scope `OPERegister`.

Source: SCPI-1999 volume 2, chapter 20.
"""

from typing import TYPE_CHECKING

from rig.simulated.scpi.commands import Command
from rig.simulated.scpi.parameters import Number

if TYPE_CHECKING:
    from rig.simulated.scpi.instrument import Instrument
    from rig.simulated.scpi.status import Register

_WORD = Number(least=0, most=65535, whole=True)


def register_commands(header: str, name: str) -> tuple[Command, ...]:
    """Commands of one register.

    Args:
        header: where it stands in the tree ("STATus:OPERation").
        name: which register of the status it is, `operation` or `questionable`.
    """

    def of(instrument: "Instrument") -> "Register":
        return getattr(instrument.status, name)

    def condition(instrument: "Instrument") -> int:
        return of(instrument).condition

    def event(instrument: "Instrument") -> int:
        return of(instrument).take_event()

    return (
        Command(f"{header}:CONDition?", (), (), repeated=False, run=condition),
        Command(f"{header}[:EVENt]?", (), (), repeated=False, run=event),
        *_mask_commands(f"{header}:ENABle", name, "enable"),
        *_mask_commands(f"{header}:PTRansition", name, "positive"),
        *_mask_commands(f"{header}:NTRansition", name, "negative"),
    )


def _mask_commands(header: str, name: str, mask: str) -> tuple[Command, Command]:
    def put(instrument: "Instrument", value: int) -> None:
        setattr(getattr(instrument.status, name), mask, value & 0x7FFF)

    def get(instrument: "Instrument") -> int:
        return getattr(getattr(instrument.status, name), mask)

    return (
        Command(header, (_WORD,), (), repeated=False, run=put),
        Command(header + "?", (), (), repeated=False, run=get),
    )


def _preset(instrument: "Instrument") -> None:
    instrument.status.operation.preset()
    instrument.status.questionable.preset()


STATUS_COMMANDS = (
    *register_commands("STATus:OPERation", "operation"),
    *register_commands("STATus:QUEStionable", "questionable"),
    Command("STATus:PRESet", (), (), repeated=False, run=_preset),
)
"""SCPI's own status subsystem; a class of instrument takes it by `commands = STATUS_COMMANDS`."""
