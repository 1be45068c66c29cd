"""One step of a device that stimulates while its trigger is on: ramps, extension, time-out, lifted electrodes."""

import math
from abc import ABC
from collections.abc import Mapping
from typing import Final

from sim.kernel import Kernel
from sim.stimulator.clock import DeviceClock
from sim.stimulator.defect_spec import named
from sim.stimulator.device import S, Steps, Stimulator
from sim.stimulator.missteps import (
    Rhythm,
    after_step,
    awaits_step,
    begins_early,
    is_answered,
    longest_swing_s,
    waits_for_rhythm,
)
from sim.stimulator.output import Output
from sim.stimulator.output_defects import OUTPUT_DEFECTS
from sim.stimulator.step_defects import FAULT_DEFECTS, STEP_DEFECTS
from sim.streams import Streams

SWING_DEFECTS: Final = named((*OUTPUT_DEFECTS, *STEP_DEFECTS, *FAULT_DEFECTS))
"""Defects of a device that steps, those of its output stage among them."""


class SwingStimulator(Stimulator[S], ABC):
    """Trigger on starts the trains with a ramp, trigger off ends them after an extension with a ramp.

    Trains that last too long while the trigger stays on are ramped down (time-out). A plateau below the set current for
    some pulses in a row ends a train (lead-off): from then on the device sends, at every step, one probe of a few
    microamperes instead, and starts again, with a ramp, once the probe's voltage says that the electrode can carry the
    set current.
    """

    def __init__(
        self,
        settings: S,
        defects: Mapping[str, float],
        kernel: Kernel,
        outputs: tuple[Output, ...],
        streams: Streams,
        clock: DeviceClock,
    ) -> None:
        self.rhythm = Rhythm()
        self.key = int(streams.key("device steps"))
        super().__init__(settings, defects, kernel, outputs, streams, clock)

    def hold_s(self) -> float:
        """How long stimulation stays on after the trigger has gone off, s."""
        extension_s = self.settings.extension_s
        return max(0.0, extension_s - self.doses["short_extension"]) + self.doses["stuck_on"]

    def awaits_step(self) -> Steps:
        """Wait for the trigger."""
        return awaits_step(self)

    def after_step(self) -> Steps:
        """Nothing, unless a seeded defect has it otherwise."""
        return after_step(self)

    def step(self) -> Steps:
        """One step, from the trigger to the end of its train; True where the trigger came once more meanwhile."""
        channels = self.channels
        if not (yield from self._begins()):
            return False
        self.runs_on()
        if channels.lifted and not (yield from self.feels_electrodes()):
            return False
        self.starts(self.kernel.now_ns, self.stagger_s())
        if not self.trigger.is_on and not (yield from begins_early(self)):
            return (yield from self.ramps_down())
        return (yield from self._lasts())

    def _lasts(self) -> Steps:
        """From the start of a train to its end; as `step`."""
        channels, trigger = self.channels, self.trigger
        while True:
            longest_s, time_out_s = longest_swing_s(self), self._time_out_s()
            until_s = min(longest_s, time_out_s)
            yield trigger.off if math.isinf(until_s) else trigger.off | self.after(until_s)
            if not self.runs_on():
                return False
            if trigger.is_on:
                if time_out_s <= longest_s:
                    self.tell(self.kernel.now_ns, "time-out: stimulation off")
                return (yield from self.ramps_down())
            yield trigger.on | self.after(self.hold_s())
            if not trigger.is_on and (not self.runs_on() or not (yield from self.ramps_down())):
                return False
            if not self.runs_on():
                return True
            channels.ramp(self.kernel.now_ns, self.ramp_s(self.settings.ramp_up_s), up=True)

    def _begins(self) -> Steps:
        """True where the device answers the step that has come (or that it expects), after what it waits for."""
        trigger, doses = self.trigger, self.doses
        if trigger.is_on:
            self.rhythm.learn((trigger.on_ns - trigger.on_before_ns) * 1e-9, doses["slow_adaptation"])
            if not is_answered(self):
                return False
            if doses["slow_adaptation"] > 0.0 and not (yield from waits_for_rhythm(self)):
                return False
        if doses["late_start"] > 0.0:
            yield trigger.off | self.after(doses["late_start"])
            return trigger.is_on
        return True

    def _time_out_s(self) -> float:
        """Time from the start of a train until it must begin to ramp down, s."""
        dose, settings = self.doses["no_time_out"], self.settings
        longest_s = math.inf if dose >= 1.0 else settings.time_out_s / (1.0 - dose)
        return max(0.0, longest_s - settings.ramp_down_s)
