"""`odfs`: a single-channel heel-switch stimulator of the classic kind, the reference device of the rig.

Heel off starts a train with a ramp, heel strike ends it after an extension with a ramp.
"""

from typing import ClassVar, Final

from sim.stimulator.device import TICK_S
from sim.stimulator.odfs_settings import OdfsSettings
from sim.stimulator.swing_step import SWING_DEFECTS, SwingStimulator
from sim.stimulator.threshold_input import ThresholdInput, Thresholds
from sim.stimulator.trigger import Trigger

ROLE: Final = "heel_switch"
"""The one role that the device reads."""


class Odfs(SwingStimulator[OdfsSettings]):
    """The device."""

    DEFECTS: ClassVar = SWING_DEFECTS

    def make_trigger(self) -> Trigger:
        """The heel switch; stimulation while it is open."""
        self._heel = ThresholdInput(self.kernel, self.clock, ROLE, self._thresholds())
        return self._heel

    def set_trigger(self) -> None:
        """Read the switch as the settings say."""
        self._heel.thresholds = self._thresholds()

    def _thresholds(self) -> Thresholds:
        settings = self.settings
        return Thresholds(TICK_S, settings.open_below_v, settings.close_above_v, settings.debounce_s)
