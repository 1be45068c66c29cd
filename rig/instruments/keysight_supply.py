"""Keysight E36300 power supplies (E36311A, E36312A, E36313A): set, measure, protect, sag.

Setting and reading are of the order of milliseconds: what the supply line did is measured with the card or the
oscilloscope, never taken from the instant of a command.

Source: E36300 Series Programming Guide E36311-90008: `APPLy`, `VOLTage`, `CURRent`, `OUTPut`, `MEASure`,
`VOLTage:PROTection`, `CURRent:PROTection`, channel lists.
"""

import math
from collections.abc import Mapping
from typing import Final

from rig.instruments.errors import InstrumentFault
from rig.instruments.identity import Identity
from rig.instruments.limits import OutputLimits, refuse_beyond
from rig.instruments.scpi_link import ScpiLink

_NEAR: Final = 2e-3
"""V and A by which a setting may read back differently: two steps of the setting (design choice)."""


class KeysightSupply:
    """An E36300 supply.

    Args:
        link: to it.
        limits: of its outputs, by number; an output that is not named may not be touched.
    """

    def __init__(self, link: ScpiLink, limits: Mapping[int, OutputLimits]) -> None:
        self.link, self._limits = link, dict(limits)

    def identity(self) -> Identity:
        """Who answered when the link was opened."""
        return self.link.identity

    def set(self, output: int, voltage_v: float, current_a: float) -> None:
        """Voltage and current limit; both are read back.

        Raises:
            LimitRefused: beyond the limits of the bench file; nothing was written.
            InstrumentFault: refused, or read back as something else.
            LinkError: the link failed.
        """
        limits = self._limits.get(output, OutputLimits(math.inf, -math.inf, -math.inf))
        refuse_beyond(self.link.name, f"voltage of output {output}", voltage_v, limits.least_v, limits.most_v, "V")
        refuse_beyond(self.link.name, f"current limit of output {output}", current_a, 0.0, limits.most_a, "A")
        self.link.write(f"CURR {current_a:.6g},(@{output})")
        self.link.write(f"VOLT {voltage_v:.6g},(@{output})")
        self._same(f"CURR? (@{output})", current_a)
        self._same(f"VOLT? (@{output})", voltage_v)

    def protect(self, output: int, over_voltage_v: float) -> None:
        """Over-voltage and over-current protection on; a trip switches the output off.

        Raises:
            InstrumentFault: refused, or read back as something else.
            LinkError: the link failed.
        """
        self.link.write(f"VOLT:PROT {over_voltage_v:.6g},(@{output})")
        self.link.write(f"VOLT:PROT:STAT ON,(@{output})")
        self.link.write(f"CURR:PROT:STAT ON,(@{output})")
        self._same(f"VOLT:PROT? (@{output})", over_voltage_v)

    def on(self, output: int) -> None:
        """Switch the output on.

        Raises:
            InstrumentFault: it did not come on: a protection has tripped, or its limits are unknown.
            LinkError: the link failed.
        """
        if output not in self._limits:
            refuse_beyond(self.link.name, f"output {output}", math.nan, math.nan, math.nan, "V")
        self.link.write(f"OUTP ON,(@{output})")
        if not self.link.switch(f"OUTP? (@{output})", again=True) or self.tripped(output):
            raise InstrumentFault(
                self.link.name, math.nan, f"output {output} does not come on", "has a protection tripped?"
            )

    def off(self, output: int) -> None:
        """Switch the output off.

        Raises:
            InstrumentFault: it still says that it is on.
            LinkError: the link failed.
        """
        self.link.write(f"OUTP OFF,(@{output})")
        if self.link.switch(f"OUTP? (@{output})", again=True):
            raise InstrumentFault(self.link.name, math.nan, f"output {output} does not go off")

    def change(self, output: int, voltage_v: float) -> None:
        """Another voltage in one message, within milliseconds; not read back. Raises as `set`."""
        limits = self._limits.get(output, OutputLimits(math.inf, -math.inf, -math.inf))
        refuse_beyond(self.link.name, f"voltage of output {output}", voltage_v, limits.least_v, limits.most_v, "V")
        self.link.write(f"VOLT {voltage_v:.6g},(@{output})")

    def sag(self, output: int, voltage_v: float, duration_s: float) -> None:
        """Let the voltage fall for about `duration_s`, then restore it. Raises as `set`."""
        before_v = self.link.number(f"VOLT? (@{output})", again=True)
        self.change(output, voltage_v)
        self.link.patience.pause(duration_s)
        self.change(output, before_v)

    def measure(self, output: int) -> tuple[float, float]:
        """(V, A) at the output as the supply reads them; raises `LinkError` or `InstrumentFault`."""
        return self.link.number(f"MEAS:VOLT? (@{output})"), self.link.number(f"MEAS:CURR? (@{output})")

    def tripped(self, output: int) -> bool:
        """True where a protection has switched the output off; raises `LinkError`."""
        return any(self.link.switch(f"{kind}:PROT:TRIP? (@{output})", again=True) for kind in ("VOLT", "CURR"))

    def clear_protection(self, output: int) -> None:
        """Let an output that has tripped be switched on again; raises as `write`."""
        self.link.write(f"OUTP:PROT:CLE (@{output})")

    def safe_state(self) -> None:
        """Every output off.

        Raises:
            InstrumentFault: one still says that it is on.
            LinkError: the link failed.
        """
        for output in sorted(self._limits):
            self.off(output)

    def reopen(self) -> None:
        """A fresh link after a fault."""
        self.link.reopen()

    def close(self) -> None:
        """Close the link; twice is fine."""
        self.link.close()

    def _same(self, query: str, wanted: float) -> None:
        found = self.link.number(query, again=True)
        if abs(found - wanted) > _NEAR:
            problem = f"`{query}` reads back {found:g}, {wanted:g} was set"
            raise InstrumentFault(self.link.name, math.nan, problem, "the instrument does not take this setting")
