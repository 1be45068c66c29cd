"""Sample clocks: what rate a task really gets, how long its buffer is, when its samples stand."""

from dataclasses import dataclass
from typing import Final

from rig.simulated.daq.errors import NOT_SUPPORTED_VALUE, DaqmxError
from rig.simulated.daq.products import TIMEBASE_HZ
from sim.timebase import NS_PER_S, TimeNs

FINITE: Final = 10178
CONTINUOUS: Final = 10123
ON_DEMAND: Final = 10390
SAMPLE_CLOCK: Final = 10388
IMPLICIT: Final = 10451
"""NI's constants of sample mode and timing type."""

_TICK_NS: Final = NS_PER_S // TIMEBASE_HZ
_LARGEST_DIVISOR: Final = 1 << 32
_DEFAULT_BUFFERS: Final = ((100.0, 1_000), (10e3, 10_000), (1e6, 100_000), (float("inf"), 1_000_000))


@dataclass(slots=True)
class Timing:
    """How a task is clocked.

    Attributes:
        kind: `ON_DEMAND`, `SAMPLE_CLOCK` or `IMPLICIT`.
        mode: `FINITE` or `CONTINUOUS`.
        samples: a channel: of a finite task all of them, of a continuous one a hint for its buffer.
        period_ns: between samples, after coercion; 0 on demand.
        source: terminal of the clock, empty for the task's own.
        asked_hz: rate that was asked for, Hz.
    """

    kind: int = ON_DEMAND
    mode: int = FINITE
    samples: int = 1
    period_ns: TimeNs = 0
    source: str = ""
    asked_hz: float = 1000.0

    @property
    def rate_hz(self) -> float:
        """Rate after coercion, Hz."""
        return NS_PER_S / self.period_ns if self.period_ns else self.asked_hz

    @property
    def is_clocked(self) -> bool:
        """True with a hardware clock."""
        return self.kind == SAMPLE_CLOCK

    @property
    def end_index(self) -> int | None:
        """Samples a channel after which the task is done; None where it never is."""
        return self.samples if self.mode == FINITE else None


def coerced_period_ns(rate_hz: float, limit_hz: float) -> TimeNs:
    """Sample period that the card really uses: the next whole number of ticks of 100 MHz.

    Source: X Series User Manual, chapter 4 (AI Sample Clock Timebase divided by N). That the driver takes the nearest
    divisor is unverified.

    Raises:
        DaqmxError: -200077, the rate is above `limit_hz` or too low for the divider.
    """
    if not 0.0 < rate_hz <= limit_hz * (1.0 + 1e-9) or rate_hz * _LARGEST_DIVISOR < TIMEBASE_HZ:
        lowest = TIMEBASE_HZ / _LARGEST_DIVISOR
        detail = (
            f"Property: SampClk.Rate\nRequested Value: {rate_hz:g}\nMaximum Value: {limit_hz:g}\n"
            f"Minimum Value: {lowest:g}"
        )
        raise DaqmxError(NOT_SUPPORTED_VALUE, detail)
    divisor = max(1, round(TIMEBASE_HZ / rate_hz))
    if TIMEBASE_HZ / divisor > limit_hz * (1.0 + 1e-9):
        divisor += 1
    return divisor * _TICK_NS


def default_input_buffer(rate_hz: float, samples: int) -> int:
    """Input buffer of a continuous task, samples a channel.

    Source: ni.com, "How Is Buffer Size Determined in NI-DAQmx" (0.2 s at 500 kS/s); samples a channel enlarges it only.
    """
    size = next(size for up_to_hz, size in _DEFAULT_BUFFERS if rate_hz <= up_to_hz)
    return max(size, samples)
