"""The path of the foot, stride by stride as far as it is decided: what `foot_motion` needs beside the steps."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.body import layout as at
from sim.body.foot import BALL, HEEL
from sim.body.walker import Walker
from sim.gait.leg import leg_at
from sim.sensor.foot_motion import (
    CURVES,
    P_FLAT,
    P_LANDED,
    P_MOVING,
    P_NEXT,
    P_ROLL,
    P_TOE_OFF,
    PATH_FLOATS,
    PATH_INTS,
    Q_GRAVITY_X,
    Q_GRAVITY_Y,
    Q_LEAVING,
    Q_LEAVING_RATE,
    Q_LIFTED,
    Q_LIFTED_RATE,
    Q_PIVOT_X,
    Q_PIVOT_Y,
    Q_PUSH,
    Q_SHANK,
    Q_THIGH,
    foot_motion,
    turning,
)
from sim.timebase import NEVER, NS_PER_MS, TimeNs

SHORTEST_ROLL_NS: Final = 80 * NS_PER_MS
"""The foot needs this long to roll over, however late its heel leaves the floor (design choice)."""
_PHASE_STEP = 1e-4
_MANY_ROWS = 4096


class FootPath:
    """Where the foot of a walker is, sample by sample; any cut of the time axis gives the same bits.

    Args:
        x_m: point of the foot, forward of the ankle along the sole, m.
        y_m: above the ankle, m.
    """

    def __init__(self, x_m: float, y_m: float) -> None:
        self._x_m, self._y_m = x_m, y_m
        self._path: NDArray[np.int64] = np.empty((0, PATH_INTS), np.int64)
        self._more: NDArray[np.float64] = np.empty((0, PATH_FLOATS))
        self._curves: NDArray[np.float64] = np.empty(0)
        self._place = np.array([-1, 0], np.int64)
        self._planned = 0
        self._known = {P_TOE_OFF: 0, P_LANDED: 0, P_FLAT: 0}

    def horizon_ns(self, walker: Walker) -> TimeNs:
        """Flat foot and roll-over need no pulse; from toe-off until the foot is flat it is as far as the body."""
        self._update(walker)
        if self._planned == len(self._path) and self._known[P_FLAT] == self._planned:
            return walker.schedule.end_ns
        if self._known[P_FLAT] < self._planned:
            return max(walker.body_ns, int(self._path[self._known[P_FLAT], P_TOE_OFF]))
        return int(self._path[self._planned - 1, P_FLAT])

    def motion(self, first: int, end: int, period_ns: TimeNs, walker: Walker) -> NDArray[np.float64]:
        """Angle (rad), rate (rad/s), specific force along and across the foot (m/s^2) by sample, (4, n)."""
        self._update(walker)
        out = np.empty((4, max(0, end - first)))
        steps = walker.steps
        foot_motion(
            out,
            first,
            period_ns,
            self._place,
            self._path,
            self._more,
            self._curves,
            steps,
            len(steps),
            self._x_m,
            self._y_m,
        )
        if self._place[1] > _MANY_ROWS and walker.forget_steps(int(self._place[1])):
            self._place[1] = 0
        return out

    def _update(self, walker: Walker) -> None:
        """Take over what the body has decided meanwhile."""
        if not len(self._path):
            self._begin(walker)
        landed, flat = walker.landing_ns, walker.flat_ns
        while self._planned < min(len(self._path), int(self._place[0]) + CURVES - 1):
            if self._planned > 0 and flat[self._planned - 1] == NEVER:
                break
            self._plan(self._planned, walker)
            self._planned += 1
        while self._known[P_TOE_OFF] < self._planned and walker.body_ns > self._path[self._known[P_TOE_OFF], P_TOE_OFF]:
            self._leave(self._known[P_TOE_OFF], walker)
            self._known[P_TOE_OFF] += 1
        while self._known[P_LANDED] < self._known[P_TOE_OFF] and landed[self._known[P_LANDED]] < NEVER:
            self._land(self._known[P_LANDED], walker)
            self._known[P_LANDED] += 1
        while self._known[P_FLAT] < self._known[P_LANDED] and flat[self._known[P_FLAT]] < NEVER:
            self._stand(self._known[P_FLAT], walker)
            self._known[P_FLAT] += 1

    def _begin(self, walker: Walker) -> None:
        schedule = walker.schedule
        count = schedule.strides + 1
        self._path = np.full((count, PATH_INTS), NEVER, np.int64)
        self._more = np.zeros((count, PATH_FLOATS))
        constants = walker.stride_constants
        for column, constant in (
            (Q_GRAVITY_X, at.C_GRAVITY_X),
            (Q_GRAVITY_Y, at.C_GRAVITY_Y),
            (Q_THIGH, at.C_THIGH),
            (Q_SHANK, at.C_SHANK),
        ):
            self._more[:, column] = constants[:, constant]
        self._path[:, P_NEXT] = schedule.t0_ns[1:]
        self._path[:, P_MOVING] = schedule.stride_time_ns - schedule.pause_ns
        self._curves = np.zeros((CURVES, *walker.stride_curves(0).shape))

    def _plan(self, k: int, walker: Walker) -> None:
        """The roll-over of stride k and the leg of its swing: decided once the foot stands."""
        schedule, row, more = walker.schedule, self._path[k], self._more[k]
        self._curves[k % CURVES] = walker.stride_curves(k)
        toe_off = int(schedule.toe_off_ns[k])
        row[P_ROLL], row[P_TOE_OFF] = min(int(schedule.heel_off_ns[k]), toe_off - SHORTEST_ROLL_NS), toe_off
        more[Q_LEAVING], more[Q_LEAVING_RATE] = walker.leaving_foot(k)
        phi, omega = more[Q_LEAVING], more[Q_LEAVING_RATE]
        rolling = turning(phi, omega, 0.0, self._x_m - BALL[0], self._y_m - BALL[1])
        self._push(k, 0, self._swinging(k, toe_off, phi, omega, walker), rolling[:2])

    def _leave(self, k: int, walker: Walker) -> None:
        phi, omega = walker.step_at(int(self._path[k, P_TOE_OFF]))
        self._more[k, Q_LIFTED] = self._more[k, Q_LEAVING] - phi
        self._more[k, Q_LIFTED_RATE] = self._more[k, Q_LEAVING_RATE] - omega

    def _land(self, k: int, walker: Walker) -> None:
        landed = int(walker.landing_ns[k])
        self._path[k, P_LANDED] = landed
        pivot = HEEL if int(walker.heel_contact_ns[k]) == landed else BALL
        self._more[k, Q_PIVOT_X], self._more[k, Q_PIVOT_Y] = pivot
        phi, omega = walker.step_at(landed)
        before = self._swinging(k, landed, phi, omega, walker)
        after = turning(phi, omega, 0.0, self._x_m - pivot[0], self._y_m - pivot[1])
        self._push(k, 1, after[:2], before)

    def _stand(self, k: int, walker: Walker) -> None:
        flat = int(walker.flat_ns[k])
        self._path[k, P_FLAT] = flat
        _, omega = walker.step_at(flat - 1)
        pivot = self._more[k, Q_PIVOT_X], self._more[k, Q_PIVOT_Y]
        before = turning(0.0, omega, 0.0, self._x_m - pivot[0], self._y_m - pivot[1])
        self._push(k, 2, (0.0, 0.0), before[:2])

    def _push(self, k: int, event: int, after: tuple[float, float], before: tuple[float, float]) -> None:
        self._more[k, Q_PUSH + 2 * event] = after[0] - before[0]
        self._more[k, Q_PUSH + 2 * event + 1] = after[1] - before[1]

    def _swinging(self, k: int, t_ns: int, phi: float, omega: float, walker: Walker) -> tuple[float, float]:
        """Velocity of the point in swing k, m/s."""
        row, curve = self._path[k], self._curves[k % CURVES]
        moving = int(row[P_MOVING])
        phase = (t_ns - (int(row[P_NEXT]) - moving)) / moving
        thigh, shank = self._more[k, Q_THIGH], self._more[k, Q_SHANK]
        a, b = (leg_at(curve, phase + step, 1.0, thigh, shank) for step in (-_PHASE_STEP, _PHASE_STEP))
        rate = 1e9 / moving
        progress, rise = walker.stride_progress(k)
        vx, vy, _, _ = turning(phi, omega, 0.0, self._x_m, self._y_m)
        slope = 0.5 / _PHASE_STEP
        return vx + ((b[3] - a[3]) * slope + progress) * rate, vy + ((b[4] - a[4]) * slope + rise) * rate
