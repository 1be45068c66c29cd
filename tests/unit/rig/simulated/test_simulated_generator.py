"""The simulated generator: what the device's input sees of an uploaded waveform, and what it refuses."""

import numpy as np
import pytest
from keysight_desk import desk, refused, tell

from rig.simulated.keysight.generator import WaveformGenerator
from rig.simulated.keysight.generator_shape import Shape
from rig.simulated.keysight.terminals import Terminal
from sim.errors import BenchError
from sim.timebase import NS_PER_MS

GAIN, ZERO_V = 0.01, 1e-3
"""What the data sheet allows."""


def _block(values, kind):
    raw = np.asarray(values).astype(kind).tobytes()
    return f"#{len(str(len(raw)))}{len(raw)}".encode() + raw


@pytest.fixture
def bench():
    """A device that stands, before its generator."""
    return desk(walks=False)


def _step(scale=1.0):
    """A step at 5 kSa/s: heel down for 0.3 s, up for 0.6 s, down for 0.6 s."""
    points = np.full(7500, scale)
    points[1500:4500] = -scale
    return points


READY = ("OUTP1:LOAD INF", "SOUR1:FUNC ARB", "SOUR1:FUNC:ARB:SRAT 5E3", "SOUR1:VOLT 2.5;VOLT:OFFS 1.3")
BURST = ("SOUR1:BURS:STAT ON;MODE TRIG;NCYC 1", "TRIG1:SOUR BUS", "OUTP1 ON")


@pytest.mark.parametrize(
    "upload", ["floats swapped", "floats normal", "codes swapped", "codes normal", "text", "code text"]
)
def test_the_device_steps_where_the_waveform_says(bench, upload):
    """Every way to upload: the switch opens 0.3 s after `*TRG`, closes 0.6 s later, and the device stimulates."""
    kind, _, order = upload.partition(" ")
    tell(bench.generator, f"FORM:BORDer {'SWAP' if order == 'swapped' else 'NORM'}")
    end = "<" if order == "swapped" else ">"
    if kind == "floats":
        tell(bench.generator, b"SOUR1:DATA:ARB walk," + _block(_step(), f"{end}f4"))
    elif kind == "codes":
        tell(bench.generator, b"SOUR1:DATA:ARB:DAC walk," + _block(_step(32767), f"{end}i2"))
    else:
        points = ", ".join(f"{value:g}" for value in _step(32767 if kind == "code" else 1.0)[::10])
        tell(bench.generator, f"SOUR1:DATA:ARB{':DAC' if kind == 'code' else ''} walk, {points}")
    tell(bench.generator, "SOUR1:FUNC:ARB walk", *READY, *BURST)
    if order not in {"swapped", "normal"}:
        tell(bench.generator, "SOUR1:FUNC:ARB:SRAT 500")
    bench.live_to(0.2)
    tell(bench.generator, "*TRG")
    bench.live_to(2.2)
    t_ns, rises = bench.lab.crossings("heel_switch", 1.3, 0, 2200 * NS_PER_MS)
    assert (t_ns - 200 * NS_PER_MS).tolist() == [300 * NS_PER_MS, 900 * NS_PER_MS] and rises.tolist() == [False, True]
    seen = bench.lab.values("heel_switch", 250 * NS_PER_MS, NS_PER_MS, 1900)
    assert seen.max() == pytest.approx(2.55, abs=2.55 * GAIN + ZERO_V)
    assert seen.min() == pytest.approx(0.05, abs=0.05 * GAIN + ZERO_V)
    current = bench.lab.values("current", 500 * NS_PER_MS, 10_000, 60_000)
    assert current.max() == pytest.approx(0.03)
    assert refused(bench.generator, b"SOUR1:DATA:ARB walk," + _block(_step(), ">f4")) == 785  # the name is taken
    tell(bench.generator, "SOUR1:DATA:VOL:CLE", b"SOUR1:DATA:ARB walk," + _block(_step(), ">f4"))


