"""From a verdict to its chart: the judged samples, the limits they met, and the events around them."""

import math
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.figures_chart import POINTS_SHOWN, Chart, Lane, Line, Mark, TimeAxis, thin
from reports.quantities import Scale, scale_for
from reports.samples import Samples
from reports.verdict import CaseResult, Verdict
from reports.words import criterion, limit_words

_STATISTICS: Final = {"mean": "mean ", "p95": "95th percentile "}


def time_axis(result: CaseResult) -> TimeAxis:
    """The axis that the charts of a case share; one second of nothing where it never started."""
    record = result.record
    if record is None:
        return TimeAxis(result.case.id, 0.0, 1.0, np.empty(0))
    starts, times = record.strides.get("t0_s"), record.strides.get("stride_time_s")
    strides = np.empty(0)
    if starts is not None and times is not None and len(starts):
        strides = np.append(starts, starts[-1] + times[-1])
        strides = strides[np.isfinite(strides)]
    marks = [Mark(event.name, event.start_s, event.end_s) for event in record.events.values() if event.fired]
    marks += [Mark("gap in the capture", start, end, "gap") for start, end in record.gaps_s]
    if record.fault is not None and math.isfinite(record.fault.t_s):
        marks.append(Mark("rig fault", record.fault.t_s, record.fault.t_s, "fault"))
    ordered = tuple(sorted(marks, key=lambda mark: (mark.start_s, mark.name)))
    return TimeAxis(result.case.id, float(record.span_s[0]), float(record.span_s[1]), strides, ordered)


def check_chart(verdict: Verdict, axis: TimeAxis, shown: int = POINTS_SHOWN) -> Chart | None:
    """The chart of a check, or None where nothing was measured."""
    samples = verdict.samples
    if samples is None:
        return None
    if verdict.check.limit.kind == "never" or (not len(samples.values) and samples.watched_s):
        return _occurrences(verdict, samples, axis)
    if not len(samples.values):
        return None
    return _points(*_relative(verdict, samples), axis, shown)


def limit_lines(verdict: Verdict, scale: Scale) -> tuple[Line, ...]:
    """The limits as lines; ``equals`` gives one."""
    statistic = _STATISTICS.get(verdict.check.quantifier, "")
    lines: list[Line] = []
    if statistic and verdict.value is not None and math.isfinite(verdict.value):
        lines.append(Line(verdict.value / scale.factor, f"{statistic}{scale.text(verdict.value)}", "reference"))
    if verdict.low is not None and verdict.low == verdict.high:
        lines.append(Line(verdict.low / scale.factor, f"{statistic}asked {scale.text(verdict.low)}", "limit"))
    else:
        for bound, word in ((verdict.low, "at least"), (verdict.high, "at most")):
            if bound is not None and math.isfinite(bound):
                lines.append(Line(bound / scale.factor, f"{statistic}{word} {scale.text(bound)}", "limit"))
    marginal, limit = verdict.check.marginal, verdict.check.limit
    if marginal is not None and not limit.of_setting:
        sides = (marginal, -marginal) if limit.kind == "within" else (marginal,)
        lines += [Line(side / scale.factor, f"marginal {scale.text(side)}", "marginal") for side in sides]
    return tuple(lines)


def states_of(verdict: Verdict, samples: Samples) -> str:
    """A letter for each sample; see `State`. Where a mean or a percentile meets the limit, no sample breaks it."""
    if verdict.check.quantifier in _STATISTICS:
        return "".join("i" if known else "m" for known in np.isfinite(samples.values))
    y, spread = (
        samples.values,
        samples.expanded if verdict.check.decision == "guarded" else np.zeros(len(samples.values)),
    )
    beyond = np.zeros(len(y), bool)
    near = np.zeros(len(y), bool)
    if verdict.low is not None:
        beyond |= y < verdict.low
        near |= y < verdict.low + spread
    if verdict.high is not None:
        beyond |= y > verdict.high
        near |= y > verdict.high - spread
    letters = np.where(~np.isfinite(y), "m", np.where(beyond, "x", np.where(near, "u", "i")))
    return "".join(letters.tolist())


