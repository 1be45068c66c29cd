"""`odfs`: a single-channel heel-switch stimulator of the classic kind, the reference device of the rig.

Heel off starts a train with a ramp, heel strike ends it after an extension with a ramp.
"""

from typing import ClassVar, Final

from sim.stimulator.defect_spec import named
from sim.stimulator.device import TICK_S
from sim.stimulator.odfs_settings import OdfsSettings
from sim.stimulator.sensor_check import SensorRules
from sim.stimulator.step_defects import SWITCH_DEFECTS
from sim.stimulator.swing_step import SWING_DEFECTS, SwingStimulator
from sim.stimulator.threshold_input import ThresholdInput, Thresholds, debounced_s
from sim.stimulator.trigger import Trigger

ROLE: Final = "heel_switch"
"""The one role that the device reads."""


class Odfs(SwingStimulator[OdfsSettings]):
    """The device."""

    DEFECTS: ClassVar = {**SWING_DEFECTS, **named(SWITCH_DEFECTS)}

    def make_trigger(self) -> Trigger:
        """The heel switch; stimulation while it is open."""
        self._heel = ThresholdInput(self.kernel, self.clock, ROLE, self._thresholds())
        return self._heel

    def set_trigger(self) -> None:
        """Read the switch as the settings say."""
        self._heel.thresholds = self._thresholds()

    def _thresholds(self) -> Thresholds:
        settings = self.settings
        debounce_s = debounced_s(settings.debounce_s, self.doses)
        return Thresholds(TICK_S, settings.open_below_v, settings.close_above_v, debounce_s)

    def sensor_rules(self) -> SensorRules:
        """A switch between 0 and 5 V."""
        return SensorRules(ROLE, -0.2, 5.5, self.settings.open_below_v, self.settings.close_above_v)
