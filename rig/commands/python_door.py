"""The public Python API behind `stimrig.py`: declare devices, measures and events; run scenarios; load records."""

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.catalogue import (
    BenchSpec,
    DeviceModelSpec,
    EventSpec,
    MeasureSpec,
    Parameter,
    Quantity,
    SectionSpec,
)
from sim.stimulator.defect_spec import DefectSpec, as_specs

if TYPE_CHECKING:
    from reports.verdict import CaseResult, RunResult, Verdict
    from rig.record import Record


def _summary(work: Callable[..., Any]) -> str:
    return (inspect.getdoc(work) or "").partition("\n")[0]


def measure(
    name: str,
    unit: str,
    quantity: Quantity,
    *,
    sample: str = "occurrence",
    parameters: tuple[Parameter, ...] = (),
    requires: tuple[str, ...] = (),
    occurrences: bool = False,
) -> Callable[[Callable[[Any, Mapping[str, Any]], Any]], MeasureSpec]:
    """Declare a measure: the decorated function takes (record, parameters) and returns `reports.samples.Samples`.

    Args:
        name: word in a scenario.
        unit: SI unit of its values.
        quantity: `measured` (from the waveform) or `modelled` (a patient outcome).
        sample: what one sample stands for (`pulse`, `train`, `stride`, `swing`, `occurrence`, `run`).
        parameters: of the measure.
        requires: roles, `feature:...` and `setting:...` that it cannot do without.
        occurrences: True where it yields unwanted occurrences and goes with ``never: true``.
    """

    def declare(compute: Callable[[Any, Mapping[str, Any]], Any]) -> MeasureSpec:
        return MeasureSpec(name, unit, quantity, compute, sample, parameters, requires, occurrences, _summary(compute))

    return declare


def event(
    name: str,
    *,
    lasts_s: Callable[[Mapping[str, Any]], float] = lambda _: 0.0,
    parameters: tuple[Parameter, ...] = (),
    requires: tuple[str, ...] = (),
) -> Callable[[Callable[..., tuple[Any, ...]]], EventSpec]:
    """Declare an event: the decorated function takes (parameters, start_ns, schedule) and returns its effects.

    Args:
        name: word after ``do:``.
        lasts_s: duration from the parameters, s.
        parameters: of the event.
        requires: roles or features that it cannot do without.
    """

    def declare(effects: Callable[..., tuple[Any, ...]]) -> EventSpec:
        return EventSpec(name, effects, lasts_s, parameters, requires, _summary(effects))

    return declare


def device(
    name: str, settings: type[Any], defects: Mapping[str, DefectSpec | str] | None = None
) -> Callable[[Callable[..., Any]], DeviceModelSpec]:
    """Declare a simulated stimulator: the decorated callable builds it (`DeviceModelSpec.build`).

    Args:
        name: word after ``model:`` in a `*.device.yaml`.
        settings: dataclass of its settings; field names end in their unit.
        defects: seeded defect -> its spec, or only the SI unit of its dose (then `sensitivity` has no dose to try).
    """

    def declare(build: Callable[..., Any]) -> DeviceModelSpec:
        return DeviceModelSpec(name, settings, as_specs(defects or {}), build, _summary(build))

    return declare


def bench(name: str) -> Callable[[Callable[..., Any]], BenchSpec]:
    """Declare a kind of bench: the decorated callable makes a `rig.bench.Bench` from its description and the models."""

    def declare(build: Callable[..., Any]) -> BenchSpec:
        return BenchSpec(name, build, _summary(build))

    return declare


def section(name: str, order: int) -> Callable[[Callable[[Any], Any]], SectionSpec]:
    """Declare a section of the report: the decorated function takes the run's result and gives the section's data."""

    def declare(build: Callable[[Any], Any]) -> SectionSpec:
        return SectionSpec(name, order, build, _summary(build))

    return declare


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A finished run.

    Attributes:
        folder: the run folder.
        result: verdicts and records.
        code: exit code of design.md section 6.
    """

    folder: Path
    result: "RunResult"
    code: int

    @property
    def verdict(self) -> str:
        """Worst verdict of all cases."""
        return self.result.outcome.value

    @property
    def cases(self) -> "tuple[CaseResult, ...]":
        """The cases, in order."""
        return self.result.cases

    def __getitem__(self, check: str) -> "Verdict":
        """The verdict of a check, by its id; ``case/check`` where several cases have it.

        Raises:
            KeyError: no such check, or more than one.
        """
        found = [
            verdict
            for result in self.cases
            for verdict in result.verdicts
            if check in {verdict.check.id, f"{result.case.id}/{verdict.check.id}"}
        ]
        if len(found) != 1:
            raise KeyError(f"{check}: {len(found)} checks of this name")
        return found[0]


def run(*paths: str | Path, **options: Any) -> Run:
    """Run scenarios as `stimrig run` does.

    Args:
        paths: scenario files, folders, or names of the library.
        options: fields of `rig.commands.session.Request`: bench, device, seed, keep, select, out, jobs.

    Raises:
        RigError: bad input, a run folder that cannot be written; the subclasses tell which.
    """
    from rig.commands.session import Request, execute, prepare

    request = dataclasses.replace(Request(tuple(Path(path) for path in paths)), **options)
    finished = execute(prepare(request))
    return Run(finished.folder, finished.result, int(finished.code))


def load(case_folder: str | Path) -> "Record":
    """The record of a case folder, to be measured without a rig.

    Raises:
        RecordError: a file is missing or damaged.
    """
    from rig.commands.context import here
    from rig.load import load_record

    return load_record(Path(case_folder), here().catalogue)
