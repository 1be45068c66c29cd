"""Deep and superficial branch: eversion and inversion by moment arms, and where the electrodes must sit (row 6)."""

from dataclasses import replace

import numpy as np
import pytest

from sim.body.subtalar import DEEP_ARM_M, DEEP_MUSCLES, SUPERFICIAL_ARM_M, everting_moment_n_m
from sim.electrode.placement import Electrodes, implanted
from sim.pulse import PULSE_DTYPE

BETWEEN = Electrodes(position_m=-0.004)
"""Midway between the branches: where a therapist gets dorsiflexion with a little eversion."""


FELT = ("sensed", "over_comfort")
"""What the skin says about pulses; no movement."""


def trains(schedule, height_a, channel=1, ramp_s=0.2, width_s=300e-6):
    """40 Hz from heel-off to the next heel strike, ramped up."""
    found = []
    for k in range(schedule.strides + 1):
        t_s = np.arange(schedule.heel_off_ns[k] / 1e9, schedule.t0_ns[k + 1] / 1e9, 1 / 40)
        train = np.zeros(t_s.size, PULSE_DTYPE)
        train["t_s"], train["channel"] = t_s, channel
        train["phase1_a"] = height_a * np.clip((t_s - t_s[0] + 1e-3) / ramp_s, 0.0, 1.0)
        found.append(train)
    train = np.concatenate(found)
    train["phase1_s"] = train["phase2_s"] = width_s
    train["gap_s"], train["phase2_a"] = 100e-6, -train["phase1_a"]
    return train


def change(stroll, patient, speed_m_s, name, electrodes, height_a, channel=1):
    """Mean change of a column by stimulation, acute."""
    still = {"compensation": "none", "electrodes": electrodes}
    bare = stroll(patient, speed_m_s, 5, **still)[0].strides()
    aided = stroll(patient, speed_m_s, 5, pulses=lambda s: trains(s, height_a, channel), **still)[0].strides()
    return float((aided[name] - bare[name])[1:].mean())


@pytest.mark.kernels
def test_moments_follow_the_arms():
    """Gait2392: tibialis anterior alone inverts by 11.6 N m, the whole deep branch by 2.5, the peronei evert by 38."""
    alone = sum(force * arm for force, arm in DEEP_MUSCLES[:1])
    assert alone == pytest.approx(-11.6, abs=0.05)
    from sim.body import layout as at

    const = np.zeros(at.CONSTANTS)
    const[at.C_FORCE], const[at.C_EVERTERS] = 1600.0, 1378.0
    assert everting_moment_n_m(1.0, 0.0, const) == pytest.approx(-2.5, abs=0.1)
    assert everting_moment_n_m(0.0, 1.0, const) == pytest.approx(38.2, abs=0.1)
    assert DEEP_ARM_M < 0.0 < SUPERFICIAL_ARM_M


def test_the_deep_branch_inverts_and_the_superficial_one_everts(stroke, without_noise, stroll):
    """One channel at each branch (a two-channel implant): signs of eversion and of dorsiflexion, each by itself."""
    patient, interface = without_noise(stroke), implanted("deep_superficial")
    by = {
        (name, channel): change(stroll, patient, 0.55, name, interface, 0.0008, channel)
        for name in ("eversion_swing_rad", "ankle_ic_rad")
        for channel in (1, 2)
    }
    print({key: round(float(np.degrees(value)), 2) for key, value in by.items()})
    assert by["ankle_ic_rad", 1] > np.radians(3.0)
    assert np.radians(-2.0) < by["eversion_swing_rad", 1] < 0.0
    assert by["eversion_swing_rad", 2] > np.radians(2.0)
    assert np.radians(-5.0) < by["ankle_ic_rad", 2] < 0.0


def test_electrodes_between_the_branches_do_what_robison_found(stroke, without_noise, stroll):
    """Row 6: titrated to +5 deg at contact (3-8), swing inversion falls by 3.6 deg (2-5.5) (Robison 2022, n = 32).

    Over the deep branch alone the same dorsiflexion comes without eversion: place decides, not strength.
    """
    patient = without_noise(stroke)
    lift, eversion = (
        np.degrees(change(stroll, patient, 0.55, name, BETWEEN, 0.0285))
        for name in ("ankle_ic_rad", "eversion_swing_rad")
    )
    print(f"between the branches: {lift:+.1f} deg at contact, {eversion:+.1f} deg of eversion in swing")
    assert 3.0 < lift < 8.0
    assert 2.0 < eversion < 5.5
    over_deep = np.degrees(change(stroll, patient, 0.55, "eversion_swing_rad", Electrodes(), 0.026))
    assert abs(over_deep) < 0.5


def test_a_partial_lesion_leaves_what_its_axons_leave(stroke, without_noise, stroll):
    """Dead superficial axons: no eversion at all from any place; dead deep ones: no dorsiflexion."""
    patient = without_noise(stroke)
    no_everters = replace(patient, superficial_excitability_ratio=0.0)
    no_lifters = replace(patient, excitability_ratio=0.0, superficial_excitability_ratio=0.8)
    assert change(stroll, no_everters, 0.55, "eversion_swing_rad", BETWEEN, 0.03) < 0.0
    assert change(stroll, no_lifters, 0.55, "ankle_ic_rad", BETWEEN, 0.03) < 0.0
    assert change(stroll, no_lifters, 0.55, "eversion_swing_rad", BETWEEN, 0.03) > np.radians(2.0)


def test_denervated_branches_keep_every_bit(peroneal, stroll):
    """Pulses under 1 ms recruit nothing in either branch, wherever the electrodes sit (Pieber 2015)."""
    bare = stroll(peroneal, 0.9, 4, electrodes=BETWEEN)[0].strides()
    hit = stroll(peroneal, 0.9, 4, electrodes=BETWEEN, pulses=lambda s: trains(s, 0.08, width_s=900e-6))[0].strides()
    assert [name for name in bare if name not in FELT and bare[name].tobytes() != hit[name].tobytes()] == []


def test_a_channel_that_reaches_nothing_leaves_no_trace(stroke, stroll):
    """Pulses of one channel under its threshold change no bit beside those of another that recruits."""
    interface = implanted("deep_superficial")

    def both(schedule):
        train = np.concatenate([trains(schedule, 0.0008, 1), trains(schedule, 0.0004, 2)])
        return train[np.argsort(train["t_s"], kind="stable")]

    one = stroll(stroke, 0.55, 4, electrodes=interface, pulses=lambda s: trains(s, 0.0008, 1))[0].strides()
    two = stroll(stroke, 0.55, 4, electrodes=interface, pulses=both)[0].strides()
    moved = [name for name in one if name not in FELT and one[name].tobytes() != two[name].tobytes()]
    assert moved == []
