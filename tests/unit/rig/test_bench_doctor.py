"""The doctor: each examination finds the fault that is seeded for it, and nothing on a sound bench.

The simulated bench is wired in one way and described in another: what the doctor reads is the shipped file, what stands
there is that file with one thing changed. Steps are few, so that each visit is short.
"""

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import rig.ni.link as link
import rig.simulated.in_process as in_process
from rig.bench_file.instruments import Calibration
from rig.benches import bench_of, read_bench
from rig.commands.app import main
from rig.commands.context import here
from rig.commands.device import case_around
from rig.doctor.calibrations import calibrations
from rig.doctor.doctor import examine, findings
from rig.doctor.instruments import instruments
from rig.doctor.quiet import zero_and_span
from rig.doctor.timing import clock_offset, repeatability
from rig.doctor.visit import Step, Visit, Walked, case_of_doctor, interlock_step, steps_of, visit
from rig.pulse_source import PulseSource
from rig.zero_span import ZeroSpan
from sim.errors import BenchError
from sim.pulse import PULSE_DTYPE
from sim.sensor.heel_switch import HeelSwitch
from sim.signal import Command, moved

TODAY = date(2026, 11, 22)
LAB = read_bench("simulated")
CONTEXT = here()
CASE = case_of_doctor(LAB, case_around("odfs", CONTEXT))
MODELS = CONTEXT.catalogue.models
PLAIN = (Step(),)
CROSSED = Step("polarity", (Command(0, "polarity", -1, 1),), (Command(0, "polarity", 1, 1),))
INTERLOCK = interlock_step(LAB)
SHOWN = {
    "zero and span",
    "noise floor",
    "wiring",
    "loop delay",
    "quiet device",
    "current",
    "load check",
    "effect",
    "repeatability",
    "safe state",
}


def _words(found):
    return {(each.examination, each.word) for each in found}


def _wired(**terminals):
    """The bench as it stands there: roles at other terminals than the file says."""
    return replace(LAB, wiring=tuple(replace(each, port=terminals.get(each.role, each.port)) for each in LAB.wiring))


def _without(*roles):
    """The lines of these roles end nowhere: what they should move stays as it is."""
    return replace(LAB, wiring=tuple(each for each in LAB.wiring if each.role not in roles))


def _another(name, **changes):
    """Another fixture stands there than the file says."""
    return replace(LAB, fixtures={**LAB.fixtures, name: replace(LAB.fixtures[name], **changes)})


def _half_a_tap():
    taps = LAB.fixtures["taps"].positions
    return _another(
        "taps", positions=tuple(replace(each, value=50.0) if each.name == "t100" else each for each in taps)
    )


def _noisy():
    card = LAB.instruments["card"]
    ranges = tuple(replace(each, noise_v=5.0 * each.noise_v) for each in card.ranges)
    return replace(LAB, instruments={**LAB.instruments, "card": replace(card, ranges=ranges)})


def _with_card(**changes):
    card = replace(LAB.instruments["card"], **changes)
    return replace(LAB, instruments={**LAB.instruments, "card": card})


@pytest.fixture
def standing(monkeypatch):
    """Lets another bench stand there than the file says."""
    real = in_process.open_laboratory

    def stands(actual):
        monkeypatch.setattr(in_process, "open_laboratory", lambda _, case, models: real(actual, case, models))

    return stands


def _visited(steps=PLAIN):
    return list(findings(LAB, visit(bench_of(LAB, MODELS), CASE, steps)))


def test_a_sound_bench_passes():
    """Nothing is wrong; what the bench has not is said to be not here."""
    found = _visited((*PLAIN, *PLAIN, CROSSED, INTERLOCK, Step("after")))
    assert not [each for each in found if each.word in {"FAIL", "NOT SHOWN"}]
    assert {each.examination for each in found if each.word == "PASS"} == SHOWN
    effects = {each.detail.split(" pulses")[0] for each in found if each.detail.startswith("interlock")}
    assert "interlock: its line falls: no pulse any more" in effects and len(effects) == 2


