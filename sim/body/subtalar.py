"""Eversion of the foot: the moments of the stimulated muscles about the subtalar axis, against its stiffness.

    eversion = rest + (M_superficial a_superficial - M_deep a_deep) / K,   held inside the joint's range

with activations a of the two branches of the common peroneal nerve. Quasi-static: the foot turns about this axis far
faster than the force of a muscle rises. The rest angle is that of the unstimulated foot in the air, its own drive
included (varus in stroke), so only stimulated force counts. Moment arms and forces: gait2392 (Delp 1990) by path
geometry at the neutral ankle (model.md 2.4); K = 0.3-0.5 N m/deg is a design choice.

    tibialis anterior  905 N  12.8 mm inverting      extensor digitorum  512 N  11.6 mm everting
    extensor hallucis  162 N   4.3 mm inverting      peroneus tertius    180 N  19.8 mm everting
    peroneus longus    943 N  27.3 mm everting       peroneus brevis     435 N  28.6 mm everting

The first four are the deep branch (lumped to the patient's dorsiflexor force), which inverts only a little: the
tibialis anterior alone inverts 4 times as much. The last two are the superficial branch.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body.layout import C_EVERSION_REST, C_EVERTERS, C_FORCE, C_SUBTALAR
from sim.compiled import borrowing

DEEP_MUSCLES: Final = ((905.0, -0.0128), (162.0, -0.0043), (512.0, 0.0116), (180.0, 0.0198))
"""(force in N, everting arm in m) of tibialis anterior, extensor hallucis, extensor digitorum, peroneus tertius."""
SUPERFICIAL_MUSCLES: Final = ((943.0, 0.0273), (435.0, 0.0286))
"""The same of peroneus longus and brevis."""


def group_arm_m(muscles: tuple[tuple[float, float], ...]) -> float:
    """Everting arm of muscles that are activated alike, weighted by their forces, m."""
    return sum(force * arm for force, arm in muscles) / sum(force for force, _ in muscles)


DEEP_ARM_M: Final = group_arm_m(DEEP_MUSCLES)
SUPERFICIAL_ARM_M: Final = group_arm_m(SUPERFICIAL_MUSCLES)
MOST_INVERTED_RAD: Final = math.radians(-35.0)
MOST_EVERTED_RAD: Final = math.radians(20.0)
"""Range of the joint (Roaas & Andersson 1982 measured 27 and 28 deg passively; the ends here are design choices)."""


@borrowing
def everting_moment_n_m(deep: float, superficial: float, const: NDArray[np.float64]) -> float:
    """Moment of the stimulated muscles about the subtalar axis, eversion positive, N m."""
    return const[C_FORCE] * DEEP_ARM_M * deep + const[C_EVERTERS] * SUPERFICIAL_ARM_M * superficial


@borrowing
def eversion_rad(moment_n_m: float, const: NDArray[np.float64]) -> float:
    """Eversion of the foot under a moment, rad."""
    angle = const[C_EVERSION_REST] + moment_n_m / const[C_SUBTALAR]
    return min(max(angle, MOST_INVERTED_RAD), MOST_EVERTED_RAD)
