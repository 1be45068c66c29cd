"""A phase 2 that is low, or decays, right behind phase 1: the random captures of the uncertainty proof found these."""

import numpy as np
import pytest
from random_captures import drawn, record_of

from sim.front_end_settings import AnalogInput, FrontEndSettings

CARD = FrontEndSettings(AnalogInput(gain_bound_ratio=0.0, inl_bound_v=0.0), tap_ohm=250.0)


@pytest.mark.parametrize(("width2_s", "current2_a"), [(1.7577e-3, -3.8e-3), (4.486e-4, -15.3e-3)])
def test_without_a_gap_phase_2_begins_where_phase_1_ends(width2_s, current2_a):
    """15 mA for 448.6 us and a quarter of it for the rest: behind the filter phase 2 crosses the baseline three samples
    late, and neither a gap nor half of the charge may be made of that."""
    what = drawn(
        (1, 1), waveform="asymmetric", current_a=15e-3, width_s=448.6e-6, gap_s=0.0, width2_s=width2_s,
        current2_a=current2_a, leak_a=0.0, clock_ratio=0.0, tau_ratio=1.0, front_end=CARD,
    )  # fmt: skip
    pulses = record_of(what).pulses
    assert np.all(pulses["gap_s"] == 0.0)
    assert pulses["phase1_s"] == pytest.approx(448.6e-6, abs=0.1e-6)
    assert pulses["phase2_s"] == pytest.approx(width2_s, abs=0.1e-6)
    assert pulses["charge1_c"] == pytest.approx(15e-3 * 448.6e-6, rel=2e-3)


def test_a_discharge_without_a_gap_has_a_steep_edge():
    """The edge leads to the peak of the discharge, not to its mean height: the width of phase 1 keeps to 30 ns."""
    what = drawn(
        (1, 2), waveform="coupled", current_a=15e-3, width_s=100.3e-6, gap_s=0.0, width2_s=200e-6,
        current2_a=-7.5e-3, leak_a=0.0, clock_ratio=0.0, tau_ratio=1.0, front_end=CARD,
    )  # fmt: skip
    assert record_of(what).pulses["phase1_s"] == pytest.approx(100.3e-6, abs=30e-9)
