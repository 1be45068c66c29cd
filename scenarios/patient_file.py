"""Reads a patient: a file of `scenarios/patients/`, or the same table inlined in a `case.yaml`."""

from pathlib import Path
from typing import Any, Final

from scenarios.dataclass_reader import read_dataclass
from scenarios.fields import Key, as_text, read_keys, word
from scenarios.places import find_named
from scenarios.problems import Problems
from scenarios.text import Node, Table, Text, plain, read_document
from sim.body.patient import Patient

SCHEMA: Final = "patient/1"
HEADER: Final = ("schema", "name", "why", "note", "source")
"""Keys of a patient file beside the fields of `Patient`."""


def read_patient(node: Node, beside: tuple[Path, ...]) -> tuple[str, Patient, dict[str, Any]]:
    """Name, parameters and concrete table of a patient.

    Args:
        node: the name of a class, a path of a file, or the table itself.
        beside: folders that are searched before the shipped ones.

    Raises:
        ScenarioError: no such patient, or a file that does not read.
    """
    if isinstance(node, Table):
        name = as_text(node.values["name"]) if "name" in node.values else "own"
        table = node
    else:
        path = find_named("patients", as_text(node), beside, node.where)
        name, table = path.name.removesuffix(".yaml"), read_document(path)
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
    patient = None
    with problems.gathered():
        patient = read_dataclass(Patient, table.without(*HEADER), f"patient `{name}`")
    problems.raise_any()
    assert patient is not None
    concrete = table if "name" in table.values else _with_name(table, name)
    return name, patient, plain(concrete)


def _with_name(table: Table, name: str) -> Table:
    key, value = Text("name", table.where), Text(name, table.where)
    return Table({"name": key, **table.keys}, {"name": value, **table.values}, table.where)
