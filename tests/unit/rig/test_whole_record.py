"""A bench that cannot stream: the whole sensor record in one block, device checks judged, outcomes NOT RUN."""

from dataclasses import replace

import pytest

from reports.judge import judge_case
from reports.verdict import Outcome
from rig.runner import run_case
from rig.virtual_bench import VirtualBench, VirtualBenchSettings
from rig.walks import prepare_walk
from rig.whole_record import WholeRecord
from scenarios.plan import PlanOptions, find_files, load_cases
from scenarios.plugins import assemble_catalogue
from sim.errors import BenchError

CATALOGUE = assemble_catalogue()


class NotStreaming(VirtualBench):
    """The virtual bench as a scope and a generator would take part: one exchange, no way back to the patient."""

    def __init__(self):
        super().__init__(VirtualBenchSettings(), CATALOGUE.models)
        self.blocks = []

    def describe(self):
        return replace(super().describe(), closed_loop=False, sensor_delay_s=(1e-3, 2e-6))

    def exchange(self, stimulus):
        self.blocks.append((stimulus.t0_ns, stimulus.t1_ns))
        return super().exchange(stimulus)


@pytest.fixture
def case():
    found = load_cases(find_files(("SCN-DEMO-PASS",)), CATALOGUE, PlanOptions()).cases[0]
    return replace(found, walk=replace(found.walk, strides=3), capture=replace(found.capture, effects=False))


def test_device_checks_are_judged_and_outcomes_are_not_run(case):
    """Measured checks find their samples in the one capture; modelled ones say why they have none."""
    bench = NotStreaming()
    record = run_case(case, bench)
    assert record.fault is None and record.loop_error is None
    assert bench.blocks == [(0, prepare_walk(case).schedule.end_ns)]
    assert record.sensor_delay_s == (1e-3, 2e-6), "what the bench states stands in the record"
    verdicts = judge_case(record, CATALOGUE).verdicts
    modelled = [v for v in verdicts if v.quantity == "modelled"]
    assert modelled and all(v.outcome is Outcome.NOT_RUN for v in modelled)
    measured = [v.outcome for v in verdicts if v.quantity == "measured"]
    assert measured and set(measured) <= {Outcome.PASS, Outcome.INCONCLUSIVE} and Outcome.PASS in measured


def test_the_record_is_that_of_an_ideally_stimulated_walk(case):
    """Ideal pulses lift the toes above those of the same strides without a pulse; no sample is missing."""
    record = WholeRecord(prepare_walk(case))
    stimulus = record.advance(0)
    switch = stimulus.signals["heel_switch"]
    assert record.done and switch.samples.size == -(-stimulus.t1_ns // switch.period_ns)
    bare = prepare_walk(case)
    walker = bare.walker(case.patient, bare.walk, bare.compensation)
    walker.integrate(bare.schedule.end_ns)
    assert (record.gait["mtc_m"] > walker.strides()["mtc_m"]).all()


def test_nobody_gets_used_to_a_device_without_a_loop(case):
    """`compensation: adapted` needs a streaming bench: an error with its mend before anything is opened."""
    adapted = replace(case, walk=replace(case.walk, compensation="adapted"))
    with pytest.raises(BenchError, match="compensation: acute"):
        run_case(adapted, NotStreaming())