@pytest.mark.proof
def test_a_sound_bench_passes_every_examination():
    """All relays, all loads of the bank that the device can drive, instruments and calibrations too."""
    found = list(examine(LAB, lambda file: bench_of(file, MODELS), CASE, MODELS, TODAY, repeat=25))
    assert not [each for each in found if each.word in {"FAIL", "NOT SHOWN"}]
    examined = Counter(each.examination for each in found if each.word == "PASS")
    assert set(examined) == SHOWN | {"instruments", "card"}
    assert examined["effect"] == 8 and examined["load check"] == 2
    (scatter,) = [each for each in found if each.examination == "repeatability"]
    assert scatter.numbers["n"] == 25


SEEDED = {
    "a tap of half the value": (_half_a_tap, {"current", "load check"}),
    "another reference source": (lambda: _another("reference_source", value=4.5), {"zero and span"}),
    "the sensor not wired back": (lambda: _wired(**{"heel_switch.back": "ai9"}), {"wiring", "loop delay"}),
}
FURTHER = {
    "current and voltage swapped": (lambda: _wired(current="ai1", voltage="ai0"), {"current"}),
    "a 1:10 probe": (lambda: _another("probes", value=0.1), {"load check"}),
    "a noisy input": (_noisy, {"noise floor"}),
    "the sensor on another output": (lambda: _wired(heel_switch="ao3", shank_tilt="ao0"), {"current"}),
}
"""Seeded in the proof only."""


@pytest.mark.parametrize("name", [*SEEDED, *(pytest.param(name, marks=pytest.mark.proof) for name in FURTHER)])
def test_each_wiring_fault_is_found_by_its_examination(name, standing):
    """The examination that is made for the fault says FAIL, with something to do about it."""
    make, wanted = (SEEDED | FURTHER)[name]
    standing(make())
    found = _visited()
    failed = {each.examination for each in found if each.word == "FAIL"}
    assert failed >= wanted, found
    assert all(each.mend for each in found if each.word == "FAIL")


def test_dead_relays_are_found(standing):
    """The line of the crossed leads is cut, and the contact of the interlock is welded: the pulses go on as before."""
    standing(_without("polarity", "interlock"))
    found = [each for each in _visited((CROSSED, INTERLOCK)) if each.examination == "effect"]
    assert [(each.word, each.detail.split(":")[0]) for each in found] == [("FAIL", "polarity"), ("FAIL", "interlock")]
    assert "does the relay of `polarity` click?" in found[0].mend and "pulses still" in found[1].detail


@pytest.mark.proof
@pytest.mark.parametrize("role", ["polarity", "interlock", "contact", "button.stop", "supply.relay", "button.power"])
def test_every_dead_relay_is_found(role, standing):
    """One line at a time is cut: its effect is missed, that of no other."""
    standing(_without(role))
    steps = [each for each in steps_of(LAB, CASE, 2) if each.name not in {"load", "after"}]
    found = [each for each in _visited(steps) if each.examination == "effect"]
    assert {each.detail.split(":")[0] for each in found if each.word == "FAIL"} == {role}


class _SomebodyWalks:
    """A bench whose heel switch is lifted by somebody else, before the doctor's first step."""

    def __init__(self, bench):
        self._bench = bench

    def __getattr__(self, name):
        return getattr(self._bench, name)

    def exchange(self, stimulus):
        heel = stimulus.signals["heel_switch"]
        t_ns = heel.t0_ns + np.arange(heel.samples.size) * heel.period_ns
        lifted = np.where((t_ns > 50_000_000) & (t_ns < 400_000_000), HeelSwitch().unloaded_v, heel.samples)
        return self._bench.exchange(replace(stimulus, signals={"heel_switch": moved(heel, heel.t0_ns, lifted)}))


def test_a_device_that_is_not_quiet_is_found():
    """It answers a step that the doctor did not take."""
    found = list(findings(LAB, visit(_SomebodyWalks(bench_of(LAB, MODELS)), CASE, PLAIN)))
    (quiet,) = [each for each in found if each.examination == "quiet device"]
    assert quiet.word == "FAIL" and quiet.numbers["pulses"] > 3 and "Is the device in a test mode?" in quiet.mend


class _Stops(_SomebodyWalks):
    """A bench that fails in the second step."""

    is_safe = False

    def exchange(self, stimulus):
        if stimulus.t0_ns >= 1_600_000_000:
            raise BenchError("card", 1.6, "an output ran dry")
        return self._bench.exchange(stimulus)

    def safe_state(self):
        self._bench.safe_state()
        self.is_safe = True


