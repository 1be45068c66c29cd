"""Reads the record of a case again, so that it can be judged and reported without a rig."""

import json
from collections.abc import Mapping
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rig.aid_effect import read_effect
from rig.bench import ChannelAccuracy
from rig.both_legs import apart
from rig.firmware_facts import read_firmware_facts
from rig.idle import idle_in_si
from rig.lines import log_from
from rig.record import IdleCells, Record
from rig.record_facts import accuracy_from, events_from, fault_from, loop_error_from
from rig.store import CASE_FILE, EVENT_FILE, PULSE_FILE, RECORD_KIND, STRIDE_FILE, WAVEFORM_FILE
from rig.tables import STRIDE_COLUMNS, read_table, trains_of
from rig.waveform_file import WaveformFile
from rig.zero_span import zero_spans_from
from scenarios.case import Case
from scenarios.catalogue import Catalogue
from sim.errors import RecordError
from sim.pulse import PULSE_DTYPE, joined_pulses
from sim.timebase import NS_PER_S


def read_events(folder: Path) -> list[dict[str, Any]]:
    """Lines of `events.jsonl`; a last one that was cut off is left out.

    Raises:
        RecordError: the file is missing or damaged before its last line.
    """
    path = folder / EVENT_FILE
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise RecordError(str(path), f"cannot be read: {error.strerror}", "is this the folder of a case?") from error
    events: list[dict[str, Any]] = []
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            events.append(json.loads(line))
        except ValueError as error:
            if number == len(lines):
                break
            raise RecordError(f"{path}:{number}", f"is no JSON: {error}") from error
    return events


def is_complete(folder: Path) -> bool:
    """True where the case ran to the end of its record."""
    try:
        events = read_events(folder)
    except RecordError:
        return False
    return bool(events) and events[-1]["kind"] == RECORD_KIND


def load_case(folder: Path, catalogue: Catalogue) -> Case:
    """The case of a case folder.

    Raises:
        ScenarioError: `case.yaml` is missing or damaged.
    """
    from scenarios.plan import load_cases

    return load_cases([folder / CASE_FILE], catalogue).cases[0]


def load_record(folder: Path, catalogue: Catalogue) -> Record:
    """The record of a case folder; of a killed run what its waveform still tells, marked as interrupted.

    Raises:
        RecordError: a file is missing or damaged.
        ScenarioError: `case.yaml` cannot be used.
    """
    case = load_case(folder, catalogue)
    events = read_events(folder)
    if not events or events[-1]["kind"] != RECORD_KIND:
        return _of_killed_run(folder, case, events)
    facts, log = events[-1]["detail"], log_from(events)
    pulses = read_table(folder / PULSE_FILE)
    strides, other = apart(read_table(folder / STRIDE_FILE), case.leg)
    return Record(
        case=case,
        hardware=facts["hardware"],
        span_s=(facts["span_s"][0], facts["span_s"][1]),
        gaps_s=tuple((a, b) for a, b in facts["gaps_s"]),
        pulses=pulses,
        trains=trains_of(pulses),
        strides=strides,
        idle=_idle(folder, pulses["t_s"], pulses["end_s"]),
        accuracy=accuracy_from(facts["accuracy"]),
        events=events_from(facts),
        loop_error=loop_error_from(facts),
        fault=fault_from(facts),
        interrupted=facts["interrupted"],
        clipped=facts["clipped"],
        sensor_delay_s=(facts["sensor_delay_s"][0], facts["sensor_delay_s"][1]),
        other_strides=other,
        effect=read_effect(folder),
        zero_span=zero_spans_from(facts.get("zero_span")),
        messages=log.messages(),
        lines=log.lines(),
        firmware=read_firmware_facts(folder),
    )


def _idle(folder: Path, t_s: Any, end_s: Any) -> dict[str, IdleCells]:
    path = folder / WAVEFORM_FILE
    if not path.exists():
        return {}
    with WaveformFile(path) as file:
        return idle_in_si(file.idle(t_s, end_s), file.roles, file.rate_hz, file.cell)


def _of_killed_run(folder: Path, case: Case, events: list[dict[str, Any]]) -> Record:
    """Pulses found again in the waveform; no strides, because the replay needs the end of the run."""
    from rig.trains import assign_trains

    log = log_from(events)
    told = {line["kind"]: line for line in reversed(events)}
    hardware = told["bench"]["name"] if "bench" in told else "virtual"
    accuracy = accuracy_from(told["accuracy"]["detail"]) if "accuracy" in told else {}
    found, end_s = _pulses_again(folder / WAVEFORM_FILE, accuracy)
    pulses, trains = assign_trains(found, np.empty(0), int(case.leg == "right"), case.device.programmed)
    return Record(
        case=case,
        hardware=hardware,
        span_s=(0.0, end_s),
        gaps_s=(),
        pulses=pulses,
        trains=trains,
        strides={name: np.empty(0) for name in STRIDE_COLUMNS},
        idle=_idle(folder, pulses["t_s"], pulses["end_s"]) if end_s else {},
        accuracy=accuracy,
        events={},
        loop_error=None,
        interrupted=True,
        zero_span=zero_spans_from(told["zero_span"]["detail"] if "zero_span" in told else None),
        messages=log.messages(),
        lines=log.lines(),
    )


def _pulses_again(path: Path, accuracy: Mapping[str, ChannelAccuracy]) -> tuple[NDArray[Any], float]:
    """Pulses of a waveform file that may be cut off, and the end of what it holds, s."""
    from rig.finder import PulseFinder
    from rig.peak_voltage import PeakVoltage
    from rig.pulse_source import voltage_of

    try:
        file = WaveformFile(path)
    except RecordError:
        return np.empty(0, PULSE_DTYPE), 0.0
    found: list[NDArray[Any]] = [np.empty(0, PULSE_DTYPE)]
    end_ns = 0
    with file:
        for role in file.roles:
            name, _, channel = role.partition(".")
            if name != "current" or role not in accuracy:
                continue
            finder, voltage = PulseFinder.for_channel(accuracy[role], int(channel or 1)), PeakVoltage()
            beside = file.signals(voltage_of(role)) if voltage_of(role) in file.roles else repeat(None)
            for signal, other in zip(file.signals(role), beside, strict=False):
                pulses = finder.feed(signal)
                if other is not None:
                    voltage.feed(other)
                    voltage.fill(pulses)
                    voltage.forget(finder.settled_ns)
                found.append(pulses)
                end_ns = max(end_ns, signal.t0_ns + len(signal.samples) * signal.period_ns)
            found.append(finder.finish())
            voltage.fill(found[-1])
    pulses = joined_pulses(found)
    return pulses[np.argsort(pulses["t_s"], kind="stable")], end_ns / NS_PER_S
