"""Runs on benches whose instrument is faulty: ERROR of the rig, never a verdict on the device."""

import math
from dataclasses import replace

import numpy as np
import pytest

from reports.judge import judge_case
from reports.verdict import Outcome
from rig.plausibility import CaptureWatch, noise_problem
from rig.runner import run_case
from rig.virtual_bench import VirtualBench, VirtualBenchSettings
from rig.zero_span import ZeroSpan
from scenarios.plan import PlanOptions, find_files, load_cases
from scenarios.plugins import assemble_catalogue
from sim.electrode.load import Load
from sim.errors import BenchError
from sim.front_end_settings import FrontEndSettings
from sim.signal import Stimulus

CATALOGUE = assemble_catalogue()


def short_case():
    case = load_cases(find_files(("SCN-DEMO-PASS",)), CATALOGUE, PlanOptions()).cases[0]
    walk = replace(case.walk, strides=2)
    checks = tuple(check for check in case.checks if check.measure in {"pulse_width", "rate", "phase_current"})
    return replace(case, walk=walk, capture=replace(case.capture, effects=False), checks=checks)


class FaultyBench(VirtualBench):
    """A virtual bench whose samples are spoilt on their way; zero and span see nothing of it."""

    def __init__(self, spoil, front_end=None, stated_tau_s=None):
        super().__init__(VirtualBenchSettings(front_end=front_end or FrontEndSettings()), CATALOGUE.models)
        self._spoil, self._stated_tau_s = spoil, stated_tau_s

    def exchange(self, stimulus):
        capture = super().exchange(stimulus)
        return replace(capture, waveforms=self._spoil(capture.waveforms))

    def accuracy(self):
        known = super().accuracy()
        if self._stated_tau_s is None:
            return known
        return {role: replace(part, filter_tau_s=self._stated_tau_s) for role, part in known.items()}


def swapped(waveforms):
    current, voltage = waveforms["current"], waveforms["voltage"]
    return {
        "current": replace(current, samples=voltage.samples),
        "voltage": replace(voltage, samples=current.samples),
    }


def shortened(waveforms):
    return {role: replace(signal, samples=signal.samples[:-3]) for role, signal in waveforms.items()}


def rescaled(waveforms):
    return waveforms | {"voltage": replace(waveforms["voltage"], scale=2.0 * waveforms["voltage"].scale)}


FAULTS = {
    "swapped channels": ({"spoil": swapped}, "voltage over current"),
    "voltage at twice its scale": ({"spoil": rescaled}, "voltage over current"),
    "dropped samples": ({"spoil": shortened}, "were due"),
    "no filter where one is stated": (
        {"spoil": dict, "front_end": FrontEndSettings(filter_tau_s=0.0), "stated_tau_s": 2e-6},
        "it is not there",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_instrument_makes_an_error_and_no_verdict(fault):
    options, words = FAULTS[fault]
    record = run_case(replace(short_case(), load=Load(500.0)), FaultyBench(**options))
    assert record.fault is not None and words in record.fault.text
    result = judge_case(record, CATALOGUE)
    assert result.outcome is Outcome.ERROR
    assert {verdict.outcome for verdict in result.verdicts} == {Outcome.NOT_RUN}


def test_a_sound_bench_has_no_fault():
    """The same case on the same bench, nothing spoilt; also through the load of skin, which is no resistor."""
    record = run_case(short_case(), FaultyBench(dict))
    assert record.fault is None
    assert judge_case(record, CATALOGUE).outcome is Outcome.PASS


def reading(zero_noise, readings=10_000):
    return {"current": ZeroSpan(0.0, 0.0, zero_noise, 0.02, 2e-6, 0.02, zero_noise, readings)}


def test_noise_of_the_zero_reading():
    """1.26 uA are stated: twice that is not the instrument's, none at all is a stuck converter, 1.26 uA are fine."""
    bench = FaultyBench(dict, FrontEndSettings(tap_ohm=250.0))
    bench.open(short_case())
    accuracy = bench.accuracy()
    assert noise_problem(reading(1.26e-6 / 100), accuracy, "before") == ""
    assert "mains hum" in noise_problem(reading(4e-6 / 100), accuracy, "before")
    assert "stuck" in noise_problem(reading(0.0), accuracy, "after")
    assert noise_problem(reading(4e-6 / 100, 0), accuracy, "before") == ""


def test_a_block_must_hold_the_samples_of_its_time():
    bench = FaultyBench(dict)
    case = short_case()
    bench.open(case)
    capture = bench.exchange(Stimulus(0, 10_000_000))
    watch = CaptureWatch(bench.accuracy(), case.load)
    watch.feed(capture, np.empty(0))
    assert watch.fault() is None
    late = replace(capture, waveforms={k: replace(s, t0_ns=1_000) for k, s in capture.waveforms.items()})
    with pytest.raises(BenchError, match="were due") as error:
        watch.feed(late, np.empty(0))
    assert not math.isnan(error.value.t_s)
