"""Standard uncertainty of every field of a pulse, term by term, from what the instrument can do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rig.bench import ChannelAccuracy
from rig.finder_edges import charge_scatter_ratio, crossing_noise_s, crossing_scatter_s, inverts

Array: TypeAlias = NDArray[np.float64]

_SQRT3: Final = 3.0**0.5
_SQRT12: Final = 12.0**0.5
_HARMONICS: Final = 8
_BASELINE_CELLS: Final = 64
_MARGIN_S: Final = 0.3e-3
"""Samples of a charge window outside the phases (start margin and the quiet cell that closes it)."""


@dataclass(frozen=True, slots=True, eq=False)
class PulseTerm:
    """One contribution to the uncertainty of one field, for every pulse.

    Attributes:
        name: what it is ("noise", "edge aliasing").
        kind: `A` from statistics of the record, `B` from a specification.
        standard: (n,) standard uncertainty in the unit of the field.
        systematic: True where it is the same for all pulses of a run and no average shrinks it.
        source: where the number comes from.
        distribution: of the error.
    """

    name: str
    kind: Literal["A", "B"]
    standard: Array
    systematic: bool
    source: str
    distribution: Literal["normal", "rectangular"] = "normal"


def combined(terms: tuple[PulseTerm, ...]) -> Array:
    """Standard uncertainty of one pulse, (n,): the root of the sum of squares of all terms."""
    return np.sqrt(sum((term.standard**2 for term in terms), np.zeros(())))


def _aliasing_c(accuracy: ChannelAccuracy, times_s: tuple[Array, ...], steps_a: tuple[Array, ...]) -> Array:
    """Scatter of a sampled sum of steps `steps_a` at `times_s` over a uniform phase of the sample clock, C.

    For tau >= T the instants are known far better than T, so the harmonics of the sampling comb are summed with their
    phases; below that they are not, and the bound is taken in which all edges err together.
    """
    period_s = 1.0 / accuracy.rate_hz
    if accuracy.filter_tau_s < period_s:
        height: Array = sum((np.abs(step) for step in steps_a), np.zeros_like(steps_a[0]))
        return charge_scatter_ratio(period_s, accuracy.filter_tau_s) * period_s * height
    variance = np.zeros_like(steps_a[0])
    for m in range(1, _HARMONICS + 1):
        omega = 2.0 * np.pi * m / period_s
        weight = 2.0 / ((2.0 * np.pi * m) ** 2 * (1.0 + (omega * accuracy.filter_tau_s) ** 2))
        real: Array = sum((s * np.cos(omega * t) for t, s in zip(times_s, steps_a, strict=True)), np.zeros(()))
        imag: Array = sum((s * np.sin(omega * t) for t, s in zip(times_s, steps_a, strict=True)), np.zeros(()))
        variance = variance + weight * (real**2 + imag**2)
    return np.sqrt(variance) * period_s


def _times(accuracy: ChannelAccuracy, height_a: Array, length_s: Array | None) -> tuple[PulseTerm, ...]:
    """Terms of one crossing (`length_s` None) or of the distance between two crossings."""
    period_s, tau_s = 1.0 / accuracy.rate_hz, accuracy.filter_tau_s
    edges = 1.0 if length_s is None else 2.0**0.5
    noise = crossing_noise_s(accuracy.noise_rms / height_a, period_s, tau_s)
    steps = crossing_noise_s(accuracy.lsb / _SQRT12 / height_a, period_s, tau_s)
    # of a length that is no whole number of samples an unfiltered edge pair errs by one of two values, sd up to T/2
    together = 1.0 if length_s is None else (2.0 if inverts(period_s, tau_s) else 3.0) ** 0.5
    alias = np.full_like(height_a, crossing_scatter_s(period_s, tau_s))
    terms = (
        PulseTerm("noise", "A", edges * noise, False, "noise of a sample over the slope at the crossing"),
        PulseTerm("quantisation", "B", edges * steps, False, "one code, rectangular"),
        PulseTerm(
            "edge aliasing", "B", together * alias, False, "phase of the edge in the sample clock; filter tau ±5 %"
        ),
    )
    if length_s is None:
        return terms
    clock = accuracy.timebase_bound_ratio * np.abs(length_s) / _SQRT3
    return (*terms, PulseTerm("timebase", "B", clock, True, "bound of the sample clock", "rectangular"))


def _level_terms(accuracy: ChannelAccuracy, count: Array) -> Callable[[Array, float], tuple[PulseTerm, ...]]:
    """Terms that noise, codes and baseline give to the mean of `count` samples, scaled by ``(length_s, power)``."""
    base = (accuracy.noise_rms**2 + accuracy.lsb**2 / 12.0) ** 0.5 / (
        _BASELINE_CELLS * 0.256e-3 * accuracy.rate_hz
    ) ** 0.5

    def terms(length: Array, shape: float) -> tuple[PulseTerm, ...]:
        one = length / np.sqrt(count)
        return (
            PulseTerm("noise", "A", shape * accuracy.noise_rms * one, False, "rms noise of a sample, averaged"),
            PulseTerm(
                "quantisation", "B", shape * accuracy.lsb / _SQRT12 * one, False, "one code, rectangular, averaged"
            ),
            PulseTerm("baseline", "A", base * length, False, "noise of the mean of 64 quiet cells"),
        )

    return terms


def _amplitude(accuracy: ChannelAccuracy, amplitude: Array, width: Array) -> tuple[PulseTerm, ...]:
    count = np.maximum(1.0, 0.5 * width * accuracy.rate_hz)
    size = np.abs(amplitude)
    return (
        *_level_terms(accuracy, count)(np.ones_like(size), 1.0),
        PulseTerm("gain", "B", accuracy.gain_bound_ratio * size / _SQRT3, True, "gain bound", "rectangular"),
        PulseTerm("INL", "B", np.full_like(size, accuracy.inl_bound / _SQRT3), True, "INL bound", "rectangular"),
    )


def _charge(
    accuracy: ChannelAccuracy, charge: Array, inl_s: Array, window_s: Array, edges: tuple[tuple[Array, ...], ...]
) -> tuple[PulseTerm, ...]:
    size = np.abs(charge) / _SQRT3
    alias = _aliasing_c(accuracy, edges[0], edges[1])
    return (
        *_level_terms(accuracy, np.maximum(1.0, window_s * accuracy.rate_hz))(window_s, 1.0),
        PulseTerm("edge aliasing", "B", alias, False, "sampled sum of filtered edges; device clock asynchronous"),
        PulseTerm("gain", "B", accuracy.gain_bound_ratio * size, True, "gain bound", "rectangular"),
        PulseTerm("timebase", "B", accuracy.timebase_bound_ratio * size, True, "bound of the clock", "rectangular"),
        PulseTerm(
            "INL", "B", accuracy.inl_bound * inl_s / _SQRT3, True, "bound, opposite on the two phases", "rectangular"
        ),
    )


def pulse_uncertainty(
    accuracy: ChannelAccuracy,
    phase1_a: ArrayLike,
    phase1_s: ArrayLike,
    phase2_s: ArrayLike,
    gap_s: ArrayLike,
    *,
    phase2_a: ArrayLike | None = None,
) -> dict[str, tuple[PulseTerm, ...]]:
    """Terms of the standard uncertainty of the fields of pulses, in the unit of each field.

    The instant `t_s` carries no timebase term: the sample clock is the rig's time, and an interval of length d between
    two pulses takes ``timebase_bound_ratio * d / sqrt(3)`` once, as the widths do here.

    Args:
        accuracy: of the captured current; its `unit` is A.
        phase1_a: amplitude of the first phase, (n,), A.
        phase1_s: its width, s.
        phase2_s: width of the second phase, s; NaN where there is none.
        gap_s: interphase gap, s; NaN where there is none.
        phase2_a: amplitude of the second phase, A; ``-phase1_a phase1_s/phase2_s`` (balanced) by default.

    Returns:
        `t_s, phase1_s, phase2_s, gap_s, phase1_a, phase2_a, charge1_c, charge2_c, net_c` -> terms; each term (n,).
        NaN where the field itself cannot be.

    Source: regulatory.md 5.2 and 5.3 (budget), JCGM 100:2008 4.3 (rectangular bounds) and 5.1.2 (combination).
    """
    a1, w1, w2, gap = (np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in (phase1_a, phase1_s, phase2_s, gap_s))
    single = ~(w2 > 0.0)
    w2_or_0, gap_or_0 = np.where(single, 0.0, w2), np.where(single | np.isnan(gap), 0.0, gap)
    if phase2_a is None:
        a2 = np.where(single, 0.0, -a1 * w1 / np.where(single, 1.0, w2))
    else:
        a2 = np.nan_to_num(np.atleast_1d(np.asarray(phase2_a, dtype=np.float64)))
    height1 = np.maximum(np.abs(a1), accuracy.lsb)
    height2 = np.where(single, np.nan, np.maximum(np.abs(a2), accuracy.lsb))
    lower = np.where(single, np.nan, np.minimum(height1, height2))
    t: tuple[Any, ...] = (np.zeros_like(w1), w1, w1 + gap_or_0, w1 + gap_or_0 + w2_or_0)
    steps = (a1, -a1, a2, -a2)
    window = w1 + gap_or_0 + w2_or_0 + _MARGIN_S
    return {
        "t_s": _times(accuracy, height1, None),
        "phase1_s": _times(accuracy, height1, w1),
        "phase2_s": _times(accuracy, height2, w2),
        "gap_s": _times(accuracy, lower, gap),
        "phase1_a": _amplitude(accuracy, a1, w1),
        "phase2_a": _amplitude(accuracy, a2, w2),
        "charge1_c": _charge(accuracy, a1 * w1, w1, w1 + 0.5 * gap_or_0, (t[:2], steps[:2])),
        "charge2_c": _charge(accuracy, a2 * w2_or_0, w2_or_0, w2_or_0 + 0.5 * gap_or_0 + _MARGIN_S, (t[2:], steps[2:])),
        "net_c": _charge(accuracy, a1 * w1 + a2 * w2_or_0, w1 + w2_or_0, window, (t, steps)),
    }