def sample_scale(verdict: Verdict, samples: Samples) -> Scale:
    """The prefix that suits the samples and their limits."""
    finite = samples.values[np.isfinite(samples.values)]
    bounds = [abs(bound) for bound in (verdict.low, verdict.high) if bound is not None and math.isfinite(bound)]
    top = float(np.max(np.abs(finite))) if len(finite) else 0.0
    return scale_for(samples.unit, max([top, *bounds]))


def _relative(verdict: Verdict, samples: Samples) -> tuple[Verdict, Samples]:
    """Where every sample has a set value of its own, all are drawn in per cent of it: else no one limit fits all."""
    limit, reference = verdict.check.limit, samples.reference
    if reference is None or not limit.of_setting or verdict.low is not None or verdict.high is not None:
        return verdict, samples
    share = 100.0 / reference
    low, high = (None if bound is None else 100.0 * bound for bound in (limit.low, limit.high))
    relative = replace(
        samples,
        values=samples.values * share,
        expanded=samples.expanded * np.abs(share),
        half95=samples.half95 * np.abs(share),
        unit="% of set",
    )
    return replace(verdict, low=low, high=high), relative


def _points(verdict: Verdict, samples: Samples, axis: TimeAxis, shown: int) -> Chart:
    scale = sample_scale(verdict, samples)
    states = states_of(verdict, samples)
    letters = np.array(list(states))
    kept = thin(np.where(np.isfinite(samples.values), samples.values, np.inf), letters != "i", shown)
    total = len(samples.values)
    guarded = verdict.check.decision == "guarded" and verdict.check.quantifier not in _STATISTICS
    guard = float(np.max(samples.expanded)) if guarded else 0.0
    beyond, missed = states.count("x"), states.count("m")
    alt = (
        f"{verdict.check.title}: {total} samples over the run. {criterion(verdict.check)} "
        f"{beyond} beyond the limit, {missed} missed. Verdict {verdict.outcome.value}."
    )
    return Chart(
        title=verdict.check.title,
        alt=alt,
        axis=axis,
        by="stride" if _one_a_stride(samples, axis) else "time",
        y_name=verdict.check.measure.replace("_", " "),
        unit=scale.unit,
        t_s=samples.t0_s[kept],
        y=samples.values[kept] / scale.factor,
        u_value=samples.expanded[kept] / scale.factor,
        stride=samples.strides[kept],
        states="".join(letters[kept].tolist()),
        lines=limit_lines(verdict, scale),
        guard_value=guard / scale.factor,
        low_value=None if verdict.low is None else verdict.low / scale.factor,
        high_value=None if verdict.high is None else verdict.high / scale.factor,
        total=total,
        note=_caption(len(kept), total, states),
    )


def _caption(drawn: int, total: int, states: str) -> str:
    """How many samples, and what the shapes mean."""
    words = f"{total} sample{'' if total == 1 else 's'}"
    if drawn < total:
        words += f", {drawn} drawn: the extremes of equal groups, and violations"
    signs = {"x": "✕ beyond the limit", "u": "◇ within U of the limit", "m": "▲ missed"}
    return "; ".join([words, *(meaning for letter, meaning in signs.items() if letter in states)])


def _occurrences(verdict: Verdict, samples: Samples, axis: TimeAxis) -> Chart:
    watched = tuple((float(start), float(end), "watched") for start, end in samples.watched_s or ())
    seen = _spans(samples.t0_s, samples.t1_s, "violation")
    count = len(samples.values)
    return Chart(
        title=verdict.check.title,
        alt=f"{verdict.check.title}: {limit_words(verdict.check)}; seen {count} times: {verdict.outcome.value}.",
        axis=axis,
        by="stride" if len(axis.stride_t0_s) > 1 else "time",
        lanes=(Lane("watched", watched), Lane("seen", seen)),
        total=count,
        note=f"limit: {limit_words(verdict.check)}; seen {count} times",
    )


def _spans(start_s: NDArray[np.float64], end_s: NDArray[np.float64], role: str) -> tuple[tuple[float, float, str], ...]:
    pairs = zip(start_s.tolist(), end_s.tolist(), strict=True)
    return tuple((start, end, role) for start, end in pairs if math.isfinite(start) and math.isfinite(end))


def _one_a_stride(samples: Samples, axis: TimeAxis) -> bool:
    """True where samples belong to strides and few share one."""
    own = samples.strides[samples.strides > 0]
    return len(axis.stride_t0_s) > 1 and len(own) > 0 and len(own) <= 3 * len(np.unique(own))
