"""The 95 % interval of convolved distributions against closed forms and against drawn sums."""

import math

import numpy as np
import pytest

from reports.coverage_interval import half_width95, student_factor
from reports.samples import DIVISORS, NORMAL95
from reports.uncertainty import bounded, budget_dof, combined, effective_dof, term

ONE = np.ones(1)


@pytest.mark.parametrize(
    ("distribution", "in_bounds"),
    [
        ("normal", NORMAL95),
        ("rectangular", 0.95),
        ("triangular", 1.0 - math.sqrt(0.05)),
        ("arcsine", math.sin(0.475 * math.pi)),
    ],
)
def test_one_component_alone(distribution, in_bounds):
    """The central 95 % of a bound +-1: 0.95 rectangular, 1 - sqrt(0.05) triangular, sin(0.95 pi/2) arcsine."""
    half = half_width95([(distribution, ONE / DIVISORS[distribution])], 1)
    assert half[0] == pytest.approx(in_bounds, rel=6e-3)


@pytest.mark.parametrize(
    "parts",
    [
        {"rectangular": (1.0,), "normal": (0.3,)},
        {"rectangular": (1.0, 1.0), "normal": (0.01,)},
        {"rectangular": (1.0, 0.8, 0.5, 0.3), "normal": (0.2,)},
        {"rectangular": (0.2,), "normal": (1.0, 0.7)},
        {"triangular": (1.0,), "rectangular": (0.5,)},
        {"arcsine": (1.0,), "normal": (0.3,), "rectangular": (0.6,)},
    ],
)
def test_sums_of_components(parts):
    """Against the 95 % quantile of |sum| over a million draws; its own standard error is about 0.1 %."""
    rng, n = np.random.default_rng(11), 1_000_000
    draw = {
        "normal": lambda: rng.standard_normal(n),
        "rectangular": lambda: math.sqrt(3.0) * rng.uniform(-1, 1, n),
        "triangular": lambda: rng.triangular(-1, 0, 1, n) * math.sqrt(6.0),
        "arcsine": lambda: math.sqrt(2.0) * np.sin(rng.uniform(0, 2 * math.pi, n)),
    }
    pairs = [(name, u) for name, many in parts.items() for u in many]
    total = sum(u * draw[name]() for name, u in pairs)
    half = half_width95([(name, u * ONE) for name, u in pairs], 1)[0]
    assert half == pytest.approx(np.quantile(np.abs(total), 0.95), rel=7e-3)


def test_each_sample_has_its_own_interval():
    """Vectors give what their elements give alone, and a sample without uncertainty has none."""
    rng = np.random.default_rng(3)
    a, b = rng.random(50), rng.random(50)
    a[7] = b[7] = 0.0
    together = half_width95([("normal", a), ("rectangular", b)], 50)
    alone = [half_width95([("normal", a[k : k + 1]), ("rectangular", b[k : k + 1])], 1)[0] for k in range(50)]
    assert together == pytest.approx(alone) and together[7] == 0.0
    assert half_width95([], 3).tolist() == [0.0, 0.0, 0.0]


def test_few_degrees_of_freedom_widen():
    """Student: t(0.975) is 2.776 at 4 and 12.706 at 1 degree of freedom; with infinitely many nothing happens."""
    factor = student_factor(np.array([1.0, 4.0, math.inf]))
    assert factor * NORMAL95 == pytest.approx([12.706, 2.776, NORMAL95], rel=1e-3)


def test_welch_and_satterthwaite():
    """Two equal components of 4 and infinite degrees of freedom have 16 (JCGM 100, G.4.1); with k = 2 beside it."""
    parts = (
        term("a", "A", 1.0, 2, systematic=False, source="", dof=4.0),
        bounded("b", math.sqrt(3.0), 2, systematic=True, source=""),
    )
    assert effective_dof(parts, 2) == pytest.approx([16.0, 16.0])
    found = combined(parts, 2)
    assert budget_dof(found.budget) == pytest.approx(16.0)
    assert found.expanded == pytest.approx(2.0 * math.sqrt(2.0))
    assert found.budget[1].divisor == math.sqrt(3.0) and found.budget[1].bound == pytest.approx(math.sqrt(3.0))
