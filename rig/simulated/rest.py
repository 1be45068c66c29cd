"""What the device's inputs show while nobody moves them: the foot rests flat on the floor, the supply is fresh."""

from typing import Final

from scenarios.case import Case

GRAVITY_M_S2: Final = 9.80665
_BATTERY_V: Final = 9.0


def rest_value(case: Case, role: str) -> float:
    """Value of a role at rest, SI: a heel switch is closed, a shank stands upright, a foot IMU feels its weight."""
    if role == "heel_switch":
        loaded_v = getattr(case.sensor, "loaded_v", None)
        if loaded_v is not None:
            return float(loaded_v)
        thresholds_v = case.sensor.thresholds_v
        return 2.6 if thresholds_v is None else 2.0 * thresholds_v[1]
    if role == "foot_imu.ay":
        return GRAVITY_M_S2
    if role == "supply":
        return nominal_supply_v(case)
    return 1.0 if role.partition(".")[0] in {"contact", "polarity"} else 0.0


def nominal_supply_v(case: Case) -> float:
    """Voltage of a fresh battery of the device, V."""
    return float(getattr(case.device.settings, "nominal_supply_v", _BATTERY_V))
