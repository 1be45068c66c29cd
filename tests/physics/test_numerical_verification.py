"""Numerical verification: orders, steps, energy, exact sums and bits, each with a wrong computation that must fail."""

import pytest

from reports.credibility.numerics import energy_balance, halving_mm, pulse_sum_error
from reports.credibility.row import Finding
from reports.credibility.rows_numerics import rows
from reports.credibility.walks import CLASSES, shipped

ROWS = {row.name: row for row in rows()}


@pytest.mark.parametrize("name", ROWS)
def test_the_equations_are_solved_right(name):
    """Rows of `reports/credibility/rows_numerics.py`; the credibility chapter prints the same."""
    finding = Finding(ROWS[name], ROWS[name].measure())
    print(finding.line)
    assert finding.outcome == "PASS", finding.line


@pytest.mark.parametrize("name", ROWS)
def test_a_wrong_computation_fails(name):
    """So the row above can fail."""
    for control in ROWS[name].controls:
        assert not ROWS[name].accepts(control.measure()), control.wrong


@pytest.mark.parametrize("name", CLASSES)
def test_halving_the_step_and_energy_of_every_class(name):
    """Clearance moves by less than 0.05 mm; works and kinetic energy balance to 1e-5 of the muscle's work."""
    patient = shipped(name)
    for share in (0.0, 0.05):
        assert halving_mm(patient, patient.speed_m_s, share) < 0.05
    assert energy_balance(patient, patient.speed_m_s).left_ratio < 1e-5


@pytest.mark.kernels
def test_two_floats_carry_all_pulses():
    """S and C_N equal the sums over all pulses of Ding's equation 1 to 1e-12, at uneven instants."""
    assert pulse_sum_error() < 1e-12