def test_the_load_that_is_expected_doubles_the_voltage(bench):
    """2 V displayed for 50 ohm are 4 V at an open input; saying INF changes what is displayed, not what is there."""
    tell(bench.generator, "SOUR1:FUNC DC", "SOUR1:VOLT:OFFS 2", "OUTP1 ON")
    bench.live_to(0.1)
    tell(bench.generator, "OUTP1:LOAD INF")
    assert (
        float(tell(bench.generator, "SOUR1:VOLT:OFFS?")) == 4.0
        and float(tell(bench.generator, "OUTP1:LOAD?")) == 9.9e37
    )
    bench.live_to(0.2)
    assert bench.lab.values("heel_switch", 50 * NS_PER_MS, NS_PER_MS, 150) == pytest.approx(4.0, abs=4 * GAIN + ZERO_V)
    tell(bench.generator, "SOUR1:VOLT:OFFS 2")
    bench.live_to(0.3)
    assert bench.lab.values("heel_switch", 250 * NS_PER_MS, NS_PER_MS, 50) == pytest.approx(2.0, abs=2 * GAIN + ZERO_V)


def test_an_output_that_goes_off_lets_the_foot_rest(bench):
    """After `OUTP OFF`, and after `*RST`, the switch is closed again as on a floor."""
    tell(bench.generator, "SOUR1:FUNC DC", "OUTP1:LOAD INF", "SOUR1:VOLT:OFFS 0.5", "OUTP1 ON")
    bench.live_to(0.1)
    tell(bench.generator, "OUTP1 OFF")
    bench.live_to(0.2)
    assert bench.lab.values("heel_switch", 99 * NS_PER_MS, 1, 1)[0] < 0.6
    assert bench.lab.values("heel_switch", 199 * NS_PER_MS, 1, 1)[0] == pytest.approx(2.6)
    assert tell(bench.generator, "OUTP1?") == "0"


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (Shape("SIN"), [0.0, 1.0, 0.0, -1.0]),
        (Shape("SQU", duty_ratio=0.3), [1.0, 1.0, -1.0, -1.0]),
        (Shape("TRI"), [0.0, 1.0, 0.0, -1.0]),
        (Shape("RAMP", symmetry_ratio=1.0), [-1.0, -0.5, 0.0, 0.5]),
        (Shape("RAMP", symmetry_ratio=0.5), [-1.0, 0.0, 1.0, 0.0]),
        (Shape("PULSe"[:4], width_s=0.3e-3), [1.0, 1.0, -1.0, -1.0]),
        (Shape("DC"), [0.0, 0.0, 0.0, 0.0]),
        (Shape("ARB", point_values=np.array([0.1, 0.2, 0.3, 0.4])), [0.1, 0.2, 0.3, 0.4]),
    ],
    ids=["sine", "square", "triangle", "ramp", "even ramp", "pulse", "steady", "arbitrary"],
)
def test_shapes_at_quarters_of_a_cycle(shape, expected):
    """Values at 0, 1/4, 1/2, 3/4 of a cycle, and again a cycle later, by the manual's pictures."""
    quarters = np.arange(4) / 4.0
    assert shape.at(quarters) == pytest.approx(expected, abs=1e-9)
    assert shape.at(quarters + 3.0) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("*TRG", -211),
        ("SOUR1:FUNC NOIS", -224),
        ("SOUR1:FUNC:ARB nowhere", 786),
        ("SOUR1:DATA:ARB short, 0,0,0", -222),
        ("SOUR1:DATA:ARB high, 0,0,0,0,0,0,0,1.5", -222),
        (b"SOUR1:DATA:ARB:DAC odd,#15abcde", -161),
        ("SOUR1:VOLT 25", -222),
        ("OUTP1:LOAD INF;:SOUR1:VOLT 15;VOLT:OFFS 5", -221),
        ("SOUR3:VOLT 1", -114),
        ("SOUR1:BURS:MODE GAT", -224),
        ("SOUR1:AM:STAT ON", -113),
        ("SOUR1:VOLT:UNIT DBM", -224),
        ("OUTP1:LOAD 0", -222),
    ],
)
def test_what_the_generator_cannot_is_refused(bench, message, code):
    """The right error and no answer."""
    assert refused(bench.generator, message) == code


def test_a_waveform_beyond_the_memory_is_refused(bench):
    """More than a million points: -223, and the memory is as before."""
    assert refused(bench.generator, b"SOUR1:DATA:ARB:DAC long," + _block(np.zeros(1_000_000), ">i2")) == -223
    assert tell(bench.generator, "SOUR1:DATA:VOL:CAT?") == '"EXP_RISE"'


def test_an_output_that_is_not_there_is_refused(bench):
    """A wire to output 3."""
    with pytest.raises(BenchError, match="output 3"):
        WaveformGenerator(bench.lab, {3: Terminal("heel_switch")})
