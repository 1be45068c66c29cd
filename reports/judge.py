"""The judge: from a record to a verdict for every check (design.md section 6, formats.md section 2)."""

import dataclasses
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.bounds import Bounds, beyond_marginal, bounds_of, missing_reference, reference_of
from reports.channels import judged_channels, of_channel, worst_channel
from reports.deciding import Decision, decide
from reports.during import Part, counted, lost_inside, part_of
from reports.intervals import intersection, length_s
from reports.occurrences import count_of, unwatched
from reports.processor import unprovoked_fault
from reports.reasons import place, sentence
from reports.samples import Samples, measurement
from reports.trust import Cutoff, cutoffs
from reports.verdict import CaseResult, Outcome, Verdict, worst
from rig.record import Record
from scenarios.case import Case, Check
from scenarios.catalogue import Catalogue, MeasureSpec
from scenarios.channels import has_channels
from scenarios.roles import LINES
from sim.errors import RigError

_SLACK_S: Final = 1e-9


def judge_case(record: Record, catalogue: Catalogue) -> CaseResult:
    """Judge every check of the record's case; a pure function of the record.

    The case is as bad as its worst check; a fault of the rig makes it ERROR unless a FAIL was seen before, a processor
    that failed unprovoked makes it FAIL.
    """
    found = [judge_check(record, check, catalogue.measures.get(check.measure)) for check in record.case.checks]
    verdicts = tuple(verdict for verdict in found if not verdict.check.pool)
    pooled = tuple(verdict for verdict in found if verdict.check.pool)
    outcomes = [verdict.outcome for verdict in verdicts]
    if record.fault is not None:
        outcomes.append(Outcome.ERROR)
    if unprovoked_fault(record):
        outcomes.append(Outcome.FAIL)
    outcome = Outcome.PASS if pooled and not outcomes else worst(outcomes)
    return CaseResult(record.case, outcome, verdicts, record, record.hardware, pooled=pooled)


def blocked_case(case: Case, hardware: str, reason: str, outcome: Outcome) -> CaseResult:
    """A case that never started: its checks are NOT RUN, the case itself is `outcome` (one cause, one red line)."""
    found = [_verdict(check, None, Outcome.NOT_RUN, f"blocked by {reason}") for check in case.checks]
    verdicts = tuple(verdict for verdict in found if not verdict.check.pool)
    pooled = tuple(verdict for verdict in found if verdict.check.pool)
    return CaseResult(case, outcome, verdicts, None, hardware, reason, pooled)


def exit_code(outcome: Outcome, any_selected: bool, interrupted: bool) -> int:
    """Exit code of a run, precedence 2, 1, 3, 6, 0 (design.md section 6); 5 where nothing was selected."""
    if interrupted:
        return 2
    if not any_selected:
        return 5
    codes = {
        Outcome.FAIL: 1,
        Outcome.ERROR: 3,
        Outcome.INCONCLUSIVE: 6,
        Outcome.NOT_RUN: 6,
        Outcome.PASS: 0,
    }
    return codes[outcome]


def judge_check(record: Record, check: Check, spec: MeasureSpec | None) -> Verdict:
    """Judge one check; of several channels each by itself, and the worst verdict stands."""
    if spec is None or record.case.device.channels == 1 or not has_channels(spec):
        return _judge_check(record, check, spec)
    verdicts = {
        channel: _judge_check(of_channel(record, channel), check, spec) for channel in judged_channels(record, check)
    }
    return worst_channel(verdicts)


