"""What a seeded defect is: what can be wrong with a stimulator, how much of it, and how much must be seen."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, get_args

Family: TypeAlias = Literal[
    "timing", "charge", "output", "ramp", "state machine", "sensor handling", "fault response", "unsorted"
]
FAMILIES: Final[tuple[str, ...]] = get_args(Family)

_STEPS: Final = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class DefectSpec:
    """A seeded defect of a simulated stimulator; dose 0 is a sound device, to the last bit.

    Attributes:
        name: word under `defects:`.
        unit: SI unit of its dose, "" for a pure number or a share.
        family: what kind of thing goes wrong.
        dose: the stated dose, SI: so much of it some check must see. NaN where nobody has stated one.
        summary: what the device does wrong, and what the dose counts.
        least: smallest dose that makes sense.
        most: largest dose that makes sense; 1 for a share.
        ladder: doses for a search, rising and unsigned; empty for the stated dose times 1/16 to 4, inside the bounds.
        needs: settings without which the defect has nothing to spoil, as texts (`interlock: on`); who searches for
            the smallest dose that a check sees leaves these to the scenario and says so where it sees nothing.
    """

    name: str
    unit: str = ""
    family: Family = "unsorted"
    dose: float = math.nan
    summary: str = ""
    least: float = 0.0
    most: float = math.inf
    ladder: tuple[float, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def has_dose(self) -> bool:
        """True where a dose is stated."""
        return math.isfinite(self.dose)

    @property
    def doses(self) -> tuple[float, ...]:
        """The ladder: rising in magnitude, each inside the bounds, the stated dose among them."""
        if not self.has_dose:
            return ()
        steps = self.ladder or tuple(self.dose * step for step in _STEPS)
        inside = {step for step in (*steps, self.dose) if self.least <= step <= self.most}
        return tuple(sorted(inside, key=abs))


def named(specs: Iterable[DefectSpec]) -> dict[str, DefectSpec]:
    """The specs by name, in their order."""
    return {spec.name: spec for spec in specs}


def by_channel(specs: Iterable[DefectSpec], channels: int) -> tuple[DefectSpec, ...]:
    """The specs, each for all channels and, with a suffix (`net_charge_2`), for one channel alone."""
    given = tuple(specs)
    alone = (
        replace(spec, name=f"{spec.name}_{n}", summary=f"{spec.summary} (channel {n} alone)")
        for spec in given
        for n in range(1, channels + 1)
    )
    return (*given, *alone)


def as_specs(defects: Mapping[str, "DefectSpec | str"]) -> dict[str, DefectSpec]:
    """Specs by name; a bare SI unit becomes a spec without a stated dose."""
    return {name: DefectSpec(name, each) if isinstance(each, str) else each for name, each in defects.items()}


def checked_doses(device: str, known: Mapping[str, DefectSpec], defects: Mapping[str, float]) -> dict[str, float]:
    """`defects` with every defect of the device, 0 where it is not named.

    Args:
        device: its name, for messages.
        known: its defects.
        defects: defect -> dose, SI.

    Raises:
        ValueError: an unknown defect, or a dose that makes no sense.
    """
    doses = dict.fromkeys(known, 0.0)
    for name, dose in defects.items():
        if name not in known:
            raise ValueError(f"{device}: defect {name!r} is not known; known are {', '.join(known)}")
        spec = known[name]
        if not (math.isfinite(dose) and spec.least <= dose <= spec.most):
            raise ValueError(
                f"{device}: dose of {name} must be finite and lie between {spec.least:g} and {spec.most:g}, got {dose}"
            )
        doses[name] = float(dose)
    return doses
