"""What a device with a seeded defect does about steps that a sound one would not: early, late, never, unasked."""

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from sim.noise import hash64
from sim.timebase import NS_PER_S

if TYPE_CHECKING:
    from sim.stimulator.device import Steps
    from sim.stimulator.swing_step import SwingStimulator

STRIDE_S: Final = (0.4, 4.0)
"""A time between two steps outside this is no stride, s (design choice)."""
AFTER_S: Final = 0.16
"""A stray train comes this long after the end of a train, s (design choice: a train of its own, still in stance)."""
IDLE_S: Final = 3.0
"""After so long without a step a device is idle, s (design choice)."""
IDLE_TRAIN_S: Final = 0.5
"""Length of a train that nobody asked for, s (design choice)."""
CYCLE, FIRST = 20, 6
"""Of every so many steps, the one with which a run of missed ones begins (design choice)."""
EXPECTED_RATIO: Final = 0.75
"""Share of the expected stride before which a device that adapts slowly does not start (design choice)."""


class Rhythm:
    """What a device has learnt of the walk from the changes of its own trigger."""

    def __init__(self) -> None:
        self.steps = 0
        self.mean_s = math.nan

    def learn(self, stride_s: float, over_steps: float) -> None:
        """Another step, `stride_s` after the one before; the mean runs over about `over_steps` of them."""
        self.steps += 1
        if not STRIDE_S[0] <= stride_s <= STRIDE_S[1]:
            return
        if math.isnan(self.mean_s):
            self.mean_s = stride_s
        else:
            self.mean_s += (stride_s - self.mean_s) / (1.0 + over_steps)


def is_answered(device: "SwingStimulator[Any]") -> bool:
    """False for a step that the device does not answer."""
    n, doses = device.rhythm.steps, device.doses
    place = (n - 1) % CYCLE - (FIRST - 1)
    if 0 <= place < doses["missed_run"]:
        return False
    if doses["missed_steps"] <= 0.0:
        return True
    word = int(hash64(np.uint64((device.key + n) % 2**64)))
    return (word >> 11) * 2.0**-53 >= doses["missed_steps"]


def expected_start_ns(device: "SwingStimulator[Any]") -> float:
    """When the last two steps let expect the next one, ns; infinite where they tell nothing."""
    trigger = device.trigger
    stride_s = (trigger.on_ns - trigger.on_before_ns) / NS_PER_S
    if not STRIDE_S[0] <= stride_s <= STRIDE_S[1]:
        return math.inf
    return trigger.on_ns + stride_s * NS_PER_S


def awaits_step(device: "SwingStimulator[Any]") -> "Steps":
    """Wait for the next step, or do something before it comes."""
    trigger, doses, kernel = device.trigger, device.doses, device.kernel
    if doses["early_start"] > 0.0 and not trigger.is_on:
        early_s = (expected_start_ns(device) - kernel.now_ns) / NS_PER_S - doses["early_start"]
        if 0.0 < early_s < math.inf:
            on = trigger.on
            yield on | device.after(early_s)
            return
    if doses["idle_trains"] <= 0.0:
        yield trigger.on
        return
    while True:
        on = trigger.on
        yield on | device.after(max(IDLE_S, 60.0 / doses["idle_trains"] - IDLE_TRAIN_S))
        if on.triggered or (yield from stray_train(device, IDLE_TRAIN_S)):
            return


def begins_early(device: "SwingStimulator[Any]") -> "Steps":
    """A train that has begun before the step waits for it; False where it did not come."""
    if not device.trigger.is_on:
        yield device.trigger.on | device.after(device.doses["early_start"] + 0.4)
    return device.trigger.is_on


def waits_for_rhythm(device: "SwingStimulator[Any]") -> "Steps":
    """A device that adapts slowly does not believe in a step that comes too soon; False where it is over by then."""
    trigger, rhythm = device.trigger, device.rhythm
    since_s = (trigger.on_ns - trigger.on_before_ns) / NS_PER_S
    wait_s = EXPECTED_RATIO * rhythm.mean_s - since_s
    if wait_s > 0.0:
        yield trigger.off | device.after(wait_s)
    return trigger.is_on


def longest_swing_s(device: "SwingStimulator[Any]") -> float:
    """How long a train may last that ends before the expected landing, s; infinite for a sound device."""
    early_s, trigger = device.doses["early_stop"], device.trigger
    swing_s = (trigger.off_ns - trigger.on_before_ns) / NS_PER_S
    if early_s <= 0.0 or not 0.0 < swing_s <= STRIDE_S[1]:
        return math.inf
    return max(0.05, swing_s - early_s)


def stray_train(device: "SwingStimulator[Any]", duration_s: float) -> "Steps":
    """A train that nobody asked for; True where a step came meanwhile, which ends it."""
    if device.runs_on() or device.guard.is_held:
        return False
    device.starts(device.kernel.now_ns, device.stagger_s())
    on = device.trigger.on
    yield on | device.after(duration_s)
    device.ends(device.kernel.now_ns)
    return on.triggered


def after_step(device: "SwingStimulator[Any]") -> "Steps":
    """What comes after a step; True where the next one came meanwhile."""
    duration_s = device.doses["stray_train"]
    if duration_s <= 0.0:
        return False
    on = device.trigger.on
    yield on | device.after(AFTER_S)
    if on.triggered:
        return True
    return (yield from stray_train(device, duration_s))