def _judge_check(record: Record, check: Check, spec: MeasureSpec | None) -> Verdict:
    obstacle = _obstacle(record, check, spec)
    if obstacle or spec is None:
        return _verdict(check, spec, Outcome.NOT_RUN, obstacle)
    part = part_of(record, check.during)
    limits = cutoffs(record, spec, part)
    trusted_s = min((cutoff.t_s for cutoff in limits), default=math.inf)
    parameters = dict(check.parameters)
    if spec.continuous:
        parameters["windows"] = intersection(part.windows, ((-math.inf, trusted_s),))
    try:
        samples: Samples = spec.compute(record, parameters)
    except RigError as error:
        return _verdict(check, spec, Outcome.ERROR, f"the measure `{spec.name}` failed: {error}")
    keep = counted(samples, part)
    trusted = keep & (samples.t1_s <= trusted_s + _SLACK_S)
    forbidding = _forbidding(limits, record, spec, part, samples.t1_s[keep])
    if samples.not_run:
        blocked = [cutoff.reason for cutoff in forbidding if cutoff.outcome is Outcome.NOT_RUN]
        return _verdict(check, spec, Outcome.NOT_RUN, (blocked or [samples.not_run])[0])
    judged = _without_nan(_rows(samples, trusted))
    dropped = int((~keep).sum()) + samples.dropped
    return _judge(record, check, spec, part, judged, forbidding, dropped)


def _obstacle(record: Record, check: Check, spec: MeasureSpec | None) -> str:
    """Why the check cannot be started, or ""."""
    if spec is None:
        return f"no measure `{check.measure}` is installed"
    if spec.quantity == "measured" and record.case.capture.keep == "none":
        return "no waveform"
    if spec.quantity == "modelled" and record.loop_error is None:
        nobody = "the sensor is a recording: no patient walked who could feel the stimulation"
        open_loop = "this bench plays the whole sensor record: nobody walked with the captured pulses"
        return nobody if record.case.is_recorded else open_loop
    setting = check.limit.of_setting
    if setting and setting not in record.case.device.programmed:
        return f"the limit `{check.limit.text}` needs the setting `{setting}`, which is not known"
    return _lacking(record, spec)


def _lacking(record: Record, spec: MeasureSpec) -> str:
    """What the measure cannot do without and the record has not, or ""."""
    known = {"setting": record.case.device.programmed, "feature": record.case.device.features}
    for need in spec.requires:
        kind, _, name = need.partition(":")
        if kind in known and name not in known[kind]:
            return f"the {kind} `{name}` of the device is not known"
        if need in LINES and need not in record.lines:
            return f"the line `{need}` of the device was not captured"
    return ""


def _forbidding(
    limits: tuple[Cutoff, ...], record: Record, spec: MeasureSpec, part: Part, t1_s: NDArray[np.float64]
) -> tuple[Cutoff, ...]:
    """The cutoffs that touch what this check looks at; data after the end of `during` are not needed."""
    last_s = min(part.end_s, record.span_s[1])

    def touched(cutoff: Cutoff) -> bool:
        if cutoff.outcome is Outcome.NOT_RUN:
            return part.end_s > cutoff.t_s + _SLACK_S
        extended = (spec.occurrences or spec.continuous) and last_s > cutoff.t_s + _SLACK_S
        return cutoff.always or extended or bool(np.any(t1_s > cutoff.t_s + _SLACK_S))

    return tuple(cutoff for cutoff in limits if touched(cutoff))


def _judge(
    record: Record,
    check: Check,
    spec: MeasureSpec,
    part: Part,
    samples: Samples,
    forbidding: tuple[Cutoff, ...],
    dropped: int,
) -> Verdict:
    never = check.limit.kind == "never"
    obstacles = _obstacles_to_pass(record, spec, part, samples, forbidding)
    if spec.occurrences and never:
        return _judge_never(check, spec, part, samples, obstacles, dropped)
    if spec.occurrences:
        samples = count_of(samples, part)
    bounds = bounds_of(record.case, check, samples)
    verdict = judge_samples(record.case, check, spec, samples, bounds, obstacles, dropped)
    return dataclasses.replace(verdict, obstacle=obstacles[0][1]) if obstacles else verdict


