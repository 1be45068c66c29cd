"""Whether a body with these parameters has a gait that can be built: the rule by which drawn people are refused."""

from typing import Final

from sim.body.patient import Patient
from sim.gait.speed_law import step_length_m, stride_time_s

STRIDE_TIME_RATIO: Final = (0.7, 1.4)
SHORTEST_SWING_S: Final = 0.25
LONGEST_STEP_RATIO: Final = 1.0
KNEE_OVER_THIGH_RAD: Final = 0.2


def why_not_walkable(patient: Patient) -> str:
    """Why nobody walks like that, or "".

    All of this is design choice; it keeps the cycle inside what the laws of `sim.gait` were made for:

    * stride time at the own speed is 0.7 to 1.4 times the healthy one;
    * swing lasts at least 0.25 s;
    * a step is not longer than the leg;
    * the knee bends by 0.2 rad more in swing than the thigh is lifted, or the shank would never hang under the knee.
    """
    law_s = stride_time_s(patient.speed_m_s, patient.leg_length_m)
    time_s = law_s if patient.stride_time_s is None else patient.stride_time_s
    low, high = STRIDE_TIME_RATIO
    if not low <= time_s / law_s <= high:
        return f"stride time {time_s:.2f} s at {patient.speed_m_s:.2f} m/s"
    stance = 0.62 - 0.08 * (patient.speed_m_s - 1.3) if patient.stance_ratio is None else patient.stance_ratio
    if (1.0 - stance) * time_s < SHORTEST_SWING_S:
        return f"swing of {1e3 * (1.0 - stance) * time_s:.0f} ms"
    if step_length_m(patient.speed_m_s, patient.leg_length_m) > LONGEST_STEP_RATIO * patient.leg_length_m:
        return f"steps longer than the leg of {patient.leg_length_m:.2f} m"
    knee, thigh = patient.knee_peak_rad, patient.thigh_peak_rad
    if knee is not None and thigh is not None and knee - thigh < KNEE_OVER_THIGH_RAD:
        return f"knee peak {knee:.2f} rad with thigh peak {thigh:.2f} rad"
    return ""
