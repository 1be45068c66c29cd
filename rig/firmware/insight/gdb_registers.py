"""The registers of a Cortex-M4 with FPU in the order in which GDB numbers them here.

Source: Debugging with GDB, appendix G.5.3 (ARM features: m-profile, m-system, vfp); ARMv7-M ARM B1.4.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Register:
    """One register as the debugger sees it.

    Attributes:
        name: as in the target description.
        bits: 32 or 64.
        kind: type that GDB shows it as, or "".
    """

    name: str
    bits: int = 32
    kind: str = ""

    @property
    def size(self) -> int:
        """Bytes."""
        return self.bits // 8


_GENERAL: Final = (
    *(Register(f"r{number}") for number in range(13)),
    Register("sp", kind="data_ptr"),
    Register("lr", kind="int"),
    Register("pc", kind="code_ptr"),
    Register("xpsr", kind="int"),
)
_SYSTEM: Final = (Register("msp", kind="data_ptr"), Register("psp", kind="data_ptr"))
_MASKS: Final = tuple(Register(name, kind="int") for name in ("primask", "basepri", "faultmask", "control"))
_FLOAT: Final = (
    *(Register(f"d{number}", 64, "ieee_double") for number in range(16)),
    Register("fpscr", kind="int"),
)
_FEATURES: Final = (
    ("org.gnu.gdb.arm.m-profile", _GENERAL),
    ("org.gnu.gdb.arm.m-system", _SYSTEM),
    ("org.stimrig.arm.masks", _MASKS),
    ("org.gnu.gdb.arm.vfp", _FLOAT),
)

REGISTERS: Final = (*_GENERAL, *_SYSTEM, *_MASKS, *_FLOAT)
"""In the order of their numbers."""
PC_NUMBER: Final = 15


def target_xml() -> bytes:
    """The target description."""
    parts = ['<?xml version="1.0"?><!DOCTYPE target SYSTEM "gdb-target.dtd"><target version="1.0">']
    parts.append("<architecture>armv7e-m</architecture>")
    for feature, registers in _FEATURES:
        parts.append(f'<feature name="{feature}">')
        for register in registers:
            kind = f' type="{register.kind}"' if register.kind else ""
            parts.append(f'<reg name="{register.name}" bitsize="{register.bits}"{kind}/>')
        parts.append("</feature>")
    parts.append("</target>")
    return "".join(parts).encode()
