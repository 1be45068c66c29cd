"""Pulses that meet one phase of the sample clock err alike: their mean says so; pulses that do not are better off."""

import numpy as np
import pytest
from random_captures import RATE_HZ, drawn, outcomes_of

from reports.metrology.coherence import train_mean
from reports.uncertainty import group_mean, term
from rig.pulse_uncertainty import EDGE_ALIASING
from rig.virtual_bench import accuracy_of_card

CARD = accuracy_of_card(drawn((1,)).front_end, "current", RATE_HZ, 0.0)


def _mean(turns, name=EDGE_ALIASING):
    """Standard uncertainty of the mean over pulses that meet the sample clock at these phases, in turns."""
    part = term(name, "B", 1.0, len(turns), systematic=False, source="")
    t_s = (np.arange(len(turns)) * 25_000 + np.array(turns)) / CARD.rate_hz
    groups = np.zeros(len(turns), np.int64)
    (mean,), (plain,) = train_mean([part], t_s, CARD, groups, 1), group_mean([part], groups, 1)
    return mean.standard_value[0], plain.standard_value[0]


def test_closed_forms():
    """One phase: nothing averages out; phases all round: only the higher harmonics are left; other terms as ever."""
    assert _mean([0.3] * 8)[0] == pytest.approx(1.0, abs=0.05)
    assert _mean(np.arange(8) / 8)[0] < 0.3 * _mean(np.arange(8) / 8)[1]
    assert _mean([0.3] * 8, "noise") == pytest.approx((8**-0.5, 8**-0.5))


def test_random_phases_are_as_good_as_independent_ones():
    """The mean of the variance over drawn phases is that of independent errors."""
    rng = np.random.default_rng(2)
    variances = [_mean(rng.random(8))[0] ** 2 for _ in range(2000)]
    assert np.mean(variances) == pytest.approx(1 / 8, rel=0.08)


@pytest.mark.parametrize("number", [156, 313, 184])
def test_a_rate_that_divides_the_card_s(number):
    """Captures that a false alarm was found on: 2.0, 2.3 and 1.8 U off, with phases all alike. Truth: their edges."""
    outcome = outcomes_of(drawn((114620375, number, 4)))["net charge of a train"]
    assert abs(outcome.error) <= outcome.expanded
