"""A walk that nobody judges: the same loop and replay as a run, without a record."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rig.commands.walk_options import Option, option, read_aid, table_of
from rig.felt import felt
from rig.record import Table
from rig.replay import replay, replayed_tables
from rig.runner import rehearse, run_case
from rig.tables import pulse_array
from rig.walks import prepare_walk, rehearsal_of
from scenarios.build import CaseLabel, Origin, Surroundings, build_case
from scenarios.case import Case
from scenarios.catalogue import Catalogue
from scenarios.device_file import read_device
from scenarios.patient_file import read_patient
from scenarios.problems import Problems
from scenarios.quantities import exact_quantity
from scenarios.schema import SCENARIO_SCHEMA, read_scenario
from scenarios.text import Text
from sim.body.compensation import CompensationState
from sim.errors import BenchError, ScenarioError
from sim.pulse import PULSE_DTYPE
from sim.sensor.watch import SensorWatch
from sim.timebase import NEVER
from sim.world import BlockLimits

_HERE = Option("stimrig walk", 1, 1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for, as text.

    Attributes:
        patient: name or file.
        speed: with its unit, or "" for the patient's own.
        strides: number of strides.
        seed: of the walk.
        device: name or file, or `none`.
        aid: `none`, `afo`, or `afo` with its stiffness and set angle.
        compensation: `acute`, `adapted` or `none`.
        legs: `one` or `both`.
        leg: `left` or `right`, the affected one.
    """

    patient: str
    speed: str
    strides: int
    seed: int
    device: str
    aid: str
    compensation: str
    legs: str = "one"
    leg: str = "left"


@dataclass(frozen=True, slots=True, eq=False)
class Walked:
    """What came out.

    Attributes:
        strides: columns of `strides.parquet`, of the stimulated leg.
        cycles: name -> (n_strides, 101) over 0-100 % of the cycle; empty where none was asked for.
        other_strides: the same columns of the other leg; empty where one leg walked.
        pulses: columns of `pulses.parquet`; of no rows without a device.
    """

    strides: Table
    cycles: Table
    other_strides: Table
    pulses: Table


def case_of(wanted: Wanted, catalogue: Catalogue, beside: tuple[Path, ...]) -> Case:
    """The case of a walk, read by the same reader as a scenario.

    Raises:
        ScenarioError: an option that cannot be used.
    """
    at_patient, speed = option("patient"), wanted.speed
    if not speed:
        _, patient, _ = read_patient(Text(wanted.patient, at_patient), beside)
        speed = exact_quantity(patient.speed_m_s, "m/s")
    device = "odfs" if wanted.device == "none" else wanted.device
    walk = {
        "speed": (speed, option("speed")),
        "strides": (str(wanted.strides), option("strides")),
        "aid": (read_aid(wanted.aid), option("aid")),
        "compensation": (wanted.compensation, option("compensation")),
        "legs": (wanted.legs, option("legs")),
    }
    document = {
        "schema": (SCENARIO_SCHEMA, _HERE),
        "id": ("walk", _HERE),
        "seed": (str(wanted.seed), option("seed")),
        "patient": (wanted.patient, at_patient),
        "leg": (wanted.leg, option("leg")),
        "device": (device, option("device")),
        "sensor": ({"kind": _sensor_of(device, catalogue, beside)}, option("device")),
        "capture": ({"keep": "none", "effects": "false"}, _HERE),
        # a scenario needs a check; this one is never judged
        "checks": ({"steps": {"measure": {"scuffs": {}}, "never": "true"}}, _HERE),
    }
    table = table_of(document, _HERE)
    table = replace(
        table,
        keys={**table.keys, "walk": Text("walk", _HERE)},
        values={**table.values, "walk": table_of(walk, _HERE)},
    )
    problems = Problems()
    case = None
    scenario = read_scenario(table, problems)
    if scenario is not None:
        around = Surroundings(catalogue, beside, "", "", {}, Origin("", {}, {}))
        case = build_case(scenario, CaseLabel("walk", 1, wanted.seed, ()), around, problems)
    problems.raise_any()
    assert case is not None
    return case


def _sensor_of(device: str, catalogue: Catalogue, beside: tuple[Path, ...]) -> str:
    """Kind of sensor that a device listens to; a heel switch where it does not say."""
    roles = read_device(Text(device, option("device")), catalogue.models, beside).roles
    return roles[0].partition(".")[0] if roles else "heel_switch"


def walk_it(case: Case, catalogue: Catalogue, device: str, *, trace: bool = True) -> Walked:
    """Walk `case` alone (`device` is `none`) or with its simulated device, then once more with a trace.

    Args:
        case: from `case_of`.
        catalogue: names.
        device: as asked for.
        trace: False leaves the cycles out, and the memory that they take.

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
    world = walk.world(BlockLimits(), trace=trace)
    watch = SensorWatch(case.sensor)
    replay(world, felt(pulses, 0.0, case.device.programmed.get("pulse_width")), watch)
    columns, _, strides = replayed_tables(case, walk.schedule, pulses, world.walker.strides(), watch.crossings)
    return Walked(strides, world.walker.cycles() if trace else {}, walk.other_leg(world.walker), columns)


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
