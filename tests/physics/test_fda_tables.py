"""The FDA output tables against the worked values of the output arithmetic, and against the limits of a source."""

import dataclasses
from functools import cache

import pytest

from reports.fda.output import output_figures
from reports.fda.pages import csv_text, markdown
from reports.fda.table_a import NOT_MEASURED, table_a
from reports.fda.table_b import tables_b
from reports.judge import judge_case
from rig.benches import open_bench
from rig.runner import run_case
from scenarios.device_file import read_device
from scenarios.fda_scenarios import fda_scenarios
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from scenarios.text import Text, Where

CATALOGUE = assemble_catalogue()
SCENARIO = """\
schema: scenario/1
id: T-FDA
title: walking
seed: 3
patient: stroke_moderate
device: odfs
settings: {current: 30 mA, pulse_width: 300 us, rate: 40 Hz, ramp_up: 100 ms}
capture: {effects: false}
walk: {speed: 0.6 m/s, strides: 4}
checks:
  width: {measure: {pulse_width: {}}, within: ±20 % of set}
matrix: {load: [500 ohm, 2 kohm, 10 kohm]}
"""
AREA_M2 = 25e-4


@cache
def _cases(folder):
    (folder / "t.scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    bench = open_bench("virtual", CATALOGUE)
    plan = load_cases([folder / "t.scenario.yaml"], CATALOGUE, PlanOptions())
    return tuple(judge_case(run_case(case, bench), CATALOGUE) for case in plan.cases)


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return _cases(tmp_path_factory.mktemp("fda"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("phase_charge", 9.0e-6),
        ("rms", 4.648e-3),
        ("average_current", 0.72e-3),
        ("current_density", 1.859),
        ("power_density", 4.32),
        ("energy", 0.27e-3),
        ("rate", 40.0),
        ("phase1", 300e-6),
        ("voltage", 15.0),
        ("current", 30e-3),
    ],
)
def test_figures_at_500_ohm_are_those_of_the_worked_example(cases, name, expected):
    """30 mA, 300 us + 300 us, 40 Hz into 500 ohm with a 25 cm2 pad: regulatory.md 1.3, "Worked values", first row.

    I_rms = 30 mA sqrt(2 x 300 us x 40 Hz), J = I_rms/A, P = I_rms^2 R/A, E = R I^2 2 w; the truth lies within U.
    """
    figure = output_figures(cases[0].record, AREA_M2)[name]
    assert figure.value == pytest.approx(expected, rel=0.02)
    assert abs(figure.value - expected) <= 1.5 * figure.expanded_value + 2e-4 * expected


def test_without_an_area_there_is_no_density(cases):
    """Nobody stated it: no number is made up."""
    figures = output_figures(cases[0].record, None)
    assert "current_density" not in figures and "power_density" not in figures


def test_a_table_needs_all_three_loads_and_one_setting(cases):
    """500 ohm alone is no table; a load that changes in the run has no place in it."""
    (table,) = tables_b(cases)
    assert (table.mode, table.hardware, len(table.cases)) == ("walking", "virtual", 3)
    assert tables_b(cases[:2]) == ()
    rows = {row.field: row for row in table.rows}
    volts = [cell.value for cell in rows["Maximum output voltage"].cells]
    amperes = [cell.value for cell in rows["Maximum output current"].cells]
    assert volts[0] == pytest.approx(15.0, rel=0.03) and volts[1] == pytest.approx(60.0, rel=0.03)
    assert volts[2] == pytest.approx(120.0, rel=0.03), "the source has 120 V and no more"
    assert amperes[2] == pytest.approx(12e-3, rel=0.01), "so 10 kohm takes 12 mA of the 30 mA that are set"
    assert rows["Pulse width, phase 1"].cells[2].words.startswith("no plateau"), "the no-load trip ends the trains"


def test_of_several_settings_the_worst_stands_with_its_name(cases):
    """A weaker setting of the same mode changes no maximum."""
    weak = [
        dataclasses.replace(case, case=dataclasses.replace(case.case, device=_set(case.case.device))) for case in cases
    ]
    halved = [dataclasses.replace(case, record=_halved(case.record)) for case in weak]
    (table,) = tables_b([*halved, *cases])
    (alone,) = tables_b(cases)
    largest = {row.field: row for row in table.rows}["Maximum output current"]
    assert largest.cells[0] == {row.field: row for row in alone.rows}["Maximum output current"].cells[0]
    assert largest.setting.startswith("30 mA")


def _set(device):
    return dataclasses.replace(device, programmed={**device.programmed, "current": 0.015})


def _halved(record):
    return dataclasses.replace(record, pulses={**record.pulses, "peak_a": 0.5 * record.pulses["peak_a"]})


def test_table_a_says_what_the_run_does_not_show(cases):
    """A field without its check is not filled by hope."""
    rows = {row.field: row for row in table_a(cases)}
    assert rows["Automatic no-load trip"].value == NOT_MEASURED and rows["Manufacturer"].value == "not stated"


def test_both_files_hold_every_figure(cases):
    """Markdown for people, CSV in SI for programs."""
    a, b = table_a(cases), tables_b(cases)
    text, rows = markdown(a, b), csv_text(a, b)
    assert "SIMULATED: no evidence of the performance of a device" in text
    for row in b[0].rows:
        assert row.field in text and row.field in rows


def test_the_search_finds_the_strongest_setting_of_each_mode(tmp_path):
    """odfs: 80 mA, 365 us and 60 Hz are the ends of its ranges; both modes get them, into three loads each."""
    device = read_device(Text("odfs", Where("DEVICE", 1, 1)), CATALOGUE.models, ())
    texts = fda_scenarios(device)
    assert set(texts) == {"fda-odfs-symmetric.scenario.yaml", "fda-odfs-asymmetric.scenario.yaml"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for case in load_cases([tmp_path], CATALOGUE, PlanOptions()).cases:
        known = case.device.programmed
        assert (known["current"], known["pulse_width"], known["rate"]) == (0.08, 365e-6, 60.0)
