"""One trial: a case run and judged without a report, sound, with one seeded defect, or without one of its events."""

import math
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.case import Case, PlannedEvent
from scenarios.catalogue import Catalogue
from sim.errors import BenchError

if TYPE_CHECKING:
    from reports.sensitivity.matrix import EventRow, Sighting
    from reports.verdict import CaseResult
    from rig.bench import Bench
    from rig.record import Record
    from sim.stimulator.defect_spec import DefectSpec

Trial = Callable[[Case], "CaseResult"]


def trial_of(bench: "Bench", catalogue: Catalogue, observers: Sequence[Any] = ()) -> Trial:
    """How a case is tried on a bench; the files that a recorder needs are thrown away."""

    def tried(case: Case) -> "CaseResult":
        from reports.judge import judge_case
        from rig.runner import run_case
        from rig.store import CaseWriter

        with tempfile.TemporaryDirectory(prefix="stimrig-") as folder:
            keep = "windows" if case.capture.keep == "full" else case.capture.keep
            writer = CaseWriter(Path(folder) / "case", case, bench.describe(), keep, bench.accuracy)
            try:
                record = run_case(case, bench, writer, observers)
            finally:
                writer.close()
        if record.interrupted:
            raise KeyboardInterrupt
        if record.fault is not None:
            raise BenchError(bench.identity().get("bench", "bench"), record.fault.t_s, record.fault.text)
        return judge_case(record, catalogue)

    return tried


def sound(case: Case) -> Case:
    """The case with a sound device, and without the walks that only a report needs."""
    return replace(
        case,
        device=replace(case.device, defects={}),
        capture=replace(
            case.capture, effects=False, keep="windows" if case.capture.keep == "full" else case.capture.keep
        ),
    )


def _lasts_s(event: PlannedEvent) -> float:
    return float(event.spec.lasts_s(event.parameters)) if event.spec is not None else 0.0


def shortened(case: Case, strides: int) -> Case:
    """The case with at most so many strides, but all that its events need, and two more.

    A stride is reckoned at a second at least. A walk in several manners is not shortened.
    """
    if case.is_recorded or case.walk.passages:
        return case
    needed = max(
        [strides, *(math.ceil((event.stride or (event.t_s or 0.0)) + _lasts_s(event)) + 2 for event in case.events)]
    )
    return replace(case, walk=replace(case.walk, strides=min(case.walk.strides, needed)))


def seeded(case: Case, defect: str, dose: float) -> Case:
    """The case with one defect and no other."""
    return replace(case, device=replace(case.device, defects={defect: dose}))


def _failing(result: "CaseResult") -> frozenset[str]:
    return frozenset(verdict.check.id for verdict in result.verdicts if verdict.outcome == "FAIL")


def search_doses(
    case: Case, spec: "DefectSpec", can_see: frozenset[str], tried: Trial, *, ladder: bool = True
) -> "tuple[tuple[Sighting, ...], tuple[float, ...]]":
    """The smallest dose of the ladder that each check sees, and the doses that were tried.

    The stated dose comes first; where no check sees it the largest one is tried too. Between a dose that a check does
    not see and one that it sees the ladder is halved; that assumes that more of a defect is no harder to see.

    Args:
        case: with the sound device.
        spec: the defect.
        can_see: checks that do not fail with the sound device.
        tried: runs a case.
        ladder: False for the stated dose alone.
    """
    from reports.sensitivity.matrix import Sighting

    doses = spec.doses if ladder else (spec.dose,)
    seen_at: dict[int, frozenset[str]] = {}

    def seen(index: int) -> frozenset[str]:
        if index not in seen_at:
            seen_at[index] = _failing(tried(seeded(case, spec.name, doses[index]))) & can_see
        return seen_at[index]

    stated = doses.index(spec.dose)
    last = len(doses) - 1
    everybody = seen(stated) or (seen(last) if last > stated else frozenset[str]())
    found: list[Sighting] = []
    for check in sorted(everybody):
        low, high = -1, min(index for index, checks in seen_at.items() if check in checks)
        while high - low > 1:
            middle = (low + high) // 2
            if check in seen(middle):
                high = middle
            else:
                low = middle
        found.append(Sighting(case.id, check, doses[high]))
    return tuple(found), tuple(doses[index] for index in sorted(seen_at))


def _nothing(*_: Any) -> tuple[Any, ...]:
    return ()


def without_event(case: Case, event: PlannedEvent) -> Case:
    """The case in which this event comes and does nothing: its name and its instants stay, for who refers to them."""
    spec = replace(event.spec, effects=_nothing, changes=None, draws=False)
    events = tuple(replace(each, spec=spec) if each.name == event.name else each for each in case.events)
    return replace(case, events=events)


def event_row(case: Case, event: PlannedEvent, whole: "CaseResult", tried: Trial) -> "EventRow":
    """What changes where the event does nothing."""
    from reports.sensitivity.matrix import EventRow

    bare = tried(without_event(case, event))
    before = {verdict.check.id: verdict for verdict in whole.verdicts}
    verdicts: list[str] = []
    values: list[str] = []
    for verdict in bare.verdicts:
        was = before[verdict.check.id]
        if verdict.outcome != was.outcome:
            verdicts.append(verdict.check.id)
        elif _moved(was.value, verdict.value, max(was.expanded or 0.0, verdict.expanded or 0.0)):
            values.append(verdict.check.id)
    assert whole.record is not None
    assert bare.record is not None
    return EventRow(
        case.id,
        event.name,
        event.kind,
        tuple(verdicts),
        tuple(values),
        _capture_change(whole.record, bare.record),
        _strides_differ(whole.record, bare.record),
    )


def _moved(before: float | None, after: float | None, expanded: float) -> bool:
    if before is None or after is None:
        return (before is None) != (after is None)
    return abs(after - before) > max(expanded, 1e-12 * abs(before))


TIME_S, CHARGE_RATIO = 1e-5, 0.01
"""Pulses that differ by less than this are the same pulse (design choice: well above what a card makes of them)."""


def _capture_change(before: "Record", after: "Record") -> str:
    """What differs in the capture, in a word, or ""."""
    import numpy as np

    a, b = before.pulses, after.pulses
    if a["t_s"].size != b["t_s"].size:
        return f"{a['t_s'].size} pulses with it, {b['t_s'].size} without"
    if a["t_s"].size and float(np.max(np.abs(a["t_s"] - b["t_s"]))) > TIME_S:
        return "instants of pulses"
    scale = float(np.max(np.abs(a["charge1_c"]), initial=1e-12))
    if float(np.max(np.abs(a["charge1_c"] - b["charge1_c"]), initial=0.0)) > CHARGE_RATIO * scale:
        return "charge of pulses"
    changed = [role for role in before.lines if not _same_line(before, after, role)]
    return f"lines {', '.join(changed)}" if changed else ""


def _same_line(before: "Record", after: "Record", role: str) -> bool:
    import numpy as np

    if role not in after.lines:
        return False
    return all(np.array_equal(a, b) for a, b in zip(before.lines[role], after.lines[role], strict=True))


def _strides_differ(before: "Record", after: "Record") -> bool:
    import numpy as np

    return any(
        not np.array_equal(column, after.strides[name], equal_nan=True) for name, column in before.strides.items()
    )
