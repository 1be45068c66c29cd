"""Named random streams: one seed, one independent stream a name.

A new part takes a new name and shifts nobody else's noise. Sequential draws come from a `numpy.random.Generator`;
whatever is a function of the absolute sample index takes a 64-bit key and `sim.noise`.
"""

import hashlib
from dataclasses import dataclass

import numpy as np


def _words(name: str) -> tuple[int, ...]:
    return tuple(int(word) for word in np.frombuffer(hashlib.sha256(name.encode()).digest(), dtype="<u4"))


@dataclass(frozen=True, slots=True)
class Streams:
    """The random streams of one case.

    Attributes:
        seed: 64-bit case seed.
    """

    seed: int

    def generator(self, name: str) -> np.random.Generator:
        """A generator that depends on the seed and on `name` only (PCG64, `SeedSequence.spawn_key`)."""
        sequence = np.random.SeedSequence(entropy=self.seed, spawn_key=_words(name))
        return np.random.Generator(np.random.PCG64(sequence))

    def key(self, name: str) -> np.uint64:
        """A 64-bit key for counter-based noise, from the seed and `name` only."""
        sequence = np.random.SeedSequence(entropy=self.seed, spawn_key=_words(name))
        return np.uint64(sequence.generate_state(1, np.uint64)[0])


def case_seed(scenario_seed: int, repeat: int, axis_values: tuple[tuple[str, str], ...]) -> int:
    """Seed of one case: 64 bits of sha256 over the scenario's seed, the repeat and the canonical axis values.

    Args:
        scenario_seed: `seed:` of the scenario.
        repeat: number of the repeat under `matrix.seeds`, from 0.
        axis_values: (axis, canonical text) pairs of the matrix; their order does not matter.
    """
    text = "\n".join([str(scenario_seed), str(repeat), *(f"{axis}={value}" for axis, value in sorted(axis_values))])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
