"""Real time: the card's clock paces the run, lateness is noted, an overrun is an error with its time and cause.

No wall time is asserted. Three seconds are written ahead, so that a stall of a busy machine is survived; where even
that was not enough the run must say so, and the test holds it to that instead.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streaming_desk import CATALOGUE, laboratory_of, streaming_case

from reports.judge import judge_case
from reports.verdict import Outcome
from rig.ni.bench import NiBench
from rig.runner import run_case

_OVERRUNS = ("ran dry", "were not fetched in time", "watchdog has opened")
_SHOWN_S = 5.0
_AHEAD = 300


def paced_bench(prefill, clock="real"):
    """The simulated bench on the wall clock, `prefill` blocks of 10 ms written ahead."""
    laboratory = laboratory_of(prefill=prefill, watchdog_s=10.0)
    parts = replace(laboratory.simulated_parts, clock=clock)
    return NiBench(replace(laboratory, simulated_parts=parts), CATALOGUE.models)


class Until:
    """Ends a run at an instant."""

    def __init__(self, t_s):
        self._t_s = t_s

    def progress(self, t_s, end_s):
        del end_s
        if t_s >= self._t_s:
            raise KeyboardInterrupt


class MemoryWatch:
    """Resident memory once a second of the run, MB; nothing where the platform does not tell."""

    def __init__(self):
        self.seen_mb = {}

    def progress(self, t_s, end_s):
        del end_s
        if sys.platform == "linux" and int(t_s) not in self.seen_mb:
            self.seen_mb[int(t_s)] = int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


def paced_run(folder, strides):
    """A walk in real time, and what was noted of it."""
    case = streaming_case(folder, strides)
    run_case(case, paced_bench(_AHEAD, "sim"), observers=[Until(0.5)])  # kernels are compiled before the clock runs
    bench, memory = paced_bench(_AHEAD), MemoryWatch()
    record = run_case(case, bench, observers=[memory])
    late = bench.lateness()
    assert late is not None and late.allowed_s == _AHEAD / 100
    told = f"{record.span_s[1]:.1f} s in real time at 10 ms blocks, 2 channels at 1 MS/s: {late.blocks} blocks"
    told += (
        f", late {late.median_s * 1e3:.2f} ms (median), {late.p99_s * 1e3:.2f} ms (99 %), {late.worst_s * 1e3:.1f} ms"
    )
    told += f" at worst; {int(record.fault is not None)} overruns, {late.busy_ratio:.0%} of a core"
    return case, record, late, memory, told


def hold_to_it(case, record, late):
    """A run that kept up saw what the same bench sees where time costs nothing; one that did not says why."""
    if record.fault is not None:
        assert any(words in record.fault.text for words in _OVERRUNS), record.fault.text
        assert judge_case(record, CATALOGUE).outcome in {Outcome.ERROR, Outcome.FAIL}
        pytest.skip(f"this machine stood still: {record.fault.text}")
    assert late.worst_s <= late.allowed_s
    assert judge_case(record, CATALOGUE).outcome is Outcome.PASS
    again = run_case(case, paced_bench(_AHEAD, "sim"), observers=[Until(_SHOWN_S)])
    count = int(np.searchsorted(record.pulses["t_s"], _SHOWN_S - 0.1))
    assert count > 20
    for name in ("t_s", "phase1_a", "net_c"):
        assert np.array_equal(record.pulses[name][:count], again.pulses[name][:count]), name


def test_a_minute_in_real_time(tmp_path):
    """60 s, paced by the card, sleeping most of it; the samples are those of the simulated clock to the bit."""
    case, record, late, memory, told = paced_run(tmp_path, 50)
    print(f"\n{told}; memory {max(memory.seen_mb.values(), default=0.0):.0f} MB")
    hold_to_it(case, record, late)
    assert record.span_s[1] > 60.0


def test_an_overrun_is_an_error_and_the_next_run_works(tmp_path):
    """30 ms ahead and a stall of 0.3 s: ERROR with time and cause, no sample after it; then the bench runs again."""

    class Stall:
        def progress(self, t_s, end_s):
            del end_s
            if 0.2 < t_s < 0.22:
                time.sleep(0.3)

    case = streaming_case(tmp_path)
    bench = paced_bench(3)
    record = run_case(case, bench, observers=[Stall()])
    assert record.fault is not None and any(words in record.fault.text for words in _OVERRUNS), record.fault
    assert record.fault.t_s < 0.3 and record.span_s[1] == record.fault.t_s
    assert "-200290" in record.fault.text or "-200279" in record.fault.text
    assert judge_case(record, CATALOGUE).outcome is Outcome.ERROR
    again = run_case(case, paced_bench(3, "sim"), observers=[Until(0.3)])
    assert again.fault is None


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_ten_minutes_in_real_time(tmp_path):
    """10 minutes; memory is flat once the laboratory's history of a minute is full."""
    case, record, late, memory, told = paced_run(tmp_path, 540)
    hold_to_it(case, record, late)
    assert record.span_s[1] > 600.0
    seen = memory.seen_mb
    if seen:
        start, end = (
            float(np.median([seen[t] for t in span if t in seen])) for span in (range(120, 150), range(570, 600))
        )
        print(f"\nproof: {told}; memory {start:.0f} MB at 2 min, {end:.0f} MB at 10 min")
        assert end - start < 30.0
