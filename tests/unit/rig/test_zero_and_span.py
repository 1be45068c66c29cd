"""Zero and span of the instrument: read before and after each case, kept with the record, and a reason to stop."""

import json
import math
from dataclasses import replace

import pytest

from rig.benches import open_bench
from rig.record_facts import plain
from rig.runner import run_case
from rig.virtual_bench import VirtualBench, VirtualBenchSettings
from rig.zero_span import ZeroSpan, ZeroSpans, out_of_tolerance, zero_spans_from
from scenarios.plan import PlanOptions, find_files, load_cases
from scenarios.plugins import assemble_catalogue
from sim.errors import BenchError
from sim.front_end_settings import AnalogInput, FrontEndSettings

CATALOGUE = assemble_catalogue()


def short_case(**device):
    case = load_cases(find_files(("SCN-DEMO-PASS",)), CATALOGUE, PlanOptions()).cases[0]
    walk = replace(case.walk, strides=1)
    return replace(case, walk=walk, capture=replace(case.capture, effects=False), checks=(), **device)


def bench_of(card, **rest):
    settings = FrontEndSettings(current=card, voltage=card, tap_ohm=100.0, **rest)
    return VirtualBench(VirtualBenchSettings(front_end=settings), CATALOGUE.models)


def test_zero_and_span_read_the_errors_of_the_card():
    """With every error at its bound the zero is 150 uV over 100 ohm and the span carries gain and INL (closed form)."""
    bench = bench_of(AnalogInput(), errors="worst")
    bench.open(short_case())
    reading = bench.zero_span()["current"]
    bow = 600e-6 * 2.598076 * 0.5 * (1 - 0.25)
    assert reading.zero == pytest.approx(1.5e-6, abs=5 * reading.zero_noise)
    assert reading.reference == pytest.approx(0.05)
    expected = 0.05 * 1e-3 + bow / 100.0
    assert reading.span - reading.zero - reading.reference == pytest.approx(expected, abs=0.05 * 1e-4)
    assert reading.zero_noise == pytest.approx(315e-6 / 100.0 / 256.0, rel=0.1)


def test_record_keeps_both_readings_and_the_drift_between_them():
    """A card that drifts 1 V in an hour (bound) moves its zero by drift x time; the file gives the same readings."""
    card = AnalogInput(drift_per_hour_v=1.0)
    record = run_case(short_case(), bench_of(card, errors="worst"))
    spans, end_s = record.zero_span, record.span_s[1]
    assert spans.before["current"].t_s == 0.0
    assert spans.after["current"].t_s == pytest.approx(end_s)
    # the drift moves in steps of 62.5 ms
    assert spans.zero_drift("current") == pytest.approx(end_s / 3600.0 / 100.0, abs=0.0625 / 3600.0 / 100.0)
    assert spans.zero_at("current", end_s / 2) == pytest.approx(
        spans.before["current"].zero + spans.zero_drift("current") / 2
    )
    assert zero_spans_from(json.loads(json.dumps(plain(spans)))) == spans
    assert zero_spans_from(None) == ZeroSpans()


def test_a_bench_that_cannot_take_its_zero_says_so_by_an_empty_answer():
    """No relay: no reading, the run goes on, and nothing counts as out of tolerance."""
    record = run_case(short_case(), bench_of(AnalogInput(), takes_zero=False))
    assert not record.zero_span.taken("current")
    assert record.fault is None


class _Lying(VirtualBench):
    """A bench that states a tenth of its card's offset."""

    from_call = 1

    def zero_span(self):
        self.calls = getattr(self, "calls", 0) + 1
        readings = super().zero_span()
        if self.calls < self.from_call:
            return {role: replace(each, zero=0.0, span=each.reference) for role, each in readings.items()}
        return {role: replace(each, zero=each.zero + 1.0) for role, each in readings.items()}


def test_zero_out_of_tolerance_before_the_case_stops_it():
    """Nothing runs on an instrument that is known to lie."""
    bench = _Lying(VirtualBenchSettings(), CATALOGUE.models)
    with pytest.raises(BenchError, match="instrument out of tolerance: zero of current before the case"):
        run_case(short_case(), bench)


def test_zero_out_of_tolerance_after_the_case_takes_every_verdict_back():
    """The case is ERROR and none of its checks has a verdict, whatever was measured."""
    from reports.judge import judge_case
    from reports.verdict import Outcome

    case = load_cases(find_files(("SCN-DEMO-PASS",)), CATALOGUE, PlanOptions()).cases[0]
    case = replace(case, walk=replace(case.walk, strides=1), capture=replace(case.capture, effects=False))
    bench = _Lying(VirtualBenchSettings(), CATALOGUE.models)
    bench.from_call = 2
    record = run_case(case, bench)
    assert record.fault is not None
    assert math.isnan(record.fault.t_s)
    assert "after the case" in record.fault.text
    result = judge_case(record, CATALOGUE)
    assert result.outcome is Outcome.ERROR
    assert {verdict.outcome for verdict in result.verdicts} == {Outcome.NOT_RUN}


@pytest.mark.parametrize(
    ("change", "words"),
    [({}, ""), ({"zero": 4e-6}, "zero of current"), ({"span": 0.0502}, "span of current")],
)
def test_tolerances_are_those_of_the_bench(change, words):
    """|zero| up to the offset bound, |span - reference| up to gain, INL and the reference's own bound."""
    reading = ZeroSpan(0.0, 1e-6, 1e-9, 0.05, 5e-6, 0.05001, 1e-9)
    bench = open_bench("virtual", CATALOGUE)
    bench.open(short_case())
    problem = out_of_tolerance({"current": replace(reading, **change)}, bench.accuracy(), "after")
    assert (words in problem) if words else problem == ""


def test_one_reference_source_serves_the_whole_run():
    """A card without drift shows the same gain before and after: the source's own error is no drift."""
    spans = run_case(short_case(), bench_of(AnalogInput(drift_per_hour_v=0.0))).zero_span
    noise = 315e-6 / 256.0 / 5.0
    assert abs(spans.gain_drift_ratio("current")) < 6 * noise
