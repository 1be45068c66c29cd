"""The patient of a scenario: a class as it stands, one of its individuals, or a class with some parameters changed.

patient: stroke_moderate
patient: {class: stroke_moderate, sample: true}          another person for every seed of the case
patient: {class: stroke_moderate, sample: 17}            the same person in every case
patient: {class: stroke_moderate, body_mass: 90 kg}      given, not drawn
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from scenarios.dataclass_reader import key_and_unit, read_dataclass, write_dataclass
from scenarios.fields import as_text, integer
from scenarios.patient_class import PatientClass, read_patient_class
from scenarios.patient_treatment import TREATMENTS, treated
from scenarios.problems import Problems, nearest
from scenarios.text import Node, Table, plain
from sim.body.patient import Patient
from sim.body.population import sample_patient
from sim.errors import ModelError, ScenarioError
from sim.streams import Streams

CHOICE_KEYS: Final = ("class", "sample", *TREATMENTS)
"""Keys of a choice beside the parameters of `Patient`."""
MAX_PERSON: Final = (1 << 64) - 1


def read_patient(node: Node, beside: tuple[Path, ...], seed: int = 0) -> tuple[str, Patient, dict[str, Any]]:
    """Name, parameters and concrete table of a patient.

    Args:
        node: the name of a class, a path of a file, a choice with `class:`, or the table of a patient itself.
        beside: folders that are searched before the shipped ones.
        seed: of the case; a person who is drawn depends on it and on the class only.

    Raises:
        ScenarioError: no such patient, a file or a choice that does not read, or nobody of the class can walk.
    """
    if not isinstance(node, Table) or "class" not in node.values:
        file = read_patient_class(node, beside)
        return file.population.name, file.population.typical, file.document
    _refuse_unknown(node)
    file = read_patient_class(node.values["class"], beside)
    name = file.population.name
    given = _given(node, file)
    person = _person(node, seed)
    patient = read_dataclass(Patient, given, f"patient `{name}`", file.population.typical)
    if person is not None:
        fields = {field: getattr(patient, field) for field in _fields_of(given)}
        try:
            patient = sample_patient(file.population, Streams(person), fields)
        except ModelError as error:
            raise ScenarioError(str(node.where), error.problem, "narrow its distributions or what is given") from None
    patient, notes = treated(patient, node, file.priors, name, person)
    return name, patient, _document(node, file, patient, person, notes)


def patient_notes(document: Mapping[str, Any]) -> tuple[str, ...]:
    """What a report must say about the patient of a case, from the case's document: training, recovery, how drawn."""
    patient = document.get("patient")
    origin = patient.get("origin", {}) if isinstance(patient, Mapping) else {}
    drawn = f"one person drawn from {origin['class']} by the seed {origin['person']}" if "person" in origin else ""
    return tuple(note for note in (drawn, *origin.get("notes", ())) if note)


def draws_by_seed(node: Node) -> bool:
    """True where another seed of the case is another person."""
    if not isinstance(node, Table) or "sample" not in node.values or "class" not in node.values:
        return False
    return plain(node.values["sample"]) == "true"


def _refuse_unknown(node: Table) -> None:
    problems = Problems()
    allowed = (*CHOICE_KEYS, *(key_and_unit(name)[0] for name in Patient.__dataclass_fields__))
    for key in node.keys.values():
        if key.text not in allowed:
            problems.add(key.where, f"unknown key `{key.text}` of a patient's choice", nearest(key.text, allowed))
    problems.raise_any()


def _given(node: Table, file: PatientClass) -> Table:
    given = node.without(*CHOICE_KEYS)
    if "title" in given.values:
        problem = f"the title stands in the file of {file.population.name}"
        raise ScenarioError(str(given.keys["title"].where), problem, "drop it")
    return given


def _fields_of(given: Table) -> tuple[str, ...]:
    return tuple(name for name in Patient.__dataclass_fields__ if key_and_unit(name)[0] in given.values)


def _person(node: Table, seed: int) -> int | None:
    """Seed of the person who is drawn, or None where nobody is."""
    if "sample" not in node.values:
        return None
    value = node.values["sample"]
    text = as_text(value)
    if text in {"true", "false"}:
        return seed if text == "true" else None
    if not text.isdecimal():
        problem = f"`sample: {text[:40]}` is neither true, false nor the number of a person"
        raise ScenarioError(
            str(value.where), problem, "write `sample: true` or, for one person in every case, `sample: 17`"
        )
    return integer(0, MAX_PERSON, "sample")(value)


def _document(
    node: Table, file: PatientClass, patient: Patient, person: int | None, notes: tuple[str, ...]
) -> dict[str, Any]:
    """The person as plain texts; `origin` tells how he came about."""
    stated = file.document
    origin: dict[str, Any] = {**stated.get("origin", {}), "class": file.population.name}
    if person is not None:
        origin["person"] = str(person)
    written = plain(node)
    origin |= {key: written[key] for key in TREATMENTS if key in written}
    changed = {key: text for key, text in written.items() if key not in CHOICE_KEYS}
    if changed:
        origin["given"] = changed
    if notes:
        origin["notes"] = list(notes)
    values = write_dataclass(patient)
    before = write_dataclass(file.population.typical)
    kept = {key: stated[key] if key in stated and values[key] == before[key] else values[key] for key in values}
    header = {key: value for key, value in stated.items() if key not in values}
    return header | {"origin": origin} | kept
