"""What has happened to a patient before the walk: weeks of training, months of recovery after an operation.

    patient: {class: stroke_moderate, training: {weeks: 18}}
    patient: {class: peroneal_partial, recovery: {months: 6, of: decompression}, sample: true}

The priors stand in the file of the class, under `training:` and under `recovery:` with the name of the operation, each
parameter with value, source and distribution. Without `sample` the stated values count; with it the person's own are
drawn, from streams ``training.*`` and ``recovery.*``. What comes out is modelled and a design prior, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from scenarios.dataclass_reader import read_dataclass
from scenarios.fields import Key, as_table, quantity, read_keys, word
from scenarios.patient_spread import read_spreads
from scenarios.problems import Problems
from scenarios.text import Node, Table
from sim.body.patient import Patient
from sim.body.population import Spread, draws
from sim.body.regrowth import LONGEST_MONTHS, MONTH_S, RegrowthPrior, returned_drive, returned_share
from sim.body.training import DISAGREEMENT, LONGEST_WEEKS, TrainingPrior, trained_gain
from sim.errors import ScenarioError
from sim.streams import Streams

TREATMENTS: Final = ("training", "recovery")
T = TypeVar("T", TrainingPrior, RegrowthPrior)


@dataclass(frozen=True, slots=True)
class Prior:
    """What a treatment may do in a class of patients: stated values and their distributions."""

    stated: Any
    spreads: tuple[Spread, ...]


@dataclass(frozen=True, slots=True)
class Priors:
    """Of a patient file: training, and recovery by operation; empty where the class has none."""

    training: Prior | None = None
    recovery: Mapping[str, Prior] | None = None


def read_priors(table: Table, problems: Problems) -> Priors:
    """The treatments that a patient file knows; problems are noted."""
    training: Prior | None = None
    recovery: dict[str, Prior] = {}
    if "training" in table.values:
        with problems.gathered():
            training = _read_prior(TrainingPrior, table.values["training"], "`training`", problems)
    if "recovery" in table.values:
        with problems.gathered():
            for name, node in as_table(table.values["recovery"], "`recovery`").values.items():
                recovery[name] = _read_prior(RegrowthPrior, node, f"recovery of `{name}`", problems)
    return Priors(training, recovery)


def _read_prior(kind: type[T], node: Node, what: str, problems: Problems) -> Prior:
    table = as_table(node, what)
    stated = read_dataclass(kind, table, what)
    return Prior(stated, read_spreads(table, stated, problems))


def treated(
    patient: Patient, choice: Table, priors: Priors, name: str, person: int | None
) -> tuple[Patient, tuple[str, ...]]:
    """The patient after what `choice` says, and what the report must say about it.

    Args:
        patient: before.
        choice: with `training` and `recovery`, or neither.
        priors: of the class.
        name: of the class.
        person: seed of the person who is drawn, or None for the stated values.

    Raises:
        ScenarioError: the class has nothing to train or to recover, or what is written does not read.
    """
    streams = None if person is None else Streams(person)
    notes: list[str] = []
    if "recovery" in choice.values:
        patient, note = _recovered(patient, choice.values["recovery"], priors, name, streams)
        notes.append(note)
    if "training" in choice.values:
        patient, note = _trained(patient, choice, priors, name, streams)
        notes.append(note)
    return patient, tuple(notes)


def _own(prior: Prior, streams: Streams | None, prefix: str) -> Any:
    """The prior's stated values, or those of one person."""
    if streams is None:
        return prior.stated
    return replace(prior.stated, **next(draws(prior.spreads, streams, prefix)))


def _trained(
    patient: Patient, choice: Table, priors: Priors, name: str, streams: Streams | None
) -> tuple[Patient, str]:
    where = choice.keys["training"].where
    if priors.training is None:
        mend = (
            "drop `training`" if "recovery" in choice.values or not priors.recovery else "use `recovery:`, or drop it"
        )
        raise ScenarioError(str(where), f"`{name}` has no residual drive that training could raise", mend)
    problems = Problems()
    keys = {
        "weeks": Key(quantity("", 1e-6, LONGEST_WEEKS, "weeks"), required=True),
        "strides_per_day": Key(quantity("", 0.0, 30_000.0, "strides_per_day")),
    }
    found = read_keys(choice.values["training"], keys, "`training`", problems)
    problems.raise_any()
    weeks, daily = found["weeks"], found.get("strides_per_day")
    gain = trained_gain(_own(priors.training, streams, "training"), weeks, daily)
    low, high = interval(priors.training, weeks, daily)
    drive = min(max(patient.residual_drive_ratio * (1.0 + gain), 0.0), 1.0)
    who = "drawn for this person" if streams else "mean of the prior"
    note = (
        f"training for {weeks:g} weeks (modelled, design prior): residual drive x {1.0 + gain:.3f} ({who};"
        f" 95 % of the prior {1.0 + low:.2f} to {1.0 + high:.2f}); {DISAGREEMENT}"
    )
    return replace(patient, residual_drive_ratio=drive), note


def interval(prior: Prior, weeks: float, daily_count: float | None = None) -> tuple[float, float]:
    """The middle 95 % of the gain after `weeks`, with the stated dose."""
    shares = dict.fromkeys((0.025, 0.975), prior.stated.gain_ratio)
    for spread in prior.spreads:
        if spread.field == "gain_ratio":
            shares = {u: spread.distribution.quantile(u, spread.low, spread.high) for u in shares}
    low, high = (trained_gain(replace(prior.stated, gain_ratio=gain), weeks, daily_count) for gain in shares.values())
    return low, high


def _recovered(patient: Patient, node: Node, priors: Priors, name: str, streams: Streams | None) -> tuple[Patient, str]:
    operations = dict(priors.recovery or {})
    if not operations:
        mend = "drop `recovery`; peroneal classes have it"
        raise ScenarioError(str(node.where), f"the nerve of `{name}` is whole, nothing can grow back", mend)
    problems = Problems()
    keys = {
        "months": Key(quantity("", 0.0, LONGEST_MONTHS, "months"), required=True),
        "of": Key(word(operations, f"operation for {name}"), required=True),
    }
    found = read_keys(node, keys, "`recovery`", problems)
    problems.raise_any()
    months, operation = found["months"], found["of"]
    prior: RegrowthPrior = _own(operations[operation], streams, "recovery")
    start = patient.excitability_ratio if prior.start_ratio is None else prior.start_ratio
    before = patient.residual_drive_ratio if prior.start_ratio is None else 0.0
    share = returned_share(prior, start, months * MONTH_S)
    drive = returned_drive(prior, before, start, share)
    who = "drawn for this person" if streams else "stated values of the prior"
    operation = operation.replace("_", " ")
    note = (
        f"{months:g} months after {operation} (modelled, design prior): {100 * share:.0f} % of the axons"
        f" answer, residual drive {100 * drive:.1f} % ({who}); outcomes differ widely between people, and the targets"
        " of the walk stay those of the class"
    )
    return replace(patient, excitability_ratio=share, residual_drive_ratio=drive), note
