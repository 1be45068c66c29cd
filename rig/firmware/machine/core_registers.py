"""Names of the registers of the processor itself, and the constants that some of them hold.

Source: ARMv7-M ARM B3.2 (System Control Space), C1.2 (debug), Cortex-M4 TRM 4.1 (reset values).
"""

from typing import Final

CORE_REGISTERS: Final = {
    0xE0001000: "DWT_CTRL",
    0xE0001004: "DWT_CYCCNT",
    0xE0001008: "DWT_CPICNT",
    0xE000100C: "DWT_EXCCNT",
    0xE0001010: "DWT_SLEEPCNT",
    0xE0001014: "DWT_LSUCNT",
    0xE0001018: "DWT_FOLDCNT",
    0xE000101C: "DWT_PCSR",
    0xE0001FB0: "DWT_LAR",
    0xE000E004: "ICTR",
    0xE000E008: "ACTLR",
    0xE000E010: "SYST_CSR",
    0xE000E014: "SYST_RVR",
    0xE000E018: "SYST_CVR",
    0xE000E01C: "SYST_CALIB",
    0xE000ED00: "CPUID",
    0xE000ED04: "ICSR",
    0xE000ED08: "VTOR",
    0xE000ED0C: "AIRCR",
    0xE000ED10: "SCR",
    0xE000ED14: "CCR",
    0xE000ED18: "SHPR1",
    0xE000ED1C: "SHPR2",
    0xE000ED20: "SHPR3",
    0xE000ED24: "SHCSR",
    0xE000ED28: "CFSR",
    0xE000ED2C: "HFSR",
    0xE000ED30: "DFSR",
    0xE000ED34: "MMFAR",
    0xE000ED38: "BFAR",
    0xE000ED3C: "AFSR",
    0xE000ED40: "ID_PFR0",
    0xE000ED44: "ID_PFR1",
    0xE000ED48: "ID_DFR0",
    0xE000ED4C: "ID_AFR0",
    0xE000ED50: "ID_MMFR0",
    0xE000ED54: "ID_MMFR1",
    0xE000ED58: "ID_MMFR2",
    0xE000ED5C: "ID_MMFR3",
    0xE000ED60: "ID_ISAR0",
    0xE000ED64: "ID_ISAR1",
    0xE000ED68: "ID_ISAR2",
    0xE000ED6C: "ID_ISAR3",
    0xE000ED70: "ID_ISAR4",
    0xE000ED88: "CPACR",
    0xE000ED90: "MPU_TYPE",
    0xE000ED94: "MPU_CTRL",
    0xE000ED98: "MPU_RNR",
    0xE000ED9C: "MPU_RBAR",
    0xE000EDA0: "MPU_RASR",
    0xE000EDF0: "DHCSR",
    0xE000EDF4: "DCRSR",
    0xE000EDF8: "DCRDR",
    0xE000EDFC: "DEMCR",
    0xE000EF00: "STIR",
    0xE000EF34: "FPCCR",
    0xE000EF38: "FPCAR",
    0xE000EF3C: "FPDSCR",
    0xE000EF40: "MVFR0",
    0xE000EF44: "MVFR1",
}

CONSTANTS: Final = {
    "CPUID": 0x410FC241,
    "ID_PFR0": 0x00000030,
    "ID_PFR1": 0x00000200,
    "ID_DFR0": 0x00100000,
    "ID_AFR0": 0x00000000,
    "ID_MMFR0": 0x00100030,
    "ID_MMFR1": 0x00000000,
    "ID_MMFR2": 0x01000000,
    "ID_MMFR3": 0x00000000,
    "ID_ISAR0": 0x01101110,
    "ID_ISAR1": 0x02112000,
    "ID_ISAR2": 0x21232231,
    "ID_ISAR3": 0x01111131,
    "ID_ISAR4": 0x01310132,
    "MVFR0": 0x10110021,
    "MVFR1": 0x11000011,
    "DFSR": 0,
    "AFSR": 0,
    "DHCSR": 0,
}
"""What a register answers that the firmware cannot change. DHCSR: no debugger is connected."""


def core_register_name(address: int) -> str:
    """What the architecture calls a word of the private peripheral bus; ``PPB 0xE0002000`` if it has no name here."""
    word = address & ~3
    if word in CORE_REGISTERS:
        return CORE_REGISTERS[word]
    for first, last, name in _ARRAYS:
        if first <= word <= last:
            return f"{name}{(word - first) // 4}"
    return f"PPB 0x{word:08X}"


def is_of_core(address: int) -> bool:
    """Whether an address belongs to the processor itself, not to its chip. Source: ARMv7-M ARM B3.1.1."""
    return 0xE0000000 <= address < 0xE0040000


_ARRAYS: Final = (
    (0xE0000000, 0xE000007C, "ITM_STIM"),
    (0xE0002008, 0xE0002024, "FP_COMP"),
    (0xE000E100, 0xE000E13C, "NVIC_ISER"),
    (0xE000E180, 0xE000E1BC, "NVIC_ICER"),
    (0xE000E200, 0xE000E23C, "NVIC_ISPR"),
    (0xE000E280, 0xE000E2BC, "NVIC_ICPR"),
    (0xE000E300, 0xE000E33C, "NVIC_IABR"),
    (0xE000E400, 0xE000E5EC, "NVIC_IPR"),
)
