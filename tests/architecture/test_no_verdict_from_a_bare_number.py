"""A verdict comes from a measurement: a value with its budget. No road leads there from a bare number."""

import ast
import typing
from pathlib import Path

import numpy as np
import pytest

import reports.deciding
import reports.judge
from reports.samples import EXACT, Measurement, Samples, measurement

REPORTS = Path(reports.judge.__file__).parent


def bare(**more):
    """Two values and nothing about how sure they are."""
    zeros = np.zeros(2)
    return Samples(np.ones(2), zeros, zeros, zeros.astype(int), "s", zeros, zeros, **more)


def test_only_a_measurement_is_decided():
    """`decide` takes a Measurement; no public function there that gives a Decision takes anything else to judge."""
    makers = [
        function
        for name, function in vars(reports.deciding).items()
        if not name.startswith("_") and callable(function) and getattr(function, "__module__", "") == "reports.deciding"
        and typing.get_type_hints(function).get("return") is reports.deciding.Decision
    ]  # fmt: skip
    assert [function.__name__ for function in makers] == ["decide"]
    assert typing.get_type_hints(makers[0])["samples"] is Measurement


def test_only_one_function_makes_a_measurement():
    """`Measurement(...)` is called in `reports.samples.measurement` alone, which looks for the budget."""
    callers = {
        (path.name, function.name)
        for path in REPORTS.rglob("*.py")
        for function in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(function, ast.FunctionDef)
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Measurement"
    }
    assert callers == {("samples.py", "measurement")}


def test_a_measured_value_without_a_budget_is_refused():
    """Neither an empty budget nor U = 0 in silence; what is exact says so; a modelled value says it in words."""
    with pytest.raises(ValueError, match="bare number"):
        measurement(bare(), "measured")
    assert measurement(bare(budget=EXACT), "measured").budget == EXACT
    assert measurement(bare(), "modelled").values.size == 2
