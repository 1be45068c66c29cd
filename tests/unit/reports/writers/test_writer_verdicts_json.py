"""`verdicts.json`: the shape of formats.md section 4, its published schema, and nothing that JSON cannot say."""

import json

import pytest

from reports.verdict import Outcome
from reports.writers import verdicts_schema, write_case
from reports.writers.verdicts_file import case_document, run_document, verdicts_text

CHECK_KEYS = [
    "id", "title", "verdict", "marginal", "quantity", "measure", "value", "unit", "limit", "decision", "uncertainty",
    "margin", "n", "dropped", "worst", "verifies", "file", "line", "reason", "method",
]  # fmt: skip


@pytest.mark.parametrize("name", ["mixed", "hostile", "empty", "passing"])
def test_documents_match_the_published_schema(runs, name):
    """Draft 2020-12, checked by the jsonschema package; the schema itself must be valid too."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = verdicts_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    run = getattr(runs, name)()
    documents = [run_document(run), *(case_document(case) for case in run.cases)]
    for document in documents:
        assert list(validator.iter_errors(json.loads(verdicts_text(document)))) == []


def test_schema_refuses_what_must_not_be_said():
    """A schema that takes everything would be worthless."""
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(verdicts_schema())
    good = {"schema": "stimrig/verdicts/1", "run": None, "verdict": "PASS", "cases": []}
    assert validator.is_valid(good)
    for key, bad in [("schema", "stimrig/verdicts/2"), ("verdict", "GREEN"), ("run", "xyz"), ("cases", {})]:
        assert not validator.is_valid({**good, key: bad})


def test_keys_stand_in_the_order_of_formats_md(runs):
    """Scripts read these names; the list is copied from formats.md."""
    document = json.loads(verdicts_text(run_document(runs.mixed())))
    assert list(document) == ["schema", "run", "verdict", "cases", "pools", "attempts", "selftest"]
    case = document["cases"][0]
    assert list(case) == [
        "id",
        "verdict",
        "hardware",
        "seed",
        "checks",
        "defects",
        "pooled",
        "profile",
        "not_applicable",
        "item",
    ]
    assert list(case["checks"][0]) == CHECK_KEYS
    assert list(case["checks"][0]["uncertainty"]) == ["U", "k", "interval95", "tur", "miss_bound"]
    assert list(case["checks"][0]["worst"]) == ["stride", "t_s", "channel"]


def test_values_are_si_and_absent_ones_null(runs):
    """A missed stimulation (infinite latency) and an absent value are null; NaN and Infinity are not JSON."""
    text = verdicts_text(run_document(runs.mixed()))
    assert "NaN" not in text and "Infinity" not in text
    checks = {check["id"]: check for check in json.loads(text)["cases"][0]["checks"]}
    assert checks["stop"]["value"] is None and checks["stop"]["worst"]["stride"] == 31
    assert checks["charge_balance"]["uncertainty"] == {
        "U": 26e-9,
        "k": 2,
        "interval95": None,
        "tur": None,
        "miss_bound": None,
    }
    assert checks["clearance"]["uncertainty"]["interval95"] == [0.891, 0.988]
    assert checks["clearance"]["uncertainty"]["U"] is None and checks["clearance"]["uncertainty"]["k"] is None
    assert checks["lead_off"]["margin"] == pytest.approx(-0.4163)
    assert checks["rate"]["verdict"] == Outcome.NOT_RUN.value and checks["rate"]["value"] is None
    assert checks["latency"]["marginal"] is True and checks["latency"]["line"] == 31


def test_case_file_does_not_name_the_run(runs, tmp_path):
    """`stimrig run case.yaml` repeats every byte of the case folder, in a run of another name."""
    write_case(runs.walk(), tmp_path)
    document = json.loads((tmp_path / "verdicts.json").read_text("utf-8"))
    assert document["run"] is None and len(document["cases"]) == 1
