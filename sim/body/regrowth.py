"""Axons that come back after an operation on the peroneal nerve, over months.

    share(t) = s_0 + (s_inf - s_0) [ c (1 - exp(-t / t_c)) + (1 - c) G(v (t - t_0)) ]
    G(x) = [Phi((x - L) / w) - Phi(-L / w)] / [1 - Phi(-L / w)] for x > 0, else 0

A part c of the lost axons is only blocked and conducts again when the pressure is gone (time constant t_c). The rest
must grow: after the delay t_0 at the speed v over the distance L from the fibular head (or from the suture of a
transfer) to the motor points, which lie spread over w. About 1 mm a day is the surgeons' rule of thumb; that the
arrivals are normal in distance is a design choice. A pulse recruits at most `share`; the voluntary drive comes back in
proportion to the axons that the patient has learned to use:

    drive(t) = drive_0 + (drive of a whole nerve) control (share(t) - s_0)
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from scipy.special import ndtr

MONTH_S: Final = 365.25 / 12.0 * 86_400.0
LONGEST_MONTHS: Final = 60.0


def _within(default: float | None, low: float, high: float) -> Any:
    return field(default=default, metadata={"bounds": (low, high)})


@dataclass(frozen=True, slots=True)
class RegrowthPrior:
    """What an operation may bring back.

    Attributes:
        start_ratio: share of axons at the operation; None = what the patient has.
        final_ratio: share in the end, if it is more.
        conduction_ratio: part of the lost axons that were only blocked.
        conduction_time_s: time constant with which they conduct again, s.
        delay_s: before regrowth begins and until new endings move muscle, s.
        speed_m_s: of regrowth, m/s.
        distance_m: to the middle of the motor points, m.
        scatter_m: standard deviation of that distance over axons, m.
        control_ratio: share of the returned axons that the patient uses in swing.
        whole_drive_ratio: tonic drive that a whole nerve would carry.
    """

    start_ratio: float | None = _within(None, 0.0, 1.0)
    final_ratio: float = _within(0.75, 0.0, 1.0)
    conduction_ratio: float = _within(0.15, 0.0, 1.0)
    conduction_time_s: float = _within(60 * 86_400.0, 86_400.0, 3e8)
    delay_s: float = _within(30 * 86_400.0, 0.0, 1e8)
    speed_m_s: float = _within(0.001 / 86_400.0, 1e-9, 1e-7)
    distance_m: float = _within(0.14, 0.0, 0.6)
    scatter_m: float = _within(0.04, 1e-3, 0.3)
    control_ratio: float = _within(1.0, 0.0, 1.0)
    whole_drive_ratio: float = _within(0.09, 0.0, 0.5)


def returned_share(prior: RegrowthPrior, start_ratio: float, time_s: float) -> float:
    """Share of excitable axons a time after the operation, 0..1.

    Args:
        prior: of the operation.
        start_ratio: share at the operation.
        time_s: since the operation, s.
    """
    conducting = float(-np.expm1(-time_s / prior.conduction_time_s))
    reach_m = max(prior.speed_m_s * (time_s - prior.delay_s), 0.0)
    arrived = ndtr((np.array([reach_m, 0.0]) - prior.distance_m) / prior.scatter_m)
    grown = float((arrived[0] - arrived[1]) / (1.0 - arrived[1]))
    back = prior.conduction_ratio * conducting + (1.0 - prior.conduction_ratio) * grown
    return min(max(start_ratio + max(prior.final_ratio - start_ratio, 0.0) * back, 0.0), 1.0)


def returned_drive(prior: RegrowthPrior, before_ratio: float, start_ratio: float, share: float) -> float:
    """Tonic voluntary drive when the share of axons has risen from `start_ratio` to `share`."""
    return min(before_ratio + prior.whole_drive_ratio * prior.control_ratio * (share - start_ratio), 1.0)
