"""Compensation: the patient lifts the pelvis, or the whole leg, when the toes come too low.

The demand q (m of lift above the uncompensated walk) follows what was felt in the last swing:

    q <- clip(q + eta ((goal - felt clearance) - lambda q) + kick if it scuffed, 0, limit)

with eta = 0.15 both ways and lambda = 0.25, so an aid that is worth A at the toes changes q by A / (1 + lambda) and the
clearance by lambda A / (1 + lambda): the hike changes four times more than the clearance (Cruz & Dhaher 2009: 5.0 mm
and 1.2 mm, n = 9). A share f of q is hip hiking; the rest is steppage, 1.6 mm of clearance per degree of thigh, with
0.9 deg of knee each. The demand of a stride follows from the swing before it and from nothing later.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.body.layout import B_DEMAND, C_GAIN, C_GOAL, C_KICK, C_LEAK, C_LIMIT
from sim.compiled import borrowing


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

    Args:
        body: state.
        const: constants; a limit of 0 freezes the demand.
        mtc_m: minimum toe clearance of the swing, m.
        sense_m: error with which it was felt, m.
        scuffed: the toes touched the ground.
    """
    if const[C_LIMIT] <= 0.0:
        return
    q = body[B_DEMAND]
    error = const[C_GOAL] - (mtc_m + sense_m)
    q += const[C_GAIN] * (error - const[C_LEAK] * q)
    if scuffed:
        q += const[C_KICK]
    body[B_DEMAND] = min(max(q, 0.0), const[C_LIMIT])
