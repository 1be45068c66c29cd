"""Measures of single pulses, of charge and of direct current: truth, seeded defect, and what cannot be measured."""

import dataclasses
import math

import numpy as np
import pytest

from reports.verdict import Outcome
from rig.pulse_uncertainty import pulse_uncertainty

N_PER_TRAIN = 33


def _first_u(walks, field):
    """Terms of a plateau pulse."""
    return pulse_uncertainty(walks.accuracy, 0.030, 300e-6, 300e-6, 100e-6, phase2_a=-0.030, window_s=1.0e-3)[field]


@pytest.mark.parametrize(("phase", "field"), [("1", "phase1_s"), ("2", "phase2_s")])
def test_width_of_the_plateau_pulses(walks, phase, field):
    """Every pulse on the plateau is 300 us wide; the ramps (set 0.2 s and a period) are left out."""
    samples = walks.samples(walks.record(), "pulse_width", phase=phase)
    assert samples.values == pytest.approx(300e-6) and 10 * 14 <= samples.values.size <= 10 * 17
    u = math.sqrt(sum(float(part.standard[0]) ** 2 for part in _first_u(walks, field)))
    assert samples.expanded == pytest.approx(2 * u, rel=1e-6)


def test_all_pulses_can_be_asked_for(walks):
    """With the ramps in, the narrowest is a ninth."""
    samples = walks.samples(walks.record(), "pulse_width", pulses="all")
    assert samples.values.size == 330 and samples.values.min() == pytest.approx(300e-6 / 9)


def test_the_plateau_without_set_ramps_keeps_a_weak_pulse_in_its_middle(walks):
    """A defect is never taken for a ramp: a narrow pulse amid the plateau stays in."""
    for name in ("ramp_up", "ramp_down"):
        del walks.programmed[name]
    pulses = walks.pulses()
    pulses["phase1_s"][16], pulses["charge1_c"][16] = 100e-6, 3e-6
    record = walks.record(pulses)
    samples = walks.samples(record, "pulse_width")
    assert samples.values.min() == pytest.approx(100e-6)
    verdict = walks.judge(record, "pulse_width", "within", 0.8, 1.2, of_setting="pulse_width")
    assert verdict.outcome is Outcome.FAIL and verdict.worst_stride == 1


def test_width_drift_fails(walks):
    """Positive control: 25 % wider against -+ 20 % of set."""
    record = walks.record(walks.pulses(level=1.25))
    for phase in ("1", "2"):
        asked = {"of_setting": "pulse_width", "parameters": {"phase": phase}}
        assert walks.judge(record, "pulse_width", "within", 0.8, 1.2, **asked).outcome is Outcome.FAIL
        assert walks.judge(walks.record(), "pulse_width", "within", 0.8, 1.2, **asked).outcome is Outcome.PASS


def test_a_device_without_second_phase_cannot_pass_on_it(walks):
    """Nothing to measure is not a PASS."""
    pulses = walks.pulses()
    pulses["phase2_s"] = pulses["gap_s"] = np.nan
    record = walks.record(pulses)
    verdict = walks.judge(
        record, "pulse_width", "within", 0.8, 1.2, of_setting="pulse_width", parameters={"phase": "2"}
    )
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert walks.judge(record, "interphase_gap", high=1.0).outcome is Outcome.INCONCLUSIVE


def test_gap_between_the_phases(walks):
    """100 us; 150 us breaks -+ 20 % of set."""
    assert walks.samples(walks.record(), "interphase_gap").values == pytest.approx(100e-6)
    pulses = walks.pulses()
    pulses["gap_s"][49] = 150e-6
    record = walks.record(pulses)
    verdict = walks.judge(record, "interphase_gap", "within", 0.8, 1.2, of_setting="gap")
    assert verdict.outcome is Outcome.FAIL and verdict.worst_stride == 2


def test_current_is_a_magnitude_in_the_polarity_of_the_first_pulse(walks):
    """A cathodic device is held against a positive setting; one pulse turned round stands out."""
    pulses = walks.pulses()
    for name in ("phase1_a", "phase2_a", "charge1_c", "charge2_c"):
        pulses[name] *= -1.0
    assert walks.samples(walks.record(pulses), "phase_current").values == pytest.approx(0.030)
    pulses["phase1_a"][50] *= -1.0
    verdict = walks.judge(walks.record(pulses), "phase_current", "within", 0.8, 1.2, of_setting="current")
    assert verdict.outcome is Outcome.FAIL and verdict.value == pytest.approx(-0.030)


def test_a_weak_pulse_fails_the_current(walks):
    """Positive control: 20 mA of 30 mA."""
    pulses = walks.pulses()
    pulses["phase1_a"][49] = 0.020
    record = walks.record(pulses)
    verdict = walks.judge(record, "phase_current", "within", 0.8, 1.2, of_setting="current")
    assert verdict.outcome is Outcome.FAIL and "20 mA < 24 mA (-4 mA)" in verdict.reason


