"""Up to which instant a record can carry a verdict, and what forbids the rest.

Faults of the rig, interruptions, events that never fired, clipping, gaps, a closed loop that was too slow (design.md
section 6, formats.md section 2).
"""

import math
from dataclasses import dataclass

import numpy as np

from reports.during import Part
from reports.verdict import Outcome
from rig.record import LoopError, Record
from scenarios.catalogue import MeasureSpec
from scenarios.quantities import format_quantity
from scenarios.roles import ANALOGUE_UNITS


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Data after `t_s` show nothing; a violation seen before stands.

    Attributes:
        t_s: instant, s; -inf where nothing of the record can be trusted.
        outcome: what the check becomes where no violation was seen before.
        reason: one sentence.
        always: True where it holds whatever data the check asks for.
    """

    t_s: float
    outcome: Outcome
    reason: str
    always: bool = False


def cutoffs(record: Record, spec: MeasureSpec, part: Part) -> tuple[Cutoff, ...]:
    """Everything that may forbid a verdict, the cause to be named first in front."""
    found: list[Cutoff] = []
    if record.fault is not None:
        t_s = -math.inf if math.isnan(record.fault.t_s) else record.fault.t_s
        found.append(Cutoff(t_s, Outcome.NOT_RUN, f"blocked by {record.fault.text}"))
    if record.interrupted:
        t_s = record.span_s[1]
        found.append(Cutoff(t_s, Outcome.NOT_RUN, f"blocked by the interruption at t = {t_s:.2f} s"))
    found.extend(
        Cutoff(event.start_s, Outcome.INCONCLUSIVE, f"event `{event.name}` never fired", always=True)
        for event in part.missing
    )
    named = {event.name for event in part.missing}
    found.extend(
        Cutoff(
            event.start_s,
            Outcome.INCONCLUSIVE,
            f"event `{event.name}`, planned at t = {event.start_s:.2f} s, never fired",
        )
        for event in record.events.values()
        if not event.fired and event.name not in named
    )
    if spec.quantity == "modelled":
        found.extend(_outcome_cutoffs(record))
    return tuple(found)


def _difference(error: LoopError) -> str:
    if error.amplitude_role:
        unit = ANALOGUE_UNITS[error.amplitude_role]
        found, allowed = (format_quantity(value, unit) for value in (error.amplitude, error.amplitude_limit))
        return f"{found} in {error.amplitude_role}, allowed are {allowed}"
    shift, allowed = (format_quantity(value, "s") for value in (error.crossing_shift_s, error.limit_s))
    return f"{shift} and {error.unmatched_crossings} unmatched crossings, allowed are {allowed} and none"


def _outcome_cutoffs(record: Record) -> list[Cutoff]:
    """What a patient outcome needs besides: every pulse in the capture, and a replay that saw the same sensor."""
    found: list[Cutoff] = []
    error = record.loop_error
    if error is not None and not error.acceptable:
        reason = f"closed loop too slow: the replayed sensor differs by {_difference(error)}"
        found.append(Cutoff(-math.inf, Outcome.INCONCLUSIVE, reason, always=True))
    clipped = sum(count for role, count in record.clipped.items() if role.partition(".")[0] == "current")
    if clipped:
        flags = record.pulses.get("clipped", np.empty(0)) > 0
        t_s = float(np.min(record.pulses["t_s"][flags], initial=math.inf)) if flags.any() else -math.inf
        t_s = -math.inf if not math.isfinite(t_s) else t_s
        found.append(Cutoff(t_s, Outcome.INCONCLUSIVE, f"the capture of the current is clipped ({clipped} samples)"))
    if record.gaps_s:
        t_s = min(start for start, _ in record.gaps_s)
        found.append(Cutoff(t_s, Outcome.INCONCLUSIVE, f"the capture has a gap at t = {t_s:.2f} s"))
    return found
