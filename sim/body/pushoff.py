"""Push-off: where the ankle stands at toe-off, and what is left of its plantarflexion.

The ankle of the class at toe-off is the balance of the walker's own muscles; whatever is added pulls against the
stiffness K of the ankle in push-off, the springs in parallel:

    K (theta - theta_class) = T_deep + T_superficial - T_reflex - K_afo (theta - theta_set)

Stimulation and reflex move it by 8 deg at most (design choices, model.md 2.6); an orthosis by as much as its spring
asks, which is how a stiff one weakens push-off. A foot that pushes off less throws the leg forward less, so knee and
hip bend less in the swing that follows (`sim.body.bend`): Kesar 2009 (13 stroke patients) found less knee flexion in
swing when dorsiflexors alone were stimulated. The direction is theirs; the size (`knee_push_off_ratio`, 0.2 deg for
each degree) is a design choice.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.activation import FORCE_100_HZ
from sim.body.ankle import dorsiflexor_torque_n_m, everter_torque_n_m
from sim.body.layout import (
    B_REFLEX,
    B_STIMULATED,
    BRANCH,
    C_AFO,
    C_AFO_SET,
    C_ANKLE_TOE_OFF,
    C_EVERTERS,
    C_FORCE,
    C_STANCE_PEAK,
    C_TOE_OFF_STIFFNESS,
)
from sim.compiled import borrowing
from sim.gait.stairs import MOST_DORSIFLEXED_RAD

HIGHEST_SHIFT_RAD: Final = math.radians(8.0)
LEAST_RAD: Final = math.radians(1.0)
"""Less plantarflexion than this is no push-off (design choice)."""


@borrowing
def stimulated_n_m(body: NDArray[np.float64], const: NDArray[np.float64]) -> float:
    """Torque of the stimulated muscles about an ankle held at its class's toe-off angle, N m."""
    ankle, deep, superficial = const[C_ANKLE_TOE_OFF], body[B_STIMULATED], body[B_STIMULATED + BRANCH]
    torque = dorsiflexor_torque_n_m(ankle, 0.0, deep / FORCE_100_HZ, const[C_FORCE])
    if superficial > 0.0:
        torque += everter_torque_n_m(ankle, superficial / FORCE_100_HZ, const[C_EVERTERS])
    return torque


@borrowing
def lifted_rad(torque_n_m: float, const: NDArray[np.float64]) -> float:
    """How far a torque lifts the ankle in push-off against its stiffness and an orthosis, rad."""
    lift = torque_n_m / (const[C_TOE_OFF_STIFFNESS] + const[C_AFO])
    return min(max(lift, -HIGHEST_SHIFT_RAD), HIGHEST_SHIFT_RAD)


@borrowing
def held_rad(const: NDArray[np.float64]) -> float:
    """How far an orthosis holds the ankle at toe-off above the one of the class, rad; 0 without one."""
    return const[C_AFO] * (const[C_AFO_SET] - const[C_ANKLE_TOE_OFF]) / (const[C_TOE_OFF_STIFFNESS] + const[C_AFO])


@borrowing
def toe_off_shift_rad(body: NDArray[np.float64], const: NDArray[np.float64]) -> float:
    """Ankle at toe-off above the one of the class, rad; nothing lifts it beyond its loaded range."""
    shift = lifted_rad(stimulated_n_m(body, const) - body[B_REFLEX], const) + held_rad(const)
    return min(shift, max(MOST_DORSIFLEXED_RAD - const[C_ANKLE_TOE_OFF], 0.0))


@borrowing
def push_off_ratio(shift_rad: float, const: NDArray[np.float64]) -> float:
    """Plantarflexion from the largest dorsiflexion in stance to toe-off, over that of the same walker without aid.

    NaN where the walker does not push off: a shuffling foot, a foot that comes down the stairs.
    """
    without_aid = const[C_STANCE_PEAK] - const[C_ANKLE_TOE_OFF]
    return 1.0 - shift_rad / without_aid if without_aid > LEAST_RAD else math.nan
