"""A class of patients as a population: how its parameters are spread, and one individual drawn from it.

Every spread parameter i has a stream of its own, which gives a standard normal z_i, so that a new parameter never
shifts another's draw. Parameters that go together share a part of it (a Gaussian copula with one parent each):

    z_i <- rho z_parent + sqrt(1 - rho^2) z_i,   u_i = Phi(z_i),   x_i = F_i^-1(F_i(low) + u_i (F_i(high) - F_i(low)))

with the bounds of the parameter as low and high: truncation by quantile, never by clipping. An individual that could
not walk is drawn again, whole, with the next number of every stream: see `why_not_walkable`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np
from scipy.special import ndtr

from sim.body.distributions import Distribution
from sim.body.patient import Patient
from sim.body.walkable import why_not_walkable
from sim.errors import ModelError

MAX_ATTEMPTS: Final = 64
"""Individuals drawn until one can walk (design choice; the shipped classes need two at most nearly always)."""


class NamedStreams(Protocol):
    """What a draw needs of `sim.streams.Streams`."""

    def generator(self, name: str) -> np.random.Generator:
        """The generator of one name."""
        ...


@dataclass(frozen=True, slots=True)
class Spread:
    """How one parameter is spread over the people of a class.

    Attributes:
        field: name of the field of `Patient`.
        distribution: its distribution, in the unit of the field.
        low: nothing under it is drawn.
        high: nothing above it is drawn.
        parent: field that it goes together with, or "".
        correlation: of the normal scores with those of the parent, -1..1.
    """

    field: str
    distribution: Distribution
    low: float
    high: float
    parent: str = ""
    correlation: float = 0.0


@dataclass(frozen=True, slots=True)
class Population:
    """A parsed patient file.

    Attributes:
        name: of the class.
        typical: every parameter at its stated value.
        spreads: parameters that differ between people; a parent stands before its children.
    """

    name: str
    typical: Patient
    spreads: tuple[Spread, ...] = ()


def sample_patient(description: Population, streams: NamedStreams, fixed: Mapping[str, Any] | None = None) -> Patient:
    """One individual of a class; the same description and seed give the same person to the last bit.

    Args:
        description: the class.
        streams: of the case; the parameter `body_mass_kg` draws from the stream ``patient.body_mass_kg``.
        fixed: fields that are given and therefore not drawn.

    Raises:
        ModelError: none of 64 individuals could walk.
    """
    given = dict(fixed or {})
    typical = replace(description.typical, **given)
    reason = ""
    for drawn in draws(description.spreads, streams, "patient"):
        person = replace(typical, **{name: value for name, value in drawn.items() if name not in given})
        reason = why_not_walkable(person)
        if not reason:
            return person
    raise ModelError("patient", 0.0, f"none of {MAX_ATTEMPTS} people drawn from {description.name} can walk: {reason}")


def draws(spreads: tuple[Spread, ...], streams: NamedStreams, prefix: str) -> Iterator[dict[str, float]]:
    """Drawn values by field, again and again: `MAX_ATTEMPTS` times.

    Args:
        spreads: parents before their children.
        streams: of the case.
        prefix: of the names of the random streams.
    """
    own = {each.field: streams.generator(f"{prefix}.{each.field}").standard_normal(MAX_ATTEMPTS) for each in spreads}
    for attempt in range(MAX_ATTEMPTS):
        scores: dict[str, float] = {}
        for spread in spreads:
            score = float(own[spread.field][attempt])
            if spread.parent:
                rho = spread.correlation
                score = rho * scores[spread.parent] + float(np.sqrt(1.0 - rho * rho)) * score
            scores[spread.field] = score
        yield {
            each.field: each.distribution.quantile(float(ndtr(scores[each.field])), each.low, each.high)
            for each in spreads
        }
