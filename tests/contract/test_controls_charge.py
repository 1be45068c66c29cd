"""Controls of the checks of charge balance (CHG-01 to -05, -14): each is shown by a defect, a sound device, a doubt."""

from dataclasses import replace

import pytest
from control_desk import (
    CATALOGUE,
    WANTED,
    Control,
    cases,
    judged,
    seeded,
    shown,
    sound,
    strides,
    unfired,
    with_worse_card,
    without_pulses,
    worse_card,
)

from reports.judge import judge_case
from reports.writers.verdicts_file import case_document
from rig.zero_span import ZeroSpans

BALANCE, RATES, IDLE = "SCN-CORE-BALANCE", "SCN-CORE-RATES", "SCN-CORE-IDLE"
CAPACITOR, IMPLANT = "SCN-EXT-SERIES-CAPACITOR", "SCN-CORE-IMPLANT-BALANCE"


def without_zero(factor):
    """The record of a bench that takes no zero, and whose card is `factor` times as bad."""
    return lambda record: replace(with_worse_card(record, factor), zero_span=ZeroSpans())


def two_cells(record):
    """The record as if nearly everything quiet had been lost: two cells draw any line."""
    cells = record.idle["voltage"]
    names = ("t0_s", "mean", "minimum", "maximum", "rms")
    few = replace(cells, **{name: getattr(cells, name)[:2] for name in names})
    return replace(record, idle={**record.idle, "voltage": few})


CONTROLS = {
    "CHG-01": Control(BALANCE, {"net_charge": 250e-9}, strides(8)),
    "CHG-01/implanted": Control(IMPLANT, {"dc_leak_1": 5e-6}, strides(6)),
    "CHG-02": Control(BALANCE, {"net_charge": 250e-9}, unfired("swap")),
    "CHG-02/implanted": Control(IMPLANT, {"short_recovery_1": 0.9}, strides(6)),
    "CHG-03": Control(RATES, {"dc_leak": 30e-6}, worse_card(60.0)),
    "CHG-03/implanted": Control(IMPLANT, {"dc_leak_1": 30e-6}, worse_card(200.0)),
    "CHG-04": Control(RATES, {"dc_leak": 30e-6}, worse_card(60.0)),
    "CHG-04/skin": Control(RATES, {"dc_leak": 3e-3}, without_pulses),
    "CHG-05": Control(IDLE, {"dc_leak": 30e-6}, without_zero(8.0)),
    "CHG-05/implanted": Control(IMPLANT, {"dc_leak_1": 5e-6}, without_zero(40.0)),
    "CHG-05/series-capacitor": Control(CAPACITOR, {"dc_leak": 30e-6}, two_cells),
    "CHG-14": Control(RATES, {"rate_net_charge": 200e-9}, unfired("to_60")),
}
"""Check -> how it is shown."""


@pytest.mark.parametrize(("check", "case"), cases(CONTROLS))
def test_a_check_of_charge_balance_tells_three_cases_apart(check, case):
    """The seeded defect FAILS it, the sound device PASSES, and on a doubtful record it is INCONCLUSIVE."""
    verdict = shown(check, CONTROLS[check], case)
    assert verdict.outcome == WANTED[case], verdict.reason


def test_a_leak_is_told_from_a_net_charge():
    """30 uA of leak show in the intercept alone, 250 nC a pulse in the slope alone."""

    leaky, unbalanced = seeded(RATES, dc_leak=30e-6), seeded(RATES, net_charge=250e-9)
    assert judged(leaky, "leak").value == pytest.approx(30e-6, rel=0.01)
    assert abs(judged(leaky, "slope").value) < 5e-9
    assert judged(unbalanced, "slope").value == pytest.approx(250e-9, rel=0.01)
    assert abs(judged(unbalanced, "leak").value) < 0.1e-6


def test_a_series_capacitor_reads_the_leak_without_a_zero():
    """30 uA for 19 s charge 10 uF to 57 V; the slope gives the current to its 1 % bound of C and no offset enters."""

    verdict = judged(seeded(CAPACITOR, dc_leak=30e-6), "CHG-05/series-capacitor")
    assert verdict.value == pytest.approx(30e-6, abs=verdict.expanded)
    assert verdict.samples.method.startswith("series capacitor of 10 uF")


def test_the_verdict_names_the_method_and_what_the_instrument_added():
    """`method` in verdicts.json, and the asymmetry among the notes: a reader knows how the number was come by."""
    result = judge_case(sound(BALANCE), CATALOGUE)
    (found,) = (check for check in case_document(result)["cases"][0]["checks"] if check["id"] == "CHG-01")
    assert found["method"].startswith("polarity swap (n = ") and "both sides of the pulse" in found["method"]
    assert "measured by the swap" in found["reason"]
