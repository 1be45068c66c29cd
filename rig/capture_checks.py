"""What makes the figures of a capture doubtful: each is looked for in every capture, and named where it is found."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rig.capture_measure import MeasuredCapture
from rig.capture_warnings import CaptureWarning, share_of

LEAST_A: Final = 50e-6
LARGEST_A: Final = 250e-3
"""Phase currents of nerve and muscle stimulators: implants from 0.1 mA, surface devices to 200 mA (design choice)."""

_WIDTHS_S: Final = (5e-6, 5e-3)
_RATES_HZ: Final = (0.2, 1000.0)
_FEW_LEVELS: Final = 4
_FEW_SAMPLES: Final = 8.0
_NOISY_RATIO: Final = 20.0
_UNSTEADY_RATIO: Final = 5e-3
_FLAT_SAMPLES: Final = 8
_FLAT_NOISE_CODES: Final = 0.7
_LOAD_RATIO: Final = 0.1
_OUTLANDISH_OHM: Final = (5.0, 200e3)


@dataclass(frozen=True, slots=True)
class Expected:
    """What the user says of the device and its load.

    Attributes:
        first_sign: of phase 1, +1 or -1; 0 for either.
        load_ohm: between the electrodes, or None.
        filter_tau_s: of the filter before the converter, s; 0 where it is not known.
    """

    first_sign: int = 1
    load_ohm: float | None = None
    filter_tau_s: float = 0.0


def warnings_of(measured: MeasuredCapture, expected: Expected) -> tuple[CaptureWarning, ...]:
    """Every warning about a capture, those that came with its file in front."""
    found = [*measured.warnings, *_of_samples(measured)]
    pulses = measured.pulses
    if not pulses.size:
        told = "the record is constant" if measured.range_a[0] == measured.range_a[1] else _where_not(measured)
        found.append(CaptureWarning("no_pulses", f"no pulse was found: {told}", f"{measured.samples} samples"))
        return tuple(found)
    found += _of_pulses(measured)
    found += _of_polarity(measured, expected.first_sign)
    found += _of_scales(measured, expected.filter_tau_s)
    found += _of_quiet(measured)
    return tuple(found)


def _where_not(measured: MeasuredCapture) -> str:
    low, high = measured.range_a
    return f"samples lie between {low * 1e3:.4g} and {high * 1e3:.4g} mA; look at --current, --scale and --rate"


def _of_samples(measured: MeasuredCapture) -> Iterator[CaptureWarning]:
    """What the samples alone tell."""
    if measured.jumps:
        lost = sum(samples for _, samples in measured.jumps)
        where = f"first at t = {(measured.jumps[0][0] - measured.jumps[0][1]) * measured.period_s:.6f} s"
        if not {"gap", "not_a_number"} & {warning.code for warning in measured.warnings}:
            text = f"the record has {len(measured.jumps)} gaps, {lost} samples are missing"
            yield CaptureWarning("gap", text, where)
    if 1 < measured.levels <= _FEW_LEVELS:
        text = (
            f"only {measured.levels} different values in {measured.samples} samples: a logic signal, a recording of "
            "one or two bits, or made-up data; no amplitude can be trusted"
        )
        yield CaptureWarning("few_levels", text)
    if measured.range_a[0] == measured.range_a[1]:
        text = f"every sample is {measured.range_a[0] * 1e3:.6g} mA: a dead channel, or a stuck converter"
        yield CaptureWarning("constant", text)


def _of_pulses(measured: MeasuredCapture) -> Iterator[CaptureWarning]:
    """Pulses that could not be measured whole."""
    pulses, n = measured.pulses, measured.pulses.size
    begin_s, end_s = measured.span_s
    cut = ~np.isfinite(pulses["charge1_c"]) | ~np.isfinite(pulses["net_c"])
    margin_s = 16.0 * measured.period_s
    both = np.isfinite(pulses["phase2_s"])
    lonely = ~both & ~cut if both.sum() > 0.5 * n else np.zeros(n, np.bool_)
    at_ends = (cut | lonely) & ((pulses["t_s"] < begin_s + 2e-3) | (pulses["end_s"] > end_s - margin_s))
    if at_ends.any():
        text = f"{share_of(int(at_ends.sum()), n)} pulses are cut by an end of the record; they do not count"
        yield CaptureWarning("half_pulse", text, _instant(pulses["t_s"][at_ends]))
    places = [place for index, lost in measured.jumps for place in (index - lost, index)]
    behind = np.array(places) * measured.period_s
    by_gap = cut & ~at_ends & _near(pulses["t_s"], pulses["end_s"], behind, 64.0 * measured.period_s)
    if by_gap.any():
        text = f"{share_of(int(by_gap.sum()), n)} pulses are cut by missing samples; they do not count"
        yield CaptureWarning("lost_pulse", text, _instant(pulses["t_s"][by_gap]))
    clipped = cut & ~at_ends & ~by_gap
    if clipped.any() or measured.at_ends:
        text = (
            f"{share_of(int(clipped.sum()), n)} pulses reach an end of the range: clipped, and without height or charge"
        )
        yield CaptureWarning("clipped", text, _instant(pulses["t_s"][clipped] if clipped.any() else pulses["t_s"]))
    elif _flat_top(measured):
        text = "the largest samples are all the same where noise should show: clipped before the file was written?"
        yield CaptureWarning("flat_top", text, _instant(pulses["t_s"][[_row(measured)]]))
    open_tail = ~cut & ~at_ends & (pulses["tail_done"] == 0)
    if open_tail.any():
        text = (
            f"{share_of(int(open_tail.sum()), n)} pulses had not come back to the baseline when their window ended; "
            "they have no net charge"
        )
        yield CaptureWarning("open_tail", text, _instant(pulses["t_s"][open_tail]))


def _row(measured: MeasuredCapture) -> int:
    return measured.highest.row if measured.highest is not None else 0


def _near(
    t0_s: NDArray[np.float64], t1_s: NDArray[np.float64], places_s: NDArray[np.float64], margin_s: float
) -> NDArray[np.bool_]:
    """True for pulses that touch one of `places_s`."""
    if not places_s.size:
        return np.zeros(t0_s.size, np.bool_)
    following = np.searchsorted(places_s, t0_s - margin_s)
    next_s = np.append(places_s, math.inf)[following]
    return next_s <= t1_s + margin_s


def _instant(t_s: NDArray[np.float64]) -> str:
    return f"t = {float(t_s[0]):.6f} s"


def _flat_top(measured: MeasuredCapture) -> bool:
    """True where the highest pulse stands still at an extreme of the record although the quiet parts are noisy."""
    window, scale = measured.highest, abs(measured.recording.scale)
    if window is None or not measured.noise_a > _FLAT_NOISE_CODES * scale:
        return False
    for extreme in (window.codes.max(), window.codes.min()):
        same = np.concatenate(([False], window.codes == extreme, [False])).astype(np.int8)
        edges = np.flatnonzero(np.diff(same)).reshape(-1, 2)
        if (edges[:, 1] - edges[:, 0]).max(initial=0) >= _FLAT_SAMPLES:
            return True
    return False


def _of_polarity(measured: MeasuredCapture, first_sign: int) -> Iterator[CaptureWarning]:
    charge = measured.pulses["charge1_c"]
    negative, n = int((charge < 0.0).sum()), int(np.isfinite(charge).sum())
    if first_sign == 0 or n == 0:
        return
    other = negative if first_sign > 0 else n - negative
    word = "negative" if first_sign > 0 else "positive"
    mend = f"leads reversed? if the device does so, say --first-phase {word if other == n else 'either'}"
    if other == n:
        yield CaptureWarning("polarity", f"phase 1 of every pulse is {word}: {mend}; signs are as captured")
    elif other:
        text = f"phase 1 of {share_of(other, n)} pulses is {word}: {mend}; means mix both"
        yield CaptureWarning("mixed_polarity", text)


def _median(values: NDArray[np.float64]) -> float:
    there = values[np.isfinite(values)]
    return float(np.median(there)) if there.size else math.nan


def _of_scales(measured: MeasuredCapture, filter_tau_s: float) -> Iterator[CaptureWarning]:
    """Figures that no stimulator has: a wrong scale, a wrong rate, too few samples a phase."""
    pulses = measured.pulses
    size_a, width_s = _median(np.abs(pulses["phase1_a"])), _median(pulses["phase1_s"])
    if size_a < LEAST_A or size_a > LARGEST_A:
        text = f"phase 1 is {size_a * 1e3:.4g} mA; stimulators give 0.05 to 250 mA: is the scale right?"
        yield CaptureWarning("scale", text, "--scale")
    if width_s < _WIDTHS_S[0] or width_s > _WIDTHS_S[1]:
        text = f"phase 1 lasts {width_s * 1e6:.4g} µs; stimulators give 5 to 5000 µs: is the rate right?"
        yield CaptureWarning("rate", text, "--rate")
    if pulses.size > 2:
        rate_hz = 1.0 / max(_median(np.diff(pulses["t_s"])), 1e-12)
        if not _RATES_HZ[0] <= rate_hz <= _RATES_HZ[1]:
            text = f"{rate_hz:.4g} pulses a second; stimulators give 0.2 to 1000: is the rate of the samples right?"
            yield CaptureWarning("rate", text, "--rate")
    if width_s < _FEW_SAMPLES * measured.period_s:
        text = (
            f"phase 1 has {width_s / measured.period_s:.2g} samples, {_FEW_SAMPLES:g} are needed: too slow a rate; "
            "widths and charges depend on where the samples fell"
        )
        yield CaptureWarning("slow_rate", text)
    elif filter_tau_s > 0.0 and filter_tau_s > 0.5 * width_s:
        text = f"the filter ({filter_tau_s * 1e6:.3g} µs) is as slow as the phase ({width_s * 1e6:.3g} µs)"
        yield CaptureWarning("slow_filter", text, "--filter")


def _of_quiet(measured: MeasuredCapture) -> Iterator[CaptureWarning]:
    """What the quiet parts tell."""
    size_a = _median(np.abs(measured.pulses["phase1_a"]))
    if measured.noise_a * _NOISY_RATIO > size_a:
        text = f"noise of {measured.noise_a * 1e3:.3g} mA rms under a phase of {size_a * 1e3:.3g} mA"
        yield CaptureWarning("noisy", text)
    bases = measured.pulses["baseline_a"]
    spread = float(np.ptp(bases[np.isfinite(bases)])) if np.isfinite(bases).any() else 0.0
    if spread > max(_UNSTEADY_RATIO * size_a, 2.0 * measured.recording.step_value):
        text = (
            f"the baseline moves by {spread * 1e3:.3g} mA between pulses (phase 1: {size_a * 1e3:.3g} mA): mains hum, "
            "drift or a slow tail; net charge and mean are doubtful"
        )
        yield CaptureWarning("unsteady_baseline", text)
    if not measured.pulses.size > 1:
        text = "one pulse: nothing tells how much pulses differ"
        yield CaptureWarning("one_pulse", text, doubtful=False)


def load_warnings(
    current: MeasuredCapture, voltage: MeasuredCapture, load_ohm: float | None
) -> Iterator[CaptureWarning]:
    """What voltage and current together tell: their quotient is the load, or one of them is wrong."""
    size_a, size_v = (_median(np.abs(each.pulses["phase1_a"])) for each in (current, voltage))
    if not voltage.pulses.size or not current.pulses.size:
        which = "voltage" if current.pulses.size else "current"
        yield CaptureWarning("no_pulses", f"the {which} shows no pulse, the other does: swapped, dead, or wrong?")
        return
    quotient = size_v / size_a
    if not _OUTLANDISH_OHM[0] < quotient < _OUTLANDISH_OHM[1]:
        text = f"voltage over current is {quotient:.4g} ohm: channels swapped, or a wrong scale?"
        yield CaptureWarning("load", text, "--voltage")
    elif load_ohm is not None and abs(quotient - load_ohm) > _LOAD_RATIO * load_ohm:
        text = (
            f"voltage over current is {quotient:.4g} ohm, --load says {load_ohm:.4g} ohm: a scale or the load is wrong"
        )
        yield CaptureWarning("load", text, "--load")
