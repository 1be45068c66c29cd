"""Compensation: the patient lifts the pelvis, or the whole leg, when the toes come too low.

The demand q (m of lift above the uncompensated walk) follows what was felt in the last swing:

    q <- clip(q + eta ((goal - felt clearance) - lambda q) + kick if it scuffed, 0, limit)

with eta = 0.15 both ways and lambda = 0.25, so an aid that is worth A at the toes changes q by A / (1 + lambda) and the
clearance by lambda A / (1 + lambda): the hike changes four times more than the clearance (Cruz & Dhaher 2009: 5.0 mm
and 1.2 mm, n = 9). The demand of a stride follows from the swing before it and from nothing later.

The demand is met in three ways, in shares of the patient that add up to 1:

    hip hiking      the pelvis rises by its share of q
    circumduction   the hip abducts by b, which lifts the foot by L (1 - cos b) and carries it outward by L sin b
    steppage        the rest: thigh up by 1 deg for 1.6 mm of clearance, with 0.9 deg of knee each

L is the height of the hip standing. b rises in the first 30 % of swing and is gone at contact (design choice).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.body.layout import B_DEMAND, C_CIRCUMDUCTION, C_GAIN, C_GOAL, C_HIKE, C_KICK, C_LEAK, C_LIMIT, C_RISE
from sim.compiled import borrowing
from sim.gait.cycle import STEPPAGE_M_RAD


@dataclass(frozen=True, slots=True)
class CompensationState:
    """What a patient has got used to.

    Attributes:
        demand_m: lift above the uncompensated walk, m.
        mtc_swing_ratio: mean phase of the minimum toe clearance, 0..1 of swing.
    """

    demand_m: float = 0.0
    mtc_swing_ratio: float = 0.5


@borrowing
def adapt(body: NDArray[np.float64], const: NDArray[np.float64], mtc_m: float, sense_m: float, scuffed: bool) -> None:
    """Decide the demand of the next stride from the swing that has just ended.

    On stairs the foot clears the nosings by the path that it is led on: nothing is learnt there, and nothing forgotten.

    Args:
        body: state.
        const: constants; a limit of 0 freezes the demand.
        mtc_m: minimum toe clearance of the swing, m.
        sense_m: error with which it was felt, m.
        scuffed: the toes touched the ground.
    """
    if const[C_LIMIT] <= 0.0 or const[C_RISE] != 0.0:
        return
    q = body[B_DEMAND]
    error = const[C_GOAL] - (mtc_m + sense_m)
    q += const[C_GAIN] * (error - const[C_LEAK] * q)
    if scuffed:
        q += const[C_KICK]
    body[B_DEMAND] = min(max(q, 0.0), const[C_LIMIT])


@borrowing
def shares(demand_m: float, const: NDArray[np.float64]) -> tuple[float, float, float]:
    """How the demand is met.

    Returns:
        Pelvis lift (m), steppage of the thigh (rad), lift by circumduction (m).
    """
    outward = demand_m * const[C_CIRCUMDUCTION]
    steppage = demand_m * (1.0 - const[C_HIKE] - const[C_CIRCUMDUCTION]) / STEPPAGE_M_RAD
    return demand_m * const[C_HIKE], max(steppage, 0.0), outward


@borrowing
def excursion_m(lift_m: float, leg_m: float) -> float:
    """How far a leg of length L swings outward to be lifted by L (1 - cos b), m: L sin b = sqrt(lift (2 L - lift))."""
    return math.sqrt(max(lift_m * (2.0 * leg_m - lift_m), 0.0))
