"""What a card's outputs hold, sample by sample, against samples worked out by hand at 10 kHz."""

from dataclasses import replace

import numpy as np
import pytest
from streaming_desk import laboratory_of, streaming_case

from rig.ni.layout import layout_of
from rig.ni.output_stream import OutputStream
from sim.electrode.load import Load
from sim.errors import BenchError
from sim.signal import Command, Signal, Stimulus

PERIOD_NS = 100_000
MS = 1_000_000


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return streaming_case(tmp_path_factory.mktemp("case"))


@pytest.fixture(scope="module")
def layout(case):
    return layout_of(laboratory_of().for_device(case.device.max_current_a), case)


@pytest.fixture
def stream(layout, case):
    return OutputStream(layout, PERIOD_NS, case.load, 1, 9.0)


def row(layout, role):
    return next(n for n, output in enumerate(layout.outputs) if output.role == role)


def lines(layout, role):
    return next(each for each in layout.lines if each.role == role)


def test_a_run_begins_with_full_contact_nominal_supply_and_the_load_of_the_case(layout, stream):
    """9 V through an amplifier of 3, all contact at 10 V, the code of 500 ohm, relay closed; further channels rest."""
    analogue, words = stream.take(Stimulus(0, MS))
    assert analogue.shape == (len(layout.outputs), 10) and words.shape == (10,)
    assert np.allclose(analogue[row(layout, "supply")], 3.0) and np.allclose(analogue[row(layout, "contact")], 10.0)
    word, load = int(words[0]), lines(layout, "load")
    assert word & load.mask == load.word(load.codes[Load(500.0)])
    assert word & lines(layout, "supply.relay").mask and not word & lines(layout, "button.stop").mask
    other = lines(layout, "load.2")
    assert word & other.mask == other.levels(other.rest)


def test_a_signal_is_held_until_its_next_sample_in_any_block(layout, stream):
    """1 kHz on a 10 kHz output: each sample ten times, the last one on into the next block."""
    signal = Signal(np.array([1.0, 2.0]), 0, 1000.0, "V")
    first, _ = stream.take(Stimulus(0, 1_500_000, {"heel_switch": signal}))
    second, _ = stream.take(Stimulus(1_500_000, 2 * MS))
    switch = row(layout, "heel_switch")
    assert first[switch].tolist() == [1.0] * 10 + [2.0] * 5 and second[switch].tolist() == [2.0] * 5


def test_a_command_takes_effect_with_the_first_sample_not_before_it(layout, stream):
    """250 us: sample 3 at 300 us; one behind the last sample of its block waits for the next block."""
    stop = lines(layout, "button.stop").mask
    _, words = stream.take(Stimulus(0, 950_000, {}, (Command(250_000, "button", "stop"),)))
    assert [bool(word & stop) for word in words] == [False] * 3 + [True] * 7
    analogue, words = stream.take(Stimulus(950_000, 1_000_000, {}, (Command(950_000, "contact", 0.5),)))
    assert words.size == 0
    analogue, _ = stream.take(Stimulus(MS, 2 * MS))
    assert np.allclose(analogue[row(layout, "contact")], 5.0)


COMMANDS = {
    "a swapped lead": (Command(0, "polarity", -1), "polarity", 1),
    "the supply's relay opens": (Command(0, "supply", "off"), "supply.relay", 0),
    "the power switch": (Command(0, "button", "power_off"), "button.power", 1),
    "the key that arms": (Command(0, "button", "rearm"), "button.rearm", 1),
    "a short circuit": (Command(0, "load", Load(5.0)), "load", 7),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_sets_its_lines(name, layout, stream):
    """Codes as the bench file has them: `short` is position 7 of the bank."""
    command, role, code = COMMANDS[name]
    _, words = stream.take(Stimulus(0, MS, {}, (command,)))
    moved = lines(layout, role)
    assert int(words[-1]) & moved.mask == moved.word(code)


def test_the_key_that_arms_is_let_go(layout, stream):
    """50 ms later, in whatever block that is."""
    _, words = stream.take(Stimulus(0, 40 * MS, {}, (Command(0, "button", "rearm"),)))
    _, later = stream.take(Stimulus(40 * MS, 60 * MS))
    held = np.concatenate([words, later]) & lines(layout, "button.rearm").mask
    assert np.count_nonzero(held) == 500


WRONG = {
    "a load that is not there": (Stimulus(0, MS, {}, (Command(0, "load", Load(123.0)),)), "not on this bench"),
    "a channel that is not wired": (Stimulus(0, MS, {}, (Command(0, "contact", 0.5, 2),)), "no output takes"),
    "beyond the range": (Stimulus(0, MS, {"heel_switch": Signal(np.array([11.0]), 0, 1000.0, "V")}), "11 V"),
    "no number": (Stimulus(0, MS, {"heel_switch": Signal(np.array([np.nan]), 0, 1000.0, "V")}), "no number"),
    "a word nobody knows": (Stimulus(0, MS, {}, (Command(0, "weather", "rain"),)), "not known"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_the_bench_cannot_do_is_refused(name, stream):
    """An error before anything is written, never a clamped voltage or a command that is passed over."""
    stimulus, words = WRONG[name]
    with pytest.raises(BenchError, match=words):
        stream.take(stimulus)


def test_a_client_side_limit_is_kept(layout, case):
    """2 V allowed at an output of 10 V: 3 V are refused."""
    outputs = tuple(replace(output, limit_v=2.0) for output in layout.outputs if output.role == "heel_switch")
    stream = OutputStream(replace(layout, outputs=outputs), PERIOD_NS, case.load, 1, 9.0)
    with pytest.raises(BenchError, match="allowed are 2 V"):
        stream.take(Stimulus(0, MS, {"heel_switch": Signal(np.array([3.0]), 0, 1000.0, "V")}))
