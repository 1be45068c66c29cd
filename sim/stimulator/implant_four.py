"""`implant_four`: an implanted stimulator of up to four channels, cuff electrodes on the peroneal nerve, heel switch.

Every channel has a current of its own, so that dorsiflexion and eversion can be balanced; the channels give their
pulses one after the other. Phase 2 is passive: after each pulse the stage connects the two contacts of the channel,
and the capacitance of the contacts' own double layer gives the charge back through the tissue.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from sim.stimulator.defect_spec import DefectSpec, by_channel, named
from sim.stimulator.device import TICK_S
from sim.stimulator.program import PulseProgram
from sim.stimulator.sensor_check import SensorRules
from sim.stimulator.settings import StimulatorSettings, bounded
from sim.stimulator.step_defects import SWITCH_DEFECTS
from sim.stimulator.swing_step import SWING_DEFECTS, SwingStimulator
from sim.stimulator.threshold_input import ThresholdInput, Thresholds, debounced_s
from sim.stimulator.trigger import Trigger

CHANNELS: Final = 4

_OF_A_CHANNEL: Final = (
    SWING_DEFECTS["missing_pulses"],
    SWING_DEFECTS["dc_leak"],
    DefectSpec(
        "short_recovery",
        "",
        "charge",
        0.9,
        "share of the recovery that is missing, so that charge stays on the contacts; 1 = none at all",
        most=1.0,
    ),
    DefectSpec("overcurrent", "", "output", 0.3, "how much more current flows than is set, as a part of it"),
)
"""Defects that one channel may have alone (`short_recovery_3`)."""

_DRIVEN: Final = frozenset(
    {
        "net_charge",
        "rate_net_charge",
        "imbalance",
        "ramp_imbalance",
        "step_imbalance",
        "supply_imbalance",
        "width2_error",
        "recharge_lost",
        "current_error",
    }
)
"""Defects of a phase 2 that is driven, which this device has not; its currents have `overcurrent`."""


@dataclass(frozen=True, slots=True)
class ImplantSettings(StimulatorSettings):
    """Settings of the implant; a preset in the range of published devices, and no claim about a product.

    Attributes:
        current_1_a: current of channel 1 at the plateau, A; 0 switches the channel off.
        current_2_a: of channel 2, A.
        current_3_a: of channel 3, A.
        current_4_a: of channel 4, A.
        stagger_s: each channel gives its pulses this much later than the one before, s.
        recovery_s: passive recovery after each pulse, s.
        debounce_s: how long the heel switch must show its new state, s.
        open_below_v: the switch is open below this voltage, V.
        close_above_v: the switch is closed above this voltage, V.
    """

    NAME: ClassVar[str] = "implant_four"

    current_1_a: float = bounded(1e-3, 0.0, 0.02)
    current_2_a: float = bounded(0.0, 0.0, 0.02)
    current_3_a: float = bounded(0.0, 0.0, 0.02)
    current_4_a: float = bounded(0.0, 0.0, 0.02)
    stagger_s: float = bounded(2e-3, 0.0, 0.02)
    recovery_s: float = bounded(6e-3, 1e-4, 0.05)
    debounce_s: float = bounded(0.010, 0.0, 0.2)
    open_below_v: float = bounded(1.0, -10.0, 10.0)
    close_above_v: float = bounded(1.5, -10.0, 10.0)

    def __post_init__(self) -> None:
        StimulatorSettings.__post_init__(self)
        if self.open_below_v > self.close_above_v:
            self.refuse(
                f"open_below_v must not exceed close_above_v, got {self.open_below_v:g} V and {self.close_above_v:g} V"
            )
        if (CHANNELS - 1) * self.stagger_s >= 1.0 / self.rate_hz:
            self.refuse(
                f"{CHANNELS} channels that are {self.stagger_s * 1e3:g} ms apart do not fit into a period of "
                f"{1e3 / self.rate_hz:g} ms; lower stagger or rate"
            )

    @property
    def pulse_s(self) -> float:
        """Pulse, gap and recovery, s."""
        return self.pulse_width_s + self.gap_s + self.recovery_s

    @property
    def programs(self) -> tuple[PulseProgram, ...]:
        """The pulses of every channel."""
        currents_a = (self.current_1_a, self.current_2_a, self.current_3_a, self.current_4_a)
        return tuple(
            PulseProgram(
                current_a=current_a * self.level_ratio,
                pulse_width_s=self.pulse_width_s,
                gap_s=self.gap_s,
                recharge_ratio=1.0,
                rate_hz=self.rate_hz,
                ramps_width=self.ramped == "pulse_width",
                jitter_s=self.jitter_s,
                recovery_s=self.recovery_s,
                slew_a=self.slew_a,
            )
            for current_a in currents_a
        )


class ImplantFour(SwingStimulator[ImplantSettings]):
    """The device; with fewer outputs than four it has the first channels only."""

    DEFECTS: ClassVar = {
        **{name: spec for name, spec in SWING_DEFECTS.items() if name not in _DRIVEN},
        **named(SWITCH_DEFECTS),
        "crosstalk": DefectSpec(
            "crosstalk",
            "",
            "output",
            0.1,
            "channels that are set to nothing give this share of the first one",
            most=1.0,
        ),
        **named(by_channel(_OF_A_CHANNEL, CHANNELS)),
    }

    def make_trigger(self) -> Trigger:
        """The heel switch; stimulation while it is open."""
        self._heel = ThresholdInput(self.kernel, self.clock, "heel_switch", self._thresholds())
        return self._heel

    def set_trigger(self) -> None:
        """Read the switch as the settings say."""
        self._heel.thresholds = self._thresholds()

    def stagger_s(self) -> float:
        """How much later each channel gives its pulses than the one before, s."""
        return self.settings.stagger_s

    def _thresholds(self) -> Thresholds:
        settings = self.settings
        debounce_s = debounced_s(settings.debounce_s, self.doses)
        return Thresholds(TICK_S, settings.open_below_v, settings.close_above_v, debounce_s)

    def sensor_rules(self) -> SensorRules:
        """A switch between 0 and 5 V."""
        return SensorRules("heel_switch", -0.2, 5.5, self.settings.open_below_v, self.settings.close_above_v)
