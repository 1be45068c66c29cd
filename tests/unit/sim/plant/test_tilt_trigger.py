"""The tilt-triggered stimulator on a shank that swings to order: when it begins, holds, ends and waits."""

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from scenarios.stimulators import MODELS
from sim.electrode.load import NAMED_LOADS
from sim.plant import Plant
from sim.signal import Command, Signal, Stimulus
from sim.stimulator.tilt_trigger import TiltSettings
from sim.streams import Streams

TILT = next(model for model in MODELS if model.name == "tilt_trigger")
PLAIN = TiltSettings(jitter_s=0.0, ramp_up_s=0.0, ramp_down_s=0.0, extension_s=0.0, least_on_s=0.0, wait_s=0.0)
RATE_HZ = 100.0


def _steps(*spans, until_s=4.0, back_rad=-0.6, ahead_rad=0.3):
    """Tilt that lies back in each (from, to), s, and ahead elsewhere."""
    t_s = np.arange(round(until_s * RATE_HZ)) / RATE_HZ
    lies_back = np.zeros(t_s.size, bool)
    for start_s, end_s in spans:
        lies_back |= (t_s >= start_s) & (t_s < end_s)
    return np.where(lies_back, back_rad, ahead_rad)


def _run(tilt_rad, settings=PLAIN, defects=None, commands=(), cuts_s=()):
    plant = Plant(TILT, settings, defects or {}, NAMED_LOADS["500 ohm"], Streams(3))
    end_ns = round(tilt_rad.size / RATE_HZ * 1e9)
    edges = [0, *(round(cut_s * 1e9) for cut_s in cuts_s), end_ns]
    rows = []
    with np.errstate(over="ignore"):
        for t0_ns, t1_ns in pairwise(edges):
            first, last = (-(-t_ns // 10_000_000) for t_ns in (t0_ns, t1_ns))
            signal = Signal(tilt_rad[first:last], first * 10_000_000, RATE_HZ, "rad")
            inside = tuple(c for c in commands if t0_ns <= c.t_ns < t1_ns)
            rows.append(plant.advance(Stimulus(t0_ns, t1_ns, {"shank_tilt": signal}, inside)).channels[0])
        return plant.delivered()["t_s"], np.concatenate(rows).tobytes(), [text for _, text in plant.messages()]


def _trains(t_s, break_s=0.15):
    starts = np.flatnonzero(np.diff(t_s, prepend=-1e9) > break_s)
    return [(t_s[a], t_s[b - 1]) for a, b in zip(starts, [*starts[1:], t_s.size], strict=True)]


def test_the_shank_that_leans_back_begins_and_the_one_ahead_ends():
    """One train a step: it begins within debounce, two ticks and a sample of the threshold, and ends so."""
    trains = _trains(_run(_steps((0.5, 1.1), (2.0, 2.7)))[0])
    assert len(trains) == 2
    for (start_s, end_s), (from_s, to_s) in zip(trains, ((0.5, 1.1), (2.0, 2.7)), strict=True):
        assert 0.018 <= start_s - from_s <= 0.035
        assert end_s <= to_s + 0.035 and end_s > to_s - 0.05


def test_between_the_thresholds_nothing_changes():
    """Hysteresis: an angle between the two neither begins nor ends a train."""
    tilt = _steps((0.5, 2.5))
    tilt[100:200] = -0.2  # between on (-0.35) and off (-0.09), while on
    tilt[280:390] = -0.2  # and while off
    trains = _trains(_run(tilt)[0])
    assert len(trains) == 1 and trains[0][1] > 2.4


def test_a_short_dip_is_no_step():
    """A tilt beyond the threshold for less than the debounce is not answered."""
    assert _run(_steps((0.5, 0.51)))[0].size == 0


def test_the_least_time_is_held():
    """A shank that comes ahead after 0.1 s is stimulated for the 0.5 s that are set."""
    trains = _trains(_run(_steps((0.5, 0.6)), dataclasses.replace(PLAIN, least_on_s=0.5))[0])
    assert len(trains) == 1 and 0.44 <= trains[0][1] - trains[0][0] <= 0.5


def test_the_greatest_time_is_not_exceeded():
    """A shank that stays back: stimulation ends at the time-out and says so; the defect takes that away."""
    settings = dataclasses.replace(PLAIN, time_out_s=1.0)
    t_s, _, said = _run(_steps((0.5, 3.9)), settings)
    assert len(_trains(t_s)) == 1 and t_s[-1] - t_s[0] <= 1.0 and "time-out: stimulation off" in said
    t_s, _, _ = _run(_steps((0.5, 3.9)), settings, {"no_time_out": 1.0})
    assert t_s[-1] - t_s[0] > 3.2


def test_nothing_begins_while_it_waits():
    """A second step 0.3 s after the first is answered without a wait, and not with a wait of 1 s."""
    steps = _steps((0.5, 1.0), (1.3, 1.6))
    assert len(_trains(_run(steps)[0])) == 2
    assert len(_trains(_run(steps, dataclasses.replace(PLAIN, wait_s=1.0))[0])) == 1


def test_a_shifted_threshold_comes_late_or_not_at_all():
    """`threshold_shift`: on a slow lean the train begins when the shank has gone that much further."""
    tilt = np.concatenate([np.full(50, 0.3), np.linspace(0.3, -0.7, 100), np.full(50, -0.7), np.full(100, 0.3)])
    sound, late = (_run(tilt, defects={"threshold_shift": dose})[0][0] for dose in (0.0, 0.2))
    assert late - sound == pytest.approx(0.2, abs=0.011)
    assert _run(tilt, defects={"threshold_shift": 0.5})[0].size == 0


def test_a_setting_changes_the_threshold_while_it_walks():
    """`on_tilt` further back from 1.5 s on: the second, shallower lean goes unanswered."""
    change = Command(1_500_000_000, "setting", ("on_tilt", -0.7))
    assert len(_trains(_run(_steps((0.5, 1.0), (2.0, 2.5)), commands=(change,))[0])) == 1


def test_any_cut_gives_the_same_segments():
    """Blocks that end inside a debounce, a train and a wait change no bit."""
    settings = dataclasses.replace(TiltSettings(), wait_s=0.3)
    steps = _steps((0.5, 1.0), (1.8, 2.4))
    whole = _run(steps, settings)[1]
    assert _run(steps, settings, cuts_s=(0.5031, 0.512, 0.7, 1.0150007, 1.3, 1.81, 2.9))[1] == whole


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"on_tilt_rad": 0.1}, "tilt_trigger: on_tilt_rad must be below off_tilt_rad"),
        ({"least_on_s": 3.0, "time_out_s": 2.0}, "tilt_trigger: least_on_s must not exceed time_out_s"),
        ({"rate_hz": 500.0}, "tilt_trigger: rate_hz must lie between 1 and 100"),
    ],
)
def test_settings_that_cannot_be_are_refused(values, text):
    """In words that name the device, the setting and what was got."""
    with pytest.raises(ValueError, match=text):
        TiltSettings(**values)