def test_what_was_seen_before_a_fault_is_judged(monkeypatch):
    """The step before it is, the steps that never ended are not; and nobody looks for pulses while a card streams."""
    bench = _Stops(bench_of(LAB, MODELS))

    def look(case, of):
        assert of is bench and bench.is_safe
        return PulseSource(case, of)

    monkeypatch.setattr("rig.doctor.visit.PulseSource", look)
    seen = visit(bench, CASE, (*PLAIN, CROSSED, INTERLOCK))
    assert "an output ran dry" in seen.fault and len(seen.walked) == 1 and len(seen.clocks_s) == 160
    assert ("current", "PASS") in _words(findings(LAB, seen)) and "effect" not in dict(_words(findings(LAB, seen)))


def test_an_expired_calibration_is_found():
    """Behind its day FAIL, on its day PASS, undated on a real bench NOT SHOWN."""
    due = _with_card(calibration=Calibration("K-1", date(2025, 1, 1), date(2026, 11, 21), "refuse"))
    (found,) = calibrations(due, TODAY)
    assert (found.word, found.numbers["late_d"]) == ("FAIL", 1.0) and "card: was due on 2026-11-21" in found.detail
    assert {each.word for each in calibrations(due, date(2026, 11, 21))} == {"PASS"}
    assert {each.word for each in calibrations(LAB, TODAY)} == {"NOT HERE"}
    assert ("calibration", "NOT SHOWN") in _words(calibrations(replace(LAB, simulated=False), TODAY))


def test_another_card_is_found(standing):
    """Product, claim of being real, and a card that is not there: each FAIL, and nothing is driven."""
    standing(_with_card(identity="USB-6363"))
    found = list(examine(LAB, lambda _: pytest.fail("driven"), CASE, MODELS, TODAY, repeat=2))
    assert ("instruments", "FAIL") in _words(found) and ("wiring", "NOT SHOWN") in _words(found)
    assert any("its product is USB-6363, the bench file says PXIe-6368" in each.detail for each in found)


def test_a_simulated_card_behind_a_claim_of_a_real_one_is_found():
    """The profile says real, the card says simulated; a serial number that differs is told first."""
    real = replace(LAB, simulated=False)
    found = next(iter(instruments(real, CASE, MODELS)))
    assert found.word == "FAIL" and "is simulated, the bench file claims otherwise" in found.detail
    other = replace(real, instruments={"card": replace(LAB.instruments["card"], serial="01C2D3E4")})
    found = next(iter(instruments(other, CASE, MODELS)))
    assert found.word == "FAIL" and "the bench file says 01C2D3E4" in found.detail


def test_an_instrument_that_does_not_answer_is_found(monkeypatch):
    """Nobody listens at the address: FAIL with what to do, within the time-out of the link."""
    monkeypatch.setattr(link, "CONNECT_S", 0.2)
    card = replace(LAB.instruments["card"], address="grpc://127.0.0.1:9", timeout_s=0.2)
    found = list(instruments(replace(LAB, instruments={"card": card}), CASE, MODELS))
    assert [each.word for each in found] == ["FAIL"] and found[0].mend


def test_a_bench_that_does_not_open_is_told():
    """A `BenchError` of the opening is a finding, never a traceback."""

    class Closed:
        def describe(self):
            return bench_of(LAB, MODELS).describe()

        def open(self, case):
            raise BenchError("card", float("nan"), "somebody else runs on it", "wait")

        def close(self):
            return None

    found = list(examine(LAB, lambda _: Closed(), CASE, MODELS, TODAY, repeat=2))
    assert found[-1].examination == "opening" and found[-1].detail == "card: somebody else runs on it"


def test_zero_and_span_out_of_tolerance_are_found():
    """A span that is 1 % off, where 0.1 % is stated, and a bench with relays that took no reading."""
    accuracy = {"current": LAB.for_device(0.08).accuracy("current", 1e5)}
    reading = ZeroSpan(0.0, 0.0, 1e-8, 0.05, 5e-6, 0.0505, 1e-8, 65_536)
    seen = Visit(CASE, accuracy=accuracy, zero_span={"current": reading})
    assert _words(zero_and_span(LAB, seen)) == {("zero and span", "FAIL")}
    seen = Visit(CASE, accuracy=accuracy, zero_span={"current": replace(reading, span=0.05)})
    assert _words(zero_and_span(LAB, seen)) == {("zero and span", "PASS")}
    assert _words(zero_and_span(LAB, Visit(CASE))) == {("zero and span", "NOT SHOWN")}


