"""Settings of a real box that has no simulated model: what its device file says is what it has."""

import dataclasses
from typing import Any, Final

from scenarios.catalogue import DeviceModelSpec
from scenarios.dataclass_reader import SUFFIXES
from scenarios.fields import as_table, as_text
from scenarios.problems import Problems
from scenarios.quantities import parse_quantity
from scenarios.text import Node, Table
from scenarios.unit_table import UNITS, tidy
from sim.errors import ScenarioError

_SUFFIX_OF: Final = {unit: suffix for suffix, unit in SUFFIXES.items() if unit not in {"", "ppm", "ns"}}


def box_spec(node: Node) -> DeviceModelSpec:
    """A device without a model, whose settings are those that its file names: quantities with units, and words.

    Args:
        node: the table under `settings:` of the device file.

    Raises:
        ScenarioError: a setting that is neither a quantity in a known unit nor a word.
    """
    problems = Problems()
    fields: list[tuple[str, type[Any]]] = []
    for name, value in as_table(node, "`settings`").values.items():
        with problems.gathered():
            if not name.isidentifier():
                raise ScenarioError(str(value.where), f"`{name}` is no name of a setting", "write letters, digits, _")
            fields.append(_field(name, value))
    problems.raise_any()
    settings = dataclasses.make_dataclass("BoxSettings", fields, frozen=True, slots=True)
    return DeviceModelSpec(name="", settings=settings, defects={}, build=_no_model, summary="a box without a model")


def _field(name: str, node: Node) -> tuple[str, type[Any]]:
    inner = node.values["value"] if isinstance(node, Table) and "value" in node.values else node
    text = as_text(inner)
    if not text[:1].isdigit() and text[:1] not in {"-", "+", ".", "±"}:
        return name, str
    unit = tidy(text.lstrip("+-±.0123456789eE").strip()) if text else ""
    known = UNITS.get(unit)
    if known is None:
        raise ScenarioError(str(inner.where), f"`{text}`: unknown unit `{unit}`", "write for example `30 mA`")
    parse_quantity(text, known.si, inner.where)
    return name + _SUFFIX_OF.get(known.si, ""), float


def _no_model(*_: Any, **__: Any) -> Any:
    raise ValueError("a box without a simulated model cannot be simulated")
