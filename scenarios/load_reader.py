"""Reads an electrical load: a name, or the values of R_s + (R_p || C_p)."""

from scenarios.fields import Key, as_text, quantity, read_keys
from scenarios.problems import Problems, nearest
from scenarios.quantities import exact_quantity
from scenarios.text import Node, Table
from sim.electrode.load import NAMED_LOADS, Load
from sim.errors import ScenarioError


def read_load(node: Node) -> tuple[str, Load]:
    """Name and values of `skin`, `500 ohm`, ... or of ``{r: 1 kohm, r_p: 3 kohm, c_p: 0.2 uF}``."""
    if isinstance(node, Table):
        return _values(node)
    name = as_text(node)
    if name not in NAMED_LOADS:
        mend = nearest(name, NAMED_LOADS) + " or {r: 1 kohm, r_p: 3 kohm, c_p: 0.2 uF}"
        raise ScenarioError(str(node.where), f"unknown load `{name}`", mend)
    return name, NAMED_LOADS[name]


def _values(node: Table) -> tuple[str, Load]:
    problems = Problems()
    keys = {
        "r": Key(quantity("ohm", 1e-3, 1e9, "r"), required=True),
        "r_p": Key(quantity("ohm", 0.0, 1e9, "r_p")),
        "c_p": Key(quantity("F", 0.0, 1.0, "c_p")),
        "name": Key(as_text),
    }
    found = read_keys(node, keys, "a load", problems)
    problems.raise_any()
    r_p, c_p = found.get("r_p", 0.0), found.get("c_p", 0.0)
    if bool(r_p) != bool(c_p):
        raise ScenarioError(str(node.where), "r_p and c_p stand together", "give both, or neither for a resistor")
    load = Load(found["r"], r_p, c_p)
    return found.get("name") or ("R-C" if r_p else f"{load.series_ohm:g} ohm"), load


def load_values(name: str, load: Load) -> dict[str, str]:
    """A load as a table of exact texts, for `case.yaml`."""
    return {
        "name": name,
        "r": exact_quantity(load.series_ohm, "ohm"),
        "r_p": exact_quantity(load.parallel_ohm, "ohm"),
        "c_p": exact_quantity(load.parallel_f, "F"),
    }
