"""What the engine's numbers mean to the processor, and the instructions by which it stops without saying so.

Source: Unicorn 2.1.4, ``unicorn.h`` (errors) and ``qemu/target/arm/cpu.h`` (exceptions); each met in an experiment.
"""

from typing import Final

from rig.firmware.machine.stops import Reason

HINTS: Final = {
    b"\x20\xbf": Reason.WAIT,
    b"\xaf\xf3\x02\x80": Reason.WAIT,
    b"\x10\xbf": Reason.YIELD,
    b"\xaf\xf3\x01\x80": Reason.YIELD,
}
"""WFE and YIELD, narrow and wide. Source: ARMv7-M ARM A7.7.262, A7.7.264."""
WFI, WIDE_WFI = b"\x30\xbf", b"\xaf\xf3\x03\x80"
"""Source: ARMv7-M ARM A7.7.263."""
RETURN: Final = 8
INTERRUPTS: Final = {
    2: Reason.CALL,
    3: Reason.FETCH_FAULT,
    4: Reason.UNALIGNED,
    7: Reason.BREAKPOINT,
    RETURN: Reason.RETURN,
    17: Reason.NO_COPROCESSOR,
}
"""What a number that the engine hands to its hook of interrupts means; `RETURN` is that of a branch to 0xFFFFFFFx."""
ERRORS: Final = {
    6: Reason.BUS_FAULT,
    7: Reason.BUS_FAULT,
    8: Reason.FETCH_FAULT,
    10: Reason.UNDEFINED,
    12: Reason.WRITE_PROTECTED,
    13: Reason.BUS_FAULT,
    14: Reason.FETCH_FAULT,
}
"""What an error of `uc_emu_start` means to the processor."""
