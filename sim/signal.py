"""What crosses the bench's seam towards the device: sampled signals and timed commands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.timebase import TimeNs, sample_period_ns


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """Evenly sampled values of one role.

    Sample j stands at ``t0_ns + j * period_ns`` and holds until the next one. Physical value = ``samples * scale +
    offset`` in `unit`; float signals keep scale 1 and offset 0.

    Attributes:
        samples: (n,), float64, or int16 codes of a converter.
        t0_ns: instant of the first sample; a multiple of the period.
        rate_hz: sample rate, Hz; divides a second into whole nanoseconds.
        unit: SI unit of the physical value.
        scale: `unit` per code.
        offset: `unit`.
    """

    samples: NDArray[Any]
    t0_ns: TimeNs
    rate_hz: float
    unit: str
    scale: float = 1.0
    offset: float = 0.0

    @property
    def period_ns(self) -> TimeNs:
        """Time between samples, ns."""
        return sample_period_ns(self.rate_hz)

    @property
    def first_index(self) -> int:
        """Absolute index of the first sample: sample k of a run stands at ``k * period_ns``."""
        return self.t0_ns // self.period_ns

    def values(self) -> NDArray[np.float64]:
        """Physical values, (n,), in `unit`."""
        return self.samples.astype(np.float64) * self.scale + self.offset


def moved(signal: Signal, t0_ns: TimeNs, samples: NDArray[Any]) -> Signal:
    """The same kind of signal with other samples at another place."""
    return Signal(samples, t0_ns, signal.rate_hz, signal.unit, signal.scale, signal.offset)


@dataclass(frozen=True, slots=True)
class Command:
    """A timed change that the world asks of the bench.

    Attributes:
        t_ns: instant.
        target: `load`, `contact`, `polarity`, `supply`, `button`, `setting` or `fault`; for a bench that has one also
            `interlock`, which no device knows.
        value: contact ratio (0..1); supply voltage (V), or `off` and `on` for a relay in its line; polarity (+1 or
            -1); button (`stop`, `release`, `power_off`, `power_on`, `rearm`); (setting, SI value); a load, None for the
            one that the case began with; (fault, dose); or the interlock (1 closed, 0 open).
        channel: stimulation channel that `load`, `contact` and `polarity` concern, from 1; 0 for all of them.
    """

    t_ns: TimeNs
    target: str
    value: Any
    channel: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Stimulus:
    """What the world gives the bench for the half-open span [t0_ns, t1_ns).

    Attributes:
        t0_ns: start.
        t1_ns: end; not included.
        signals: role -> the samples that stand inside the span (a span shorter than a sample has none).
        commands: changes inside the span, in time order.
    """

    t0_ns: TimeNs
    t1_ns: TimeNs
    signals: Mapping[str, Signal] = field(default_factory=dict[str, Signal])
    commands: tuple[Command, ...] = ()