def judge_samples(
    case: Case,
    check: Check,
    spec: MeasureSpec,
    samples: Samples,
    bounds: Bounds | None,
    obstacles: list[tuple[Outcome, str]],
    dropped: int,
) -> Verdict:
    """Judge samples, of one case or of many.

    Args:
        case: whose settings the limits refer to.
        check: what is asked.
        spec: its measure.
        samples: those that count.
        bounds: their limits; None where these are not known.
        obstacles: what stands between the samples and a PASS, the first to be named in front.
        dropped: samples outside `during`.
    """
    n = int(samples.items.sum()) if samples.items is not None else samples.values.size
    if samples.values.size == 0:
        outcome, reason = (obstacles or [(Outcome.INCONCLUSIVE, _no_sample(samples, dropped))])[0]
        return _verdict(check, spec, outcome, reason, samples=samples, n=0, dropped=dropped)
    if bounds is None or (check.quantifier in {"mean", "p95"} and not bounds.same):
        reason = (
            missing_reference(case, check, samples)
            or f"the limit `{check.limit.text}` is not one number for all samples"
        )
        return _verdict(check, spec, Outcome.NOT_RUN, reason, samples=samples, n=n, dropped=dropped)
    try:
        samples = measurement(samples, spec.quantity)
        decision = decide(samples, bounds, check)
    except ValueError as error:
        return _verdict(check, spec, Outcome.ERROR, f"the measure `{spec.name}`: {error}")
    low, high = float(bounds.low_value[decision.worst]), float(bounds.high_value[decision.worst])
    reason, outcome = sentence(check, samples, decision, low, high), decision.outcome
    if outcome is not Outcome.FAIL and obstacles:
        outcome, reason = obstacles[0][0], f"{obstacles[0][1]}; so far {reason}"
    elif outcome is Outcome.PASS and n < check.needs:
        outcome, reason = Outcome.INCONCLUSIVE, f"{n} samples, {check.needs} needed; {reason}"
    marginal = outcome is Outcome.PASS and _is_marginal(case, check, samples, decision)
    return _verdict(
        check,
        spec,
        outcome,
        _with_notes(reason, samples),
        marginal=marginal,
        decision=decision,
        bounds=bounds,
        samples=samples,
        n=n,
        dropped=dropped,
    )


def _judge_never(
    check: Check,
    spec: MeasureSpec,
    part: Part,
    samples: Samples,
    obstacles: list[tuple[Outcome, str]],
    dropped: int,
) -> Verdict:
    count = samples.values.size
    if count:
        times = "once" if count == 1 else f"{count} times"
        outcome, reason = Outcome.FAIL, f"seen {times}, first {place(samples, 0)}"
    elif obstacles:
        outcome, reason = obstacles[0]
    elif check.needs > 1:
        outcome, reason = Outcome.INCONCLUSIVE, f"{check.needs} samples needed, but occurrences cannot be counted so"
    else:
        watched = length_s(intersection(samples.watched_s or (), part.windows))
        outcome, reason = Outcome.PASS, f"not seen in {watched:.1f} s that were watched"
    verdict = _verdict(check, spec, outcome, _with_notes(reason, samples), samples=samples, n=count, dropped=dropped)
    where = (int(samples.strides[0]), float(samples.t0_s[0])) if count else (None, None)
    stride = None if where[0] is None or where[0] < 0 else where[0]
    told = obstacles[0][1] if obstacles else ""
    return dataclasses.replace(
        verdict, value=float(count), unit="", worst_stride=stride, worst_t_s=where[1], obstacle=told
    )


def _obstacles_to_pass(
    record: Record, spec: MeasureSpec, part: Part, samples: Samples, forbidding: tuple[Cutoff, ...]
) -> list[tuple[Outcome, str]]:
    """What stands between the samples and a PASS, the first to be named in front; a FAIL stands in spite of it."""
    found = [(cutoff.outcome, cutoff.reason) for cutoff in forbidding]
    if spec.occurrences and (reason := unwatched(samples, part, record)):
        found.append((Outcome.INCONCLUSIVE, reason))
    if lost := lost_inside(samples, part):
        found.append((Outcome.INCONCLUSIVE, f"{lost} without a value: {samples.lost_because or 'not measurable'}"))
    return found


