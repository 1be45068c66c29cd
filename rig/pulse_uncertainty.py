"""Standard uncertainty of every field of a pulse, term by term, from what the instrument can do."""

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rig.bench import ChannelAccuracy
from rig.finder_edges import TAU_TOLERANCE_RATIO, charge_scatter_ratio, crossing_noise_s, crossing_scatter_s, inverts

Array: TypeAlias = NDArray[np.float64]

EDGE_ALIASING: Final = "edge aliasing"
"""Name of the term that goes with the phase of an edge in the sample clock."""
_SQRT3: Final = 3.0**0.5
_SQRT12: Final = 12.0**0.5
_HARMONICS: Final = 8
_BASELINE_CELLS: Final = 64
_MARGIN_S: Final = 0.8e-3
"""Charge window outside the phases: start margin, and the quiet cells that close it (where its end is not known)."""
_CLOSE: Final = 3.0
"""Edges nearer than this many samples lie in one another's interval of the undone filter."""
_CLOSE_BOUND: Final = 0.15
"""What they then err by at most, in samples (measured over random phases; design choice)."""
_UNSEEN: Final = {"phase1_s": 0.75, "phase2_s": 1.25, "gap_s": 1.75}
"""A gap shorter than this many samples is read as none, and the phases beside it take its place: what each then errs by
at most, in samples (measured over random pulses; design choice)."""
_UNSEEN_CHARGE: Final = 0.75
_HALF_SEEN_CHARGE: Final = 0.45
_HALF_SEEN: Final = 2.0
"""What both charges then err by at most, in samples of the height of phase 1: they are cut where no gap was seen; the
second where one under `_HALF_SEEN` samples was (measured over random pulses; design choice)."""
_SHORT: Final = 5.0
_LONGER: Final = 8.0
"""A gap that reads shorter than this many samples still holds what undoing the filter has left of phase 1; the second
before a phase 2 of less than `_HARDLY`."""
_SHORT_BOUND: Final = (0.9, 0.15)
_FAINT: Final = 0.4
"""What the gap then errs by at most, in samples, where a discharge or a plateau of less than this part of phase 1
follows (measured over random pulses; design choice)."""
_SHORTEST: Final = 2.5
"""A gap under this many samples is as uncertain before a discharge of any height."""
_HARDLY: Final = 0.1
_UNSEEN_THERE: Final = 2.25
"""Before a phase 2 under this part of phase 1 a gap is overlooked that is so many samples longer than `_UNSEEN`."""
_NARROW: Final = 2.05
"""A phase that reads shorter than this many samples may have both edges in one interval of the undone filter."""
_NARROW_SAMPLES: Final = {"t_s": 0.6, "phase1_s": 1.0, "phase2_s": 1.0, "gap_s": 1.0}
_NARROW_HEIGHT: Final = 1.0
_NARROW_CHARGE: Final = 0.1
"""What a pulse with such a phase then errs by at most: its times in samples, its height (read too low) and its charges
in parts of themselves (measured over random phases of the sample clock; design choice)."""
_DISCHARGED: Final = (2.0, 0.01)
"""Where a discharge begins is read too early by at most so many samples over its time constant, and so much besides
(measured over random pulses; design choice)."""
_DECAYING: Final = 1.25
"""Charge over height times width from which on a phase is a discharge; that of an exponential is 1/ln 2."""
_LEVELS_APART: Final = 0.5
"""Part of the range over which the errors of a bent converter stop being alike (design choice)."""
_DISCHARGE_TAUS: Final = 1.25
"""INL acts on a discharge as on 1.25 time constants of a constant current: mean over drawn bends, tests/physics."""


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
    distribution: Literal["normal", "rectangular", "arcsine"] = "normal"


def is_resolved(accuracy: ChannelAccuracy, width_s: Array) -> NDArray[np.bool_]:
    """True for a phase long enough that height and width can be told apart, and where nothing is known of it."""
    return ~(width_s < _NARROW / accuracy.rate_hz)


def combined(terms: tuple[PulseTerm, ...]) -> Array:
    """Standard uncertainty of one pulse, (n,): the root of the sum of squares of all terms."""
    return np.sqrt(sum((term.standard**2 for term in terms), np.zeros(())))


