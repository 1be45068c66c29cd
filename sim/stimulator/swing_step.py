"""One step of a device that stimulates while its trigger is on: ramps, extension, time-out, lifted electrodes."""

import math
from abc import ABC
from typing import Final

from sim.stimulator.defect_spec import DefectSpec, named
from sim.stimulator.defects import OUTPUT_DEFECTS
from sim.stimulator.device import S, Steps, Stimulator

SWING_DEFECTS: Final = named(
    (
        DefectSpec(
            "no_lead_off",
            "",
            "fault response",
            1.0,
            "the threshold of the lead-off detection is lower by this ratio; 1 = no detection at all",
            most=1.0,
            ladder=(0.125, 0.25, 0.5, 0.75, 1.0),
        ),
        DefectSpec("late_start", "s", "timing", 0.080, "a train begins this much late"),
        *OUTPUT_DEFECTS,
        DefectSpec("stuck_on", "s", "timing", 0.3, "stimulation lasts this much longer after the trigger has gone off"),
        DefectSpec(
            "no_time_out",
            "",
            "state machine",
            1.0,
            "lengthens the time-out to t / (1 - dose); 1 = none at all",
            most=1.0,
            ladder=(0.05, 0.1, 0.25, 0.5, 0.75, 1.0),
        ),
    )
)
"""Defects of a device that steps, those of its output stage among them."""


class SwingStimulator(Stimulator[S], ABC):
    """Trigger on starts the trains with a ramp, trigger off ends them after an extension with a ramp.

    Trains that last too long while the trigger stays on are ramped down (time-out). A plateau below the set current for
    some pulses in a row ends a train (lead-off): from then on the device sends, at every step, one probe of a few
    microamperes instead, and starts again, with a ramp, once the probe's voltage says that the electrode can carry the
    set current.
    """

    def hold_s(self) -> float:
        """How long stimulation stays on after the trigger has gone off, s."""
        return self.settings.extension_s + self.doses["stuck_on"]

    def stagger_s(self) -> float:
        """How much later each channel gives its pulses than the one before, s."""
        return 0.0

    def step(self) -> Steps:
        """One step, from the trigger to the end of its train; True where the trigger came once more meanwhile."""
        channels, trigger = self.channels, self.trigger
        if self.doses["late_start"] > 0.0:
            yield trigger.off | self.after(self.doses["late_start"])
            if not trigger.is_on:
                return False
        self.runs_on()
        if channels.lifted and not (yield from self.feels_electrodes()):
            return False
        self.starts(self.kernel.now_ns, self.stagger_s())
        while True:
            time_out_s = self._time_out_s()
            yield trigger.off if math.isinf(time_out_s) else trigger.off | self.after(time_out_s)
            if not self.runs_on():
                return False
            if trigger.is_on:
                self.tell(self.kernel.now_ns, "time-out: stimulation off")
                return (yield from self.ramps_down())
            yield trigger.on | self.after(self.hold_s())
            if not trigger.is_on and (not self.runs_on() or not (yield from self.ramps_down())):
                return False
            if not self.runs_on():
                return True
            channels.ramp(self.kernel.now_ns, self.settings.ramp_up_s, up=True)

    def _time_out_s(self) -> float:
        """Time from the start of a train until it must begin to ramp down, s."""
        dose, settings = self.doses["no_time_out"], self.settings
        longest_s = math.inf if dose >= 1.0 else settings.time_out_s / (1.0 - dose)
        return max(0.0, longest_s - settings.ramp_down_s)
