"""Error of the rate from setting to setting, on trains whose every pulse is known."""

import numpy as np
import pytest

from reports.measures import rate_spread

QUARTZ = -30e-6
"""Error of the device's clock: alike at every rate."""


@pytest.fixture
def _set(monkeypatch):
    """40 Hz is set until 8.6 s, 38 Hz from then on."""
    monkeypatch.setattr(rate_spread, "setting_at", lambda _, name, t_s: np.where(np.asarray(t_s) < 8.6, 40.0, 38.0))


def _trains(walks, fast_at_38=0.0):
    """Ten trains at the rates that were set, by a clock that is off, the later ones faster still by `fast_at_38`."""
    trains = []
    for train in walks.instants():
        rate_hz = (40.0 if train[0] < 8.6 else 38.0 * (1.0 + fast_at_38)) * (1.0 + QUARTZ)
        trains.append(train[0] + np.arange(train.size) / rate_hz)
    return trains


@pytest.mark.usefixtures("_set")
@pytest.mark.parametrize("fast", [0.0, 57e-6, -57e-6])
def test_what_one_rate_is_off_more_than_the_other_is_the_spread(walks, fast):
    """A clock that is off by 30 ppm drops out; 57 ppm at one of two rates are 57 ppm, known to some ppm."""
    samples = walks.samples(walks.record(walks.pulses(_trains(walks, fast))), "rate_spread")
    assert samples.values == pytest.approx([abs(fast)], abs=1e-8)
    assert samples.items.tolist() == [10]
    assert 0.0 < samples.expanded[0] < 10e-6


@pytest.mark.usefixtures("_set")
def test_a_train_with_a_hole_is_left_out(walks):
    """A pulse that is missing is the business of another measure, and would be half a period here."""
    trains = _trains(walks)
    trains[2] = np.delete(trains[2], 9)
    samples = walks.samples(walks.record(walks.pulses(trains)), "rate_spread")
    assert samples.values == pytest.approx([0.0], abs=1e-8)
    assert samples.items.tolist() == [9] and samples.notes


def test_one_rate_has_nothing_to_be_compared_with(walks):
    """Neither PASS nor FAIL where the rate is never changed."""
    assert not walks.samples(walks.record(), "rate_spread").values.size
