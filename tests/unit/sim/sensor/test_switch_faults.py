"""What a switch suffers from in a shoe, and what its radio does, as the device's terminal shows it."""

import itertools

import numpy as np
import pytest

from sim.sensor.crossings import CrossingScanner, clean_crossings
from sim.sensor.heel_switch import HeelSwitch, HeelSwitchSensor
from sim.sensor.switch_faults import FaultChange
from sim.sensor.wireless_switch import RadioLoss, WirelessSwitch, WirelessSwitchSensor
from sim.streams import Streams
from sim.timebase import NS_PER_MS
from sim.world import BlockLimits

LANDINGS = np.array([1_000, 2_200], np.int64) * NS_PER_MS
LIFTOFFS = np.array([400, 1_500, 2_700], np.int64) * NS_PER_MS
END = 2_900 * NS_PER_MS


def _samples(changes=(), **description):
    return HeelSwitchSensor(HeelSwitch(**description), Streams(5), (), changes).samples(0, END, LANDINGS, LIFTOFFS)


def _openings_ms(signal):
    scanner = CrossingScanner(1.0, 1.5)
    scanner.feed(signal)
    return [t / NS_PER_MS for t in clean_crossings(scanner.crossings)[0]], scanner


def test_a_sound_switch_is_what_it_was():
    """Faults of size zero leave every bit of the signal alone."""
    none = (FaultChange("drift", 0, 0, 0.0, 0.0), FaultChange("moisture", 0, 0, 0.0, 0.0))
    assert np.array_equal(_samples().samples, _samples(none).samples)


def test_drift_opens_earlier_and_at_last_never_closes():
    """A resistor that has lost conductance falls through the threshold sooner: closed form of the divider."""
    sound, weak = _openings_ms(_samples(noise_v=0.0))[0], _openings_ms(_samples(noise_v=0.0, drift_ratio=0.5))[0]
    assert all(0.5 < a - b < 15.0 for a, b in zip(sound, weak, strict=True))
    worn = _samples(noise_v=0.0, drift_ratio=0.8)
    g = 0.2 * 2.6 / ((3.3 - 2.6) * 10e3)
    assert worn.samples.max() == pytest.approx(3.3 * g * 10e3 / (1.0 + g * 10e3), abs=1e-6)
    assert worn.samples.max() < 1.5, "it never closes again"


def test_moisture_opens_later_and_at_last_never():
    """A leak past the resistor holds the signal up."""
    sound, damp = _openings_ms(_samples(noise_v=0.0))[0], _openings_ms(_samples(noise_v=0.0, moisture_ratio=0.3))[0]
    assert all(1.0 < b - a < 60.0 for a, b in zip(sound, damp, strict=True))
    assert _openings_ms(_samples(noise_v=0.0, moisture_ratio=0.6))[0] == []


def test_a_loose_switch_chatters_and_a_lost_one_stays_open():
    """Detachment: contact comes and goes in cells of 5 ms, then is gone."""
    loose = _openings_ms(_samples(noise_v=0.0, detachment_ratio=0.3))[1]
    assert len(loose.crossings) > 50
    assert _samples(noise_v=0.0, detachment_ratio=1.0).samples.max() == 0.0


def test_a_fault_that_grows_is_there_at_its_time_only():
    """A ramp from 0 at 1.2 s to soaked at 1.4 s leaves the first step alone and hides the second opening."""
    ramp = (FaultChange("moisture", 1_200 * NS_PER_MS, 200 * NS_PER_MS, 0.0, 1.0),)
    sound, wet = _samples(), _samples(ramp)
    assert np.array_equal(wet.samples[:12_000], sound.samples[:12_000])
    assert _openings_ms(wet)[0] == _openings_ms(sound)[0][:1]


RADIO = WirelessSwitch(noise_v=0.0, loss_ratio=0.0, duplicate_ratio=0.0, jitter_s=0.0)


def _heard(description, losses=(), cuts=()):
    """Crossings at the receiver of a made-up walk, emitted in blocks."""
    sensor = WirelessSwitchSensor(description, Streams(5), (), (), losses)
    scanner = CrossingScanner(1.0, 1.5)
    wired = HeelSwitchSensor(description, Streams(5))
    edges = [0, *cuts, END]
    parts = []
    for a, b in itertools.pairwise(edges):
        switch = wired.samples(a, b, LANDINGS, LIFTOFFS)
        sensor._send(switch, b)
        parts.append(sensor._heard(switch))
    signal = type(switch)(np.concatenate(parts), 0, description.rate_hz, "V")
    scanner.feed(signal)
    return scanner.crossings, signal.samples


def test_the_receiver_is_late_by_the_packet_and_the_delay():
    """Without chance: the switch's crossing, up to the next packet, plus the delay; both levels only."""
    crossings, samples = _heard(RADIO)
    wired = _openings_ms(HeelSwitchSensor(RADIO, Streams(5)).samples(0, END, LANDINGS, LIFTOFFS))[0]
    off = [t / NS_PER_MS for t in clean_crossings(crossings)[0]]
    assert all(12.0 <= late - sent < 22.1 for late, sent in zip(off, wired, strict=True))
    assert set(np.unique(samples)) == {RADIO.loaded_v, RADIO.unloaded_v}


def test_any_cut_gives_the_same_reception():
    """Loss, jitter and second copies are functions of the packet's index."""
    noisy = WirelessSwitch(loss_ratio=0.2, duplicate_ratio=0.2)
    whole = _heard(noisy)[1]
    cuts = tuple(range(3_700_001, END, 3_700_001))
    assert np.array_equal(_heard(noisy, cuts=cuts)[1], whole)
    assert not np.array_equal(_heard(WirelessSwitch(loss_ratio=0.5))[1], whole)


def test_while_the_link_is_down_the_last_state_stands():
    """Down from 1.3 to 1.6 s and 0.5 s more to come back: the opening at 1.5 s is heard when it is back."""
    crossings, _ = _heard(RADIO, (RadioLoss(1_300 * NS_PER_MS, 1_600 * NS_PER_MS),))
    off = [t / NS_PER_MS for t in clean_crossings(crossings)[0]]
    assert off[1] == pytest.approx(2_112.0, abs=1.0)


def test_a_second_copy_shows_an_old_state():
    """Without sequence numbers a late copy of an old packet flips the output back for a moment."""
    clean, doubled = _heard(RADIO)[0], _heard(WirelessSwitch(noise_v=0.0, loss_ratio=0.0, duplicate_ratio=1.0))[0]
    assert len(doubled) > len(clean)


def test_the_block_rule_holds_for_both(scene):
    """Faults and radio on a walk: horizon blocks, 3.7 ms blocks and the replay give the same samples."""
    for sensor in (HeelSwitch(moisture_ratio=0.2, detachment_ratio=0.05), WirelessSwitch(loss_ratio=0.1)):
        reference = scene.emitted(sensor)[0]["heel_switch"]
        assert np.array_equal(scene.emitted(sensor, BlockLimits(3_700_001, False))[0]["heel_switch"], reference)
        assert np.array_equal(scene.replayed(sensor)[0]["heel_switch"], reference)
