"""Keysight Truevolt multimeters (34461A, 34465A): resistance and direct voltage.

Source: Truevolt Series Operating and Service Guide: `CONFigure`, `SENSe`, `READ?`; an overload reads +-9.9E+37.
"""

import math

from rig.instruments.errors import InvalidCapture
from rig.instruments.identity import Identity
from rig.instruments.scpi_link import ScpiLink

_POWER_LINE_CYCLES = 10
"""Integration time of a reading: the meter's full accuracy needs 10 cycles of the mains."""
_OVERLOAD = 9.9e37


class KeysightMeter:
    """A Truevolt multimeter.

    Args:
        link: to it.
    """

    def __init__(self, link: ScpiLink) -> None:
        self.link = link

    def identity(self) -> Identity:
        """Who answered when the link was opened."""
        return self.link.identity

    def resistance(self, *, four_wire: bool = True) -> float:
        """Ohm.

        Raises:
            InvalidCapture: overload: nothing is connected.
            InstrumentFault: the meter complains.
            LinkError: the link failed.
        """
        kind = "FRES" if four_wire else "RES"
        return self._read(kind, "resistance")

    def voltage(self) -> float:
        """Direct voltage, V; raises as `resistance`."""
        return self._read("VOLT:DC", "voltage")

    def safe_state(self) -> None:
        """Stop measuring: a meter drives nothing but its own test current."""
        self.link.write("ABOR")

    def reopen(self) -> None:
        """A fresh link after a fault."""
        self.link.reopen()

    def close(self) -> None:
        """Close the link; twice is fine."""
        self.link.close()

    def _read(self, kind: str, what: str) -> float:
        self.link.write(f"CONF:{kind}")
        self.link.write(f"{kind}:NPLC {_POWER_LINE_CYCLES}")
        value = self.link.number_or_infinity("READ?")
        if abs(value) >= _OVERLOAD:
            raise InvalidCapture(self.link.name, math.nan, f"overload in {what}", "is anything connected?")
        return value
