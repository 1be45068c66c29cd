"""What a mean over pulses leaves of the error that edges have between samples: all of it, where all meet one phase."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from reports.uncertainty import Term, group_mean
from rig.bench import ChannelAccuracy
from rig.pulse_uncertainty import EDGE_ALIASING, harmonic_weights


def train_mean(
    terms: Iterable[Term],
    t_s: NDArray[np.float64],
    accuracy: ChannelAccuracy | None,
    groups: NDArray[np.int64],
    count: int,
) -> tuple[Term, ...]:
    """Components of the mean over each group of pulses, as `group_mean`, with the edges' phases in the sample clock.

    The error of a sum of samples goes with the phase phi of the pulse in the sample clock: u sqrt(2) cos(phi + theta)
    and weaker harmonics. Of a mean over m pulses it leaves ``|sum u exp(i phi)|/m`` in place of ``sqrt(sum u^2)/m``: a
    rate that divides that of the card leaves all of it. The harmonics above the first are taken as independent.

    Args:
        terms: components of the single pulses.
        t_s: (n,) their instants by the sample clock, s; known far better than a sample.
        accuracy: of the captured current; None where no card has seen the pulses.
        groups: (n,) group of each pulse, 0..count-1.
        count: number of groups.

    Source: own derivation from the sampling comb, as `rig.pulse_uncertainty` has it.
    """
    if accuracy is None:
        return group_mean(terms, groups, count)
    turns = 2.0 * np.pi * np.mod(t_s * accuracy.rate_hz, 1.0)
    members = np.maximum(np.bincount(groups, minlength=count), 1)
    weights = harmonic_weights(accuracy)
    first = weights[0] / weights.sum()
    found: list[Term] = []
    for part in terms:
        (mean,) = group_mean((part,), groups, count)
        if part.name == EDGE_ALIASING and not part.systematic:
            u = part.standard_value
            real, imaginary = (np.bincount(groups, u * wave(turns), count) for wave in (np.cos, np.sin))
            together, alone = (real**2 + imaginary**2) / members**2, mean.standard_value**2
            mean = replace(mean, standard_value=np.sqrt(first * together + (1.0 - first) * alone))
        found.append(mean)
    return tuple(found)
