"""One sentence beside each verdict: what was seen, against what, where, in people's units."""

import math

from reports.deciding import Decision
from reports.samples import Samples
from reports.verdict import Outcome
from scenarios.case import Check
from scenarios.quantities import format_quantity

_DIGITS = 4


def in_words(value: float, unit: str) -> str:
    """An SI value for people."""
    return format_quantity(value, unit, _DIGITS)


def _signed(value: float, unit: str) -> str:
    return f"{'+' if value >= 0 else ''}{in_words(value, unit)}"


def place(samples: Samples, row: int, nominal: str = "of") -> str:
    """Where a sample lies: `at stride 17 of 39, t = 19.42 s`; the 39 is the last stride that was judged."""
    t_s, stride = float(samples.t0_s[row]), int(samples.strides[row])
    instant = f"t = {t_s:.2f} s" if math.isfinite(t_s) else ""
    if stride < 0:
        return f"at {instant}" if instant else ""
    return f"at stride {stride} {nominal} {int(samples.strides.max())}, {instant}".rstrip(", ")


def _broken_limit(value: float, low: float, high: float, unit: str) -> str:
    """`72 ms > 60 ms (+12 ms)`."""
    if value > high:
        return f"{in_words(value, unit)} > {in_words(high, unit)} ({_signed(value - high, unit)})"
    return f"{in_words(value, unit)} < {in_words(low, unit)} ({_signed(value - low, unit)})"


def limits_in_words(low: float, high: float, unit: str) -> str:
    """`<= 60 ms`, `>= 5 mm`, `5 mm to 9 mm`."""
    if low == high:
        return f"= {in_words(low, unit)}"
    if math.isinf(low):
        return f"≤ {in_words(high, unit)}"
    if math.isinf(high):
        return f"≥ {in_words(low, unit)}"
    return f"{in_words(low, unit)} to {in_words(high, unit)}"


def sentence(check: Check, samples: Samples, decision: Decision, low: float, high: float) -> str:
    """What decided, for samples that were judged; `low` and `high` are the limits of the worst sample."""
    if check.quantifier == "every":
        return _every(samples, decision, low, high)
    if check.quantifier == "share":
        return _share(check, samples, decision, low, high)
    unit = samples.unit
    name = "mean" if check.quantifier == "mean" else "95th percentile"
    bounds = decision.interval95 or (-math.inf, math.inf)
    shown = f"{name} {in_words(decision.value, unit)} of {samples.values.size}"
    interval = f"{check.confidence * 100:g} % interval {_bound(bounds[0], unit)} to {_bound(bounds[1], unit)}"
    verdict = {
        Outcome.PASS: "inside",
        Outcome.FAIL: "outside",
        Outcome.INCONCLUSIVE: "not wholly on one side of",
    }[decision.outcome]
    return f"{shown}, {interval}: {verdict} {limits_in_words(low, high, unit)}"


def _bound(value: float, unit: str) -> str:
    return "unbounded" if math.isinf(value) else in_words(value, unit)


def _every(samples: Samples, decision: Decision, low: float, high: float) -> str:
    row, unit, n = decision.worst, samples.unit, samples.values.size
    where = place(samples, row)
    if decision.outcome is Outcome.FAIL:
        more = f"; {decision.misses} of {n} break the limit" if decision.misses > 1 else ""
        if math.isinf(decision.value):
            return f"no pulse {where}: missed stimulation, limit {limits_in_words(low, high, unit)}{more}"
        return f"{_broken_limit(decision.value, low, high, unit)} {where}{more}".rstrip()
    uncertainty = in_words(decision.expanded_value or 0.0, unit)
    if decision.outcome is Outcome.INCONCLUSIVE:
        if math.isinf(decision.value):
            return f"no pulse {where}: nothing to hold against {limits_in_words(low, high, unit)}"
        return (
            f"{in_words(decision.value, unit)} is nearer to the limit {limits_in_words(low, high, unit)} than its "
            f"uncertainty of {uncertainty} {where}; {decision.undecided} of {n} undecided"
        )
    spare = "" if decision.margin_value is None else f", {in_words(decision.margin_value, unit)} to spare"
    text = f"worst of {n}: {in_words(decision.value, unit)}, limit {limits_in_words(low, high, unit)}{spare} {where}"
    return text.rstrip()


def _share(check: Check, samples: Samples, decision: Decision, low: float, high: float) -> str:
    n, asked = samples.values.size, f"{check.share * 100:g} %"
    hits = n - decision.misses
    band = f" ({decision.undecided} of them nearer to it than their uncertainty)" if decision.undecided else ""
    bound_low, bound_high = decision.interval95 or (0.0, 1.0)
    against = limits_in_words(low, high, samples.unit)
    confidence = f"{check.confidence * 100:g} % confidence"
    if decision.outcome is Outcome.FAIL:
        shown = f"at most {bound_high * 100:.3g} %"
    else:
        shown = f"at least {bound_low * 100:.3g} %"
    text = f"{hits} of {n} {against}{band} shows {shown} at {confidence}, {asked} asked"
    if decision.misses:
        text += (
            f"; worst {in_words(float(samples.values[decision.worst]), samples.unit)} {place(samples, decision.worst)}"
        )
    return text.rstrip()
