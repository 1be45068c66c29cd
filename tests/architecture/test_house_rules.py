"""The rules of the house that no linter knows: length of files, units in names, what sim may touch."""

import ast
import importlib.metadata
import importlib.util
import re
import statistics
from pathlib import Path

import pytest

PACKAGES = ("sim", "scenarios", "rig", "reports")


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent


SOURCES = sorted(path for package in PACKAGES for path in _folder(package).rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}

# fmt: off
UNIT_SUFFIXES = (
    "_s", "_ns", "_hz", "_a", "_v", "_ohm", "_f", "_c",
    "_m", "_m2", "_m_s", "_m_s2", "_kg", "_kg_m2", "_n", "_n_m",
    "_n_m_s", "_n_m_rad", "_n_m_s_rad", "_rad", "_rad_s", "_rad_s2", "_w", "_j",
    "_ppm", "_ratio", "_v_s", "_v_a", "_a_m2", "_w_m2", "_mm", "_mb",
    "_bytes", "_pct", "_a_s", "_lsb", "_lsb_s", "_per_s",
)
# fmt: on

UNITLESS_WORDS = re.compile(
    r"ratio|share|count|factor|gain|activation|exponent|confidence|weight|probability|scale|offset|value|drive|alpha"
    r"|correlation|level|lsb|shape|fraction|power|width$|height$|order|x$|y$|share|recruitment|excitability|index|sigmas|stretch|per_unit|per_instruction|dose$|^least$|^most$"
)


def _id(path: Path) -> str:
    return "/".join(path.parts[-3:])


@pytest.mark.parametrize("path", SOURCES, ids=_id)
def test_no_file_is_longer_than_400_lines(path):
    """One file, one idea: a file over 400 lines holds two."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[1].rglob("*.py")), ids=_id)
def test_no_test_file_is_longer_than_400_lines(path):
    """What holds for the code holds for its tests."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_the_median_file_is_under_120_lines():
    """A reader takes in a file at a glance."""
    assert statistics.median(len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES) < 120


@pytest.mark.parametrize("path", [p for p in SOURCES if "sim" in p.parts], ids=_id)
def test_sim_touches_no_file_and_no_clock(path):
    """The world is mathematics; `sim/compiled.py` alone reads our sources and makes the cache folder."""
    if path.name == "compiled.py":
        return
    calls = {
        node.func.id for node in ast.walk(TREES[path]) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    imported = {
        alias.name.partition(".")[0]
        for node in ast.walk(TREES[path])
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {(node.module or "").partition(".")[0] for node in ast.walk(TREES[path]) if isinstance(node, ast.ImportFrom)}
    assert "open" not in calls
    assert not imported & {"os", "io", "pathlib", "time", "datetime", "random", "socket", "subprocess", "tempfile"}


@pytest.mark.parametrize("path", SOURCES, ids=_id)
def test_numba_has_one_door(path):
    """Only `sim/compiled.py` imports numba, so that every kernel is compiled and cached the same way."""
    names = {alias.name for node in ast.walk(TREES[path]) if isinstance(node, ast.Import) for alias in node.names}
    modules = {node.module for node in ast.walk(TREES[path]) if isinstance(node, ast.ImportFrom)}
    if path.name != "compiled.py":
        assert not any(name and name.startswith("numba") for name in names | modules)


UNIT_OF_THE_RUN = {
    "Band",
    "ChannelAccuracy",
    "Check",
    "Combined",
    "Component",
    "Finding",
    "IdleCells",
    "LabResult",
    "Limit",
    "LoopError",
    "Row",
    "Samples",
    "Sway",
    "Verdict",
    "ZeroSpan",
    "Term",
}
"""Their values are SI of a role or measure that only the run knows; a field `unit` stands beside them."""

UNIT_OF_THE_FIELD = {"Fixed", "LogNormal", "Normal", "Spread", "Uniform"}
"""Distributions of a patient's parameter: their values are in the unit of the field that they spread."""

KERNEL_TABLES = {"Bend", "Buffers", "Desk", "Muscle", "Window", "GaitCycle", "Preparation"}
"""Arrays handed to kernels, whose columns have units of their own; `layout.py` and the docstrings name them."""


@pytest.mark.parametrize("path", SOURCES, ids=_id)
def test_public_float_fields_carry_their_unit(path):
    """A float attribute of a public dataclass ends in its unit, or its name says that it is a pure number."""
    unlabelled = []
    for node in ast.walk(TREES[path]):
        if not isinstance(node, ast.ClassDef) or node.name.startswith("_"):
            continue
        if node.name in UNIT_OF_THE_RUN | UNIT_OF_THE_FIELD | KERNEL_TABLES:
            continue
        for field in node.body:
            if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
                continue
            name, annotation = field.target.id, ast.unparse(field.annotation)
            if not re.match(r"^(float|NDArray\[np\.float64\])", annotation) or name.startswith("_"):
                continue
            if not name.endswith(tuple(UNIT_SUFFIXES)) and not UNITLESS_WORDS.search(name):
                unlabelled.append(f"{node.name}.{name}")
    assert not unlabelled


def test_every_public_function_and_class_has_a_docstring():
    """Ruff's D rules hold this in the tree; here it is held for the installed wheel."""
    missing = [
        f"{_id(path)}:{node.name}"
        for path, tree in TREES.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not missing


def test_the_wheel_carries_its_data():
    """Library, patients, devices, benches and templates are package data, found without the checkout."""
    scenarios, reports = _folder("scenarios"), _folder("reports")
    assert len(list((scenarios / "library").glob("*.scenario.yaml"))) >= 10
    assert list((scenarios / "patients").glob("*.yaml"))
    assert list((scenarios / "devices").glob("*.device.yaml"))
    assert list((scenarios / "benches").glob("*.bench.yaml"))
    assert list((reports / "templates").iterdir())


def test_built_ins_come_through_the_door_of_plug_ins():
    """Measures, events, devices, benches and sections are entry points, as a user's own are."""
    groups = importlib.metadata.entry_points()
    for group in ("measures", "events", "devices", "benches", "sections"):
        assert groups.select(group=f"stimrig.{group}"), group
