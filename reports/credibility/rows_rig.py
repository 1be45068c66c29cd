"""Row 22: the rig must tell apart latencies that differ by less than a stimulator's whole delay."""

from functools import partial
from typing import Final

import numpy as np

from reports.credibility.row import Control, Row
from sim.edges import EDGE_DTYPE, Edges
from sim.front_end import FrontEnd
from sim.front_end_settings import FrontEndSettings
from sim.sensor.heel_switch import HeelSwitch
from sim.streams import Streams

_STEPS_NS: Final = (0, 37_013, 250_000, 1_000_000, 2_000_000)


def _seen_s(delay_ns: int, rate_hz: float) -> float:
    """Instant at which the captured current first exceeds half of a step of 30 mA made 10 ms + delay after t = 0."""
    edges = np.zeros(2, EDGE_DTYPE)
    edges["tau_s"] = 1.0
    edges["t_ns"][1], edges["i_a"][1] = 10_000_000 + delay_ns, 0.030
    end_ns = 40_000_000
    end = FrontEnd(FrontEndSettings(tap_ohm=250.0), ("current",), rate_hz, Streams(1))
    signal = end.render(Edges(0, end_ns, (edges,))).waveforms["current"]
    above = np.flatnonzero(signal.values() > 0.015)
    return float(above[0]) / rate_hz


def resolution_ms(rate_hz: float = 1e6) -> float:
    """Largest error of a difference of latencies: of the captured pulse, and one sample of the heel switch, ms."""
    first = _seen_s(0, rate_hz)
    error_s = max(abs(_seen_s(step, rate_hz) - first - step * 1e-9) for step in _STEPS_NS)
    return 1e3 * (error_s + 1.0 / HeelSwitch().rate_hz)


def rows() -> tuple[Row, ...]:
    """Timing."""
    return (
        Row(
            22, "", "error of a difference of latencies, capture at 1 MS/s", "26-181 ms to be told apart",
            "delays of whole systems (openreview yktUPvypja)", "P", "ms", resolution_ms, 0.0, 2.0,
            controls=(Control("a capture of 100 samples a second", partial(resolution_ms, 100.0)),),
        ),
    )  # fmt: skip
