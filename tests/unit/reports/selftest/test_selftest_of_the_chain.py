"""The self-test of the measuring chain, and that it would fail: seeded bugs in estimators, blind guards."""

from dataclasses import replace

import numpy as np
import pytest

from reports.selftest import chain, recovery
from reports.selftest.instruments import INSTRUMENTS
from reports.selftest.result import run_selftest
from reports.selftest.waveforms import FULL, LOAD_OHM, QUICK, edges_of
from rig.finder import PulseFinder
from sim.front_end_settings import FrontEndSettings

BALANCED = QUICK[:1]
BY_NAME = {instrument.name: instrument for instrument in INSTRUMENTS}
CARD = FrontEndSettings()


def tried(*names, references=BALANCED, card=CARD):
    return run_selftest("virtual", card, 50.0, instruments=[BY_NAME[name] for name in names], references=references)


@pytest.mark.parametrize("reference", FULL, ids=lambda reference: reference.name)
def test_a_reference_holds_the_charge_that_it_states(reference):
    """Integral of the exact segments, pulse by pulse: the stated net charge, d.c. apart (closed form); Ohm's law."""
    edges = edges_of(reference)
    rows = edges.channels[0]
    dt_s = np.diff(np.append(rows["t_ns"], edges.t1_ns)) * 1e-9
    tail = rows["i_b_a"] * rows["tau_s"] * -np.expm1(-dt_s / rows["tau_s"])
    total_c = float((rows["i_a"] * dt_s + tail).sum())
    expected_c = reference.pulses * reference.net_c + reference.dc_a * edges.t1_ns * 1e-9
    assert total_c == pytest.approx(expected_c, abs=1e-15)
    np.testing.assert_allclose(rows["v_v"], rows["i_a"] * LOAD_OHM)
    assert reference.truth()["rate"] == pytest.approx(reference.rate_hz, rel=2e-5)


def test_the_card_that_ships_passes():
    """Sound instruments within U and without a report; every fault noticed: the same document twice, byte for byte."""
    result = run_selftest("virtual", CARD, 50.0)
    document = result.document()
    assert document["verdict"] == "PASS" and document["failed"] == 0 and document["unnoticed"] == 0
    assert len(document["instruments"]) == len(INSTRUMENTS) >= 20
    for row in document["instruments"]:
        assert row["ok"] and (row["outcome"] == "within U") == (row["expected"] == "sound"), row
    assert repr(run_selftest("virtual", CARD, 50.0).document()) == repr(document)


def spoilt_finder(**factors):
    """A finder whose fields come out wrong: field -> (factor, addend)."""

    class Spoilt(PulseFinder):
        def _wrong(self, pulses):
            for field, (factor, addend) in factors.items():
                pulses[field] = pulses[field] * factor + addend
            return pulses

        def feed(self, current):
            return self._wrong(super().feed(current))

        def finish(self):
            return self._wrong(super().finish())

    return Spoilt


BUGS = {
    "baseline off by a code": {"net_c": (1.0, 1.22e-6 * 1e-3 * 3)},
    "charge window half": {"net_c": (1.0, 2.9e-6), "charge2_c": (0.5, 0.0)},
    "width a quarter of a sample long": {"phase1_s": (1.0, 0.25e-6)},
    "gap not corrected for the filter": {"gap_s": (1.0, 2e-6)},
    "amplitude of the peak, not of the plateau": {"phase1_a": (1.01, 0.0)},
    "time stretched": {"t_s": (1.001, 0.0)},
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_seeded_bug_of_an_estimator_fails_the_self_test(bug, monkeypatch):
    """Mutation evidence (regulatory.md, D1): the self-test that cannot fail shows nothing."""
    assert not tried("perfect").failed
    monkeypatch.setattr(chain, "PulseFinder", spoilt_finder(**BUGS[bug]))
    assert len(tried("perfect").failed) == 1


def test_an_uncertainty_that_is_too_small_fails_the_self_test(monkeypatch):
    """Gain at its bound lies within U; within a third of U it does not."""
    honest = recovery._expanded_of_mean
    assert not tried("gain").failed
    monkeypatch.setattr(recovery, "_expanded_of_mean", lambda samples: honest(samples) / 3.0)
    assert tried("gain").failed


def test_blind_guards_fail_the_self_test(monkeypatch):
    """Without zero and span a wrong scale goes by; without the watch over the capture a missing filter does no harm to
    one reference, but dropped samples do."""
    monkeypatch.setattr(chain, "out_of_tolerance", lambda *_: "")
    assert {trial.instrument for trial in tried("wrong scale", "INL too large").failed} == {
        "wrong scale",
        "INL too large",
    }
    monkeypatch.undo()

    class Blind(chain.CaptureWatch):
        def feed(self, *_):
            """See nothing."""

    monkeypatch.setattr(chain, "CaptureWatch", Blind)
    assert {trial.instrument for trial in tried("dropped samples", "wrong rate").failed} == {
        "dropped samples",
        "wrong rate",
    }


def test_a_bench_without_zero_and_span_says_what_it_cannot_see():
    """Such a bench may measure, but its self-test names the faults that nothing on it would show."""
    result = tried("perfect", "wrong scale", "INL too large", card=replace(CARD, takes_zero=False))
    assert not result.failed
    assert {trial.instrument for trial in result.unnoticed} == {"wrong scale", "INL too large"}
    assert result.document()["unnoticed"] == 2


@pytest.mark.parametrize("tap_ohm", [10.0, 100.0, 5000.0])
def test_a_bench_with_a_tap_of_its_own(tap_ohm):
    """The references fit the range of the card, whatever its tap is: nothing clips, everything lies within U."""
    assert not tried("perfect", "gain", "wrong scale", card=replace(CARD, tap_ohm=tap_ohm)).failed


@pytest.mark.proof
def test_every_waveform_through_every_instrument():
    """299 trials: 13 waveforms, 23 instruments."""
    result = run_selftest("virtual", CARD, 50.0, full=True)
    print(f"\nselftest --full: {len(result.trials)} trials, {len(result.failed)} failed")
    assert not result.failed
