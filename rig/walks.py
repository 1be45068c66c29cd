"""A case made walkable: its schedule, its events on the time axis, the state in which the patient begins."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scenarios import timeline
from scenarios.case import Case
from scenarios.effects import EventSpan, SensorOverride
from scenarios.measured import load_measured
from sim.body.compensation import CompensationState
from sim.body.other_leg import other_strides
from sim.body.patient import Patient
from sim.body.settle import PRE_RUN_STRIDES, settled_compensation
from sim.body.walker import Walker
from sim.electrode.placement import ElectrodeShift
from sim.gait.curves import MeasuredCycle
from sim.gait.draw import draw_schedule
from sim.gait.schedule import StrideSchedule
from sim.gait.terrain import LEVEL_GROUND
from sim.gait.walk import Rug, Walk
from sim.sensor.heel_switch import Stuck
from sim.sensor.kinds import make_sensor
from sim.sensor.signal_faults import SignalFault
from sim.sensor.switch_faults import FaultChange
from sim.sensor.wireless_switch import RadioLoss, RadioTrouble
from sim.signal import Command
from sim.streams import Streams
from sim.world import BlockLimits, World

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class PreparedWalk:
    """Everything about a walk that is fixed before it begins.

    Attributes:
        case: what is asked.
        curves: measured cycle of the patient.
        walk: with what its events make of the strides.
        schedule: its prescribed strides.
        spans: its events on the time axis.
        compensation: state at stride 1.
    """

    case: Case
    curves: MeasuredCycle
    walk: Walk
    schedule: StrideSchedule
    spans: tuple[EventSpan, ...]
    compensation: CompensationState

    def world(self, limits: BlockLimits, *, trace: bool = False) -> World:
        """A fresh world at t = 0; every call gives an equal one. `trace` keeps every step of the body for plots."""
        streams = Streams(self.case.seed)
        stuck = tuple(Stuck(o.t0_ns, o.t1_ns, o.state == "closed") for o in self._effects(SensorOverride))
        sensor = make_sensor(
            self.case.sensor,
            streams,
            stuck,
            self.case.leg,
            self._effects(FaultChange),
            self._effects(RadioLoss),
            self._effects(RadioTrouble),
            self._effects(SignalFault),
        )
        walker = self.walker(self.case.patient, self.walk, self.compensation, trace=trace, track=sensor.tracks_foot)
        commands = tuple(sorted(self._effects(Command), key=lambda command: command.t_ns))
        return World(walker, sensor, commands, limits)

    def walker(
        self, patient: Patient, walk: Walk, state: CompensationState, *, trace: bool = False, track: bool = False
    ) -> Walker:
        """A fresh walker of these strides on this floor; patient, aid and state may be others than the case's."""
        streams = Streams(self.case.seed)
        return Walker(
            patient,
            self.curves,
            walk,
            self.schedule,
            self._effects(Rug),
            streams,
            state,
            trace=trace,
            track=track,
            electrodes=self.case.electrodes,
            shifts=self._effects(ElectrodeShift),
        )

    def other_leg(self, walker: Walker) -> dict[str, NDArray[np.float64]]:
        """The gait columns of the other leg; empty where one leg is walked.

        Args:
            walker: the stimulated leg, walked to the end: the floor lies where its foot was.
        """
        if self.walk.legs == "one":
            return {}
        case = self.case
        columns = other_strides(case.patient, self.curves, self.walk, self.schedule, walker.floor, Streams(case.seed))
        return {"leg": np.full_like(columns["t0_s"], float(case.leg == "left")), **columns}

    def _effects(self, kind: type[T]) -> tuple[T, ...]:
        return tuple(effect for span in self.spans for effect in span.effects if isinstance(effect, kind))


def prepare_walk(case: Case, compensation: CompensationState | None = None) -> PreparedWalk:
    """Draw the strides of `case` and place its events.

    Args:
        case: what is asked.
        compensation: state at stride 1, where a rehearsal has found it; by default that of the patient without device,
            or zero where the case says `none`.
    """
    streams = Streams(case.seed)
    curves = load_measured(case.patient.measured_cycle)
    walk = timeline.walk_of(case)
    schedule = draw_schedule(case.patient, curves, walk, streams)
    if compensation is None:
        compensation = (
            CompensationState()
            if walk.compensation == "none"
            else settled_compensation(case.patient, curves, walk, streams)
        )
    return PreparedWalk(case, curves, walk, schedule, timeline.build(case, schedule), compensation)


def rehearsal_of(case: Case) -> Case:
    """The 200 unrecorded strides with device and aid that come before a walk with `compensation: adapted`.

    No event happens in it, nothing lies in the way, no waveform is kept, and it draws from streams of its own.
    """
    return replace(
        case,
        seed=int(Streams(case.seed).key("rehearsal")),
        walk=replace(
            case.walk,
            strides=PRE_RUN_STRIDES,
            compensation="acute",
            pauses=(),
            passages=(),
            sits=(),
            terrain=LEVEL_GROUND,
            light="normal",
        ),
        events=(),
        checks=(),
        capture=replace(case.capture, keep="none"),
    )
