"""Direct current by a capacitor in series with the load: I = C dV/dt + V/R_p. No offset and no converter is in the way.

What flows one way charges the capacitor; what flows back and forth does not. The voltage between the pulses is followed
over the run: its slope is the mean current, pulses and leak together; before the first pulse it is the leak alone.

Source: regulatory.md 5.4 (D) (10 uF film: 0.1 uA makes 10 mV/s).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from reports.metrology.quiet import Array, cell_noise_a
from reports.uncertainty import Term, bounded, term
from rig.bench import ChannelAccuracy
from rig.record import IdleCells
from sim.electrode.load import Load

CAPACITOR_BOUND_RATIO: Final = 0.01
"""How far the capacitor may be off its value: 1 % (a film capacitor that was measured; design choice)."""
SERIES_TAU_S: Final = 1000.0
"""A parallel branch that takes longer than this to discharge stands for a series capacitor."""
_HOUR_S: Final = 3600.0
_BLOCKS: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class Charging:
    """What a capacitor collected.

    Attributes:
        current_a: mean current, A.
        terms: components of its uncertainty, (1,) each.
    """

    current_a: float
    terms: tuple[Term, ...]


def is_series_capacitor(load: Load) -> bool:
    """True for a load whose parallel branch is a capacitor that hardly leaks."""
    return load.parallel_f > 0.0 and load.tau_s >= SERIES_TAU_S


def charging_current(cells: IdleCells, accuracy: ChannelAccuracy, load: Load, t_s: Array, level_v: Array) -> Charging:
    """Mean current into the capacitor, from the slope of the voltage of quiet cells.

    The slope is that of a straight line; a voltage that does not rise evenly shows in the scatter of its blocks, which
    enters as type A.

    Args:
        cells: quiet cells of the voltage; gives their length.
        accuracy: of the voltage channel.
        load: with the capacitor.
        t_s: (n,) instants of the cells, s; two or more.
        level_v: (n,) their means, V.
    """
    middle_s, span_s = float(np.mean(t_s)), float(t_s[-1] - t_s[0])
    away = t_s - middle_s
    squares = float(away @ away)
    slope = float(away @ level_v) / squares
    noise = cell_noise_a(accuracy, cells.cell_s) / squares**0.5
    rest = level_v - float(np.mean(level_v)) - slope * away
    blocks = np.array_split(np.arange(t_s.size), min(_BLOCKS, t_s.size))
    means = np.array([float(np.mean(rest[rows])) for rows in blocks])
    centres = np.array([float(np.mean(away[rows])) for rows in blocks])
    dof = max(means.size - 2, 1)
    scatter = float(np.sqrt(np.sum(means**2) / dof / max(float(centres @ centres), 1e-12)))
    leak_a = float(np.mean(level_v)) / load.parallel_ohm
    current_a = load.parallel_f * slope + leak_a
    drift = accuracy.drift_per_hour / _HOUR_S if span_s > 0.0 else 0.0
    ratio = float(np.hypot(CAPACITOR_BOUND_RATIO, accuracy.gain_bound_ratio))
    return Charging(
        current_a,
        (
            bounded(
                "capacitor and gain", abs(current_a) * ratio, 1, systematic=True, source="value of C, gain of the probe"
            ),
            bounded(
                "drift", load.parallel_f * drift, 1, systematic=True, source="drift of the voltage channel, stated"
            ),
            bounded(
                "leak of C", abs(leak_a), 1, systematic=True, source="corrected by the stated resistance; all of it"
            ),
            term("noise", "A", load.parallel_f * noise, 1, systematic=False, source="noise of the quiet cells"),
            term(
                "unevenness",
                "A",
                load.parallel_f * scatter,
                1,
                systematic=False,
                source="scatter about the line",
                dof=dof,
            ),
        ),
    )