def harmonic_weights(accuracy: ChannelAccuracy) -> Array:
    """What each harmonic m = 1.. of the sampling comb adds to the variance of a sum of samples of unit steps, (8,).

    2 / ((2 pi m)^2 (1 + (2 pi m tau/T)^2)), in samples squared: a step behind a filter of one pole.
    """
    turns = 2.0 * np.pi * np.arange(1, _HARMONICS + 1)
    return 2.0 / (turns**2 * (1.0 + (turns * accuracy.filter_tau_s * accuracy.rate_hz) ** 2))


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
    for m, weight in enumerate(harmonic_weights(accuracy), start=1):
        omega = 2.0 * np.pi * m / period_s
        real: Array = sum((s * np.cos(omega * t) for t, s in zip(times_s, steps_a, strict=True)), np.zeros(()))
        imag: Array = sum((s * np.sin(omega * t) for t, s in zip(times_s, steps_a, strict=True)), np.zeros(()))
        variance = variance + weight * (real**2 + imag**2)
    return np.sqrt(variance) * period_s


@dataclass(frozen=True, slots=True, eq=False)
class _Crossings:
    """Two edges, or one: their heights, what lies between them, and what disturbs them.

    Attributes:
        heights_a: step at each edge, A.
        length_s: distance of the edges, s; None for the instant of one.
        close: True where another edge is nearer than the filter can tell apart.
        decay_s: time constant with which the current decays behind an edge, s; infinite for a plateau.
        unseen_samples: what a gap or a phase that is too short to be seen may hide here, in samples.
    """

    heights_a: tuple[Array, ...]
    length_s: Array | None
    close: NDArray[np.bool_]
    decay_s: Array
    unseen_samples: Array | float = 0.0


def _times(accuracy: ChannelAccuracy, edges: _Crossings) -> tuple[PulseTerm, ...]:
    """Terms of one crossing or of the distance between two crossings."""
    period_s, tau_s = 1.0 / accuracy.rate_hz, accuracy.filter_tau_s
    noise, steps = np.zeros(()), np.zeros(())
    for height in edges.heights_a:
        noise = noise + crossing_noise_s(accuracy.noise_rms / height, period_s, tau_s) ** 2
        steps = steps + crossing_noise_s(accuracy.lsb / _SQRT12 / height, period_s, tau_s) ** 2
    flat = np.ones_like(edges.heights_a[0])
    undone = inverts(period_s, tau_s)
    # of a length that is no whole number of samples an unfiltered edge pair errs by one of two values, sd up to T/2
    # of undone edges the error of tau is common to both and cancels in part: 1.75 instead of 2 (measured)
    together = 1.0 if edges.length_s is None else (1.75 if undone else 3.0) ** 0.5
    alias = together * crossing_scatter_s(period_s, tau_s) * flat
    shape: Literal["normal", "rectangular"] = "normal" if undone else "rectangular"
    terms = (
        PulseTerm("noise", "A", np.sqrt(noise), False, "noise of a sample over the slope at the crossing"),
        PulseTerm("quantisation", "B", np.sqrt(steps), False, "one code, rectangular"),
        PulseTerm(EDGE_ALIASING, "B", alias, False, "phase of the edge in the sample clock; filter tau ±5 %", shape),
    )
    slope, besides = _DISCHARGED
    early = np.minimum(slope * period_s / edges.decay_s, 0.5) + np.where(np.isfinite(edges.decay_s), besides, 0.0)
    near = (np.where(edges.close, _CLOSE_BOUND, 0.0) + early + edges.unseen_samples) * period_s
    if near.any():
        because = (
            "another edge, a decay, an unseen gap or a phase under two samples inside the reach of the filter, bound"
        )
        terms = (*terms, PulseTerm("shape of the edge", "B", near / _SQRT3, False, because, "rectangular"))
    if edges.length_s is None:
        return terms
    clock = accuracy.timebase_bound_ratio * np.abs(edges.length_s) / _SQRT3
    return (*terms, PulseTerm("timebase", "B", clock, True, "bound of the sample clock", "rectangular"))


def _beside_a_faint_phase(gap_samples: Array, height_ratio: Array, decays: NDArray[np.bool_]) -> Array:
    """What a short gap before a low phase 2, and the phase, err by at most, in samples; 0 for others, single phases."""
    short = (gap_samples > 0.0) & (gap_samples < np.where(height_ratio < _HARDLY, _LONGER, _SHORT))
    faint = height_ratio < _FAINT
    discharge, plateau = short & decays & (faint | (gap_samples < _SHORTEST)), short & ~decays & faint
    overlooked = (gap_samples <= 0.0) & (height_ratio < _HARDLY)
    return np.select((discharge, plateau, overlooked), (*_SHORT_BOUND, _UNSEEN_THERE), 0.0)


