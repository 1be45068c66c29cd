"""A walk that nobody judges: the same loop and replay as a run, without a record."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rig.felt import felt
from rig.record import Table
from rig.replay import replay, replayed_tables
from rig.runner import rehearse, run_case
from rig.tables import pulse_array
from rig.walks import prepare_walk, rehearsal_of
from scenarios.build import CaseLabel, Origin, Surroundings, build_case
from scenarios.case import Case
from scenarios.catalogue import Catalogue
from scenarios.patient_file import read_patient
from scenarios.problems import Problems
from scenarios.quantities import exact_quantity
from scenarios.schema import SCENARIO_SCHEMA, read_scenario
from scenarios.text import Where, rooted
from sim.body.compensation import CompensationState
from sim.errors import BenchError, ScenarioError
from sim.pulse import PULSE_DTYPE
from sim.sensor.watch import SensorWatch
from sim.timebase import NEVER
from sim.world import BlockLimits

_HERE = Where("stimrig walk", 1, 1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for, as text.

    Attributes:
        patient: name or file.
        speed: with its unit, or "" for the patient's own.
        strides: number of strides.
        seed: of the walk.
        device: name or file, or `none`.
        aid: `none` or `afo`.
        compensation: `acute`, `adapted` or `none`.
        legs: `one` or `both`.
    """

    patient: str
    speed: str
    strides: int
    seed: int
    device: str
    aid: str
    compensation: str
    legs: str = "one"


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """What came out.

    Attributes:
        strides: columns of `strides.parquet`, of the stimulated leg.
        cycles: name -> (n_strides, 101) over 0-100 % of the cycle.
        other_strides: the same columns of the other leg; empty where one leg walked.
    """

    strides: Table
    cycles: Table
    other_strides: Table


def case_of(wanted: Wanted, catalogue: Catalogue, beside: tuple[Path, ...]) -> Case:
    """The case of a walk, read by the same reader as a scenario.

    Raises:
        ScenarioError: an option that cannot be used.
    """
    speed = wanted.speed
    if not speed:
        _, patient, _ = read_patient(rooted(wanted.patient, replace(_HERE, file="--patient")), beside)
        speed = exact_quantity(patient.speed_m_s, "m/s")
    document = {
        "schema": SCENARIO_SCHEMA,
        "id": "walk",
        "seed": str(wanted.seed),
        "patient": wanted.patient,
        "device": "odfs" if wanted.device == "none" else wanted.device,
        "capture": {"keep": "none", "effects": "false"},
        "walk": {
            "speed": speed,
            "strides": str(wanted.strides),
            "aid": wanted.aid,
            "compensation": wanted.compensation,
            "legs": wanted.legs,
        },
        # a scenario needs a check; this one is never judged
        "checks": {"steps": {"measure": {"scuffs": {}}, "never": "true"}},
    }
    table = rooted(document, _HERE)
    problems = Problems()
    case = None
    scenario = read_scenario(table, problems)  # pyright: ignore[reportArgumentType]
    if scenario is not None:
        around = Surroundings(catalogue, beside, "", "", {}, Origin("", {}, {}))
        case = build_case(scenario, CaseLabel("walk", 1, wanted.seed, ()), around, problems)
    problems.raise_any()
    assert case is not None
    return case


def walk_it(case: Case, catalogue: Catalogue, device: str) -> Walked:
    """Walk `case` alone (`device` is `none`) or with its simulated device, then once more with a trace.

    Raises:
        ScenarioError: the device has no simulated model.
    """
    compensation = None
    pulses = np.empty(0, PULSE_DTYPE)
    if device != "none":
        pulses, compensation = _stimulated(case, catalogue)
    elif case.walk.compensation == "adapted":
        before = prepare_walk(rehearsal_of(case)).world(BlockLimits())
        while not before.done:
            before.advance(NEVER // 2)
        compensation = before.walker.compensation
    walk = prepare_walk(case, compensation)
    world = walk.world(BlockLimits(), trace=True)
    watch = SensorWatch(case.sensor)
    replay(world, felt(pulses, 0.0, case.device.programmed.get("pulse_width")), watch)
    _, _, strides = replayed_tables(case, walk.schedule, pulses, world.walker.strides(), watch.crossings)
    return Walked(strides, world.walker.cycles(), walk.other_leg(world.walker))


def _stimulated(case: Case, catalogue: Catalogue) -> tuple[NDArray[np.void], CompensationState | None]:
    """The pulses of a walk with the device, and the state in which it began where a rehearsal found it."""
    from rig.benches import open_bench

    bench = open_bench("virtual", catalogue)
    try:
        compensation = rehearse(case, bench) if case.walk.compensation == "adapted" else None
        record = run_case(case, bench, compensation=compensation)
    except BenchError as error:
        raise ScenarioError("--device", error.problem, error.mend) from error
    if record.interrupted:
        raise KeyboardInterrupt
    if record.fault is not None:
        raise BenchError("walk", record.fault.t_s, record.fault.text)
    return pulse_array(record.pulses), compensation
