"""How step length and step time follow from walking speed: the law over 51 people.

With the dimensionless speed ``w = v / sqrt(g L)``, L the leg length:

    step length / L           = 1.110 w^0.514
    step time * sqrt(g / L)   = 1.110 w^-0.486

Source: fitted to 306 trials of 51 healthy adults at 0.5-1.4 m/s (24 young, 27 older): BMClab, H2A data set, CC BY 4.0;
`tests/physics/test_speed_law.py` repeats the fit.
"""

from typing import Final

import numpy as np

GRAVITY_M_S2: Final = 9.81
LENGTH_COEFFICIENT: Final = 1.110
LENGTH_EXPONENT: Final = 0.514
TIME_EXPONENT: Final = -0.486
RESIDUAL_LN_SD: Final = 0.074
"""Standard deviation of ln(step length) between people about the law."""


def dimensionless_speed(speed_m_s: float, leg_length_m: float) -> float:
    """Walking speed in units of ``sqrt(g L)``."""
    return speed_m_s / float(np.sqrt(GRAVITY_M_S2 * leg_length_m))


def step_length_m(speed_m_s: float, leg_length_m: float) -> float:
    """Step length at a speed, m."""
    return LENGTH_COEFFICIENT * dimensionless_speed(speed_m_s, leg_length_m) ** LENGTH_EXPONENT * leg_length_m


def stride_time_s(speed_m_s: float, leg_length_m: float) -> float:
    """Stride time (two steps) at a speed, s."""
    step = LENGTH_COEFFICIENT * dimensionless_speed(speed_m_s, leg_length_m) ** TIME_EXPONENT
    return 2.0 * step * float(np.sqrt(leg_length_m / GRAVITY_M_S2))
