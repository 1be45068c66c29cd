"""What can be said before a run: how many samples a check can get at most, and whether they can ever be enough."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from scenarios import timeline
from scenarios.binomial import samples_for_percentile, samples_needed, share_lower_bound
from scenarios.case import Case, Check, PlannedEvent
from scenarios.catalogue import MeasureSpec
from scenarios.quantities import format_quantity

ONE_A_STRIDE: Final = frozenset({"stride", "swing"})
"""What a sample may stand for of which a stride holds one at most."""
SLOW_CAPTURE_HZ: Final = 500_000.0
"""Below this rate a net charge of 100 nC cannot be judged: behind its 2 us filter, 100 kS/s scatters by 157 nC."""
KNOWN_SPEEDS_M_S: Final = (0.4, 1.4)
"""Speeds at which gait law and healthy clearance are checked against people: 0.5-1.4 m/s measured, 0.4 by a little."""
FAR_SPEED_M_S: Final = 0.4
"""A patient class walked further than this from its own speed is extrapolated (formats.md section 1), m/s."""


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning with the check that it concerns ("" for the whole case)."""

    check: str
    text: str


def most_samples(case: Case, check: Check, measure: MeasureSpec) -> int | None:
    """Largest number of samples that the check can get; None where it is not limited by the strides."""
    kind = str(check.parameters.get(measure.sample, measure.sample))
    if kind not in ONE_A_STRIDE or case.is_recorded:
        return None
    events = {event.name: event for event in case.events}
    strides = set(range(1, case.walk.strides + 1))
    first, last = events.get(check.during.from_event), events.get(check.during.until_event)
    if first is not None and first.stride is not None:
        strides = {stride for stride in strides if stride >= first.stride}
    if last is not None and last.stride is not None:
        strides = {stride for stride in strides if stride < last.stride + _whole(last)}
    for name, more in check.during.except_events:
        stride = events[name].stride
        if stride is not None:
            strides -= set(range(stride, stride + more + 1))
    return len(strides)


def _whole(event: PlannedEvent) -> int:
    """1 where the stride of an event may hold a sample before it begins."""
    return 1 if event.phase_ratio > 0 else 0


PoolSizes: TypeAlias = Mapping[tuple[str, str], int | None]
"""(pool, check) -> largest number of samples of all its cases; None where it is not limited by the strides."""


def pool_sizes(cases: Iterable[Case], measures: Mapping[str, MeasureSpec]) -> PoolSizes:
    """How many samples each pool can get."""
    found: dict[tuple[str, str], int | None] = {}
    for case in cases:
        for check in case.checks:
            if check.pool:
                most, before = most_samples(case, check, measures[check.measure]), found.get((check.pool, check.id), 0)
                found[check.pool, check.id] = None if most is None or before is None else before + most
    return found


def warn(case: Case, measures: Mapping[str, MeasureSpec], pools: PoolSizes) -> list[Warned]:
    """Everything about a case that a reader should know before the bench is booked."""
    found: list[Warned] = []
    for check in case.checks:
        measure = measures[check.measure]
        most = pools[check.pool, check.id] if check.pool else most_samples(case, check, measure)
        found += _check_warnings(case, check, measure, most)
    if case.is_recorded:
        return found
    own_m_s, asked_m_s = case.patient.speed_m_s, case.walk.speed_m_s
    if abs(asked_m_s - own_m_s) > FAR_SPEED_M_S:
        own, asked = format_quantity(own_m_s, "m/s"), format_quantity(asked_m_s, "m/s")
        text = f"{case.patient_name} walks at {own} by itself; at {asked} the gait law is extrapolated"
        found.append(Warned("", text))
    return found + _walk_warnings(case)


def _walk_warnings(case: Case) -> list[Warned]:
    """Speeds at which the model holds less than elsewhere."""
    walk = timeline.walk_of(case)
    speeds = {walk.speed_m_s, *(walk.speed_m_s * passage.manner.speed_ratio for passage in walk.passages)}
    low, high = KNOWN_SPEEDS_M_S
    outside = sorted(speed for speed in speeds if not low - 1e-9 <= speed <= high + 1e-9)
    if not outside:
        return []
    asked = ", ".join(format_quantity(speed, "m/s") for speed in outside)
    known = f"{format_quantity(low, 'm/s')} to {format_quantity(high, 'm/s')}"
    text = f"{asked} is outside the domain of the gait law ({known}): stride times and clearance are extrapolated"
    return [Warned("", text)]


def _check_warnings(case: Case, check: Check, measure: MeasureSpec, most: int | None) -> list[Warned]:
    found: list[str] = []
    if most is not None and most < check.needs:
        found.append(f"can never pass: {check.needs} samples are needed, the walk gives at most {most}")
    elif check.quantifier == "share" and most is not None:
        found += _share_warnings(check, most)
    elif check.quantifier in {"mean", "p95"} and most is not None and most < (needed := _for_interval(check)):
        found.append(
            f"can never pass: {needed} samples bound the {check.quantifier} at this limit, {most} at most come"
        )
    if measure.occurrences and check.limit.kind == "never" and check.needs > 1:
        found.append(f"can never pass: occurrences are not counted, and {check.needs} samples are needed")
    if measure.quantity == "measured" and case.capture.keep == "none":
        found.append("will be NOT RUN: nothing is captured with `keep: none`")
    elif measure.name in {"net_charge", "train_charge", "charge_imbalance"} and case.capture.rate_hz < SLOW_CAPTURE_HZ:
        rate = format_quantity(case.capture.rate_hz, "Hz")
        found.append(f"a capture at {rate} is too slow to judge a net charge of 100 nC; 1 MHz is")
    return [Warned(check.id, text) for text in found]


def _share_warnings(check: Check, most: int) -> list[str]:
    best = share_lower_bound(most, most, check.confidence)
    if best >= check.share:
        return []
    shown, asked = 100.0 * best, 100.0 * check.share
    enough = "no number is enough for 100 %"
    if check.share < 1.0:
        enough = f"{samples_needed(check.share, confidence=check.confidence)} are needed"
    would = f"{most} of {most} samples would show {shown:.1f} % ({100.0 * check.confidence:g} % confidence)"
    return [f"can never pass: {would}, {asked:g} % is asked; {enough}"]


def _for_interval(check: Check) -> int:
    """Samples without which the interval of a mean or a 95th percentile has no end on the side of the limit."""
    if check.quantifier == "mean":
        return 2
    ends = [(check.limit.low, False), (check.limit.high, True)]
    asked = [samples_for_percentile(0.95, check.confidence, above=above) for end, above in ends if end is not None]
    return max(asked, default=1)
