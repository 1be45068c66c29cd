"""The load before a run: what a meter reads against what the bench file says was measured."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rig.instruments.errors import InvalidCapture
from rig.instruments.ports import Multimeter
from scenarios.quantities import format_quantity
from sim.errors import BenchError

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory
    from scenarios.case import Case

_METER_RATIO: Final = 1e-4
_METER_OHM: Final = 0.2
"""What the meter itself may be off: 100 ppm of reading and 0.2 ohm, which covers a Truevolt's 90-day accuracy on every
range up to 100 kohm (data sheet 5991-1983) and contacts that are not soldered (design choice)."""
_MOST_OHM: Final = 1e6
"""Loads above it pass no direct current that a meter could tell from its own (open circuits, capacitors)."""


@dataclass(frozen=True, slots=True)
class LoadReading:
    """What the meter read.

    Attributes:
        read_ohm: resistance, ohm.
        stated_ohm: of the bench file, ohm.
        bound_ohm: how far the two may be apart, ohm.
    """

    read_ohm: float
    stated_ohm: float
    bound_ohm: float

    def notes(self) -> dict[str, str]:
        """For the record of a run."""
        return {
            "load.read_ohm": f"{self.read_ohm:.6g}",
            "load.stated_ohm": f"{self.stated_ohm:.6g}",
            "load.bound_ohm": f"{self.bound_ohm:.3g}",
        }


def check_load(laboratory: "Laboratory", case: "Case", meter: Multimeter) -> LoadReading | None:
    """Measure the load of channel 1; None where it passes no direct current.

    Raises:
        BenchError: it is not the load that the case asks for.
        LinkError: the meter does not answer.
    """
    stated_ohm, bound_ratio, name = _stated(laboratory, case)
    if not stated_ohm < _MOST_OHM:
        return None
    bound_ohm = stated_ohm * (bound_ratio + _METER_RATIO) + _METER_OHM
    asked = f"{format_quantity(stated_ohm, 'ohm')} within {format_quantity(bound_ohm, 'ohm')}"
    mend = f"plug in {name}, or measure it again and write its value into the bench file"
    try:
        read_ohm = meter.resistance(four_wire=False)
    except InvalidCapture as error:
        raise BenchError("load", math.nan, f"nothing is connected where {name} should be {asked}", mend) from error
    if not abs(read_ohm - stated_ohm) <= bound_ohm:
        raise BenchError("load", math.nan, f"{name} reads {format_quantity(read_ohm, 'ohm')}, stated is {asked}", mend)
    return LoadReading(read_ohm, stated_ohm, bound_ohm)


def _stated(laboratory: "Laboratory", case: "Case") -> tuple[float, float, str]:
    """Measured value, relative bound and name of the load that the case asks for."""
    for fixture in laboratory.fixtures.values():
        for position in fixture.positions if fixture.kind == "load" else ():
            if position.load == case.load:
                value = position.value if math.isfinite(position.value) else case.load.resistance_ohm
                return value, position.bound_ratio or fixture.bound_ratio, f"`{position.name}` of {fixture.name}"
    return case.load.resistance_ohm, 0.01, "the load"
