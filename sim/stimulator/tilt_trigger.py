"""`tilt_trigger`: a single-channel stimulator that is triggered by the tilt of the shank, without a foot sensor.

The shank that leans back at the end of stance (ankle behind the knee) starts a train; the shank that has swung forward
ends it after an extension. A train lasts at least the least and at most the greatest stimulation time, and after it the
device waits before it looks again. Preset in the range of published devices of this kind; no claim about a product.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Final

from sim.stimulator.defect_spec import DefectSpec, named
from sim.stimulator.device import TICK_S, Steps
from sim.stimulator.sensor_check import SensorRules
from sim.stimulator.settings import SurfaceSettings, Waveform, bounded
from sim.stimulator.step_defects import SWITCH_DEFECTS
from sim.stimulator.swing_step import SWING_DEFECTS, SwingStimulator
from sim.stimulator.threshold_input import ThresholdInput, Thresholds, debounced_s
from sim.stimulator.trigger import Trigger

ROLE: Final = "shank_tilt"
"""The one role that the device reads: rad from the vertical, positive with the ankle in front of the knee."""


@dataclass(frozen=True, slots=True)
class TiltSettings(SurfaceSettings):
    """Settings of the tilt-triggered stimulator.

    Attributes:
        on_tilt_rad: the shank leans back below this angle, rad: stimulation begins.
        off_tilt_rad: it has swung forward above this angle, rad: stimulation ends after the extension.
        debounce_s: how long a threshold must stay passed, s.
        least_on_s: shortest train, ramps excluded, s.
        wait_s: after a train no other begins for this long, s.
    """

    NAME: ClassVar[str] = "tilt_trigger"

    rate_hz: float = bounded(25.0, 1.0, 100.0)
    waveform: Waveform = "asymmetric"
    gap_s: float = bounded(0.0, 0.0, 1e-3)
    time_out_s: float = bounded(2.5, 0.1, 60.0)
    on_tilt_rad: float = bounded(-0.35, -1.5, 1.5)
    off_tilt_rad: float = bounded(-0.09, -1.5, 1.5)
    debounce_s: float = bounded(0.020, 0.0, 0.2)
    least_on_s: float = bounded(0.3, 0.0, 10.0)
    wait_s: float = bounded(0.2, 0.0, 10.0)

    def __post_init__(self) -> None:
        SurfaceSettings.__post_init__(self)
        if self.on_tilt_rad >= self.off_tilt_rad:
            self.refuse(
                f"on_tilt_rad must be below off_tilt_rad (the shank leans back, then swings forward), got "
                f"{self.on_tilt_rad:g} rad and {self.off_tilt_rad:g} rad"
            )
        if self.least_on_s > self.time_out_s:
            self.refuse(f"least_on_s must not exceed time_out_s, got {self.least_on_s:g} s and {self.time_out_s:g} s")


class TiltTrigger(SwingStimulator[TiltSettings]):
    """The device."""

    DEFECTS: ClassVar = {
        **SWING_DEFECTS,
        **named(SWITCH_DEFECTS),
        "threshold_shift": DefectSpec(
            "threshold_shift",
            "rad",
            "sensor handling",
            0.1,
            "the threshold that starts a train lies this much further back, as after a donning that nobody "
            "calibrated: the device comes late, or in slow strides not at all",
            least=-math.inf,
        ),
    }

    def make_trigger(self) -> Trigger:
        """The tilt; stimulation while the shank has leant back and not yet swung forward."""
        self._tilt = ThresholdInput(self.kernel, self.clock, ROLE, self._thresholds())
        return self._tilt

    def set_trigger(self) -> None:
        """Read the tilt as the settings say."""
        self._tilt.thresholds = self._thresholds()

    def hold_s(self) -> float:
        """The extension, and what is missing to the least stimulation time, s."""
        on_s = (self.kernel.now_ns - self._began_ns) * 1e-9
        return max(super().hold_s(), self.settings.least_on_s - on_s)

    def step(self) -> Steps:
        """One step and the wait after it; what the shank does meanwhile is not looked at."""
        self._began_ns = self.kernel.now_ns
        yield from super().step()
        yield self.after(self.settings.wait_s)
        return False

    def _thresholds(self) -> Thresholds:
        settings = self.settings
        below_rad = settings.on_tilt_rad - self.doses["threshold_shift"]
        return Thresholds(TICK_S, below_rad, settings.off_tilt_rad, debounced_s(settings.debounce_s, self.doses))

    def sensor_rules(self) -> SensorRules:
        """A shank between lying back and lying forward, which moves a little even where its wearer stands still."""
        settings = self.settings
        return SensorRules(ROLE, -2.0, 2.0, settings.on_tilt_rad, settings.off_tilt_rad, still_s=0.5)
