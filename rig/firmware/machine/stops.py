"""Why a run of instructions ended."""

from enum import Enum, auto


class Reason(Enum):
    """What the processor has to look at next."""

    COUNT = auto()
    """The number of instructions is reached, or a stop was asked for."""
    SLEEP = auto()
    """WFI was executed."""
    WAIT = auto()
    """WFE was executed."""
    YIELD = auto()
    """YIELD was executed, which does nothing here."""
    CALL = auto()
    """SVC was executed."""
    RETURN = auto()
    """A branch to an address of the form 0xFFFFFFFx."""
    BREAKPOINT = auto()
    """BKPT stands at the program counter."""
    HALT = auto()
    """A debugger's breakpoint stands at the program counter."""
    BUS_FAULT = auto()
    """An access found nothing that answers, or an answer that is an error."""
    WRITE_PROTECTED = auto()
    """A store to memory that cannot be written."""
    FETCH_FAULT = auto()
    """The instruction lies where nothing can be executed."""
    UNDEFINED = auto()
    """There is no such instruction."""
    UNALIGNED = auto()
    """An access whose address is no multiple of its size, where it has to be."""
    DIVIDE_BY_ZERO = auto()
    """SDIV or UDIV by 0 while that is trapped."""
    NO_COPROCESSOR = auto()
    """An instruction of a coprocessor that is absent or switched off."""


NOT_EXECUTED = frozenset(
    {
        Reason.BREAKPOINT,
        Reason.HALT,
        Reason.BUS_FAULT,
        Reason.WRITE_PROTECTED,
        Reason.UNDEFINED,
        Reason.UNALIGNED,
        Reason.DIVIDE_BY_ZERO,
        Reason.NO_COPROCESSOR,
    }
)
"""Reasons for which the program counter stands at an instruction that was begun and not completed."""
