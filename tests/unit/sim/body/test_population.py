"""One person of a class: by quantiles between bounds, with correlations, the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.body.distributions import Fixed, LogNormal, Mixture, Normal, Uniform
from sim.body.patient import Patient
from sim.body.population import Population, Spread, sample_patient
from sim.errors import ModelError
from sim.streams import Streams

BODY = Patient("somebody", 0.9)
MASS = Spread("body_mass_kg", Normal(72.0, 12.0), 45.0, 120.0)
FORCE = Spread("force_n", LogNormal(1600.0, 300.0), 700.0, 2800.0, "body_mass_kg", 0.5)
REFLEX = Spread("reflex_gain_n_m_s_rad", Mixture(((0.6, Fixed(0.0)), (0.4, LogNormal(1.2, 0.6)))), 0.0, 10.0)
CLASS = Population("test", BODY, (MASS, FORCE, REFLEX))


@pytest.fixture(scope="module")
def people():
    return [sample_patient(CLASS, Streams(seed)) for seed in range(1500)]


def _of(people, name):
    return np.array([getattr(person, name) for person in people])


def test_mean_and_scatter_are_those_of_the_distribution(people):
    """Normal and lognormal give back the mean and SD that they were told, within four standard errors."""
    for name, mean, sd in (("body_mass_kg", 72.0, 12.0), ("force_n", 1600.0, 300.0)):
        values = _of(people, name)
        assert values.mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(values.size))
        assert values.std() == pytest.approx(sd, rel=0.08)


def test_correlation_is_the_one_asked_for(people):
    """Rank correlation of a Gaussian copula with rho = .5: 6/pi asin(rho/2) = .483 (Kruskal 1958)."""
    ranks = [np.argsort(np.argsort(_of(people, name))) for name in ("body_mass_kg", "force_n")]
    assert np.corrcoef(*ranks)[0, 1] == pytest.approx(0.483, abs=0.08)


def test_mixture_has_its_shares(people):
    """60 % without a reflex, as 7 of 11 ankles of Galiana 2005; the binomial SD over 1500 is 1.3 %."""
    assert (_of(people, "reflex_gain_n_m_s_rad") == 0.0).mean() == pytest.approx(0.6, abs=0.05)


def test_a_new_parameter_shifts_nobody_else():
    """Every parameter draws from a stream of its own name."""
    more = Population("test", BODY, (Spread("damping_n_m_s_rad", Normal(0.4, 0.1), 0.2, 1.0), *CLASS.spreads))
    for seed in range(20):
        old, new = sample_patient(CLASS, Streams(seed)), sample_patient(more, Streams(seed))
        assert (old.body_mass_kg, old.force_n) == (new.body_mass_kg, new.force_n)
        assert old.damping_n_m_s_rad != new.damping_n_m_s_rad


def test_what_is_given_is_not_drawn_and_its_children_keep_their_draw():
    """A given mass leaves the force that this person has."""
    for seed in range(20):
        person = sample_patient(CLASS, Streams(seed), {"body_mass_kg": 90.0})
        assert person.body_mass_kg == 90.0
        assert person.force_n == sample_patient(CLASS, Streams(seed)).force_n


def test_the_same_seed_is_the_same_person():
    assert sample_patient(CLASS, Streams(5)) == sample_patient(CLASS, Streams(5))
    assert sample_patient(CLASS, Streams(5)) != sample_patient(CLASS, Streams(6))


def test_nobody_who_cannot_walk_is_drawn():
    """A class that can never walk is an error with the reason, after 64 attempts; a mixed one gives its walkers."""
    slow = Spread("stride_time_s", Uniform(3.0, 4.0), 0.5, 4.0)
    with pytest.raises(ModelError, match="stride time"):
        sample_patient(Population("test", BODY, (slow,)), Streams(1))
    some = Spread("stride_time_s", Uniform(0.6, 4.0), 0.5, 4.0)
    times = [sample_patient(Population("test", BODY, (some,)), Streams(seed)).stride_time_s for seed in range(200)]
    assert max(times) < 1.4 * 1.19 + 0.01


KINDS = (
    Normal(1.0, 2.0),
    LogNormal(1.0, 3.0),
    Uniform(-5.0, 9.0),
    Fixed(50.0),
    Mixture(((0.3, Fixed(0.1)), (0.7, Normal(3.0, 1.0)))),
)


@settings(deadline=None)
@given(st.sampled_from(KINDS), st.floats(0.0, 1.0), st.floats(0.01, 1.0), st.floats(1.01, 40.0))
def test_no_quantile_leaves_its_bounds(distribution, u, low, high):
    """However narrow or far out the bounds, what is drawn lies between them and is a number."""
    value = distribution.quantile(u, low, high)
    assert low <= value <= high


@settings(deadline=None)
@given(st.sampled_from((KINDS[0], KINDS[1], KINDS[2], KINDS[4])), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_quantiles_rise(distribution, u, v):
    """A larger share of the probability is never a smaller value: correlations keep their sign."""
    low, high = sorted((u, v))
    assert distribution.quantile(low, 0.05, 12.0) <= distribution.quantile(high, 0.05, 12.0) + 1e-12


def test_quantiles_against_the_closed_form():
    """Between -inf and inf a quantile is the textbook one: the median of a lognormal is mean / sqrt(1 + cv^2)."""
    assert Normal(1.0, 2.0).quantile(0.975, -1e9, 1e9) == pytest.approx(1.0 + 2.0 * 1.959963985, rel=1e-9)
    assert LogNormal(9.51, 4.79).quantile(0.5, 0.0, 1e9) == pytest.approx(
        9.51 / np.sqrt(1 + (4.79 / 9.51) ** 2), rel=1e-9
    )
    assert Normal(0.0, 1.0).quantile(0.5, 6.0, 7.0) == pytest.approx(
        6.111358215508885
    )  # scipy.stats, from the upper tail
