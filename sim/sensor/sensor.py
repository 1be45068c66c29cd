"""What every simulated sensor answers to, so that a world can hold it, and what every description of one says."""

from collections.abc import Mapping
from typing import Protocol

from sim.body.walker import Walker
from sim.signal import Signal
from sim.timebase import TimeNs


class SensorDescription(Protocol):
    """What is known of a sensor before it is worn: the dataclass that a scenario's `sensor:` is read into."""

    @property
    def kind(self) -> str:
        """Word after `kind:`."""
        ...

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles that it fulfils (`scenarios.roles`)."""
        ...

    @property
    def rate_hz(self) -> float:
        """Rate at which its signals are emitted, Hz."""
        ...

    @property
    def thresholds_v(self) -> tuple[float, float] | None:
        """A switch is open below the first and closed above the second, V; None for an analogue sensor."""
        ...

    @property
    def timing_bound_s(self) -> float:
        """Stated uncertainty of a crossing, s; of an analogue sensor of any instant."""
        ...

    @property
    def amplitude_bounds(self) -> Mapping[str, float]:
        """Role -> stated uncertainty of an analogue sensor's values, SI; empty for a switch."""
        ...


class Sensor(Protocol):
    """A sensor on the stimulated leg. Its samples stand on the absolute grid of its rate and depend on no cut."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles that it fulfils (`scenarios.roles`)."""
        ...

    @property
    def tracks_foot(self) -> bool:
        """True where the walker must keep its steps, because the sensor shows the foot between them."""
        ...

    def horizon_ns(self, walker: Walker) -> TimeNs:
        """Every sample before this instant can be emitted now; it never falls while the walk goes on.

        A sensor that shows the foot itself can be emitted as far as the body is known; one that needs less of it
        looks further ahead, so that blocks are long (design.md section 4).
        """
        ...

    def emit(self, t0_ns: TimeNs, t1_ns: TimeNs, walker: Walker) -> Mapping[str, Signal]:
        """The samples that stand in [t0_ns, t1_ns), by role; `t1_ns` lies at or before the horizon."""
        ...
