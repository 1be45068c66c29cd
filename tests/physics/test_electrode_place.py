"""Where the electrodes are: thresholds by place, knee and day; set-up errors (foot_drop.md, last row)."""

import numpy as np
import pytest

from sim.body.nerve import nerve_of, prescribed_knee_rad, recruitment
from sim.body.recruitment import recruited_ratio
from sim.electrode.placement import CENTRED, Electrodes, ElectrodeShift, implanted, worn
from sim.pulse import PULSE_DTYPE
from sim.streams import Streams

STEADY_AT = {position: Electrodes(position_m=position, knee_ratio=0.0) for position in (0.0, 0.01, -0.008)}


def _pulses(height_a, n=1, channel=1):
    pulses = np.zeros(n, PULSE_DTYPE)
    pulses["phase1_a"], pulses["phase1_s"], pulses["channel"] = height_a, 300e-6, channel
    return pulses


def _share(patient, x, factor):
    return patient.excitability_ratio * recruited_ratio(x / factor, patient.recruitment_mid, patient.recruitment_width)


def test_threshold_grows_with_the_square_of_the_distance(stroke):
    """10 mm beside the deep branch its threshold is 1.44 times higher; 8 mm towards the other that one's is lowest."""
    x = 0.030 / (stroke.rheobase_a * (1.0 + stroke.chronaxie_s / 300e-6))
    for position, deep, superficial in (
        (0.0, 1.0, 1 + 64 / 225),
        (0.01, 1 + 100 / 225, 2.44),
        (-0.008, 1 + 64 / 225, 1.0),
    ):
        for branch, factor in enumerate((deep, superficial)):
            share = recruitment(stroke, _pulses(0.030), STEADY_AT[position], branch)[0]
            assert share == pytest.approx(_share(stroke, x, factor), rel=1e-12)


def test_a_bent_knee_raises_the_threshold(stroke):
    """I_th (1 + 0.1 sin knee): at 60 deg 8.7 % more current is needed; an implant does not care."""
    still, bent = np.zeros(1), np.full(1, np.radians(60.0))
    at_ns = np.zeros(1, np.int64)
    nerve = nerve_of(stroke, CENTRED)
    lifted, _ = nerve.feel(_pulses(0.030 * (1.0 + 0.1 * np.sin(bent[0]))), at_ns, bent)
    straight, _ = nerve.feel(_pulses(0.030), at_ns, still)
    assert lifted[0, 0] == pytest.approx(straight[0, 0], rel=1e-9)
    inside = nerve_of(stroke, implanted("cuff_4"))
    assert (
        inside.feel(_pulses(0.001), at_ns, bent)[0].tobytes() == inside.feel(_pulses(0.001), at_ns, still)[0].tobytes()
    )


def test_the_knee_of_a_pulse_is_that_of_the_prescribed_cycle(stroke, winter, without_noise, stroll):
    """At the peak of swing it is the class's knee peak; while the patient stands it is that of mid-stance."""
    walker, schedule = stroll(without_noise(stroke), 0.55, 2)
    bases = np.stack([walker.stride_curves(1)])
    t_ns = np.arange(int(schedule.toe_off_ns[1]), int(schedule.t0_ns[2]), 1_000_000)
    assert prescribed_knee_rad(t_ns, schedule, bases).max() == pytest.approx(stroke.knee_peak_rad, abs=0.03)
    standing = prescribed_knee_rad(np.array([0, 1_000_000_000]), schedule, bases)
    assert standing[0] == standing[1]


def test_donning_and_day_are_drawn_from_streams_of_their_own():
    """SD of 400 donnings within 15 % of 6 mm, CV of thresholds of 15 %; a seed draws once; 0 moves nothing."""
    asked = Electrodes(donning_sd_m=0.006, threshold_cv_ratio=0.15)
    found = [worn(asked, Streams(seed)) for seed in range(400)]
    assert np.std([each.position_m for each, _ in found]) == pytest.approx(0.006, rel=0.15)
    assert np.std(np.log([day for _, day in found])) == pytest.approx(0.15, rel=0.15)
    assert worn(asked, Streams(7)) == worn(asked, Streams(7))
    assert worn(CENTRED, Streams(7)) == (CENTRED, 1.0)


def test_a_shift_acts_from_its_instant_on(stroke):
    """Electrodes that slip 10 mm at 2 s recruit as centred ones before and as misplaced ones after."""
    nerve = nerve_of(stroke, STEADY_AT[0.0], (ElectrodeShift(2_000_000_000, 0.01),))
    felt, _ = nerve.feel(_pulses(0.030, 2), np.array([1_999_999_999, 2_000_000_000]), np.zeros(2))
    for row, position in enumerate((0.0, 0.01)):
        assert felt[row, 0] == recruitment(stroke, _pulses(0.030), STEADY_AT[position])[0]


def test_electrodes_on_the_other_leg_do_nothing_here(stroke, stroll, stimulation):
    """The walk of the paretic leg keeps every bit; the same pulses on the right leg lift it (control)."""
    pulses = stimulation(stroke, 0.3)
    bare = stroll(stroke, 0.55, 4)[0].strides()
    wrong = stroll(stroke, 0.55, 4, pulses=pulses, electrodes=Electrodes(leg="other"))[0].strides()
    right = stroll(stroke, 0.55, 4, pulses=pulses)[0].strides()
    assert all(values.tobytes() == wrong[name].tobytes() for name, values in bare.items())
    assert (right["ankle_ic_rad"] - bare["ankle_ic_rad"]).min() > np.radians(5.0)


def test_misplaced_electrodes_lose_clearance(stroke, without_noise, stroll, stimulation):
    """Wrong by 10 mm to the front, the titrated current hardly lifts the foot any more."""
    pulses, patient = stimulation(stroke, 0.05), without_noise(stroke)
    lift = {}
    for position in (0.0, 0.01):
        aided = stroll(patient, 0.55, 3, compensation="none", pulses=pulses, electrodes=STEADY_AT[position])[
            0
        ].strides()
        bare = stroll(patient, 0.55, 3, compensation="none")[0].strides()
        lift[position] = (aided["ankle_ic_rad"] - bare["ankle_ic_rad"]).mean()
    assert lift[0.0] > np.radians(4.0)
    assert lift[0.01] < 0.2 * lift[0.0]
