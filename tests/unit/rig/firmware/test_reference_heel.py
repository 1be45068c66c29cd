"""The heel switch of the reference firmware against the compiled filter of the model, tick by tick."""

import ctypes
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from firmware_box import FirmwareBox

from sim.stimulator.threshold_input import SCAN_DTYPE, scan_ticks

COUNT = 24
"""Settings of settings.h."""
DEBOUNCE, OPEN_BELOW, CLOSE_ABOVE = 12, 13, 14


class Heel(ctypes.Structure):
    """`heel` of heel.h."""

    _fields_ = (("state", ctypes.c_int), ("against", ctypes.c_uint32))


@pytest.mark.parametrize("debounce_ms", [0, 1, 2, 10])
def test_every_change_comes_at_the_tick_of_the_model(firmware_library: Path, debounce_ms: int) -> None:
    """A random walk through both thresholds, steps and noise: the same changes at the same ticks as the model."""
    lib = ctypes.CDLL(str(firmware_library))
    settings = (ctypes.c_int32 * COUNT)()
    settings[DEBOUNCE], settings[OPEN_BELOW], settings[CLOSE_ABOVE] = debounce_ms, 1000, 1500
    rng = np.random.default_rng(7)
    volts = np.repeat(rng.choice([0.1, 0.9, 1.2, 1.6, 3.0], 800), rng.integers(1, 25, 800))
    codes = np.clip(np.rint((volts + rng.normal(0.0, 0.15, len(volts))) * 0.6 / 3.3 * 4095), 0, 4095).astype(int)
    foot = Heel()
    lib.heel_reset(ctypes.byref(foot))
    found = []
    for tick, code in enumerate(codes.tolist()):
        change = lib.heel_look(ctypes.byref(foot), code, ctypes.byref(settings))
        if change:
            found.append((tick, 0 if change == 1 else 1))
    scans = np.zeros(1, SCAN_DTYPE)
    scans[0]["state"] = -1
    changes = np.zeros((10_000, 2), np.int64)
    n = scan_ticks(scans, len(codes), 0, 1.0, codes * 3.3 / 4095 / 0.6, 0, 1, 1.0, 1.5, max(1, debounce_ms), changes)
    assert found == [tuple(change) for change in changes[1:n].tolist()]
    assert len(found) > 20


@pytest.mark.parametrize("heel_v", [0.2, 1.2, 3.0])
def test_what_the_switch_shows_at_power_up_is_no_step(make_box: Callable[..., FirmwareBox], heel_v: float) -> None:
    """No pulse at boot, whatever the switch shows; the first opening after a closing is a step."""
    box = make_box()
    box.heel_v = heel_v
    box.run(3000)
    assert box.edges == []
    box.heel_v = 3.0
    box.run(100)
    assert box.edges == []
    box.step(400)
    assert box.pulses()


def test_a_switch_that_bounces_makes_one_train(box: FirmwareBox) -> None:
    """Bounces shorter than the debounce time begin nothing, and the train begins once the switch rests."""
    from_us = box.now_us
    box.heel_at = lambda t: 0.2 if (t - from_us) % 12_000 < 8_000 else 3.0
    box.run(300)
    assert box.edges == []
    box.heel_at = None
    box.heel_v = 0.2
    rests_us = box.now_us
    box.run(100)
    assert rests_us + 9_000 <= box.pulses()[0][0] <= rests_us + 11_000


def test_a_sensor_that_cannot_be_is_told_and_holds_the_box(box: FirmwareBox) -> None:
    """With the check on: a tenth of a second at the end of the range stops a train; a sound signal lets go."""
    box.set(sensor_check="on")
    box.heel_v = 0.2
    box.run(400)
    assert box.pulses()
    box.heel_v = 5.6
    box.run(200)
    count = len(box.pulses())
    assert "sensor invalid: stimulation off" in box.log
    assert box.lit() == 1 << 3
    box.run(500)
    assert len(box.pulses()) == count
    box.heel_v = 3.0
    box.run(100)
    assert box.log[-1] == "sensor valid: waits for the next step"
    box.step(400)
    assert len(box.pulses()) > count


@pytest.mark.parametrize("noise_ms", [1000, 20_000])
def test_a_sensor_is_believed_again_two_seconds_after_its_noise(box: FirmwareBox, noise_ms: int) -> None:
    """As the model: the count of changes has a ceiling, so long noise makes the box no longer deaf than short noise."""
    box.set(sensor_check="on")
    box.heel_at = lambda t: 0.2 if (t // 1000) * 7919 % 13 < 6 else 3.0
    box.run(noise_ms)
    assert "sensor invalid: stimulation off" in box.log
    box.heel_at = None
    box.heel_v = 3.0
    box.run(1700)
    assert not box.log[-1].startswith("sensor valid")
    box.run(500)
    assert box.log[-1].startswith("sensor valid")
