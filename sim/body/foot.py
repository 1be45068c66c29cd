"""The foot with its shoe as one rigid body about the ankle.

Sole points in the foot's own frame, origin at the ankle, x forward, flat on the floor. The toe tip stands 25 mm above
the sole: toe spring of the shoe and extension of the toe joint in swing (design choice). Clearance is taken at the two
forefoot points; the heel serves initial contact.
"""

from typing import Final

import numpy as np

HEEL: Final = (-0.05, -0.085)
BALL: Final = (0.13, -0.085)
TOE: Final = (0.20, -0.060)
SOLE: Final = (HEEL, BALL, TOE)
FOREFOOT: Final = (BALL, TOE)
ANKLE_HEIGHT_M: Final = 0.085
MIDDLE_X_M: Final = 0.5 * (HEEL[0] + BALL[0])
"""Middle of the sole: what lies under it carries the standing foot (design choice)."""
COM_RADIUS_M: Final = 0.085
COM_ANGLE_RAD: Final = float(np.radians(-30.0))
"""Centre of mass of foot and shoe, seen from the ankle with the foot flat (design choice, Dempster by Winter 2009)."""
COM_X_M: Final = float(COM_RADIUS_M * np.cos(COM_ANGLE_RAD))
COM_Y_M: Final = float(COM_RADIUS_M * np.sin(COM_ANGLE_RAD))


def mass_kg(body_mass_kg: float, shoe_mass_kg: float) -> float:
    """Foot (0.0145 of the body: Dempster, by Winter 2009) and shoe, kg."""
    return 0.0145 * body_mass_kg + shoe_mass_kg


def inertia_kg_m2(body_mass_kg: float, shoe_mass_kg: float) -> float:
    """Moment of inertia about the ankle, kg m^2: 0.0203 for 72 kg and a shoe of 0.35 kg."""
    foot = 0.0145 * body_mass_kg
    return foot * (0.475 * 0.19) ** 2 + mass_kg(body_mass_kg, shoe_mass_kg) * COM_RADIUS_M**2 + shoe_mass_kg * 0.07**2


def inertia_about_kg_m2(point: tuple[float, float], body_mass_kg: float, shoe_mass_kg: float) -> float:
    """Moment of inertia about a point of the sole (Steiner), kg m^2."""
    mass = mass_kg(body_mass_kg, shoe_mass_kg)
    com = COM_RADIUS_M * np.array([np.cos(COM_ANGLE_RAD), np.sin(COM_ANGLE_RAD)])
    about_com = inertia_kg_m2(body_mass_kg, shoe_mass_kg) - mass * COM_RADIUS_M**2
    return float(about_com + mass * np.sum((com - np.array(point)) ** 2))


def reach_m(foot_angle_rad: float, points: tuple[tuple[float, float], ...]) -> float:
    """Height of the lowest of `points` above the ankle (negative), m, with the foot at an angle from flat."""
    table = np.array(points)
    return float(np.min(np.sin(foot_angle_rad) * table[:, 0] + np.cos(foot_angle_rad) * table[:, 1]))
