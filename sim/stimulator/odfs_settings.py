"""What can be set on the reference stimulator `odfs`."""

from dataclasses import dataclass
from typing import ClassVar

from sim.stimulator.settings import SurfaceSettings, bounded


@dataclass(frozen=True, slots=True)
class OdfsSettings(SurfaceSettings):
    """Settings of the reference stimulator.

    The defaults are a preset in the range of published dropped-foot stimulators (40 Hz, 0.3 ms, tens of mA, ramps of
    0.2 s, time-out of some seconds) and no claim about a product.

    Attributes:
        debounce_s: how long the switch must show its new state, s.
        open_below_v: the switch is open below this voltage, V.
        close_above_v: the switch is closed above this voltage, V.
    """

    NAME: ClassVar[str] = "odfs"

    watchdog_s: float = bounded(0.050, 0.0, 10.0)
    overload_ohm: float = bounded(50.0, 0.0, 1000.0)
    debounce_s: float = bounded(0.010, 0.0, 0.2)
    open_below_v: float = bounded(1.0, -10.0, 10.0)
    close_above_v: float = bounded(1.5, -10.0, 10.0)

    def __post_init__(self) -> None:
        SurfaceSettings.__post_init__(self)
        if self.open_below_v > self.close_above_v:
            self.refuse(
                f"open_below_v must not exceed close_above_v, got {self.open_below_v:g} V and {self.close_above_v:g} V"
            )
