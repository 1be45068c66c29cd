"""What a simulated power supply is: its identity, its outputs, its errors."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class OutputRange:
    """One output.

    Attributes:
        most_v: highest voltage that can be set.
        most_a: highest current limit.
        most_protect_v: highest over-voltage protection.
    """

    most_v: float
    most_a: float
    most_protect_v: float


@dataclass(frozen=True, slots=True)
class SupplyModel:
    """One model of supply.

    Attributes:
        identity: answer to `*IDN?`.
        outputs: number -> its range.
        slew_tau_s: time constant of the output voltage.
        set_gain_bound_ratio: bound of the relative error of the voltage that is set.
        set_offset_bound_v: and of its offset.
        read_gain_bound_ratio: bound of the relative error of a reading.
        read_offset_bound_v: and of its offset, V.
        read_offset_bound_a: and of its offset, A.
        read_s: time of a reading, from its command to its answer.
    """

    identity: str
    outputs: dict[int, OutputRange]
    slew_tau_s: float = 2e-3
    set_gain_bound_ratio: float = 3e-4
    set_offset_bound_v: float = 3e-3
    read_gain_bound_ratio: float = 4e-4
    read_offset_bound_v: float = 2e-3
    read_offset_bound_a: float = 2e-4
    read_s: float = 0.02


E36312A: Final = SupplyModel(
    identity="Keysight Technologies,E36312A,SIM00000003,2.1.1-1.0.4-1.12",
    outputs={1: OutputRange(6.18, 5.15, 6.6), 2: OutputRange(25.75, 1.03, 27.5), 3: OutputRange(25.75, 1.03, 27.5)},
)
"""Source: Keysight E36300 data sheet 5992-2124 (6 V 5 A and twice 25 V 1 A, 3 % over range; programming and read-back
accuracy). The slew is a design choice of the order that the manual states (milliseconds); a reading takes one cycle of
the mains."""
