"""Torque at the ankle: dorsiflexors by Hill, passive tissue, damping, orthosis. Dorsiflexion positive."""

import math
from typing import Final

from sim.compiled import borrowing

DEG: Final = 180.0 / math.pi
OPTIMAL_LENGTH_M: Final = 0.098
TENDON_LENGTH_M: Final = 0.223
PENNATION_WIDTH_M: Final = 0.098 * math.sin(math.radians(5.0))
"""Height of the parallelogram of fibres, constant: tibialis anterior of gait2392 (Delp 1990)."""
LENGTH_AT_NEUTRAL_M: Final = 0.30379
MAX_SPEED_M_S: Final = 10.0 * OPTIMAL_LENGTH_M


FRONT_STOP_DEG: Final = 30.0
FRONT_STOP_N_M_DEG2: Final = 0.5
"""The talus meets the tibia: beyond 30 deg of dorsiflexion the torque grows as the square (design choice)."""


@borrowing
def moment_arm_m(ankle_rad: float) -> float:
    """Moment arm of tibialis anterior, m; polynomial through the path geometry of gait2392, held beyond -60 and 40 deg.

    r = 0.0420 + 1.8e-4 q - 2.3e-6 q^2, q in degrees.
    """
    q = min(max(ankle_rad * DEG, -60.0), 40.0)
    return 0.0420 + 1.8e-4 * q - 2.3e-6 * q * q


@borrowing
def dorsiflexor_torque_n_m(ankle_rad: float, rate_rad_s: float, activation: float, force_n: float) -> float:
    """Torque of the dorsiflexor group with a rigid tendon, N m: T = F0 a f_l f_v cos(alpha) r.

    Force-length exp(-((l - 1) / 0.45)^2); force-velocity (Hill 1938) (1 + v) / (1 - v / 0.25) shortening and
    1 + 0.4 v / (v + 0.08) lengthening; v in units of 10 optimal lengths a second. Source: model.md 2.3.
    """
    q = min(max(ankle_rad * DEG, -60.0), 40.0)
    arm = 0.0420 + 1.8e-4 * q - 2.3e-6 * q * q
    along = LENGTH_AT_NEUTRAL_M - (0.0420 * q + 0.9e-4 * q * q - 2.3e-6 / 3.0 * q * q * q) / DEG - TENDON_LENGTH_M
    fibre = math.sqrt(along * along + PENNATION_WIDTH_M * PENNATION_WIDTH_M)
    stretch = (fibre / OPTIMAL_LENGTH_M - 1.0) / 0.45
    v = -arm * rate_rad_s / MAX_SPEED_M_S
    if v < 0.0:
        f_v = max(0.0, (1.0 + v) / (1.0 - 4.0 * v))
    else:
        f_v = 1.0 + 0.4 * v / (v + 0.08)
    return force_n * activation * math.exp(-stretch * stretch) * f_v * along / fibre * arm


@borrowing
def everter_torque_n_m(ankle_rad: float, activation: float, force_n: float) -> float:
    """Torque of peroneus longus and brevis about the ankle, N m: they plantarflex a little, so it is negative.

    T = -F0 a r, r = 7.51 - 0.0833 q - 0.00025 q^2 mm with q in degrees, held beyond -60 and 40 deg: the two arms of
    gait2392 at -20, 0 and 20 deg (model.md 2.4), weighted by force. Length and speed of their fibres hardly change
    with so short an arm and are left out.
    """
    q = min(max(ankle_rad * DEG, -60.0), 40.0)
    return -force_n * activation * (7.506e-3 - 8.33e-5 * q - 2.5e-7 * q * q)


@borrowing
def passive_torque_n_m(ankle_rad: float, knee_rad: float, torque_10_deg_n_m: float) -> float:
    """Torque of passive tissue, N m.

    -T10 exp(0.0565 (q - 10)) exp(-0.0176 (k - 30)) + exp(-0.195 (q + 28)) + 1.8, ankle q and knee k in degrees.
    Source: T10 and the exponent Chung 2004 (resistance and stiffness at 10 deg, 32 controls, 24 stroke); the knee
    factor Riener & Edrich 1999; the plantarflexion stop near -28 deg is a design choice.
    """
    q = ankle_rad * DEG
    calf = torque_10_deg_n_m * math.exp(0.0565 * (q - 10.0) - 0.0176 * (knee_rad * DEG - 30.0))
    stop = math.exp(min(-0.195 * (q + 28.0), 20.0))
    if q > FRONT_STOP_DEG:
        calf += FRONT_STOP_N_M_DEG2 * (q - FRONT_STOP_DEG) * (q - FRONT_STOP_DEG)
    return stop + 1.8 - calf


@borrowing
def ankle_torque_n_m(
    ankle_rad: float,
    rate_rad_s: float,
    knee_rad: float,
    activation: float,
    force_n: float,
    torque_10_deg_n_m: float,
    damping_n_m_s_rad: float,
    orthosis_n_m_rad: float,
    orthosis_set_rad: float,
) -> float:
    """All torque between shank and foot but the reflex, N m."""
    torque = passive_torque_n_m(ankle_rad, knee_rad, torque_10_deg_n_m)
    if activation > 0.0:
        torque += dorsiflexor_torque_n_m(ankle_rad, rate_rad_s, activation, force_n)
    return torque - damping_n_m_s_rad * rate_rad_s - orthosis_n_m_rad * (ankle_rad - orthosis_set_rad)
