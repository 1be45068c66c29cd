"""Reads a class of patients: a file of `scenarios/patients/`, or the same table inlined in a `case.yaml`."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from scenarios.dataclass_reader import read_dataclass
from scenarios.fields import Key, as_text, read_keys, word
from scenarios.measured import find_cycle
from scenarios.patient_spread import read_spreads
from scenarios.patient_treatment import TREATMENTS, Priors, read_priors
from scenarios.places import find_named
from scenarios.problems import Problems
from scenarios.text import Node, Table, Text, Where, plain, read_document
from sim.body.patient import Patient
from sim.body.population import Population
from sim.errors import ScenarioError

SCHEMA: Final = "patient/1"
HEADER: Final = ("schema", "name", "why", "note", "source", "origin", *TREATMENTS)
"""Keys of a patient file beside the fields of `Patient`."""

_DIGEST: Final = "measured_cycle_sha256"


@dataclass(frozen=True, slots=True)
class PatientClass:
    """What a patient file says.

    Attributes:
        population: the class: name, stated values, distributions.
        priors: what training and operations may do.
        table: the file, with its places, and with a name.
    """

    population: Population
    priors: Priors
    table: Table

    @property
    def document(self) -> dict[str, Any]:
        """The table as plain texts for a `case.yaml`: a concrete person has no distributions and no priors."""
        return {key: _concrete(value) for key, value in plain(self.table.without(*TREATMENTS)).items()}


def read_patient_class(node: Node, beside: tuple[Path, ...]) -> PatientClass:
    """The patient class of a name, a path, or a table.

    Args:
        node: the name of a class, a path of a file, or the table itself.
        beside: folders that are searched before the shipped ones.

    Raises:
        ScenarioError: no such patient, or a file that does not read.
    """
    folders = beside
    if isinstance(node, Table):
        name = as_text(node.values["name"]) if "name" in node.values else "own"
        table = node
    else:
        path = find_named("patients", as_text(node), beside, node.where)
        name, table = path.name.removesuffix(".yaml"), read_document(path)
        folders = (path.resolve().parent, *beside)
    problems = Problems()
    header = Table(
        {key: table.keys[key] for key in HEADER if key in table.keys},
        {key: table.values[key] for key in HEADER if key in table.values},
        table.where,
    )
    keys = {key: Key(plain) for key in HEADER} | {"schema": Key(word((SCHEMA,), "schema")), "name": Key(as_text)}
    read_keys(header, keys, "a patient", problems)
    if not isinstance(node, Table) and "schema" not in table.values:
        problems.add(table.where, "a patient lacks the key `schema`", f"begin with `schema: {SCHEMA}`")
    patient, spreads, priors = None, (), read_priors(header, problems)
    with problems.gathered():
        parameters = table.without(*HEADER)
        patient = read_dataclass(Patient, parameters, f"patient `{name}`")
        spreads = read_spreads(parameters, patient, problems)
        cycle = find_cycle(patient.measured_cycle, folders, _place_of_cycle(table))
        if cycle != patient.measured_cycle or cycle.endswith(".csv"):
            patient, table = replace(patient, measured_cycle=cycle), _with_cycle(table, cycle)
    problems.raise_any()
    assert patient is not None
    population = Population(name, patient, spreads)
    return PatientClass(population, priors, table if "name" in table.values else _with_name(table, name))


def _place_of_cycle(table: Table) -> Where:
    node = table.values.get("measured_cycle", table)
    return node.values["value"].where if isinstance(node, Table) and "value" in node.values else node.where


def _with_cycle(table: Table, path: str) -> Table:
    """The table with the whole path of a user's own cycle, and with what the file held when it was first read.

    Raises:
        ScenarioError: a case that was written with this cycle is read, and the file is no longer the same.
    """
    where = _place_of_cycle(table)
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    origin = table.values.get("origin")
    before = origin.values.get(_DIGEST) if isinstance(origin, Table) else None
    if isinstance(before, Text) and before.text != digest:
        problem = f"the measured cycle {path} has changed since this case was written"
        raise ScenarioError(str(where), problem, "bring the file back, or run the scenario again")
    key, value = table.keys.get("measured_cycle", Text("measured_cycle", where)), Text(path, where)
    table = table.replaced(key, value)
    known = origin if isinstance(origin, Table) else Table({}, {}, where)
    return table.replaced(Text("origin", where), known.replaced(Text(_DIGEST, where), Text(digest, where)))


def _with_name(table: Table, name: str) -> Table:
    key, value = Text("name", table.where), Text(name, table.where)
    return Table({"name": key, **table.keys}, {"name": value, **table.values}, table.where)


def _concrete(value: Any) -> Any:
    if isinstance(value, dict) and "value" in value:
        return {key: item for key, item in value.items() if key != "distribution"}
    return value
