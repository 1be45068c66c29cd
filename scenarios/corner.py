"""The worst corner of what can be set: the settings at which rms, energy or charge of a pulse are largest.

A pure search over a grid of the device's `allowed` ranges, their ends among the points. The prediction is that of an
ideal source of limited voltage; the run at the corner then measures what is really there. A product of monotonic
factors has its maximum at a corner of the ranges, but the settings must fit together (a pulse takes half a period at
most), so points between the ends are tried too.

Source of the r.m.s. formula: ``I sqrt(n w f)`` (regulatory.md 2.1), here with phase 2 of ratio r:
``integral of i^2 = I^2 w (1 + r)``.
"""

import dataclasses
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

from scenarios.case import DeviceDescription
from scenarios.dataclass_reader import Allowed, key_and_unit
from sim.electrode.load import NAMED_LOADS, Load
from sim.stimulator.program import PulseProgram

Worst: TypeAlias = Literal["rms", "energy", "phase_charge"]
QUANTITIES: Final[tuple[str, ...]] = get_args(Worst)

TEST_LOAD: Final = NAMED_LOADS["500 ohm"]
_SEARCHED: Final = ("pulse_width", "rate", "recharge", "gap", "stagger", "recovery", "waveform")
_POINTS: Final = 5
_FEWER_POINTS: Final = 3
_MANY: Final = 5
"""With more numbers than these to search, each gets fewer points."""


@dataclass(frozen=True, slots=True)
class Corner:
    """A point of the settings.

    Attributes:
        quantity: what was predicted.
        value: the prediction: A (rms), J (energy), C (phase_charge).
        settings: what must be set, SI or words, by name.
    """

    quantity: Worst
    value: float
    settings: Mapping[str, Any]


def predicted(quantity: Worst, settings: Any, load: Load = TEST_LOAD) -> float:
    """What these settings should give: rms of all channels together, A; energy, J, or charge, C, of the strongest one.

    Args:
        quantity: what is asked.
        settings: the model's settings, with `programs` and `compliance_v`.
        load: what the current flows through.
    """
    programs: Sequence[PulseProgram] = settings.programs
    squares = [_square_a2s(program, settings.compliance_v, load) for program in programs]
    if quantity == "rms":
        return math.sqrt(sum(square * program.rate_hz for square, program in zip(squares, programs, strict=True)))
    if quantity == "energy":
        return load.resistance_ohm * max(squares)
    return max(_current_a(program, settings.compliance_v, load) * program.pulse_width_s for program in programs)


def _current_a(program: PulseProgram, compliance_v: float, load: Load) -> float:
    return min(program.current_a, compliance_v / load.series_ohm)


def _square_a2s(program: PulseProgram, compliance_v: float, load: Load) -> float:
    """Integral of the square of one pulse, A^2 s; a passive phase 2 discharges the load's own capacitance."""
    current_a, width_s = _current_a(program, compliance_v, load), program.pulse_width_s
    driven = current_a**2 * width_s
    if program.recovery_s <= 0.0:
        return driven * (1.0 + program.recharge_ratio)
    if load.tau_s <= 0.0:
        return driven
    tau_s = load.tau_s * load.series_ohm / (load.series_ohm + load.parallel_ohm)
    return driven + (current_a * width_s) ** 2 / (2.0 * tau_s)


def grid(device: DeviceDescription) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every point of the search that the settings can take: (what is set, the settings)."""
    names = [name for name in device.allowed if name in _SEARCHED or name.partition("_")[0] == "current"]
    numbers = [name for name in names if not isinstance(device.allowed[name], frozenset)]
    points = _POINTS if len(numbers) <= _MANY else _FEWER_POINTS
    axes = [_axis(device.allowed[name], points) for name in names]
    for values in itertools.product(*axes):
        chosen = dict(zip(names, values, strict=True))
        try:
            settings = set_to(device, chosen)
        except ValueError:  # settings that do not fit together are no corner
            continue
        yield chosen, settings


def set_to(device: DeviceDescription, chosen: Mapping[str, Any]) -> Any:
    """The device's settings with some of them chosen, by name.

    Raises:
        ValueError: they do not fit together.
    """
    fields = {key_and_unit(field.name)[0]: field.name for field in dataclasses.fields(device.settings)}
    return dataclasses.replace(device.settings, **{fields[name]: value for name, value in chosen.items()})


def _axis(allowed: Allowed, points: int) -> tuple[Any, ...]:
    if isinstance(allowed, frozenset):
        return tuple(sorted(allowed))
    low, high = allowed
    return tuple(low + (high - low) * k / (points - 1) for k in range(points))


def worst_corner(device: DeviceDescription, quantity: Worst, load: Load = TEST_LOAD) -> Corner | None:
    """The point of the grid with the largest prediction; None where nothing may be set."""
    best: Corner | None = None
    for chosen, settings in grid(device):
        value = predicted(quantity, settings, load)
        if best is None or value > best.value * (1.0 + 1e-12):
            best = Corner(quantity, value, chosen)
    return best if device.allowed else None
