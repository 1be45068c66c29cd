"""Strength-duration law and recruitment (row 24, the denervated muscle: validation table)."""

import numpy as np
import pytest

from sim.body.nerve import recruitment
from sim.body.recruitment import recruited_ratio, threshold_a
from sim.pulse import PULSE_DTYPE


@pytest.mark.kernels
def test_strength_duration_law():
    """Weiss: 36, 24, 20, 18.7 mA at 100, 200, 300, 360 us for 12 mA and 200 us; charge is linear in the width."""
    for width_us, current_ma in ((100, 36.0), (200, 24.0), (300, 20.0), (360, 18.667)):
        assert threshold_a(width_us * 1e-6, 0.012, 200e-6) == pytest.approx(current_ma * 1e-3, rel=1e-4)
    charge = [threshold_a(w, 0.012, 200e-6) * w for w in (100e-6, 200e-6, 300e-6)]
    assert charge[1] - charge[0] == pytest.approx(charge[2] - charge[1], rel=1e-12)


@pytest.mark.kernels
def test_recruitment_curve():
    """R = .013, .032, .058, .145, .59, .92 at 1.1, 1.2, 1.3, 1.5, 2.0, 2.5 times threshold; 0 up to the threshold."""
    for x, share in ((1.1, 0.013), (1.2, 0.032), (1.3, 0.058), (1.5, 0.145), (2.0, 0.59), (2.5, 0.92)):
        assert recruited_ratio(x, 1.9, 0.25) == pytest.approx(share, abs=0.006)
    assert recruited_ratio(1.0, 1.9, 0.25) == 0.0
    assert recruited_ratio(0.2, 1.9, 0.25) == 0.0


def _share(patient, **fields):
    pulse = np.zeros(1, PULSE_DTYPE)
    for name, value in fields.items():
        pulse[name] = value
    return float(recruitment(patient, pulse)[0])


def test_which_phase_excites(healthy):
    """A reversal without a gap takes excitation back; a gap of 100 us restores it; the wrong polarity recruits less."""
    phase = {"phase1_a": 0.030, "phase1_s": 300e-6}
    alone = _share(healthy, **phase)
    symmetric = {"phase2_a": -0.030, "phase2_s": 300e-6}
    gapless = _share(healthy, **phase, **symmetric)
    spaced = _share(healthy, **phase, **symmetric, gap_s=100e-6)
    shallow = _share(healthy, **phase, phase2_a=-0.003, phase2_s=3000e-6)
    assert gapless < shallow < alone
    assert spaced == alone
    assert _share(healthy, phase1_a=-0.030, phase1_s=300e-6, phase2_a=0.003, phase2_s=3000e-6) < 0.1 * alone
    assert _share(healthy, phase1_a=-0.030, phase1_s=300e-6, phase2_a=0.030, phase2_s=300e-6) > 0.0
