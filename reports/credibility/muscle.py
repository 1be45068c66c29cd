"""The stimulated muscle alone: Ding's model under trains of pulses, with the kernels of the body."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.body import layout as at
from sim.body.activation import A_REST, KM_REST, TAU1_REST_S, feel_pulse, force_step


@dataclass(frozen=True, slots=True, eq=False)
class Muscle:
    """A rested muscle as the kernels see it.

    Attributes:
        body: state.
        ints: integer state.
        const: constants.
    """

    body: NDArray[np.float64]
    ints: NDArray[np.int64]
    const: NDArray[np.float64]


def rested(fatigue_factor: float = 0.0) -> Muscle:
    """A muscle at rest; `fatigue_factor` scales Ding's fatigue rates."""
    body, ints, const = np.zeros(2 * at.BODY_FLOATS), np.zeros(at.BODY_INTS, np.int64), np.zeros(at.CONSTANTS)
    body[at.B_GAIN_A], body[at.B_TAU1], body[at.B_KM] = A_REST, TAU1_REST_S, KM_REST
    ints[at.I_LAST_PULSE] = -1
    const[at.C_FATIGUE] = fatigue_factor
    return Muscle(body, ints, const)


def force_of_train(
    pulses_s: Sequence[float] | NDArray[np.float64], end_s: float, muscle: Muscle | None = None, share: float = 1.0
) -> NDArray[np.float64]:
    """Force at the end of every millisecond, N of Ding's scale.

    Args:
        pulses_s: instants of the pulses; each is felt at its nearest millisecond.
        end_s: length, s.
        muscle: whose state is carried on, or a rested one.
        share: recruited share of its fibres, 0..1.
    """
    muscle = muscle or rested()
    due = np.rint(np.asarray(pulses_s) * 1e3).astype(int).tolist()
    forces = np.zeros(round(end_s * 1e3))
    for step in range(forces.size):
        while due and due[0] <= step:
            feel_pulse(muscle.body, muscle.ints, due.pop(0) * 1_000_000, share)
        force_step(muscle.body, muscle.const, 1e-3)
        forces[step] = muscle.body[at.B_STIMULATED]
    return forces