def _undone_ends(accuracy: ChannelAccuracy) -> float:
    """Variance that undoing the filter adds to a sum of samples, in variances of one: that of both ends."""
    period_s, tau_s = 1.0 / accuracy.rate_hz, accuracy.filter_tau_s
    return 2.0 / np.expm1(period_s / tau_s) ** 2 if inverts(period_s, tau_s) else 0.0


def _level_terms(accuracy: ChannelAccuracy, count: Array, length: Array, ends: float) -> tuple[PulseTerm, ...]:
    """Terms that noise, codes and baseline give to ``length`` times the mean of `count` samples."""
    cells = _BASELINE_CELLS * 0.256e-3 * accuracy.rate_hz
    base = (accuracy.noise_rms**2 + accuracy.lsb**2 / 12.0) ** 0.5 / cells**0.5
    one = length * np.sqrt(count + ends) / count
    codes = accuracy.lsb / _SQRT12
    return (
        PulseTerm("noise", "A", accuracy.noise_rms * one, False, "rms noise of a sample, averaged"),
        PulseTerm("quantisation", "B", codes * one, False, "one code, rectangular, averaged"),
        PulseTerm("baseline", "A", base * length, False, "noise of the mean of 64 quiet cells"),
    )


def _narrow(bound: Array) -> tuple[PulseTerm, ...]:
    """The term of a phase that is too short to be told from a lower, longer one; none where no pulse has such."""
    if not bound.any():
        return ()
    because = "a phase shorter than two samples, bound"
    return (PulseTerm("shape of the phase", "B", bound / _SQRT3, False, because, "rectangular"),)


def _amplitude(
    accuracy: ChannelAccuracy, amplitude: Array, width: Array, narrow: NDArray[np.bool_]
) -> tuple[PulseTerm, ...]:
    count = np.maximum(1.0, 0.5 * width * accuracy.rate_hz)
    size, ends = np.abs(amplitude), _undone_ends(accuracy)
    terms = (
        *_level_terms(accuracy, count, np.ones_like(size), ends),
        PulseTerm("gain", "B", accuracy.gain_bound_ratio * size / _SQRT3, True, "gain bound", "rectangular"),
        PulseTerm("INL", "B", np.full_like(size, accuracy.inl_bound / _SQRT3), True, "INL bound", "rectangular"),
    )
    if inverts(1.0 / accuracy.rate_hz, accuracy.filter_tau_s):
        terms = (*terms, _wrong_filter(accuracy, size, count))
    terms = (*terms, *_narrow(np.where(narrow, _NARROW_HEIGHT * size, 0.0)))
    largest = np.where(count < 4.0, accuracy.noise_rms * (1.0 + ends) ** 0.5, 0.0)
    if not largest.any():
        return terms
    because = "a phase of few samples is as high as the largest of them"
    return (*terms, PulseTerm("noise of the maximum", "B", largest, False, because, "rectangular"))


def _wrong_filter(accuracy: ChannelAccuracy, size: Array, count: Array) -> PulseTerm:
    """What a filter that is not quite the stated one leaves in the middle half of a phase."""
    a = 1.0 / (accuracy.rate_hz * accuracy.filter_tau_s)
    left = abs(np.exp(-a / (1.0 + TAU_TOLERANCE_RATIO)) - np.exp(-a)) / (1.0 - np.exp(-a))
    # the middle half begins up to half a sample nearer to the edge than a quarter of the width
    begins = np.maximum(0.5 * count - 0.5, 0.0)
    bound = size * left * np.exp(-a * begins) / ((1.0 - np.exp(-a)) * count)
    return PulseTerm("filter tau", "B", bound / _SQRT3, True, "±5 % of the time constant, bound", "rectangular")