def test_of_set_without_a_setting_is_not_run(walks):
    """Nobody knows what was set."""
    del walks.programmed["current"]
    verdict = walks.judge(walks.record(), "phase_current", "within", 0.8, 1.2, of_setting="current")
    assert verdict.outcome is Outcome.NOT_RUN and "current" in verdict.reason


@pytest.mark.parametrize(
    ("measure", "high"),
    [("phase_current", 0.05), ("pulse_width", 1e-3), ("phase_charge", 1e-3), ("net_charge", 1.0), ("dc", 1.0)],
)
def test_clipping_never_passes(walks, measure, high):
    """A clipped pulse gives no value; a check that meets one cannot pass (d.c. reads quiet cells and can)."""
    pulses = walks.pulses()
    for name in ("phase1_a", "phase1_s", "charge1_c", "net_c"):
        pulses[name][49] = np.nan
    pulses["clipped"][49] = 1
    verdict = walks.judge(walks.record(pulses, clipped={"current": 12}), measure, high=high)
    assert verdict.outcome is (Outcome.PASS if measure == "dc" else Outcome.INCONCLUSIVE)
    assert walks.judge(walks.record(), measure, high=high).outcome is Outcome.PASS


def test_a_clipped_capture_forbids_outcomes_after_it(walks):
    """What the nerve got is not known from the first clipped pulse on; a scuff seen before stands."""
    pulses = walks.pulses()
    pulses["clipped"][5 * N_PER_TRAIN] = 1
    clean = walks.record(pulses, clipped={"current": 3})
    assert walks.judge(clean, "min_toe_clearance", "at_least", low=0.005).outcome is Outcome.INCONCLUSIVE
    low = walks.record(pulses, walks.strides(mtc_m=[0.015, 0.001, *[0.015] * 8]), clipped={"current": 3})
    assert walks.judge(low, "min_toe_clearance", "at_least", low=0.005).outcome is Outcome.FAIL
    late = walks.record(pulses, walks.strides(mtc_m=[*[0.015] * 8, 0.001, 0.015]), clipped={"current": 3})
    assert walks.judge(late, "min_toe_clearance", "at_least", low=0.005).outcome is Outcome.INCONCLUSIVE


def test_phase_charge_is_a_magnitude(walks):
    """30 mA for 300 us is 9 uC in both phases; the ramps have less. 60 uC is the positive control's limit."""
    for phase in ("1", "2"):
        samples = walks.samples(walks.record(), "phase_charge", phase=phase)
        assert samples.values.max() == pytest.approx(9e-6) and samples.values.min() == pytest.approx(1e-6)
    verdict = walks.judge(walks.record(), "phase_charge", high=8e-6)
    assert verdict.outcome is Outcome.FAIL and verdict.worst_stride == 1


def test_net_charge_of_a_train_averages_noise_but_not_inl(walks):
    """Net charge 5 nC in every pulse: the mean is 5 nC; its random part shrinks by sqrt(33), its INL part does not."""
    pulses = walks.pulses(ramped=False)
    pulses["net_c"] = 5e-9
    record = walks.record(pulses)
    one, train = walks.samples(record, "net_charge", per="pulse"), walks.samples(record, "net_charge", per="train")
    assert one.values == pytest.approx(5e-9) and train.values == pytest.approx(5e-9) and train.values.size == 10
    u = _first_u(walks, "net_c")
    lasting = math.sqrt(sum(float(p.standard[0]) ** 2 for p in u if p.systematic))
    noisy = math.sqrt(sum(float(p.standard[0]) ** 2 for p in u if not p.systematic))
    # the level under a pulse comes from the quiet cells around it, fewer or more of them
    assert one.expanded == pytest.approx(2 * math.hypot(lasting, noisy), rel=5e-3)
    assert train.systematic == pytest.approx(2 * lasting, rel=1e-3)
    random = np.sqrt(one.expanded**2 - one.systematic**2).reshape(10, N_PER_TRAIN)
    mean = np.sqrt(np.mean(random**2, axis=1)) / math.sqrt(N_PER_TRAIN)
    assert np.sqrt(train.expanded**2 - train.systematic**2) == pytest.approx(mean, rel=1e-6)
    assert train.t0_s[0] == pytest.approx(2.64) and train.t1_s[0] == pytest.approx(3.44 + 1e-3)


def test_the_uncertainty_of_a_train_is_what_its_mean_scatters(walks):
    """Monte Carlo: pulses with the stated random error and one INL error a run; 95 % of the means lie within U."""
    pulses = walks.pulses(ramped=False)
    u = _first_u(walks, "net_c")
    lasting = math.sqrt(sum(float(p.standard[0]) ** 2 for p in u if p.systematic))
    noisy = math.sqrt(sum(float(p.standard[0]) ** 2 for p in u if not p.systematic))
    draw = np.random.default_rng(7)
    inside = []
    for _ in range(40):
        pulses["net_c"] = lasting * draw.standard_normal() + noisy * draw.standard_normal(pulses.size)
        samples = walks.samples(walks.record(pulses), "net_charge")
        inside.append(np.abs(samples.values) <= samples.expanded)
    assert 0.88 <= np.mean(inside) <= 1.0


