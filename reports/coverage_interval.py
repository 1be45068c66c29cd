"""The 95 % interval of a result: its components convolved, not only their squares added.

A result that hangs on one rectangular bound +-a lies within 0.95 a, not within 2 a/sqrt(3) = 1.15 a; one that hangs on
noise within 1.96 u. In between the distributions are convolved: the normal part and the three widest rectangular ones
in closed form, an arcsine part by quadrature, whatever is left as normal (its share is small then).

Source: JCGM 101:2008, 5.4 and 7.7 (symmetric 95 % coverage interval); JCGM 100:2008, G.4 (degrees of freedom).
"""

import itertools
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.samples import DIVISORS, Distribution

_KEPT: Final = 3
"""Rectangular parts that are convolved in closed form; more of them are normal among themselves."""
_NARROWEST: Final = 0.02
"""Half-width, in units of u, below which a rectangular part cannot be told from none: 1.3e-4 of the variance."""
_GRID: Final = 500.0
"""Half-widths are told apart in steps of u/500: the interval moves by less than 0.1 % in between."""
_COARSE: Final = 10
_LEAST_NORMAL: Final = 1e-3
_K_LEAST: Final = 1.6
_NODES: Final = 32
_TARGET: Final = 0.975


def half_width95(parts: Iterable[tuple[Distribution, NDArray[np.float64]]], n: int) -> NDArray[np.float64]:
    """Half-width of the symmetric interval that holds 95 % of the sum of independent components, (n,).

    Args:
        parts: distribution and standard uncertainty (n,) of each component.
        n: number of samples.
    """
    flat: list[NDArray[np.float64]] = []
    swung: list[NDArray[np.float64]] = []
    normal, total = np.zeros(n), np.zeros(n)
    for distribution, standard in parts:
        square = np.broadcast_to(standard, (n,)) ** 2
        total = total + square
        if distribution == "rectangular":
            flat.append(3.0 * square)
        elif distribution == "triangular":  # the sum of two equal rectangular ones
            flat += [1.5 * square, 1.5 * square]
        elif distribution == "arcsine":
            swung.append(square)
        else:
            normal = normal + square
    standard = np.sqrt(total)
    some = standard > 0.0
    widths = np.zeros((_KEPT, n))
    if flat:
        ordered = np.sort(np.stack(flat), axis=0)[::-1]
        widths[: min(_KEPT, len(flat))] = ordered[:_KEPT]
    swing = np.max(np.stack(swung), axis=0) if swung else np.zeros(n)
    share = np.zeros((_KEPT + 1, n))
    share[:_KEPT, some] = np.sqrt(widths[:, some]) / standard[some]
    share[_KEPT, some] = np.sqrt(2.0 * swing[some]) / standard[some]
    steps = np.rint(np.minimum(share, 2.0) * _GRID).astype(np.int64)
    if swung:  # the swing is averaged over node by node: fewer different budgets are worth telling apart
        steps = np.rint(steps / _COARSE).astype(np.int64) * _COARSE
    key = ((steps[0] * 2048 + steps[1]) * 2048 + steps[2]) * 2048 + steps[3]
    _, first, back = np.unique(key, return_index=True, return_inverse=True)
    return standard * _factors(steps[:, first] / _GRID)[back]


def draw_unit(distribution: Distribution, draw: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Errors of standard deviation 1 (JCGM 101, 6.4)."""
    if distribution == "rectangular":
        return draw.uniform(-DIVISORS[distribution], DIVISORS[distribution], shape)
    if distribution == "triangular":
        return DIVISORS[distribution] * draw.triangular(-1.0, 0.0, 1.0, shape)
    if distribution == "arcsine":
        return DIVISORS[distribution] * np.sin(draw.uniform(0.0, 2.0 * np.pi, shape))
    return draw.standard_normal(shape)


def student_factor(dof: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much wider a 95 % interval is for `dof` effective degrees of freedom: t/1.96; 1 where they are infinite."""
    from scipy.special import stdtrit

    finite = np.minimum(dof, 1e6)
    return np.where(dof < 1e6, stdtrit(np.maximum(finite, 1.0), _TARGET) / 1.959963984540054, 1.0)


def _factors(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half-width of the 95 % interval in units of u, (m,).

    Args:
        shares: (4, m) half-widths of three rectangular parts and of the arcsine part in units of u; the rest is normal.
    """
    flat, swing = np.maximum(shares[:_KEPT], _NARROWEST), shares[_KEPT]
    left = 1.0 - (flat**2).sum(axis=0) / 3.0 - 0.5 * swing**2
    normal = np.sqrt(np.maximum(left, _LEAST_NORMAL**2))
    found = np.empty(swing.size)
    swings = swing > _NARROWEST
    if swings.any():
        found[swings] = _bisected(flat[:, swings], normal[swings], swing[swings])
    found[~swings] = _climbed(flat[:, ~swings], normal[~swings])
    return found


def _climbed(flat: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without an arcsine part the density has one peak, so F is concave above 0: Newton's steps never overshoot."""
    at = np.full(normal.size, _K_LEAST)
    for _ in range(8):
        at = at + (_TARGET - _below(at, flat, normal, 0)) / _below(at, flat, normal, 1)
    return at


def _bisected(
    flat: NDArray[np.float64], normal: NDArray[np.float64], swing: NDArray[np.float64]
) -> NDArray[np.float64]:
    """With an arcsine part the density may have two peaks: its distribution function is averaged over the swing."""
    nodes = np.cos((np.arange(_NODES) + 0.5) * np.pi / _NODES)
    low, high = np.zeros(swing.size), np.full(swing.size, 4.0)
    for _ in range(20):
        middle = 0.5 * (low + high)
        below = np.mean([_below(middle - node * swing, flat, normal, 0) for node in nodes], axis=0)
        low, high = np.where(below < _TARGET, middle, low), np.where(below < _TARGET, high, middle)
    return 0.5 * (low + high)


def _below(
    x: NDArray[np.float64], flat: NDArray[np.float64], normal: NDArray[np.float64], order: int
) -> NDArray[np.float64]:
    """Distribution function (`order` 0) or density (1) at x (m,) of a normal and three rectangular parts (3, m).

    Each rectangular part is a difference of integrals: with Psi_k the k-fold integral of the normal distribution
    function, ``F(x) = sum over signs of (product of signs) Psi_3((x +- a +- b +- c)/s) s^3 / (8 a b c)``.
    """
    depth = _KEPT - order
    total = np.zeros(x.size)
    for signs in itertools.product((1.0, -1.0), repeat=_KEPT):
        total = total + float(np.prod(signs)) * _integral((x + np.array(signs) @ flat) / normal, depth)
    return total * normal**depth / np.prod(2.0 * flat, axis=0)


def _integral(z: NDArray[np.float64], depth: int) -> NDArray[np.float64]:
    """The `depth`-fold integral of the standard normal distribution function, depth 2 or 3."""
    from scipy.special import ndtr

    density = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)
    if depth == 2:
        return 0.5 * ((z * z + 1.0) * ndtr(z) + z * density)
    return ((z**3 + 3.0 * z) * ndtr(z) + (z * z + 2.0) * density) / 6.0