def _charge(
    accuracy: ChannelAccuracy,
    charge: Array,
    inl_s: Array,
    window_s: Array,
    edges: tuple[tuple[Array, ...], ...],
    narrow_c: Array,
    cut_a: Array | None = None,
    unseen_c: Array | None = None,
) -> tuple[PulseTerm, ...]:
    size = np.abs(charge) / _SQRT3
    alias = _aliasing_c(accuracy, edges[0], edges[1])
    shape: Literal["normal", "arcsine"] = "arcsine" if accuracy.filter_tau_s * accuracy.rate_hz >= 1.0 else "normal"
    count = np.maximum(1.0, window_s * accuracy.rate_hz)
    terms = (*_level_terms(accuracy, count, window_s, 0.0), *_narrow(narrow_c))
    if unseen_c is not None and unseen_c.any():
        because = "the phases are cut where a gap under two samples is hardly seen, bound"
        terms = (*terms, PulseTerm("place of the cut", "B", unseen_c / _SQRT3, False, because, "rectangular"))
    if cut_a is not None:
        cut = TAU_TOLERANCE_RATIO * accuracy.filter_tau_s * cut_a / _SQRT3
        because = "±5 % of the time constant, where the phases are told apart; bound"
        terms = (*terms, PulseTerm("filter tau", "B", cut, True, because, "rectangular"))
    return (
        *terms,
        PulseTerm(EDGE_ALIASING, "B", alias, False, "sampled sum of filtered edges; device clock asynchronous", shape),
        PulseTerm("gain", "B", accuracy.gain_bound_ratio * size, True, "gain bound", "rectangular"),
        PulseTerm("timebase", "B", accuracy.timebase_bound_ratio * size, True, "bound of the clock", "rectangular"),
        PulseTerm(
            "INL", "B", accuracy.inl_bound * inl_s / _SQRT3, True, "bound; levels alike err alike", "rectangular"
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
    charge2_c: ArrayLike | None = None,
    window_s: ArrayLike | None = None,
) -> dict[str, tuple[PulseTerm, ...]]:
    """Terms of the standard uncertainty of the fields of pulses, in the unit of each field.

    The instant `t_s` carries no timebase term: the sample clock is the rig's time, and an interval of length d between
    two pulses takes ``timebase_bound_ratio * d / sqrt(3)`` once, as the widths do here.

    A data sheet bounds the bend of a converter and says nothing of its shape. Two levels of one size are taken to err
    alike, in the sense that leaves most net charge; the further apart they are the less they have to do with each other
    (alike by ``1 - |difference| / (range/2)``). u^2 = bound^2/3 (w1^2 + w2^2 + 2 rho w1 w2).

    Args:
        accuracy: of the captured current; its `unit` is A.
        phase1_a: amplitude of the first phase, (n,), A.
        phase1_s: its width, s.
        phase2_s: width of the second phase, s; NaN where there is none.
        gap_s: interphase gap, s; NaN where there is none.
        phase2_a: amplitude of the second phase, A; ``-phase1_a phase1_s/phase2_s`` (balanced) by default.
        charge2_c: charge of the second phase, C: tells a plateau from a discharge; a plateau by default.
        window_s: length of the charge window, s; the pulse and 0.8 ms by default.

    Returns:
        `t_s, phase1_s, phase2_s, gap_s, phase1_a, phase2_a, charge1_c, charge2_c, net_c` -> terms; each term (n,).
        NaN where the field itself cannot be.

    Source: regulatory.md 5.2 and 5.3 (budget), JCGM 100:2008 4.3 (rectangular bounds), 5.1.2 and 5.2 (combination).
    """
    a1, w1, w2, gap = (np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in (phase1_a, phase1_s, phase2_s, gap_s))
    single = ~(w2 > 0.0)
    w2_or_0, gap_or_0 = np.where(single, 0.0, w2), np.where(single | np.isnan(gap), 0.0, gap)
    if phase2_a is None:
        a2 = np.where(single, 0.0, -a1 * w1 / np.where(single, 1.0, w2))
    else:
        a2 = np.nan_to_num(np.atleast_1d(np.asarray(phase2_a, dtype=np.float64)))
    flat2_c = a2 * w2_or_0
    q2 = flat2_c if charge2_c is None else np.nan_to_num(np.atleast_1d(np.asarray(charge2_c, dtype=np.float64)))
    # of a discharge the finder's height is half of the peak, and its width from there to a quarter 2 tau ln 2
    decays = ~single & (np.abs(q2) > _DECAYING * np.abs(flat2_c))
    decay_s = np.where(decays, w2_or_0 / (2.0 * np.log(2.0)), np.inf)
    peak2 = np.where(decays, 2.0 * a2, a2)
    period_s = 1.0 / accuracy.rate_hz
    height1 = np.maximum(np.abs(a1), accuracy.lsb)
    height2 = np.where(single, np.nan, np.maximum(np.abs(peak2), accuracy.lsb))
    # without a gap one step leads from phase 1 to phase 2
    joined = ~single & (gap_or_0 <= 0.0)
    inner = np.where(joined, height1 + np.nan_to_num(height2), height1)
    inner2 = np.where(joined, height1 + height2, height2)
    close = ~single & (gap_or_0 > 0.0) & (gap_or_0 < _CLOSE * period_s)
    unseen = {field: np.where(joined, samples, 0.0) for field, samples in _UNSEEN.items()}
    narrow1, narrow2 = ~is_resolved(accuracy, w1), ~single & ~is_resolved(accuracy, w2_or_0)
    narrow_at = {"t_s": narrow1, "phase1_s": narrow1, "phase2_s": narrow2, "gap_s": narrow1 | narrow2}
    for field, samples in _NARROW_SAMPLES.items():
        unseen[field] = unseen.get(field, 0.0) + np.where(narrow_at[field], samples, 0.0)
    beside_faint = _beside_a_faint_phase(gap_or_0 / period_s, height2 / height1, decays)
    for field in ("gap_s", "phase2_s"):
        unseen[field] = unseen[field] + beside_faint
    narrow_c = np.where(narrow_at["gap_s"], _NARROW_CHARGE * np.abs(a1 * w1), 0.0)
    nothing, plateau = np.zeros_like(close), np.full_like(w1, np.inf)
    step_decay_s = np.where(joined, decay_s, np.inf)
    t: tuple[Any, ...] = (np.zeros_like(w1), w1, w1 + gap_or_0, w1 + gap_or_0 + w2_or_0)
    # the end of a discharge is no step
    steps = (a1, -a1, peak2, np.where(decays, 0.0, -peak2))
    whole = w1 + gap_or_0 + w2_or_0 + _MARGIN_S
    window = whole if window_s is None else np.nan_to_num(np.atleast_1d(np.asarray(window_s, dtype=np.float64)))
    inl2_s = np.where(decays, _DISCHARGE_TAUS * np.where(decays, decay_s, 0.0), w2_or_0)
    alike = np.maximum(0.0, 1.0 - np.abs(np.abs(a1) - np.abs(a2)) / (_LEVELS_APART * accuracy.range))
    both_s = np.sqrt(w1**2 + inl2_s**2 + 2.0 * np.where(decays, 0.0, alike) * w1 * inl2_s)
    # what the filter still holds of phase 1 where the charge is cut in two
    cut = np.zeros_like(w1)
    if accuracy.filter_tau_s > 0.0:
        cut = np.where(single, 0.0, np.abs(a1) * np.exp(-0.5 * gap_or_0 / accuracy.filter_tau_s))
    half_seen = np.where(~single & (gap_or_0 < _HALF_SEEN * period_s), _HALF_SEEN_CHARGE, 0.0)
    unseen_c = np.where(joined, _UNSEEN_CHARGE, half_seen) * np.abs(a1) * period_s
    first = np.minimum(w1 + 0.5 * gap_or_0 + 10.0 * period_s, window)
    return {
        "t_s": _times(accuracy, _Crossings((height1,), None, nothing, plateau, unseen["t_s"])),
        "phase1_s": _times(accuracy, _Crossings((height1, inner), w1, close, step_decay_s, unseen["phase1_s"])),
        "phase2_s": _times(accuracy, _Crossings((inner2, height2), w2, close, decay_s, unseen["phase2_s"])),
        "gap_s": _times(accuracy, _Crossings((height1, height2), gap, close, decay_s, unseen["gap_s"])),
        "phase1_a": _amplitude(accuracy, a1, w1, narrow1),
        "phase2_a": _amplitude(accuracy, a2, w2, narrow2),
        "charge1_c": _charge(accuracy, a1 * w1, w1, first, (t[:2], steps[:2]), narrow_c, cut, unseen_c),
        "charge2_c": _charge(
            accuracy, q2, inl2_s, window - first + period_s, (t[2:], steps[2:]), narrow_c, cut, unseen_c
        ),
        "net_c": _charge(accuracy, a1 * w1 + q2, both_s, window, (t, steps), narrow_c),
    }
