"""`imu_trigger`: a single-channel stimulator that finds heel-off and landing in the motion of the foot.

It reads the gyroscope of an inertial sensor on the foot and follows the phases of the step (`foot_phases`). Heel-off
starts a train with a ramp, landing ends it after an extension with a ramp. Preset in the range of published devices of
this kind; no claim about a product.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from sim.kernel import Kernel
from sim.signal import Signal
from sim.stimulator.clock import DeviceClock
from sim.stimulator.defect_spec import DefectSpec
from sim.stimulator.foot_phases import FootPhaseRules, look_at_ticks, standing
from sim.stimulator.sensor_check import SensorRules
from sim.stimulator.settings import SurfaceSettings, bounded
from sim.stimulator.swing_step import SWING_DEFECTS, SwingStimulator
from sim.stimulator.trigger import Trigger, last_value, samples_of
from sim.timebase import TimeNs

ROLE: Final = "foot_imu.gz"
"""The one signal that the device reads: angular velocity of the foot, rad/s, positive while the toes rise."""


@dataclass(frozen=True, slots=True)
class ImuSettings(SurfaceSettings):
    """Settings of the IMU-triggered stimulator.

    Attributes:
        heel_off_rad: how far the heel must have risen, as inclination of the foot since it last stood, rad.
        refractory_s: no train begins for this long after a landing, s.
    """

    NAME: ClassVar[str] = "imu_trigger"

    rate_hz: float = bounded(30.0, 1.0, 100.0)
    heel_off_rad: float = bounded(0.08, 0.02, 1.0)
    refractory_s: float = bounded(0.2, 0.0, 2.0)


class FootTrigger(Trigger):
    """On from heel-off to landing.

    Args:
        kernel: event kernel of the device.
        clock: the device's clock.
        rules: of the phases; may be replaced between scans.
    """

    def __init__(self, kernel: Kernel, clock: DeviceClock, rules: FootPhaseRules) -> None:
        super().__init__(kernel)
        self.rules = rules
        self._clock = clock
        self._machine = standing()
        self._changes = np.zeros((64, 2), np.int64)
        self.announce(0, is_on=False)  # the foot stands at power-up

    def scan(self, signals: Mapping[str, Signal], until_ns: TimeNs) -> None:
        """Follow the foot at the ticks before `until_ns` and announce what changes."""
        samples, t0_ns, sample_ns = samples_of(signals.get(ROLE))
        rules, period_ns = self.rules.array(), self._clock.rig_ns(self.rules.tick_s)
        while True:
            found = look_at_ticks(
                self._machine, until_ns, self._clock.phase_ns, period_ns, samples, t0_ns, sample_ns, rules,
                self._changes,
            )  # fmt: skip
            for t_ns, asked in self._changes[:found].tolist():
                self.announce(t_ns, is_on=asked == 1)
            if found < len(self._changes):
                return

    def hold(self, signals: Mapping[str, Signal]) -> None:
        """Keep the last sample of a block: a tick just after its end still reads it."""
        signal = signals.get(ROLE)
        if signal is not None and len(signal.samples):
            self._machine[0]["held_rad_s"] = last_value(signal)


class ImuTrigger(SwingStimulator[ImuSettings]):
    """The device."""

    DEFECTS: ClassVar = {
        **SWING_DEFECTS,
        "deaf": DefectSpec(
            "deaf",
            "rad",
            "sensor handling",
            0.2,
            "the heel must rise this much further before it counts: short steps go unanswered",
        ),
    }

    def make_trigger(self) -> Trigger:
        """The phases of the foot."""
        self._foot = FootTrigger(self.kernel, self.clock, self._rules())
        return self._foot

    def set_trigger(self) -> None:
        """Follow the foot as the settings say."""
        self._foot.rules = self._rules()

    def sensor_rules(self) -> SensorRules:
        """A gyroscope of 2000 degrees a second, whose noise moves its last bit all the time."""
        return SensorRules(ROLE, -34.9, 34.9, -20.0, 20.0, still_s=0.5)

    def _rules(self) -> FootPhaseRules:
        settings = self.settings
        return replace(
            FootPhaseRules(),
            heel_off_rad=settings.heel_off_rad + self.doses["deaf"],
            refractory_s=settings.refractory_s,
        )
