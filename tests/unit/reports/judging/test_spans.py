"""Sets of spans against counting on a grid."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reports.intervals import (
    all_inside,
    all_touching,
    difference,
    hull,
    inside,
    intersection,
    length_s,
    touches,
    union,
)

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6).map(
    lambda pairs: tuple((float(min(p)), float(max(p))) for p in pairs)
)
GRID = [k + 0.5 for k in range(40)]


def _cells(spans):
    return {x for x in GRID if any(a < x < b for a, b in spans)}


@given(SPANS, SPANS)
def test_sets_agree_with_counting(a, b):
    """Every span ends on an integer, so unit cells count exactly."""
    assert _cells(union(a)) == _cells(a)
    assert _cells(intersection(a, b)) == _cells(a) & _cells(b)
    assert _cells(difference(a, b)) == _cells(a) - _cells(b)
    assert length_s(a) == len(_cells(a))


@given(SPANS, st.integers(0, 40), st.integers(0, 10))
def test_inside_and_touches(spans, start, length):
    """Inside: all cells in one span; touches: at least one cell."""
    cells = {x for x in GRID if start < x < start + length}
    if length:
        assert touches(start, start + length, spans) == bool(cells & _cells(spans))
    assert inside(start, start + length, spans) == any(a <= start and start + length <= b for a, b in spans)
    t0_s, t1_s = np.array([float(start)]), np.array([float(start + length)])
    assert all_inside(t0_s, t1_s, spans)[0] == inside(start, start + length, spans)
    assert all_touching(t0_s, t1_s, spans)[0] == touches(start, start + length, spans)


def test_hull_and_the_endless():
    """Half-lines are spans too."""
    assert hull(()) == () and hull(((3.0, 4.0), (1.0, 2.0))) == ((1.0, 4.0),)
    assert difference(((-math.inf, math.inf),), ((0.0, 1.0),)) == ((-math.inf, 0.0), (1.0, math.inf))
    assert touches(5.0, 5.0, ((4.0, 6.0),)) and not touches(7.0, 7.0, ((4.0, 6.0),))
