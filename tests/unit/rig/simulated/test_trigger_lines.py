"""Lines between instruments: a generator's sync at the scope's trigger input, an edge at the generator's own."""

from dataclasses import dataclass

import numpy as np
import pytest
from keysight_desk import SETUP, desk, refused, tell, waveform

from rig.simulated.keysight.scope import oscilloscope
from rig.simulated.keysight.trigger_lines import connect_triggers
from sim.errors import BenchError
from sim.timebase import NS_PER_MS


@dataclass
class Line:
    instrument: str
    port: str
    source: str


BURST = (
    "SOUR1:DATA:VOL:CLE",
    "SOUR1:DATA:ARB step, 1,1,1,1,1,-1,-1,-1,-1,-1",
    "SOUR1:FUNC:ARB step",
    "OUTP1:LOAD INF",
    "SOUR1:FUNC ARB",
    "SOUR1:FUNC:ARB:SRAT 100",
    "SOUR1:VOLT 2.5;VOLT:OFFS 1.3",
    "SOUR1:BURS:STAT ON;NCYC 1",
    "OUTP1 ON",
)


@pytest.fixture
def bench():
    """A standing device; the sync of the generator goes to the scope."""
    made = desk(walks=False)
    connect_triggers(
        [Line("scope", "ext", "awg.sync"), Line("card", "PFI0", "scope.out"), Line("scope", "ch1", "")],
        {"scope": made.scope, "awg": made.generator},
    )
    tell(made.generator, *BURST)
    tell(made.scope, *SETUP, ":CHAN4:DISP ON;RANG 8;OFFS 1", ":TIM:RANG 0.2;:TRIG:SOUR EXT;LEV 1.5", ":SING")
    made.live_to(0.2)
    return made


def test_the_scope_triggers_where_the_burst_begins(bench):
    """`*TRG` at 0.2 s: in the record the switch opens 50 ms after the trigger, as the waveform says."""
    tell(bench.generator, "TRIG1:SOUR BUS", "*TRG")
    bench.live_to(0.5)
    assert tell(bench.scope, "*OPC?", ":TRIG:SOUR?") == "EXT"
    t_s, _, volts = waveform(bench.scope, 4)
    opens_s = t_s[np.flatnonzero(volts < 1.3)[0]]
    assert opens_s == pytest.approx(0.05, abs=2 * (t_s[1] - t_s[0]) + 1e-5)


@pytest.mark.parametrize("setting", [":TRIG:LEV 4", ":TRIG:SLOP NEG"])
def test_a_level_or_slope_that_the_line_never_has_does_not_trigger(bench, setting):
    """4 V over a line of 3 V, or its falling edge, which is not simulated: the scope waits."""
    tell(bench.scope, setting)
    tell(bench.generator, "TRIG1:SOUR BUS", "*TRG")
    bench.live_to(0.5)
    assert int(tell(bench.scope, ":OPER:COND?")) == 8 | 32


def test_an_edge_at_the_generators_input_begins_a_burst(bench):
    """With `TRIG1:SOUR EXT` the bus is refused and an edge at 0.25 s opens the switch at 0.30 s."""
    tell(bench.generator, "TRIG1:SOUR EXT")
    assert refused(bench.generator, "*TRG") == -211
    bench.live_to(0.25)
    with bench.lab.lock:
        bench.generator.trigger_from_outside(bench.lab.reached_ns)
    bench.live_to(0.5)
    t_ns, _ = bench.lab.crossings("heel_switch", 1.3, 240 * NS_PER_MS, 340 * NS_PER_MS)
    assert t_ns.tolist() == [300 * NS_PER_MS]


def test_a_line_that_carries_nothing_is_refused(bench):
    """From an output of the generator to a channel: that is no trigger line."""
    with pytest.raises(BenchError, match=r"awg\.ch1 to scope\.ext"):
        connect_triggers([Line("scope", "ext", "awg.ch1")], {"scope": bench.scope, "awg": bench.generator})


@pytest.mark.parametrize(("identity", "model"), [("KEYSIGHT TECHNOLOGIES,DSOX1102G", "DSOX1102G"), ("", "MSO-X 3024T")])
def test_a_bench_file_may_expect_the_small_scope(bench, identity, model):
    """Two channels and 50 segments are all that a DSOX1102G has."""
    scope = oscilloscope(bench.lab, [], identity=identity)
    assert scope.model.model == model and scope.identity.split(",")[1] == model
    if model.startswith("DSOX1"):
        assert refused(scope, ":CHAN3:RANG 8") == -114 and refused(scope, ":ACQ:SEGM:COUN 51") == -222
