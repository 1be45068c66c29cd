"""Sets of time spans, as sorted tuples of (start, end) in seconds: overlap, difference, length."""

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Span: TypeAlias = tuple[float, float]
Spans: TypeAlias = tuple[Span, ...]

ALWAYS: Final[Spans] = ((-math.inf, math.inf),)
_SLACK_S: Final = 1e-9
"""Instants closer than the clock's nanosecond are one."""


def union(spans: Spans) -> Spans:
    """Sorted, merged, without the empty ones."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def intersection(a: Spans, b: Spans) -> Spans:
    """What lies in both."""
    return union(tuple((max(p[0], q[0]), min(p[1], q[1])) for p in a for q in b))


def difference(a: Spans, b: Spans) -> Spans:
    """What lies in `a` and not in `b`."""
    left = union(a)
    for start, end in union(b):
        left = tuple(
            piece
            for span in left
            for piece in ((span[0], min(span[1], start)), (max(span[0], end), span[1]))
            if piece[1] > piece[0]
        )
    return left


def length_s(spans: Spans) -> float:
    """Total length, s."""
    return sum(end - start for start, end in union(spans))


def hull(spans: Spans) -> Spans:
    """The one span from the first start to the last end; nothing where there is nothing."""
    return ((min(span[0] for span in spans), max(span[1] for span in spans)),) if spans else ()


def inside(t0_s: float, t1_s: float, spans: Spans) -> bool:
    """True where the whole of [t0_s, t1_s] lies in one of `spans` (ends included)."""
    return any(start - _SLACK_S <= t0_s and t1_s <= end + _SLACK_S for start, end in spans)


def all_inside(t0_s: NDArray[np.float64], t1_s: NDArray[np.float64], spans: Spans) -> NDArray[np.bool_]:
    """`inside` for many intervals, (n,)."""
    found = np.zeros(t0_s.size, np.bool_)
    for start, end in spans:
        found |= (start - _SLACK_S <= t0_s) & (t1_s <= end + _SLACK_S)
    return found


def all_touching(t0_s: NDArray[np.float64], t1_s: NDArray[np.float64], spans: Spans) -> NDArray[np.bool_]:
    """`touches` for many intervals, (n,)."""
    found, instant = np.zeros(t0_s.size, np.bool_), t1_s - t0_s <= _SLACK_S
    for start, end in spans:
        overlap = np.maximum(start, t0_s) < np.minimum(end, t1_s)
        found |= np.where(instant, (start <= t1_s) & (t0_s <= end), overlap)
    return found


def touches(t0_s: float, t1_s: float, spans: Spans) -> bool:
    """True where [t0_s, t1_s] has more than an end in common with one of `spans`; an instant may lie on an edge."""
    if t1_s - t0_s <= _SLACK_S:
        return any(start <= t1_s and t0_s <= end for start, end in spans)
    return any(max(start, t0_s) < min(end, t1_s) for start, end in spans)
