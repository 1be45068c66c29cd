"""Examinations of the quiet bench: zero and span, noise floor, no current before the first step."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np

from rig.doctor.finding import Finding, failed, not_here, not_shown, passed
from rig.doctor.visit import SETTLED_S, Visit
from rig.zero_span import out_of_tolerance
from scenarios.quantities import format_quantity

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

_NOISE_RATIO: Final = 1.5
"""A noise floor beyond this part of the stated noise is told (design choice: the scatter of an rms over 10 000 samples
is under 1 %; mains hum and a loose shield are far beyond)."""


def zero_and_span(laboratory: "Laboratory", seen: Visit) -> Iterator[Finding]:
    """Shorted inputs read zero, the reference source reads its value, both within what the file states."""
    name = "zero and span"
    if not seen.zero_span:
        if laboratory.wire("zero") is None or laboratory.wire("span") is None:
            yield not_here(name, "no lines `zero` and `span`: direct current is as uncertain as the stated offset")
        else:
            yield not_shown(name, "the bench took no readings", "are the relays of `zero` and `span` wired?")
        return
    problem = out_of_tolerance(seen.zero_span, seen.accuracy, "before")
    if problem:
        yield failed(name, problem, "calibrate the card, or look for a resistance that is wrong or a loose wire")
        return
    for role, reading in seen.zero_span.items():
        unit = seen.accuracy[role].unit
        zero, gain = format_quantity(reading.zero, unit), 100.0 * (reading.gain_ratio - 1.0)
        yield passed(
            name, f"{role}: zero {zero}, gain off by {gain:+.3f} %", zero=reading.zero, gain_ratio=reading.gain_ratio
        )


def noise_floor(seen: Visit) -> Iterator[Finding]:
    """Every captured role against the noise that the file states, before anything is driven."""
    name = "noise floor"
    for role, accuracy in seen.accuracy.items():
        quiet = seen.samples(role, SETTLED_S, seen.quiet_s)
        if quiet.size < 1000:
            yield not_shown(name, f"{role}: {quiet.size} samples were captured", "run the doctor again")
            continue
        rms = float(np.std(quiet))
        allowed = _NOISE_RATIO * float(np.hypot(accuracy.noise_rms, accuracy.lsb))
        stated = format_quantity(accuracy.noise_rms, accuracy.unit)
        text = f"{role}: {format_quantity(rms, accuracy.unit)} rms, stated are {stated}"
        if rms > allowed:
            mend = "shield and ground the cables, look for mains and switching supplies; or state what the bench has"
            yield failed(name, text, mend, rms=rms, stated_rms=accuracy.noise_rms)
        else:
            yield passed(name, text, rms=rms, stated_rms=accuracy.noise_rms)


def silence(seen: Visit) -> Iterator[Finding]:
    """No pulse while the heel is on the floor before the first step."""
    name = "quiet device"
    early = seen.between(0.0, seen.quiet_s)
    if early.size:
        mend = "is the heel switch wired to the device, and its level right? Is the device in a test mode?"
        yield failed(name, f"{early.size} pulses before the first step", mend, pulses=float(early.size))
    else:
        yield passed(name, "no pulse before the first step")
