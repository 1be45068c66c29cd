"""The results: each case with its timeline, each check with its criterion, numbers and chart; failures first."""

import math
from typing import Any

import numpy as np

from reports.causes import cause_of, reason_beside
from reports.figures_case import timeline_chart
from reports.figures_chart import POINTS_SHOWN, TimeAxis
from reports.figures_check import check_chart, time_axis
from reports.limit_words import basis_words, confirmed_words, unconfirmed_words
from reports.processor import unprovoked_fault
from reports.quantities import quantity, scale_for, significant
from reports.sections.anchors import case_anchor, case_folder, check_anchor, verdicts_worst_first, worst_first
from reports.sections.blocks import Block, bullets, chart, details, facts, section
from reports.sections.device import defects_words, settings_words
from reports.verdict import CaseResult, RunResult, Verdict
from reports.words import (
    criterion,
    evidence_stamp,
    full_limit_words,
    interval_words,
    margin_words,
    measure_words,
    miss_words,
    part_of_run,
    value_words,
)
from scenarios.case import Case

POINTS_OF_A_REPORT = 60_000
"""All charts of a report together show about this many points, so that a page stays a few megabytes (design choice)."""


def build(run: RunResult) -> dict[str, Any] | None:
    """Every case, the failing ones first."""
    if not run.cases:
        return None
    drawn = sum(len(case.verdicts) for case in run.cases)
    shown = max(min(POINTS_SHOWN, POINTS_OF_A_REPORT // max(drawn, 1)), 60)
    return section("Results", *(_case(case, shown) for case in worst_first(run)))


def _case(result: CaseResult, shown: int) -> Block:
    axis = time_axis(result)
    blocks: list[Block] = []
    timeline = timeline_chart(result, axis)
    if timeline is not None:
        blocks.append(chart(timeline))
    blocks.append(details("Plan and settings", *_plan(result)))
    return {
        "kind": "case",
        "anchor": case_anchor(result),
        "id": result.case.id,
        "title": result.case.title,
        "verdict": result.outcome.value,
        "marginal": "",
        "hardware": result.hardware,
        "stamp": evidence_stamp(result.hardware),
        "folder": case_folder(result),
        "blocked": (cause_of(result) or unprovoked_fault(result.record)).replace("; ", "\n"),
        "blocks": blocks,
        "checks": [_check(result, verdict, axis, shown) for verdict in verdicts_worst_first(result)],
    }


def _plan(result: CaseResult) -> list[Block]:
    case, record = result.case, result.record
    simulated = "did not start" if record is None else quantity(record.span_s[1] - record.span_s[0], "s")
    rows = [
        *walked(case),
        ("Device", f"{case.device.title or case.device.id} ({case.device.id})"),
        ("Settings", settings_words(case.device) or "none known"),
        ("Seeded defects", defects_words(case) or "none"),
        ("Load", case.load_name),
        (
            "Capture",
            f"{', '.join(case.capture.channels)} at {quantity(case.capture.rate_hz, 'Hz')}, keep {case.capture.keep}",
        ),
        ("Simulated time", simulated),
        ("Seed", str(case.seed)),
        ("Case of", case.origin_file or case.scenario_id),
        *((f"Axis {name}", value) for name, value in case.axes),
    ]
    blocks = [facts(rows)]
    if record is not None and record.events:
        blocks.append(facts([(event.name, _event(event)) for event in record.events.values()], title="Events"))
    if case.not_applicable:
        dropped = [f"{name}: {reason}" for name, reason in case.not_applicable]
        blocks.append(bullets(dropped, title="Checks that do not apply (no verdict)"))
    return blocks


def walked(case: Case) -> list[tuple[str, str]]:
    """Who walked how, or which recording stood for a walk."""
    if case.is_recorded:
        return [("Patient", "none: the sensor is a recording"), ("Recording", f"{case.sensor.file}, {case.leg} leg")]
    walk = f"{case.walk.strides} strides at {case.walk.speed_m_s:g} m/s, {case.walk.compensation} compensation"
    return [("Patient", f"{case.patient_name}, {case.leg} leg"), ("Walk", walk)]


def _event(event: Any) -> str:
    if not event.fired:
        return f"{event.kind}, planned at stride {event.stride} ({event.start_s:.3f} s): never fired"
    return f"{event.kind}, stride {event.stride}, {event.start_s:.3f} s to {event.end_s:.3f} s"


def _check(result: CaseResult, verdict: Verdict, axis: TimeAxis, shown: int) -> Block:
    check = verdict.check
    drawn = check_chart(verdict, axis, shown)
    return {
        "kind": "check",
        "anchor": check_anchor(result, verdict),
        "id": check.id,
        "title": check.title,
        "verdict": verdict.outcome.value,
        "marginal": "yes" if verdict.marginal else "",
        "criterion": criterion(check),
        "reason": reason_beside(result, verdict),
        "value": value_words(verdict),
        "limit": full_limit_words(check),
        "unconfirmed": unconfirmed_words(check),
        "ruler": verdict,
        "chart": drawn,
        "facts": [[label, value] for label, value in _numbers(verdict)],
        "verifies": list(check.verifies),
        "notes": [] if verdict.samples is None else list(verdict.samples.notes),
    }


def _numbers(verdict: Verdict) -> list[tuple[str, str]]:
    check = verdict.check
    rows = [
        ("Result", value_words(verdict)),
        ("Limit", full_limit_words(check)),
        ("Margin", margin_words(verdict)),
        ("95 % interval", interval_words(verdict)),
        ("Uncertainty ratio", "–" if verdict.tur is None else f"{verdict.tur:.3g}"),
        ("Misses", "–" if verdict.miss_bound is None else miss_words(verdict)),
        ("n", f"{verdict.n}" + ("" if check.needs <= 1 else f" (needs {check.needs})")),
        ("Effective n", "–" if verdict.effective_n is None else f"{verdict.effective_n:.1f}"),
        ("Dropped", str(verdict.dropped)),
        ("Worst at", _worst(verdict)),
        ("Spread", _spread(verdict)),
        ("Part of run", part_of_run(check.during)),
        ("Measure", measure_words(check)),
        ("Method", "" if verdict.samples is None else verdict.samples.method),
        ("Decision", f"{check.decision}, {verdict.quantity}"),
        ("Basis", "" if check.basis is None else basis_words(check)),
        ("Confirmed by", confirmed_words(check)),
        ("Announced", check.expect),
        ("Defined in", f"{check.file}:{check.line}" if check.file else ""),
    ]
    return [(label, value) for label, value in rows if value not in {"", "–"}]


def _worst(verdict: Verdict) -> str:
    parts: list[str] = []
    if verdict.worst_stride is not None and verdict.worst_stride >= 0:
        parts.append(f"stride {verdict.worst_stride}")
    if verdict.channel is not None:
        parts.append(f"channel {verdict.channel}")
    if verdict.worst_t_s is not None and math.isfinite(verdict.worst_t_s):
        parts.append(f"{verdict.worst_t_s:.3f} s")
    return ", ".join(parts)


def _spread(verdict: Verdict) -> str:
    """Mean, standard deviation and percentiles of the judged samples."""
    samples = verdict.samples
    if samples is None or _is_count(verdict):
        return ""
    y = samples.values[np.isfinite(samples.values)]
    if len(y) < 5:
        return ""
    scale = scale_for(samples.unit, float(np.max(np.abs(y))))
    shown = y / scale.factor
    deviation = float(shown.std(ddof=1))
    places = min(max(1 - math.floor(math.log10(deviation)), 0), 6) if deviation > 0.0 else 3
    middle, p5, p50, p95 = (f"{value:.{places}f}" for value in (shown.mean(), *np.percentile(shown, [5, 50, 95])))
    words = f"mean {middle}, sd {significant(deviation, 2)}, 5–50–95 %: {p5}, {p50}, {p95} {scale.unit}"
    return words.rstrip().replace("-", "−")


def _is_count(verdict: Verdict) -> bool:
    """True for occurrences, of which percentiles say nothing."""
    return verdict.check.limit.kind == "never"
