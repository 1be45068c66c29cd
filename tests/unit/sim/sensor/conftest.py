"""A short walk with a sensor on the leg and pulses in the nerve, cut into blocks at will."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from scenarios.measured import load_measured
from scenarios.patient_file import read_patient
from scenarios.text import Text, Where
from sim.body.walker import Walker
from sim.gait.draw import draw_schedule
from sim.gait.walk import Pause, Walk
from sim.pulse import PULSE_DTYPE
from sim.sensor.kinds import make_sensor
from sim.streams import Streams
from sim.timebase import NEVER, NS_PER_S
from sim.world import BlockLimits, World

HORIZON = BlockLimits()


def stimulation(count=160):
    """Pulses of 26 mA and 300 us from 2.2 s on, on no grid."""
    pulses = np.zeros(count, PULSE_DTYPE)
    steps = np.arange(count)
    pulses["t_s"] = 2.2 + 0.0327 * steps + 1e-6 * steps**2
    pulses["phase1_a"], pulses["phase1_s"] = 0.026, 300e-6
    return pulses


@dataclass
class Scene:
    """Somebody who walks a few strides and stands still in one of them."""

    patient: str = "stroke_moderate"
    speed_m_s: float = 0.6
    strides: int = 4
    pauses: tuple[Pause, ...] = (Pause(3, 0.7),)
    seed: int = 7
    compensation: str = "acute"
    leg: str = "left"
    pulses: np.ndarray = field(default_factory=stimulation)

    def world(self, sensor, limits=HORIZON, *, trace=False):
        """A fresh world; every call gives an equal one."""
        patient = read_patient(Text(self.patient, Where("test", 1, 1)), ())[1]
        curves, streams = load_measured(patient.measured_cycle), Streams(self.seed)
        walk = Walk(self.speed_m_s, self.strides, self.compensation, None, self.pauses)
        schedule = draw_schedule(patient, curves, walk, streams)
        made = make_sensor(sensor, streams)
        walker = Walker(patient, curves, walk, schedule, (), streams, trace=trace, track=made.tracks_foot)
        return World(walker, made, (), limits)

    def emitted(self, sensor, limits=HORIZON):
        """Every sample by role, pulses becoming known just when the loop allows it, and the number of blocks."""
        world, given, settled_ns = self.world(sensor, limits), 0, 0
        parts = []
        while not world.done:
            block = world.advance(settled_ns)
            parts.append(block.signals)
            settled_ns = block.t1_ns
            due = int(np.searchsorted(self.pulses["t_s"], settled_ns / NS_PER_S))
            world.add_pulses(self.pulses[given:due])
            given = due
        return {role: np.concatenate([part[role].values() for part in parts]) for role in parts[0]}, world.blocks

    def replayed(self, sensor):
        """The same with every pulse known beforehand, and the walker at the end."""
        world, parts = self.world(sensor), []
        world.add_pulses(self.pulses)
        while not world.done:
            parts.append(world.advance(NEVER - NS_PER_S).signals)
        signals = {role: np.concatenate([part[role].values() for part in parts]) for role in parts[0]}
        return signals, world.walker


@pytest.fixture
def scene():
    return Scene()


@pytest.fixture
def scene_of():
    return Scene
