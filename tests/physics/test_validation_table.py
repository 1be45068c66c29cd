"""The validation table of the patient: every row against its published value, and wrong models that must fail.

Rows, sources and tolerances stand in `reports/credibility/rows_*.py`; the credibility chapter prints the same.
"""

import pytest

from reports.credibility.row import Finding
from reports.credibility.table import all_rows, measured

ROWS = {row.name: row for row in all_rows()}
CONTROLS = [
    pytest.param(row, control, id=f"{row.name}: {control.wrong}") for row in ROWS.values() for control in row.controls
]


@pytest.mark.parametrize("name", ROWS)
def test_the_model_meets_the_published_value(name):
    """P rows within their tolerance, S rows in direction and range; X rows are measured and finite, no more."""
    finding = Finding(ROWS[name], ROWS[name].measure())
    print(finding.line)
    assert finding.outcome != "FAIL", finding.line
    assert finding.value == finding.value


@pytest.mark.parametrize(("row", "control"), CONTROLS)
def test_a_wrong_model_fails(row, control):
    """A perturbed model lies outside the tolerance, so the row can fail."""
    value = control.measure()
    assert not row.accepts(value), f"{row.name} accepts {value:g} of a model with {control.wrong}"


def test_every_row_can_fail_and_says_where_it_comes_from():
    """Each judged row has a control and a source; each reported one a source; names are unique."""
    rows = all_rows()
    assert len(ROWS) == len(rows)
    for row in rows:
        assert row.source and row.published and row.outcome
        assert row.controls or row.kind == "X", row.name


@pytest.mark.proof
def test_the_whole_table(capsys):
    """One line a row: published, measured, tolerance, verdict."""
    with capsys.disabled():
        print("\nValidation table, model.md section 8")
        findings = []
        for finding in measured(all_rows()):
            print(finding.line)
            findings.append(finding)
    assert not [finding.row.name for finding in findings if finding.outcome == "FAIL"]
