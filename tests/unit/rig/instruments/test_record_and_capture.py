"""From a sensor's record to a generator and from an oscilloscope's records to a capture, with numbers chosen here."""

import numpy as np
import pytest

from rig.instruments.alignment import Alignment, from_edges, from_messages
from rig.instruments.capture_plan import ScopeInput
from rig.instruments.keysight_preamble import read_preamble
from rig.instruments.playback import edges_of, playback_of
from rig.instruments.ports import ScopeChannel, Waveform
from rig.instruments.scope_capture import Piece, capture_of
from sim.errors import BenchError
from sim.signal import Signal


def test_a_record_that_fits_is_played_sample_by_sample():
    """No delay; volts by the wire's scale."""
    signal = Signal(np.arange(100.0), 0, 10_000.0, "V")
    played = playback_of("heel_switch", signal, -2.0, 100)
    assert played.rate_hz == 10_000.0 and played.delay_s == played.bound_s == 0.0
    assert np.array_equal(played.values_v, -2.0 * np.arange(100.0)) and played.length_s == 0.01


@pytest.mark.parametrize("step", range(10, 40))
def test_a_record_that_is_too_long_is_thinned_and_says_how_late_its_edges_are(step):
    """Every place of an edge: it appears later by the stated delay, within the stated bound."""
    values = np.zeros(100)
    values[step:] = 1.0
    played = playback_of("heel_switch", Signal(values, 0, 1000.0, "V"), 1.0, 30)
    assert played.values_v.size <= 30 and played.rate_hz == 250.0
    late_s = np.flatnonzero(played.values_v)[0] / played.rate_hz - step / 1000.0
    assert abs(late_s - played.delay_s) <= played.bound_s + 1e-12 and played.bound_s == 1.5e-3


def test_noise_on_a_slope_makes_no_edges():
    """A line rises slowly through both levels, with noise, and falls again: two edges."""
    slope = np.concatenate([np.linspace(0.0, 1.0, 200), np.linspace(1.0, 0.0, 200)])
    noisy = slope + 0.05 * np.sin(np.arange(400) * 2.0)
    index, rising = edges_of(noisy, 0.4, 0.6)
    assert rising.tolist() == [True, False] and index == pytest.approx([120, 320], abs=12)
    assert edges_of(np.full(9, 0.5), 0.4, 0.6)[0].size == 0


def test_the_start_is_the_one_that_most_edges_tell():
    """Ten edges, one of them 3 ms off: the start is found to the resolution, sought as wide as messages are slow."""
    told = np.array([0.1, 0.5, 0.9, 1.4, 1.8, 2.3, 2.7, 3.2, 3.6, 4.1])
    rising = np.arange(10) % 2 == 0
    seen = told + 0.731
    seen[4] += 0.003
    found = from_edges(told, rising, seen, rising, from_messages(0.0, 1.4), 1e-5)
    assert found.start_s == pytest.approx(0.731, abs=1e-5) and found.edges == 9 and found.bound_s == 1e-5


def test_edges_that_no_start_explains_are_refused():
    """Another line, or none."""
    told, rising = np.array([0.1, 0.5, 0.9, 1.4]), np.array([True, False, True, False])
    rough = Alignment(0.0, 0.5)
    with pytest.raises(BenchError, match="where they were played"):
        from_edges(told, rising, np.array([0.15, 0.61, 1.2, 1.33]), rising, rough, 1e-4)
    with pytest.raises(BenchError, match="no edge of the sensor's line was seen"):
        from_edges(told, rising, np.empty(0), np.empty(0, bool), rough, 1e-4)


def test_records_become_a_capture_with_its_gaps():
    """Two records of 4 ms in 20 ms: samples in A at their places, three gaps; a swapped lead turns the sign."""
    words = (np.array([2048, 2148, 2248, 1948], np.uint16) << 4).repeat(1000)
    wave = Waveform(1, words, 1e-3, -32.768, 0.0, 1e-6, 0.0, 16e-3)
    swapped = ScopeInput("current", ScopeChannel(1, 5.0), -50.0)
    capture = capture_of([Piece(0.002, {1: wave}), Piece(0.0100004, {1: wave})], [swapped], 1e6, 20_000_000)
    current = capture.waveforms["current"]
    assert capture.quality.gaps == ((0, 2_000_000), (6_000_000, 10_000_000), (14_000_000, 20_000_000))
    assert current.samples.size == 20_000 and current.scale == pytest.approx(16e-3 / 50.0)
    expected = -(np.array([0.0, 1.6, 3.2, -1.6]) / 50.0).repeat(1000)
    assert np.allclose(current.values()[2000:6000], expected) and np.allclose(current.values()[10_000:14_000], expected)


def test_a_record_that_begins_before_and_ends_behind_is_cut():
    """The capture covers exactly the stimulus."""
    wave = Waveform(1, np.full(30_000, 40_000, np.uint16), 1e-3, 0.0, 0.0, 1e-6)
    capture = capture_of(
        [Piece(-0.005, {1: wave})], [ScopeInput("voltage", ScopeChannel(1, 5.0), 0.1)], 1e6, 20_000_000
    )
    assert capture.quality.gaps == () and capture.waveforms["voltage"].samples.size == 20_000
    assert capture.waveforms["voltage"].values() == pytest.approx(np.full(20_000, 400.0))


@pytest.mark.parametrize(
    "answer",
    ["", "1,0,100,1", "0,0,100,1,1E-6,0,0,1E-3,0,32768", "1,0,0,1,1E-6,0,0,1E-3,0,32768", "1,0,9,1,nan,0,0,1E-3,0,3"],
    ids=["nothing", "too short", "bytes", "no points", "no number"],
)
def test_a_preamble_that_says_nothing_is_refused(answer):
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r"fields|format|points|no number"):
        read_preamble(answer)


def test_codes_that_are_no_values_are_counted():
    """Holes and clipped codes, by kind."""
    preamble = read_preamble("1,0,5,1,1.0E-06,-1.0E-04,0,1.0E-03,0.0,32768")
    assert preamble.invalid_codes(np.array([0, 1, 1, 0xFFFF, 500], np.uint16)) == (
        "of 5 points 1 are holes, 2 are clipped low, 1 are clipped high"
    )
    assert preamble.invalid_codes(np.array([2, 0xFFFE], np.uint16)) == ""
