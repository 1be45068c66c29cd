"""The electrical load between two stimulation electrodes: R_s + (R_p || C_p), and the dummies that stand in for it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Load:
    """A series resistance and a parallel resistance and capacitance, both electrodes and the tissue lumped.

    v(t) = i [R_s + R_p (1 - exp(-t / R_p C_p))] for a current i switched on at t = 0.

    The contact ratio c of the electrode scales the interface by its area: R/c, C c, so that the time constant stays.

    Attributes:
        series_ohm: R_s, ohm; more than 0.
        parallel_ohm: R_p, ohm; 0 for a pure resistor.
        parallel_f: C_p, F; 0 for a pure resistor.

    Raises:
        ValueError: a value that no passive load has.
    """

    series_ohm: float
    parallel_ohm: float = 0.0
    parallel_f: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 < self.series_ohm < float("inf"):
            raise ValueError(f"load: series resistance must be more than 0 ohm and finite, got {self.series_ohm:g} ohm")
        if not 0.0 <= self.parallel_ohm < float("inf"):
            raise ValueError(f"load: parallel resistance must be 0 ohm or more and finite, got {self.parallel_ohm:g}")
        if not 0.0 <= self.parallel_f < float("inf"):
            raise ValueError(f"load: parallel capacitance must be 0 F or more and finite, got {self.parallel_f:g} F")

    @property
    def tau_s(self) -> float:
        """Time constant R_p C_p, s; 0 for a pure resistor."""
        return self.parallel_ohm * self.parallel_f

    @property
    def resistance_ohm(self) -> float:
        """Resistance to a current that flows for long, ohm."""
        return self.series_ohm + self.parallel_ohm


NAMED_LOADS: Final[dict[str, Load]] = {
    "skin": Load(series_ohm=400.0, parallel_ohm=3000.0, parallel_f=0.2e-6),
    "500 ohm": Load(series_ohm=500.0),
    "2 kohm": Load(series_ohm=2000.0),
    "10 kohm": Load(series_ohm=10_000.0),
    "open": Load(series_ohm=1e6),
    "500 ohm + 10 uF": Load(series_ohm=500.0, parallel_ohm=1e9, parallel_f=10e-6),
    "implant": Load(series_ohm=2000.0, parallel_ohm=1e6, parallel_f=0.5e-6),
}
"""Loads that a scenario may name. `skin`: two hydrated 5 x 5 cm electrodes at some 30 mA; Source: Keller & Kuhn 2008
(order of magnitude; the values are a design choice inside their range). The resistors are the standard test loads of
electrical muscle stimulators (500 ohm, 2 kohm, 10 kohm); at 1 Mohm (`open`) the voltage of an open circuit is read.
`500 ohm + 10 uF`: a film capacitor in series, whose insulation of 1 Gohm holds its charge for hours (regulatory.md 5.4
D). `implant`: two contacts of a nerve cuff, 2 kohm of tissue and
leads in series with the double layer of the metal, which hardly leaks; 0.5 uF is some 5 mm2 at 20 uF/cm2 a contact, two
in series (design choice inside the range of platinum contacts)."""
