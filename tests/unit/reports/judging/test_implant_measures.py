"""Charge density and Shannon's k against the worked example of regulatory.md 2.4 and closed forms."""

import dataclasses

import numpy as np
import pytest

from reports.verdict import Outcome
from rig.record import IdleCells


@pytest.fixture
def implanted(walks):
    """A record of an implant whose every pulse has 1 mA and 200 us: 0.2 uC a phase."""
    pulses = walks.pulses(ramped=False)
    pulses["phase1_a"], pulses["phase1_s"], pulses["charge1_c"] = 1e-3, 200e-6, 0.2e-6
    record = walks.record(pulses=pulses)
    device = dataclasses.replace(record.case.device, features=("implanted",))
    return dataclasses.replace(record, case=dataclasses.replace(record.case, device=device))


AREA_M2 = 0.05e-4


def test_the_example_of_the_regulatory_page(walks, implanted):
    """1 mA x 200 us on 0.05 cm^2: D = 4 uC/cm^2 and k = log10(0.2^2/0.05) = -0.10."""
    density = walks.samples(implanted, "charge_density", area=AREA_M2)
    assert density.unit == "C/m^2" and np.allclose(density.values, 4e-2)
    k = walks.samples(implanted, "shannon_k", area=AREA_M2)
    assert (
        k.unit == ""
        and np.allclose(k.values, np.log10(0.2**2 / 0.05))
        and k.values[0] == pytest.approx(-0.097, abs=1e-3)
    )


def test_the_largest_charge_at_a_k(walks, implanted):
    """At k = 1.5 and 0.05 cm^2 the charge is 1.26 uC: k of that charge is 1.5 again."""
    factor = 1.2574e-6 / 0.2e-6
    pulses = dict(implanted.pulses) | {"charge1_c": implanted.pulses["charge1_c"] * factor}
    k = walks.samples(dataclasses.replace(implanted, pulses=pulses), "shannon_k", area=AREA_M2)
    assert np.allclose(k.values, 1.5, atol=1e-3)


def test_uncertainty_follows_the_charge(walks, implanted):
    """U(D) = U(Q)/A, and U(k) is the difference quotient of k over U(Q)."""
    charge = walks.samples(implanted, "phase_charge")
    density = walks.samples(implanted, "charge_density", area=AREA_M2)
    assert np.allclose(density.expanded, charge.expanded / AREA_M2)
    k = walks.samples(implanted, "shannon_k", area=AREA_M2)
    shifted = np.log10(((charge.values + 1e-3 * charge.expanded) * 1e6) ** 2 / 0.05) - k.values
    assert np.allclose(k.expanded * 1e-3, shifted, rtol=1e-2)


def test_a_small_contact_fails_where_a_large_one_passes(walks, implanted):
    """The same pulse: 4 uC/cm^2 on 5 mm^2, 100 uC/cm^2 on 0.2 mm^2, where 50 uC/cm^2 is the limit."""
    for area_m2, outcome in ((5e-6, Outcome.PASS), (0.2e-6, Outcome.FAIL)):
        verdict = walks.judge(implanted, "charge_density", "at_most", None, 0.5, parameters={"area": area_m2})
        assert verdict.outcome is outcome


def test_no_other_device_is_asked(walks):
    """A surface device has no implanted contact: the check is NOT RUN and says which feature is missing."""
    verdict = walks.judge(walks.record(), "shannon_k", "at_most", None, 1.5, parameters={"area": 5e-6})
    assert verdict.outcome is Outcome.NOT_RUN and "implanted" in verdict.reason


def _quiet(offset_v, left_v, end_s):
    """Quiet cells of a voltage every 10 ms: the probe's offset, and from the first pulse on what pulses have left."""
    t0_s = np.arange(0.0, end_s, 0.010)
    mean = offset_v + np.where(t0_s > 2.7, left_v * np.exp(-(t0_s - 2.7)), 0.0)
    return IdleCells(t0_s, mean, mean, mean, np.abs(mean), 256e-6)


@pytest.mark.parametrize(("left_v", "outcome"), [(0.001, Outcome.PASS), (0.2, Outcome.FAIL)])
def test_the_offset_of_the_probe_is_no_residual_voltage(walks, left_v, outcome):
    """80 mV of offset that were there before the first pulse do not count; 200 mV that came with the pulses do."""
    record = walks.record()
    accuracy = dataclasses.replace(walks.accuracy, unit="V", noise_rms=6.3e-3, offset_bound=0.1)
    record = dataclasses.replace(
        record,
        idle={"voltage": _quiet(-0.080, left_v, record.span_s[1])},
        accuracy={**record.accuracy, "voltage": accuracy},
    )
    verdict = walks.judge(record, "residual_voltage", "within", -0.05, 0.05)
    assert verdict.outcome is outcome
    assert verdict.value == pytest.approx(left_v, rel=0.05)


def test_without_a_quiet_start_there_is_no_zero(walks):
    """A record whose first pulse stands at its very start: NOT RUN, the zero of the probe is not known."""
    pulses = walks.pulses([np.array([0.0001]), *walks.instants()])
    record = walks.record(pulses=pulses)
    record = dataclasses.replace(
        record, idle={"voltage": _quiet(0.0, 0.0, 10.0)}, accuracy={**record.accuracy, "voltage": walks.accuracy}
    )
    assert walks.judge(record, "residual_voltage", "within", -0.05, 0.05).outcome is Outcome.NOT_RUN