def _no_sample(samples: Samples, dropped: int) -> str:
    parts = ["no sample"]
    if dropped:
        parts.append(f"{dropped} outside `during`")
    return "; ".join([*parts, *samples.notes])


def _with_notes(reason: str, samples: Samples) -> str:
    return "; ".join([reason, *samples.notes])


def _is_marginal(case: Case, check: Check, samples: Samples, decision: Decision) -> bool:
    if check.marginal is None:
        return False
    reference = reference_of(case, check)
    if check.quantifier == "every":
        return bool(beyond_marginal(samples.values, check, reference).any())
    if check.quantifier == "share":
        from reports.deciding import share_outcome

        hits = int((~beyond_marginal(samples.values, check, reference)).sum())
        shown = share_outcome(hits, samples.values.size, check.share, check.confidence)
        return shown is not Outcome.PASS
    return bool(beyond_marginal(np.array([decision.value]), check, reference)[0])


def _rows(samples: Samples, keep: NDArray[np.bool_]) -> Samples:
    """Some of the samples, in time order."""
    rows = np.flatnonzero(keep)
    rows = rows[np.argsort(samples.t0_s[rows], kind="stable")]
    return dataclasses.replace(
        samples,
        values=samples.values[rows],
        t0_s=samples.t0_s[rows],
        t1_s=samples.t1_s[rows],
        strides=samples.strides[rows],
        expanded=samples.expanded[rows],
        systematic=samples.systematic[rows],
        half95=samples.half95[rows],
        reference=None if samples.reference is None else samples.reference[rows],
        interval95=None if samples.interval95 is None else samples.interval95[rows],
        items=None if samples.items is None else samples.items[rows],
        references={name: values[rows] for name, values in samples.references.items()},
    )


def _without_nan(samples: Samples) -> Samples:
    """A measure must not give NaN; where one does (a plug-in), the value is lost and the check cannot pass."""
    bad = np.isnan(samples.values) | np.isnan(samples.expanded)
    if not bad.any():
        return samples
    lost = np.stack((samples.t0_s[bad], samples.t1_s[bad]), axis=1)
    before = np.empty((0, 2)) if samples.lost_s is None else samples.lost_s
    kept = _rows(samples, ~bad)
    reason = samples.lost_because or "the measure gave no number"
    return dataclasses.replace(kept, lost_s=np.concatenate((before, lost)), lost_because=reason)


def _verdict(
    check: Check,
    spec: MeasureSpec | None,
    outcome: Outcome,
    reason: str,
    *,
    marginal: bool = False,
    decision: Decision | None = None,
    bounds: Bounds | None = None,
    samples: Samples | None = None,
    n: int = 0,
    dropped: int = 0,
) -> Verdict:
    unit = check.limit.unit if samples is None else samples.unit
    quantity = spec.quantity if spec is not None else "measured" if check.decision == "guarded" else "modelled"
    low = high = None
    if bounds is not None and bounds.same:
        low, high = (_finite(float(side[0])) for side in (bounds.low_value, bounds.high_value))
    if decision is None or samples is None:
        return Verdict(
            check, outcome, False, quantity, None, unit, None, None, None, n, None, dropped, None, None, reason,
            low, high, samples,
        )  # fmt: skip
    stride = int(samples.strides[decision.worst])
    return Verdict(
        check=check,
        outcome=outcome,
        marginal=marginal,
        quantity=quantity,
        value=decision.value,
        unit="" if check.quantifier == "share" else unit,
        expanded=decision.expanded_value,
        interval95=decision.interval95,
        margin=decision.margin_value,
        n=n,
        effective_n=decision.effective_count,
        dropped=dropped,
        worst_stride=stride if stride >= 0 else None,
        worst_t_s=_finite(float(samples.t0_s[decision.worst])),
        reason=reason,
        low=low,
        high=high,
        samples=samples,
        tur=decision.uncertainty_ratio,
        miss_bound=decision.miss_share,
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
