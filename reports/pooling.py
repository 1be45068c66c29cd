"""Checks judged once over many cases: all seeds, all patients, all speeds of a matrix (`scenarios.pools`).

Samples of different cases are independent draws; samples within a case stay as correlated as they are, so the effective
n of a pool is the sum of those of its cases.
"""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from reports.bounds import Bounds, bounds_of
from reports.correlation import effective_n
from reports.evidence import LEVELS
from reports.judge import judge_samples
from reports.samples import Samples
from reports.verdict import CaseResult, Outcome, PoolResult, Verdict, rank, worst
from scenarios.catalogue import Catalogue, MeasureSpec
from scenarios.channels import has_channels

_Part = tuple[CaseResult, Verdict]


def judge_pools(cases: Sequence[CaseResult], catalogue: Catalogue) -> tuple[PoolResult, ...]:
    """Judge every pooled check of a run, in the order in which the pools are first met."""
    parts: dict[tuple[str, str], list[_Part]] = {}
    for case in cases:
        for verdict in case.pooled:
            parts.setdefault((verdict.check.pool, verdict.check.id), []).append((case, verdict))
    return tuple(
        _pool(name, found, catalogue.measures.get(found[0][1].check.measure)) for (name, _), found in parts.items()
    )


def with_pools(cases: Sequence[CaseResult], pools: Sequence[PoolResult]) -> tuple[CaseResult, ...]:
    """The cases, where one without a check of its own is as bad as the pools that hold it, or as its fault."""
    found: list[CaseResult] = []
    for case in cases:
        outcomes = [pool.verdict.outcome for pool in pools if case.case.id in pool.cases]
        has_fault = case.record is None or case.record.fault is not None
        if outcomes and not case.verdicts and not has_fault:
            found.append(dataclasses.replace(case, outcome=worst(outcomes)))
        else:
            found.append(case)
    return tuple(found)


def _pool(name: str, parts: list[_Part], spec: MeasureSpec | None) -> PoolResult:
    verdict, worst_case = _judged(parts, spec)
    return PoolResult(
        id=name,
        verdict=verdict,
        cases=tuple(case.case.id for case, _ in parts),
        hardware=min((case.hardware for case, _ in parts), key=_level),
        worst_case=worst_case,
        is_seeded=any(case.case.device.defects for case, _ in parts),
    )


def _level(hardware: str) -> int:
    return LEVELS.index(hardware) if hardware in LEVELS else -1


def _judged(parts: list[_Part], spec: MeasureSpec | None) -> tuple[Verdict, str]:
    """The verdict over all parts, and the case of its worst sample.

    A check of occurrences, and one that a case could not be asked at all, is as bad as its worst part.
    """
    _, first = parts[0]
    unasked = [part for part in parts if part[1].outcome in {Outcome.ERROR, Outcome.NOT_RUN} and not _samples(part)]
    several = [part for part in parts if spec is not None and part[0].case.device.channels > 1 and has_channels(spec)]
    if spec is None or unasked or first.check.limit.kind == "never":
        case, verdict = min(unasked or parts, key=lambda part: rank(part[1].outcome))
        return _told(verdict, f"in {case.case.id}: {verdict.reason}", parts), case.case.id
    if several and "channel" not in first.check.parameters:
        told = "a pool over several channels needs one: name `channel:` in the measure"
        return dataclasses.replace(first, outcome=Outcome.NOT_RUN, reason=told), ""
    there = [part for part in parts if _samples(part)]
    obstacles = [
        (Outcome.INCONCLUSIVE, f"in {case.case.id}: {verdict.obstacle}") for case, verdict in parts if verdict.obstacle
    ]
    limits = [bounds_of(case.case, verdict.check, _samples_of(verdict)) for case, verdict in there]
    known = [each for each in limits if each is not None]
    bounds = None
    if len(known) == len(limits) and known:
        bounds = Bounds(
            np.concatenate([each.low_value for each in known]), np.concatenate([each.high_value for each in known])
        )
    samples = _joined([_samples_of(verdict) for _, verdict in there] or [_samples_of(first)])
    dropped = sum(verdict.dropped for _, verdict in parts)
    verdict = judge_samples(parts[0][0].case, first.check, spec, samples, bounds, obstacles, dropped)
    worst_case = _case_of_worst(verdict, there)
    return _told(verdict, f"{len(parts)} cases: {verdict.reason}", there), worst_case


def _told(verdict: Verdict, reason: str, parts: list[_Part]) -> Verdict:
    counts = [effective_n(each.samples.values) for _, each in parts if each.samples is not None and each.n]
    total = sum(counts) if verdict.effective_n is not None else None
    return dataclasses.replace(verdict, reason=reason, effective_n=total)


def _samples(part: _Part) -> bool:
    return part[1].samples is not None and part[1].samples.values.size > 0


def _samples_of(verdict: Verdict) -> Samples:
    if verdict.samples is not None:
        return verdict.samples
    none = np.empty(0)
    return Samples(none, none, none, np.empty(0, np.int64), verdict.unit, none, none)


def _case_of_worst(verdict: Verdict, parts: list[_Part]) -> str:
    """The case that holds the sample which the verdict calls the worst."""
    for case, part in parts:
        samples = _samples_of(part)
        here = samples.t0_s == verdict.worst_t_s
        if verdict.worst_stride is not None:
            here &= samples.strides == verdict.worst_stride
        if here.any() and (verdict.check.quantifier != "every" or verdict.value in samples.values[here]):
            return case.case.id
    return ""


def _joined(parts: Sequence[Samples]) -> Samples:
    """Samples of many cases, one behind the other; what only some of them have is left out."""

    def column(name: str) -> Any:
        found = [getattr(part, name) for part in parts]
        return None if any(each is None for each in found) else np.concatenate(found)

    names = (
        "values",
        "t0_s",
        "t1_s",
        "strides",
        "expanded",
        "systematic",
        "half95",
        "reference",
        "interval95",
        "items",
    )
    largest = max(parts, key=lambda part: float(np.max(part.expanded, initial=-math.inf)))
    return dataclasses.replace(
        parts[0], **{name: column(name) for name in names}, budget=largest.budget, notes=(), lost_s=None, dropped=0
    )
