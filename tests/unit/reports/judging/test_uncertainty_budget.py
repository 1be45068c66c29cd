"""Combining uncertainty: closed forms of the GUM."""

import math

import numpy as np
import pytest

from reports.uncertainty import RECTANGULAR, combined, group_mean, term


def test_components_add_in_squares_and_k_is_2():
    """3 and 4 give 5, U = 10; the systematic 4 alone 8."""
    parts = (
        term("a", "A", 3.0, 2, systematic=False, source="s"),
        term("b", "B", 4.0, 2, systematic=True, source="t"),
    )
    expanded, systematic, budget, _ = combined(parts, 2)
    assert list(expanded) == [10.0, 10.0] and list(systematic) == [8.0, 8.0]
    assert [(part.name, part.kind, part.standard, part.systematic) for part in budget] == [
        ("a", "A", 3.0, False),
        ("b", "B", 4.0, True),
    ]


def test_a_bound_is_rectangular():
    """Standard deviation of a uniform draw on [-1, 1] (JCGM 100, 4.3.7)."""
    assert np.std(np.random.default_rng(1).uniform(-1, 1, 200_000)) == pytest.approx(RECTANGULAR, rel=5e-3)


def test_means_of_groups():
    """Four random 2s give 1; a systematic 2 stays 2; an empty group is 0."""
    groups = np.array([0, 0, 0, 0, 2])
    noisy, lasting = group_mean(
        (
            term("n", "A", 2.0, 5, systematic=False, source=""),
            term("s", "B", 2.0, 5, systematic=True, source=""),
        ),
        groups,
        3,
    )
    assert list(noisy.standard_value) == [1.0, 0.0, 2.0] and list(lasting.standard_value) == [2.0, 0.0, 2.0]


def test_sensitivity_is_a_magnitude():
    """u does not get negative behind a negative coefficient."""
    part = term("a", "A", 3.0, 1, systematic=False, source="").scaled(-2.0)
    assert part.standard_value[0] == 6.0 and math.isfinite(part.standard_value[0])