def test_an_unbalanced_train_fails_and_one_near_the_limit_is_inconclusive(walks):
    """Positive control: 150 nC against -+ 100 nC; 99.9 nC is nearer to the limit than U (some nanocoulombs)."""
    words = {}
    for net_c in (0.0, 99.0e-9, 150e-9, -150e-9):
        pulses = walks.pulses()
        pulses["net_c"] = net_c
        words[net_c] = walks.judge(walks.record(pulses), "net_charge", "within", -100e-9, 100e-9).outcome
    assert list(words.values()) == [Outcome.PASS, Outcome.INCONCLUSIVE, Outcome.FAIL, Outcome.FAIL]


def test_train_charge_is_the_sum(walks):
    """33 pulses of 5 nC are 165 nC; U grows with n for INL and with sqrt(n) for noise."""
    pulses = walks.pulses(ramped=False)
    pulses["net_c"] = 5e-9
    record = walks.record(pulses)
    mean, total = walks.samples(record, "net_charge"), walks.samples(record, "train_charge")
    assert total.values == pytest.approx(165e-9) and total.expanded == pytest.approx(33 * mean.expanded)
    assert walks.judge(record, "train_charge", high=100e-9).outcome is Outcome.FAIL


def test_a_tail_that_outlasts_its_window_cannot_pass(walks):
    """Passive recharge that is cut off: what is still to come is not known."""
    pulses = walks.pulses()
    pulses["tail_done"][115] = 0
    for measure in ("net_charge", "train_charge", "charge_imbalance"):
        verdict = walks.judge(walks.record(pulses), measure, high=1.0)
        assert verdict.outcome is Outcome.INCONCLUSIVE and "tail" in verdict.reason


@pytest.mark.parametrize("per", ["pulse", "train"])
def test_imbalance_is_net_over_phase(walks, per):
    """-180 nC of 9 uC are 2 %, whatever the sign."""
    pulses = walks.pulses()
    pulses["net_c"] = -0.02 * pulses["charge1_c"]
    record = walks.record(pulses)
    assert walks.samples(record, "charge_imbalance", per=per).values == pytest.approx(0.02)
    assert walks.judge(record, "charge_imbalance", high=0.01, parameters={"per": per}).outcome is Outcome.FAIL
    assert walks.judge(walks.record(), "charge_imbalance", high=0.01, parameters={"per": per}).outcome is Outcome.PASS


def test_direct_current_is_the_mean_of_the_quiet_cells(walks):
    """0.4 uA leak; U is the offset's bound over sqrt(3), twice: the mean of 1450 cells has no noise left."""
    record = walks.record()
    leaky = dataclasses.replace(record, idle={"current": walks.idle(14.5, 0.4e-6)})
    samples = walks.samples(leaky, "dc")
    assert samples.values == pytest.approx([0.4e-6]) and samples.items == [1450]
    assert samples.expanded == pytest.approx([2 * 0.6e-6 / math.sqrt(3.0)], rel=1e-3)
    assert walks.judge(leaky, "dc", "within", -10e-6, 10e-6).outcome is Outcome.PASS
    bad = dataclasses.replace(record, idle={"current": walks.idle(14.5, 20e-6)})
    assert walks.judge(bad, "dc", "within", -10e-6, 10e-6).outcome is Outcome.FAIL
    near = dataclasses.replace(record, idle={"current": walks.idle(14.5, 9.8e-6)})
    assert walks.judge(near, "dc", "within", -10e-6, 10e-6).outcome is Outcome.INCONCLUSIVE


def test_direct_current_is_cut_by_during(walks, event, during):
    """The leak begins with an event; `until` it there is none."""
    planned, became = event("leak", 7.0)
    record = walks.record(events=(became,), planned=(planned,))
    cells = record.idle["current"]
    cells.mean[cells.t0_s >= 7.0] = 20e-6
    until = walks.judge(record, "dc", "within", -10e-6, 10e-6, during=during(until_event="leak"))
    after = walks.judge(record, "dc", "within", -10e-6, 10e-6, during=during(from_event="leak"))
    assert until.outcome is Outcome.PASS and until.dropped > 0 and until.n == 700
    assert after.outcome is Outcome.FAIL


@pytest.mark.parametrize("measure", ["latency", "net_charge", "pulse_width", "dc", "missing_pulses", "on_time"])
def test_device_checks_without_waveform_are_not_run(walks, measure):
    """`keep: none` renders no waveform: pulses come from the plant and say nothing about the device."""
    record = walks.record(keep="none")
    kind = "never" if measure == "missing_pulses" else "at_most"
    verdict = walks.judge(record, measure, kind, high=None if kind == "never" else 1.0)
    assert verdict.outcome is Outcome.NOT_RUN and verdict.reason == "no waveform"
    assert walks.judge(record, "min_toe_clearance", "at_least", low=0.005).outcome is Outcome.PASS
