"""The roll-over of the foot from heel-off to toe-off: a curve that is drawn, not simulated."""

from sim.compiled import borrowing


@borrowing
def roll_over_rad(part: float, leaving_rad: float, rate_rad: float) -> tuple[float, float, float]:
    """The foot between heel-off (part 0: flat and still) and toe-off (part 1), with first and second derivative.

    Fifth-order polynomial with no second derivative at either end.

    Args:
        part: 0..1.
        leaving_rad: angle at toe-off, rad.
        rate_rad: its derivative by `part` there, rad.
    """
    x, x2, x3 = part, part * part, part * part * part
    angle = leaving_rad * x3 * (10.0 + x * (6.0 * x - 15.0)) + rate_rad * x3 * (-4.0 + x * (7.0 - 3.0 * x))
    rate = leaving_rad * 30.0 * x2 * (1.0 - x) * (1.0 - x) + rate_rad * x2 * (-12.0 + x * (28.0 - 15.0 * x))
    bend = leaving_rad * 60.0 * x * (1.0 + x * (2.0 * x - 3.0)) + rate_rad * x * (-24.0 + x * (84.0 - 60.0 * x))
    return angle, rate, bend
