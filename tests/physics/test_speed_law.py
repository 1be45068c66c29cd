"""Row 5 of the validation table: step length and step time follow speed as in 51 healthy adults."""

import csv
from pathlib import Path

import numpy as np
import pytest

from sim.gait.speed_law import (
    LENGTH_COEFFICIENT,
    LENGTH_EXPONENT,
    RESIDUAL_LN_SD,
    TIME_EXPONENT,
    step_length_m,
    stride_time_s,
)

DATA = Path(__file__).parent / "data" / "bmclab_H2A_speed_age_51subs.csv"


@pytest.fixture(scope="module")
def trials():
    with DATA.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        name: np.array([float(row[name]) for row in rows]) for name in ("LegLength", "Speed", "StepLength", "Cadence")
    }


def test_the_law_is_the_fit_over_the_306_trials(trials):
    """Fitting ln(step length / leg) against ln(dimensionless speed) anew gives the law within 5 % (H2A data set)."""
    leg = trials["LegLength"]
    speed = np.log(trials["Speed"] / np.sqrt(9.81 * leg))
    slope, level = np.polyfit(speed, np.log(trials["StepLength"] / leg), 1)
    residual = np.log(trials["StepLength"] / leg) - slope * speed - level
    assert len(leg) == 306
    assert slope == pytest.approx(LENGTH_EXPONENT, rel=0.05)
    assert np.exp(level) == pytest.approx(LENGTH_COEFFICIENT, rel=0.05)
    assert residual.std() == pytest.approx(RESIDUAL_LN_SD, rel=0.10)
    time = np.log(60.0 / trials["Cadence"] * np.sqrt(9.81 / leg))
    assert np.polyfit(speed, time, 1)[0] == pytest.approx(TIME_EXPONENT, rel=0.05)


def test_the_median_person_walks_as_the_law_says(trials):
    """Median ratio of measured to predicted step length and step time over all trials: 1 within 5 %."""
    each = zip(trials["Speed"], trials["LegLength"], strict=True)
    length, time = np.transpose([(step_length_m(v, leg), 0.5 * stride_time_s(v, leg)) for v, leg in each])
    assert np.median(trials["StepLength"] / length) == pytest.approx(1.0, abs=0.05)
    assert np.median(60.0 / trials["Cadence"] / time) == pytest.approx(1.0, abs=0.05)


def test_step_length_over_step_time_is_the_speed():
    """The two laws are one: length / time = speed, exactly as their exponents say (0.514 + 0.486 = 1)."""
    for speed in (0.3, 0.9, 1.4):
        assert step_length_m(speed, 0.88) / (0.5 * stride_time_s(speed, 0.88)) == pytest.approx(speed, rel=1e-12)