@pytest.mark.parametrize(("ppm", "word"), [(50.0, "PASS"), (-40.0, "PASS"), (1000.0, "FAIL"), (-1000.0, "FAIL")])
def test_a_clock_that_is_off_is_found(ppm, word):
    """Blocks come late by 0 to 3 ms, never early: the rate is read from the earliest of each part of the run."""
    card_s = np.arange(1, 3001) * 0.01
    late_s = np.random.default_rng(5).exponential(0.001, card_s.size).clip(max=0.003)
    clocks = np.stack([card_s, 17.0 + card_s * (1.0 + ppm * 1e-6) + late_s], axis=1)
    (found,) = clock_offset(clocks, paced=True)
    assert found.word == word and found.numbers["ratio"] == pytest.approx(ppm * 1e-6, abs=30e-6)


@pytest.mark.parametrize(
    ("scatter", "late_s", "word"), [(0.001, 1e-4, "PASS"), (0.03, 1e-4, "FAIL"), (0.001, 0.02, "FAIL")]
)
def test_scatter_between_alike_steps_is_found(scatter, late_s, word):
    """Amplitude or latency that wanders from step to step; and steps without any pulse."""
    rng = np.random.default_rng(3)
    walked = [Walked(Step(), float(k), k + 0.5, k + 0.8) for k in range(25)]
    pulses = np.zeros(25, PULSE_DTYPE)
    pulses["t_s"] = np.arange(25) + 0.05 + rng.uniform(0.0, late_s, 25)
    pulses["phase1_a"] = 0.03 * (1.0 + rng.normal(0.0, scatter, 25))
    assert next(iter(repeatability(Visit(CASE, walked, pulses=pulses)))).word == word
    assert next(iter(repeatability(Visit(CASE, walked, pulses=pulses[:20])))).word == "FAIL"


def test_the_command_prints_what_is_wrong_and_what_to_do(standing, capsys):
    """Exit 3 with the mend below the fault; JSON holds the same findings."""
    standing(_with_card(identity="USB-6363"))
    assert main(["bench", "doctor", "simulated"]) == 3
    told = capsys.readouterr().out
    assert "FAIL       instruments" in told and "-> another card stands there" in told
    assert main(["bench", "doctor", "simulated", "--json"]) == 3
    document = json.loads(capsys.readouterr().out)
    assert {row["verdict"] for row in document["findings"]} == {"FAIL", "NOT HERE", "NOT SHOWN"}


def test_what_cannot_be_shown_is_6(capsys):
    """A device that listens to a gyroscope cannot be raised by its heel: nothing is wrong, nothing is shown."""
    assert main(["bench", "doctor", "simulated", "--device", "imu_trigger"]) == 6
    assert "the device listens to foot_imu" in capsys.readouterr().out


def test_a_bench_that_cannot_stream_is_examined_as_far_as_that_goes(capsys):
    """Instruments and load are examined, the rest is NOT SHOWN: exit 6, never 0."""
    assert main(["bench", "doctor", "scope-and-generator@sim", "--json"]) == 6
    rows = json.loads(capsys.readouterr().out)["findings"]
    (load,) = [row for row in rows if row["examination"] == "load check"]
    assert load["verdict"] == "PASS" and load["numbers"]["read_ohm"] == pytest.approx(500.6, abs=0.5)
    assert "--bench scope-and-generator@sim" in rows[-1]["mend"] and "not examined: the wiring" in rows[-1]["detail"]


@pytest.mark.proof
def test_another_load_than_stated_is_found_by_the_meter(standing):
    """The meter reads 500 ohm where the file states 560: FAIL before anything has power."""
    file = read_bench("scope-and-generator@sim")
    load = replace(file.fixtures["load"], positions=tuple(_heavier(each) for each in file.fixtures["load"].positions))
    stated = replace(file, fixtures={**file.fixtures, "load": load})
    standing(file)
    found = list(examine(stated, lambda laboratory: bench_of(laboratory, MODELS), CASE, MODELS, TODAY, repeat=2))
    assert found[-1].word == "FAIL" and "stated is 560 ohm" in found[-1].detail


def _heavier(position):
    return replace(position, value=560.0)
