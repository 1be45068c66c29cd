"""The rows of the section on fall risk: each metric in words, with its interval and its value without the device."""

import math
from collections.abc import Callable
from typing import Final

from reports.fall_risk.clearance import Estimate
from reports.fall_risk.exposure import Exposure
from reports.fall_risk.of_walk import MEANS, FallRisk, fall_risk
from reports.fall_risk.rates import Rate
from reports.fall_risk.regularity import STRIDES_FOR_ALPHA, STRIDES_FOR_CV
from reports.fall_risk.tail import STRIDES_FOR_TAIL
from reports.measures.triggers import false_stimulation, late_stimulation, missed_stimulation
from rig.record import Record


def clearance_rows(found: FallRisk, plain: FallRisk | None) -> list[tuple[str, ...]]:
    """Clearance, exposure, scuffs and stumbles."""
    rows: list[tuple[str, ...]] = []
    one, two = found.clearance, None if plain is None else plain.clearance
    names = (("mean_m", "mean"), ("sd_m", "SD"), ("median_m", "median"), ("iqr_m", "interquartile range"))
    if one is not None:
        for field, words in names:
            rows.append(
                _row(f"Minimum toe clearance, {words}", getattr(one, field), getattr(two, field, None), millimetres)
            )
        label = f"1st percentile{'' if one.lowest1_m else f' (needs {STRIDES_FOR_TAIL} strides)'}"
        rows.append(_row(label, one.lowest1_m, None if two is None else two.lowest1_m, millimetres))
        rows.append(_row("Skew", one.skew, None if two is None else two.skew, _plain))
        rows.append(_row("Excess kurtosis", one.kurtosis, None if two is None else two.kurtosis, _plain))
        rows.append(("Cycles without a minimum", str(one.non_mtc), "", "" if two is None else str(two.non_mtc)))
    rows += _exposure_rows(found.curve, None if plain is None else plain.curve)
    prior = found.obstacles
    words = f"Expected trips per km, unseen obstacles of {1e3 * prior.mean_height_m:.0f} mm mean height"
    rows.append(_row(words, found.trips, None if plain is None else plain.trips, _plain))
    rows.append(_row("Relative trip exposure, against without the device", found.relative, None, _plain))
    rows += [
        _rate_row("Scuffs per 100 strides", found.scuffs, None if plain is None else plain.scuffs, 100),
        _rate_row("Stumbles per 100 strides", found.stumbles, None if plain is None else plain.stumbles, 100),
    ]
    return rows


def _exposure_rows(curve: Exposure | None, plain: Exposure | None) -> list[tuple[str, ...]]:
    if curve is None:
        return []
    rows: list[tuple[str, ...]] = []
    for k, height_m in enumerate(curve.height_m):
        value = float(curve.ratio[k])
        told = math.isfinite(value) and value >= 1.0 / curve.strides
        band = f"{100 * curve.low_ratio[k]:.1f} to {100 * curve.high_ratio[k]:.1f} %" if told else ""
        other = "" if plain is None else share_words(float(plain.ratio[k]), plain)
        rows.append((f"Strides below an obstacle of {1e3 * height_m:.0f} mm", share_words(value, curve), band, other))
    return rows


def share_words(ratio: float, curve: Exposure) -> str:
    """A share of strides, or why there is none; less than one stride of the walk is told as that."""
    if math.isnan(ratio):
        return f"under 5 %; {curve.strides} strides say no more"
    if ratio < 1.0 / curve.strides:
        return f"under {100.0 / curve.strides:.1f} %"
    return f"{100 * ratio:.1f} %"


def other_foot_rows(record: Record) -> list[tuple[str, ...]]:
    """Exposure of the foot that no stimulation reaches, where both feet walked."""
    if not record.other_strides:
        return []
    found = fall_risk(record.other_strides, record.case.seed)
    return [
        _row(
            "The other foot: minimum toe clearance, mean", found.clearance and found.clearance.mean_m, None, millimetres
        ),
        _row("The other foot: expected trips per km", found.trips, None, _plain),
        _rate_row("The other foot: scuffs per 100 strides", found.scuffs, None, 100),
    ]


def landing_rows(found: FallRisk, plain: FallRisk | None) -> list[tuple[str, ...]]:
    """The foot at its landing, the hip, the charge of a stride."""
    rows: list[tuple[str, ...]] = []
    for column, unit, words in MEANS:
        mean = found.means.get(column)
        if mean is None:
            continue
        other = None if plain is None or column == "charge_c" else plain.means.get(column)
        rows.append(_row(f"{words}, mean", mean, other, _shown(unit)))
    return rows


def timing_rows(record: Record, found: FallRisk) -> list[tuple[str, str]]:
    """How regular the steps are, and how often the device was missing, late or wrong."""
    few = f"too few strides ({STRIDES_FOR_CV} are needed)"
    stride, swing, memory = found.stride_time_ratio, found.swing_time_ratio, found.memory
    alpha = f"too few strides ({STRIDES_FOR_ALPHA} are needed)"
    if memory is not None:
        alpha = f"{memory.alpha:.2f}" + ("" if memory.full else f" ({found.strides} strides, 512 are usual)")
    rows = [
        ("Stride-time variation (an input of the model)", few if stride is None else f"{100 * stride:.1f} %"),
        ("Swing-time variation", few if swing is None else f"{100 * swing:.1f} %"),
        ("Stride-time memory, DFA exponent (an input)", alpha),
    ]
    if len(record.pulses.get("t_s", ())):
        counts = (
            ("Missed stimulations per 1000 strides", missed_stimulation),
            ("Late stimulations (after toe-off) per 1000 strides", late_stimulation),
            ("False stimulations per 1000 strides", false_stimulation),
        )
        for words, measure in counts:
            rate = Rate(len(measure(record, {}).values), len(record.strides["stride"]))
            low, high = rate.interval95(1000)
            rows.append((words, f"{rate.per(1000):.1f} ({low:.1f} to {high:.1f}); {rate.count} of {rate.strides}"))
    return rows


def _row(words: str, one: Estimate | None, two: Estimate | None, shown: Callable[[float], str]) -> tuple[str, ...]:
    if one is None:
        return words, "–", "", "" if two is None else shown(two.value)
    low, high = one.interval95
    band = f"{shown(low)} to {shown(high)}" if math.isfinite(low) and math.isfinite(high) else ""
    return words, shown(one.value), band, "" if two is None else shown(two.value)


def _rate_row(words: str, one: Rate, two: Rate | None, number: int) -> tuple[str, ...]:
    low, high = one.interval95(number)
    return words, f"{one.per(number):.1f}", f"{low:.1f} to {high:.1f}", "" if two is None else f"{two.per(number):.1f}"


def millimetres(value: float) -> str:
    """A length in mm."""
    return f"{1e3 * value:.1f} mm".replace("-", "−")


def _plain(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def ratio_words(found: Estimate | None) -> str:
    """A ratio with its interval, or a dash."""
    if found is None:
        return "–"
    return f"{found.value:.2f} ({found.interval95[0]:.2f} to {found.interval95[1]:.2f})"


_SHOWN: Final = {"m": (1e3, " mm", 1), "rad": (180.0 / math.pi, "°", 1), "s": (1e3, " ms", 0), "C": (1e6, " µC", 0)}
"""SI unit -> factor, shown unit and decimals of a column of numbers that are read beside each other."""


def _shown(unit: str) -> Callable[[float], str]:
    factor, symbol, places = _SHOWN[unit]
    return lambda value: f"{round(factor * value, places) + 0.0:.{places}f}{symbol}".replace("-", "−")
