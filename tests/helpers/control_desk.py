"""Controls of checks: one walk of a library scenario, sound or with a seeded defect, serves every check of it.

A check is shown by three cases. *Positive*: a defect at its stated dose makes it FAIL. *Negative*: with the sound
device it is PASS. *Inconclusive*: so it is on the sound record as a worse instrument, or a walk in which less happened,
would have given it. A module of controls holds a table ``CONTROLS: dict[str, Control]``, keyed by the check's id, and
one test over `cases(CONTROLS)` that asks `shown` for the `WANTED` word.
"""

import dataclasses
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from reports.judge import judge_check
from reports.verdict import Verdict
from rig.benches import open_bench
from rig.record import Record
from rig.runner import run_case
from rig.store import CaseWriter
from scenarios.case import Case
from scenarios.plan import PlanOptions, find_files, load_cases
from scenarios.plugins import assemble_catalogue

CATALOGUE = assemble_catalogue()


@cache
def case_of(scenario_id: str, number: int = 0) -> Case:
    """A case of a library scenario, by its id."""
    return load_cases(find_files((scenario_id,)), CATALOGUE, PlanOptions()).cases[number]


def ran(case: Case) -> Record:
    """The record of a case on the virtual bench, its quiet cells too; the files are thrown away."""
    bench = open_bench("virtual", CATALOGUE)
    with tempfile.TemporaryDirectory() as folder:
        writer = CaseWriter(Path(folder) / "case", case, bench.describe(), case.capture.keep, bench.accuracy)
        try:
            return run_case(case, bench, writer)
        finally:
            writer.close()


@cache
def _seeded(scenario_id: str, steps: int, defects: tuple[tuple[str, float], ...]) -> Record:
    case = case_of(scenario_id)
    if steps:
        kept = tuple(event for event in case.events if event.stride is not None and event.stride <= steps)
        case = replace(case, walk=replace(case.walk, strides=steps), events=kept)
    return ran(replace(case, device=replace(case.device, defects=dict(defects))))


def seeded(scenario_id: str, **defects: float) -> Record:
    """The scenario run with these defects and no other, doses in SI; cached a session."""
    return _seeded(scenario_id, 0, tuple(sorted(defects.items())))


def seeded_steps(scenario_id: str, steps: int, **defects: float) -> Record:
    """Only the first `steps` strides of it: a violation that is seen is a FAIL, however few the samples."""
    return _seeded(scenario_id, steps, tuple(sorted(defects.items())))


def sound(scenario_id: str) -> Record:
    """The scenario run with a sound device; cached a session."""
    return seeded(scenario_id)


def judged(record: Record, check_id: str) -> Verdict:
    """The verdict of one check of the record's case."""
    check = next(check for check in record.case.checks if check.id == check_id)
    return judge_check(record, check, CATALOGUE.measures.get(check.measure))


def with_worse_card(record: Record, factor: float) -> Record:
    """The record as if every stated error of the instrument were `factor` times as large."""

    def worse(part: object) -> object:
        names = ("lsb", "noise_rms", "gain_bound_ratio", "offset_bound", "inl_bound", "timebase_bound_ratio")
        return dataclasses.replace(part, **{name: factor * getattr(part, name) for name in names})

    return replace(record, accuracy={role: worse(part) for role, part in record.accuracy.items()})


def worse_card(factor: float) -> Callable[[Record], Record]:
    """`with_worse_card` of this factor, as a control's `doubt`."""
    return lambda record: with_worse_card(record, factor)


def with_event_unfired(record: Record, name: str) -> Record:
    """The record as if the run had ended before this event."""
    return replace(record, events={**record.events, name: replace(record.events[name], fired=False)})


def unfired(name: str) -> Callable[[Record], Record]:
    """`with_event_unfired` of this event, as a control's `doubt`."""
    return lambda record: with_event_unfired(record, name)


def with_gap(record: Record, start_s: float, end_s: float) -> Record:
    """The record as if the card had seen nothing between two instants; what it had found there stands."""
    return replace(record, gaps_s=(*record.gaps_s, (start_s, end_s)))


def gap(start_s: float, end_s: float) -> Callable[[Record], Record]:
    """`with_gap` of these instants, as a control's `doubt`."""
    return lambda record: with_gap(record, start_s, end_s)


def without_pulses(record: Record) -> Record:
    """The record as if the device had never sent anything: of what pulses show there is no sample."""
    none = {name: column[:0] for name, column in record.pulses.items()}
    return replace(record, pulses=none, trains={name: column[:0] for name, column in record.trains.items()})


def with_strides(record: Record, count: int) -> Record:
    """The record as if the walk had had only its first `count` strides."""
    end_s = float((record.strides["t0_s"] + record.strides["stride_time_s"])[count - 1])
    pulses = record.pulses["t_s"] < end_s
    trains = record.trains["t0_s"] < end_s
    return replace(
        record,
        span_s=(record.span_s[0], end_s),
        strides={name: column[:count] for name, column in record.strides.items()},
        pulses={name: column[pulses] for name, column in record.pulses.items()},
        trains={name: column[trains] for name, column in record.trains.items()},
    )


def strides(count: int) -> Callable[[Record], Record]:
    """`with_strides` of this count, as a control's `doubt`."""
    return lambda record: with_strides(record, count)


@dataclass(frozen=True, slots=True)
class Control:
    """The three cases of one check.

    Attributes:
        scenario: id of the library scenario whose procedure does it.
        defects: what makes the check FAIL, dose by defect, SI.
        doubt: what of the sound record is taken away, so that the check is INCONCLUSIVE.
        check: id of the check in that scenario; "" where it is the control's own id.
        seeded_in: scenario of the positive case, where that is another one; "" for the same.
        steps: strides of the positive case, where fewer will do; 0 for all.
        given: what the sound record is told first, such as the result of a laboratory.
        told: the same of the record that must fail, where no defect of the device does it.
    """

    scenario: str
    defects: Mapping[str, float]
    doubt: Callable[[Record], Record]
    check: str = ""
    seeded_in: str = ""
    steps: int = 0
    given: Callable[[Record], Record] | None = None
    told: Callable[[Record], Record] | None = None


WANTED = {"positive": "FAIL", "negative": "PASS", "inconclusive": "INCONCLUSIVE"}
"""Case of a control -> the word that it must give."""


def cases(controls: Mapping[str, Control]) -> list[tuple[str, str]]:
    """(check, case) of every control, for `pytest.mark.parametrize`."""
    return [(check, case) for check in controls for case in WANTED]


def shown(check: str, control: Control, case: str) -> Verdict:
    """The verdict of one case of a control."""
    if case == "positive":
        record = seeded_steps(control.seeded_in or control.scenario, control.steps, **control.defects)
        record = control.told(record) if control.told else record
    else:
        record = sound(control.scenario)
        record = control.given(record) if control.given else record
    return judged(control.doubt(record) if case == "inconclusive" else record, control.check or check)
