"""Numbers and criteria in words, thinning of samples, and when a requirement closes."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.evidence import requirement_states, suffices
from reports.figures_chart import TimeAxis, nice_ticks, thin
from reports.quantities import quantity, quantity_with_uncertainty, scale_for
from reports.sections import outcomes, requirements, summary, uncertainty
from reports.sections.device import settings_words
from reports.verdict import Outcome
from reports.words import criterion, full_limit_words, part_of_run


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.0412, "s", "41.2 ms"), (1.4163, "s", "1.416 s"), (11e-9, "C", "11 nC"), (-100e-9, "C", "−100 nC"),
        (0.03, "A", "30 mA"), (300e-6, "s", "300 µs"), (1e6, "Hz", "1 MHz"), (0.9, "m/s", "0.9 m/s"),
        (0.005, "m", "5 mm"),
        (0.0, "s", "0 s"), (np.radians(5.0), "rad", "5°"), (1000.0, "ohm", "1 kΩ"), (None, "s", "–"), (3.0, "", "3"),
        (0.0009999, "s", "999.9 µs"),
        (float("inf"), "s", "∞ s"), (9e-6, "C", "9 µC"), (250.0, "C/m^2", "25000 µC/cm²"),
    ],
)  # fmt: skip
def test_quantities_read_as_the_field_writes_them(value, unit, words):
    assert quantity(value, unit) == words


@pytest.mark.parametrize(
    ("value", "expanded", "unit", "words"),
    [
        (0.0558123, 0.0011, "s", "(55.8 ± 1.1) ms"), (21.3e-9, 26e-9, "C", "(21 ± 26) nC"), (3.0, 0.0, "", "3"),
        (301.7e-6, 0.25e-6, "s", "(301.70 ± 0.25) µs"), (0.06, None, "s", "60 ms"),
        (0.0312, 0.000996, "A", "(31.2 ± 1.0) mA"),
    ],
)  # fmt: skip
def test_a_value_ends_where_its_uncertainty_begins(value, expanded, unit, words):
    """U to two significant digits, the value to the same place (JCGM 100, 7.2.6)."""
    assert quantity_with_uncertainty(value, expanded, unit) == words


@given(st.floats(1e-11, 1e6), st.sampled_from(["s", "A", "C", "V", "Hz", "m", ""]))
def test_a_printed_quantity_means_the_value(value, unit):
    """Read back with the prefix, the words give the value to four digits."""
    scale = scale_for(unit, value)
    number = re.match(r"[0-9.]+(e−?\d+)?", quantity(value, unit))[0].replace("−", "-")
    assert float(number) * scale.factor == pytest.approx(value, rel=1e-3)


def test_criteria_in_words(runs):
    words = {item.check.id: criterion(item.check) for item in runs.walk().verdicts}
    assert words["width"] == "Every sample within ±2 % of set."
    assert words["stride_time"] == "The mean between 1.2 s and 1.3 s, shown at 95 % confidence."
    assert words["silence"] == "Must never be seen while watched."
    clearance = next(item.check for item in runs.walk().verdicts if item.check.id == "clearance")
    assert full_limit_words(clearance) == "at least 5 mm in 90 % of samples"
    assert part_of_run(clearance.during) == "until “peel”, except the stride of “rug” and 2 strides after"


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=3000), st.integers(20, 400))
def test_thinning_keeps_the_extremes_and_the_ends(values, shown):
    y = np.array(values)
    kept = thin(y, np.zeros(len(y), bool), shown)
    assert len(kept) <= max(shown + 2, 22) and np.all(np.diff(kept) > 0)
    assert y[kept].min() == y.min() and y[kept].max() == y.max() and kept[0] == 0 and kept[-1] == len(y) - 1


def test_thinning_keeps_violations():
    y = np.zeros(10_000)
    bad = np.zeros(10_000, bool)
    bad[[17, 4321, 4322, 9000]] = True
    assert {17, 4321, 4322, 9000} <= set(thin(y, bad, 100).tolist())


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(3, 10))
def test_ticks_are_round_and_inside(low, span, wanted):
    found = nice_ticks(low, low + span, wanted)
    assert 1 <= len(found) <= 3 * wanted
    slack = 1e-6 * span + 4.0 * np.spacing(abs(low) + span)
    assert all(low - slack <= value <= low + span + slack for value in found)


def test_strides_and_time_are_one_axis():
    """Stride k begins at its start, and 20.5 is its middle; before the first and after the last it goes straight on."""
    axis = TimeAxis("a", 0.0, 10.0, np.array([1.0, 2.0, 4.0, 5.0]))
    mean = 4.0 / 3.0
    shown = axis.strides_at(np.array([1.0, 3.0, 5.0, 1.0 - mean, 5.0 + mean]))
    assert shown == pytest.approx([1.0, 2.5, 4.0, 0.0, 5.0])


@pytest.mark.parametrize(
    ("quantity_kind", "level", "asked", "enough"),
    [
        ("measured", "virtual", "", True), ("modelled", "virtual", "", False),
        ("modelled", "virtual", "modelled", True),
        ("measured", "virtual", "modelled", True), ("measured", "virtual", "measured@bench", False),
        ("measured", "bench", "measured@firmware-image", True),
        ("measured", "firmware-host", "measured@firmware-image", False),
        ("measured", "bench", "certainly", False), ("measured", "bench", "measured@moon", False),
        ("modelled", "bench", "measured@virtual", False),
    ],
)  # fmt: skip
def test_evidence_that_suffices(quantity_kind, level, asked, enough):
    """formats.md section 2: the order of levels, `modelled` closes none that asks for `measured`, empty = default."""
    assert suffices(quantity_kind, level, asked) is enough


def test_only_pass_closes_a_requirement(runs):
    """A requirement with one failing check stays open; with too weak evidence too; unknown ids are listed."""
    states = {state.requirement.id: state for state in requirement_states(runs.run_of(runs.walk()))}
    assert states["LIB-TIM-004"].closed and states["LIB-TIM-004"].known
    assert not states["LIB-SAF-001"].closed
    assert not states["LIB-GAIT-002"].closed
    assert not states["LIB-SAF-007"].known and not states["LIB-TIM-005"].closed
    whole = runs.walk()
    verdicts = tuple(replace(item, outcome=Outcome.PASS) for item in whole.verdicts)
    passed = {
        state.requirement.id: state for state in requirement_states(runs.run_of(replace(whole, verdicts=verdicts)))
    }
    assert passed["LIB-GAIT-002"].closed and not passed["LIB-SAF-001"].closed
    assert "measured@bench" in passed["LIB-SAF-001"].reason


def test_page_one_names_seeded_defects_and_announced_verdicts(runs):
    """A device with a defect seeded on purpose must never read like a sound one."""
    whole = runs.walk()
    device = replace(whole.case.device, defects={"late_start": 0.08, "dc_leak": 0.0})
    checks = tuple(
        replace(item.check, expect=word) for item, word in zip(whole.verdicts, ["PASS", "FAIL"], strict=False)
    )
    verdicts = tuple(replace(item, check=check) for item, check in zip(whole.verdicts, checks, strict=False))
    case = replace(whole.case, device=device, document={"defects": {"late_start": "80 ms"}})
    cover = summary.build(runs.run_of(replace(whole, case=case, verdicts=verdicts)))["blocks"][0]
    assert cover["tested"][0].endswith("with seeded defect: late start 80 ms")
    assert "The scenarios announced 2 verdicts; 1 came out as announced." in cover["evidence"]


def test_settings_carry_the_unit_of_their_field(runs):
    device = replace(
        runs.walk().case.device, programmed={"current": 0.03, "pulse_width": 300e-6, "rate": 40.0, "odd": 2.0}
    )
    assert settings_words(device) == "current 30 mA, pulse width 300 µs, rate 40 Hz, odd 2"


def test_a_rig_fault_after_every_check_is_still_on_page_one(runs):
    """All checks were complete before the fault: the cover must not say that everything passed."""
    whole = runs.faulty()
    cover = summary.build(runs.run_of(replace(whole, verdicts=whole.verdicts[:1])))["blocks"][0]
    assert cover["open_title"] == "What did not pass"
    assert cover["open"][0]["verdict"] == "ERROR" and "card sent no samples" in cover["open"][0]["reason"]


def test_checks_blocked_by_one_cause_share_a_line(runs):
    """One cause, one red line: two checks blocked by the missing card stand in one row."""
    cover = summary.build(runs.run_of(runs.faulty()))["blocks"][0]
    assert [(row["verdict"], row["check"]) for row in cover["open"]] == [
        ("ERROR", "latency"),
        ("NOT RUN", "lead_off, clearance"),
    ]


def test_budgets_of_a_measure_are_merged_with_the_largest_u(runs):
    """Two cases with slightly different budgets of one measure give one table, never a smaller u than any."""
    one = runs.walk()
    index = next(k for k, item in enumerate(one.verdicts) if item.check.id == "charge_balance")
    item = one.verdicts[index]
    budget = tuple(replace(part, standard=part.standard * 1.5) for part in item.samples.budget)
    other = replace(item, samples=replace(item.samples, budget=budget))
    built = uncertainty.build(runs.run_of(replace(one, verdicts=(item,)), replace(one, verdicts=(other,))))
    tables = [block for block in built["blocks"] if block["kind"] == "details"]
    assert len(tables) == 1
    block = tables[0]["blocks"][1]
    column = block["columns"].index("u")
    assert [row[column] for row in block["rows"]] == ["1.2 nC", "18 nC", "4.65 nC"]


def test_requirements_name_every_verifying_check_once(runs):
    rows = {
        row[0]["mono"]: row for row in requirements.build(runs.run_of(runs.walk(), runs.walk(2)))["blocks"][1]["rows"]
    }
    assert rows["LIB-TIM-004"][3] == "latency PASS in 2 cases, measured@virtual"
    assert rows["LIB-SAF-001"][4].startswith("OPEN: 2 of 4 verifying checks did not pass")


def test_the_report_tells_how_the_patient_came_about(runs):
    """Training is a design prior with two sides: the note of the case stands beside its outcomes."""
    result = runs.walk()
    note = "training for 18 weeks (modelled, design prior): residual drive x 1.072"
    patient = {"origin": {"class": "ms", "person": "17", "notes": [note]}}
    told = replace(result, case=replace(result.case, document={**result.case.document, "patient": patient}))
    page = str(outcomes.build(runs.run_of(told)))
    assert note in page
    assert "one person drawn from ms by the seed 17" in page
    assert "About this patient" not in str(outcomes.build(runs.run_of(result)))
