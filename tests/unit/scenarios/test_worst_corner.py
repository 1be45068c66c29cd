"""The search for the worst corner of the settings, against closed forms and against every point of its own grid."""

import dataclasses
import math

import pytest

from scenarios.corner import QUANTITIES, grid, predicted, worst_corner
from scenarios.device_file import describe_device, read_device
from scenarios.plugins import assemble_catalogue
from scenarios.text import Text, Where
from sim.electrode.load import NAMED_LOADS

MODELS = assemble_catalogue().models


def device(name):
    where = Where("test", 1, 1)
    return describe_device(read_device(Text(name, where), MODELS, ()), None, None)


@pytest.mark.parametrize("name", ["odfs", "tilt_trigger", "imu_trigger", "implant_four"])
@pytest.mark.parametrize("quantity", QUANTITIES)
def test_no_other_point_of_the_grid_is_worse(name, quantity):
    """Property: the corner is the largest prediction of all points, the ends of every range among them."""
    chosen = device(name)
    worst = worst_corner(chosen, quantity)
    everything = [predicted(quantity, settings) for _, settings in grid(chosen)]
    assert worst.value == pytest.approx(max(everything))
    for setting, value in worst.settings.items():
        allowed = chosen.allowed[setting]
        assert value in allowed if isinstance(allowed, frozenset) else allowed[0] <= value <= allowed[1]


def test_the_worst_r_m_s_current_of_the_reference_device():
    """Closed form: I sqrt(2 w f) at 80 mA, 365 us, 60 Hz (regulatory.md 2.1)."""
    worst = worst_corner(device("odfs"), "rms")
    assert worst.value == pytest.approx(0.080 * math.sqrt(2 * 365e-6 * 60.0))
    assert (worst.settings["current"], worst.settings["pulse_width"], worst.settings["rate"]) == pytest.approx(
        (0.080, 365e-6, 60.0)
    )


def test_energy_and_charge_of_one_pulse():
    """Closed forms: 2 R w I^2 and I w."""
    chosen = device("odfs")
    assert worst_corner(chosen, "energy").value == pytest.approx(500.0 * 2 * 365e-6 * 0.080**2)
    assert worst_corner(chosen, "phase_charge").value == pytest.approx(0.080 * 365e-6)


def test_the_source_gives_no_more_than_its_voltage():
    """80 mA into 10 kohm would need 800 V: 120 V give 12 mA."""
    chosen = device("odfs")
    assert worst_corner(chosen, "phase_charge", NAMED_LOADS["10 kohm"]).value == pytest.approx(0.012 * 365e-6)


def test_channels_that_alternate_add_their_squares():
    """Four channels of an implant at once: twice the rms of one (phase 2 is passive: its part is the same for all)."""
    settings = device("implant_four").settings
    four = dataclasses.replace(settings, **{f"current_{n}_a": 1e-3 for n in range(1, 5)})
    one = dataclasses.replace(settings, current_1_a=1e-3, current_2_a=0.0, current_3_a=0.0, current_4_a=0.0)
    assert predicted("rms", four) == pytest.approx(2.0 * predicted("rms", one))


def test_who_may_set_nothing_has_no_corner():
    """A device file without `allowed`: the worst corner is not known."""
    assert worst_corner(dataclasses.replace(device("odfs"), allowed={}), "rms") is None
