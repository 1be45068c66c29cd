"""All examinations, in the order in which a fault of one explains those behind it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from rig.bench import Bench
from rig.bench_addresses import is_in_process
from rig.bench_file.drivers import CARD
from rig.doctor.calibrations import calibrations
from rig.doctor.finding import Finding, failed, not_shown, passed
from rig.doctor.instruments import instruments
from rig.doctor.meter import load_by_meter
from rig.doctor.quiet import noise_floor, silence, zero_and_span
from rig.doctor.stimulation import loads, stimulates, switches
from rig.doctor.timing import clock_offset, levels, repeatability, step_delay
from rig.doctor.visit import Visit, case_of_doctor, steps_of, visit
from scenarios.case import Case
from sim.errors import BenchError

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory
    from scenarios.catalogue import DeviceModelSpec

REPEAT: Final = 5
"""Plain steps where nobody asks for more."""


def examine(
    laboratory: "Laboratory",
    build: Callable[["Laboratory"], Bench],
    case: Case,
    models: "Mapping[str, DeviceModelSpec]",
    today: date,
    repeat: int = REPEAT,
) -> Iterator[Finding]:
    """Examine a bench; findings come as they are made, and outputs are safe behind the last one.

    Args:
        laboratory: its bench file, read without refusing expired calibrations.
        build: gives its bench, not yet open.
        case: around the device under test.
        models: simulated stimulators, for instruments in this process.
        today: day against which calibrations are held.
        repeat: how often the plain step is repeated.
    """
    yield from calibrations(laboratory, today)
    found = list(instruments(laboratory, case_of_doctor(laboratory, case), models))
    yield from found
    if any(each.word == "FAIL" for each in found):
        yield not_shown("wiring", "an instrument is missing or another one: nothing was driven", "mend that first")
        return
    if not _streams(laboratory):
        yield from _of_scope(laboratory, build, case)
        return
    if "heel_switch" not in case.sensor.roles:
        listens = ", ".join(case.sensor.roles)
        yield not_shown("wiring", f"the device listens to {listens}, the doctor raises a heel", "--device odfs")
        return
    own = case_of_doctor(laboratory, case)
    missing = [role for role in ("heel_switch", "current") if role not in laboratory.roles]
    reason = f"no terminal for {', '.join(missing)}" if missing else laboratory.why_not(own)
    if reason:
        yield not_shown("wiring", reason, "wire it, or name another device with --device")
        return
    try:
        seen = visit(build(laboratory), own, steps_of(laboratory, own, repeat))
    except BenchError as error:
        yield failed("opening", f"{error.part}: {error.problem}", error.mend or "mend that first")
        return
    if seen.fault:
        yield failed("visit", seen.fault, "the lines below stand on what was seen before it")
    yield from findings(laboratory, seen)


def _of_scope(laboratory: "Laboratory", build: Callable[["Laboratory"], Bench], case: Case) -> Iterator[Finding]:
    """A bench that cannot stream: it is opened, the load measured, nothing gets power; the rest is left to a run."""
    own = case_of_doctor(laboratory, case)
    if reason := laboratory.why_not(own):
        yield not_shown("opening", reason, "wire it, or name another device with --device")
        return
    bench = build(laboratory)
    try:
        bench.open(own)
        identity = dict(bench.identity())
    except BenchError as error:
        yield failed("opening", f"{error.part}: {error.problem}", error.mend or "mend that first")
        return
    finally:
        bench.close()
    yield passed("opening", "every instrument was opened as for a run, nothing had power")
    yield from load_by_meter(laboratory, identity)
    named = f"{laboratory.id}@{laboratory.profile}" if laboratory.profile else laboratory.id
    unseen = "the wiring, noise floor, current, effect of what is switched, delays, repeatability"
    yield not_shown(
        "wiring",
        f"the current is read by a scope, which cannot stream; not examined: {unseen}",
        f"run a scenario on it and read its checks: stimrig run SCENARIO --bench {named}",
    )


def findings(laboratory: "Laboratory", seen: Visit) -> Iterator[Finding]:
    """What a visit shows."""
    if not seen.walked:
        yield not_shown("wiring", "no step was captured to its end", "see above")
        return
    yield from zero_and_span(laboratory, seen)
    yield from noise_floor(seen)
    yield from levels(laboratory, seen)
    yield from step_delay(seen)
    yield from silence(seen)
    yield from stimulates(laboratory, seen)
    yield from loads(laboratory, seen)
    yield from load_by_meter(laboratory, seen.identity)
    yield from switches(seen)
    yield from repeatability(seen)
    card = laboratory.card_instrument
    in_process = card is not None and is_in_process(card.address)
    yield from clock_offset(seen.clocks_s, paced=not in_process or laboratory.simulated_parts.clock == "real")
    yield passed("safe state", f"outputs were left safe: {', '.join(each.role for each in laboratory.safe_state)}")


def _streams(laboratory: "Laboratory") -> bool:
    return laboratory.instrument_of("current").driver == CARD if laboratory.wire("current") is not None else False
