"""What can be set on every reference stimulator: its pulses, its ramps, its supply, its watch over the electrodes."""

from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Final, Literal, Self, TypeAlias, TypeVar

from sim.stimulator.program import PulseProgram

Waveform: TypeAlias = Literal["symmetric", "asymmetric"]
Switch: TypeAlias = Literal["on", "off"]
RampedQuantity: TypeAlias = Literal["pulse_width", "current"]
_Number = TypeVar("_Number", int, float)
_SUFFIXES: Final = ("_ratio", "_rad_s", "_rad", "_ohm", "_hz", "_a", "_s", "_v")


def bounded(default: _Number, low: float, high: float) -> _Number:
    """A field whose value the model can take from `low` to `high`, both included."""
    return field(default=default, metadata={"bounds": (low, high)})


@dataclass(frozen=True, slots=True)
class StimulatorSettings:
    """Settings that all reference stimulators share, in the device's own time.

    Attributes:
        pulse_width_s: width of phase 1 at the plateau, s.
        rate_hz: pulses per second.
        gap_s: interphase gap, s.
        ramped: what the ramps change.
        ramp_up_s: rise from nothing to the plateau, s.
        ramp_down_s: fall from the plateau to nothing, s.
        extension_s: plateau held after the trigger has gone off, s.
        time_out_s: longest train while the trigger stays on, ramps included, s.
        compliance_v: highest output voltage at the nominal supply, V; it follows the supply.
        nominal_supply_v: voltage of a fresh battery, V.
        brown_out_v: below this supply the device is off, V.
        low_battery_ratio: below this share of the nominal supply the low-battery lamp is on.
        level_ratio: amplitude control, from its minimum (0) to the set current (1).
        interlock: `on` for an output that stays off after each power-up until the amplitude control was at its minimum.
        shut_off_s: treatment time after which the output goes off until re-armed, s; 0 for none.
        watchdog_s: a firmware that hangs is reset after this long, s; 0 for no watchdog.
        overload_ohm: three pulses in a row into less than this end a train, ohm; 0 for no overload trip.
        charge_fault_ratio: five pulses in a row that leave more than this share of a phase behind end the treatment;
            0 for no watch.
        slew_a: inside a train the current changes by this much at most from pulse to pulse, A; 0 for at once.
        sensor_check: `on` for a device that goes off while its sensor shows what no leg can make.
        lead_off_ratio: a measured plateau below this ratio of the set current is low.
        lead_off_pulses: low pulses in a row that end a train.
        lead_off_probe_a: current with which a lifted electrode is felt for at the next step, A; inside the 6 nA to
            24 uA of commercial ECG lead-off detectors, and far below what excites a nerve.
        jitter_s: a pulse begins up to this much after its place on the device's grid, s.

    Raises:
        ValueError: a value that the model cannot do.
    """

    NAME: ClassVar[str] = "stimulator"
    """Name of the device model, for messages."""

    pulse_width_s: float = bounded(300e-6, 1e-5, 1e-3)
    rate_hz: float = bounded(40.0, 1.0, 100.0)
    gap_s: float = bounded(100e-6, 0.0, 1e-3)
    ramped: RampedQuantity = "pulse_width"
    ramp_up_s: float = bounded(0.2, 0.0, 10.0)
    ramp_down_s: float = bounded(0.2, 0.0, 10.0)
    extension_s: float = bounded(0.2, 0.0, 10.0)
    time_out_s: float = bounded(4.0, 0.1, 60.0)
    compliance_v: float = bounded(120.0, 1.0, 300.0)
    nominal_supply_v: float = bounded(9.0, 0.5, 50.0)
    brown_out_v: float = bounded(6.0, 0.1, 50.0)
    low_battery_ratio: float = bounded(0.85, 0.0, 1.0)
    level_ratio: float = bounded(1.0, 0.0, 1.0)
    interlock: Switch = "off"
    shut_off_s: float = bounded(0.0, 0.0, 36000.0)
    watchdog_s: float = bounded(0.0, 0.0, 10.0)
    overload_ohm: float = bounded(0.0, 0.0, 1000.0)
    charge_fault_ratio: float = bounded(0.0, 0.0, 1.0)
    slew_a: float = bounded(0.0, 0.0, 0.25)
    sensor_check: Switch = "off"
    lead_off_ratio: float = bounded(0.9, 0.0, 1.0)
    lead_off_pulses: int = bounded(3, 1, 100)
    lead_off_probe_a: float = bounded(5e-6, 1e-7, 1e-4)
    jitter_s: float = bounded(5e-6, 0.0, 1e-3)

    def __post_init__(self) -> None:
        for setting in fields(self):
            value, bounds = getattr(self, setting.name), setting.metadata.get("bounds")
            if bounds and not bounds[0] <= value <= bounds[1]:
                self.refuse(f"{setting.name} must lie between {bounds[0]:g} and {bounds[1]:g}, got {value:g}")
        if self.ramped not in {"pulse_width", "current"}:
            self.refuse(f"ramped must be pulse_width or current, got {self.ramped!r}")
        for name in ("interlock", "sensor_check"):
            if getattr(self, name) not in {"on", "off"}:
                self.refuse(f"{name} must be on or off, got {getattr(self, name)!r}")
        if self.brown_out_v >= self.nominal_supply_v:
            self.refuse(
                f"brown_out_v must be below nominal_supply_v, got {self.brown_out_v:g} V and "
                f"{self.nominal_supply_v:g} V"
            )
        if self.pulse_s > 0.5 / self.rate_hz:
            self.refuse(
                f"a pulse of {self.pulse_s * 1e6:g} us (both phases and the gap) must not take more than half "
                f"of the period of {1e3 / self.rate_hz:g} ms; lower rate, pulse_width or gap, or make phase 2 shorter"
            )

    @classmethod
    def refuse(cls, why: str) -> None:
        """Say why these settings cannot be; always raises `ValueError`."""
        raise ValueError(f"{cls.NAME}: {why}")

    @property
    def pulse_s(self) -> float:
        """Both phases and the gap at the plateau, s."""
        return 2.0 * self.pulse_width_s + self.gap_s

    @property
    def programs(self) -> tuple[PulseProgram, ...]:
        """The pulses that these settings ask for, by channel."""
        raise NotImplementedError

    def changed(self, name: str, value: Any) -> Self:
        """The same with another value of the setting `name` (`current`, or `current_a`).

        Raises:
            ValueError: no such setting, or a value that it cannot have.
        """
        names = {setting.name: setting.name for setting in fields(self)}
        for full in tuple(names):
            found = next((suffix for suffix in _SUFFIXES if full.endswith(suffix)), "")
            names[full.removesuffix(found)] = full
        if name not in names:
            self.refuse(f"setting {name!r} is not known; known are {', '.join(sorted(names))}")
        return replace(self, **{names[name]: value})


@dataclass(frozen=True, slots=True)
class SurfaceSettings(StimulatorSettings):
    """Settings of a device of one channel that drives both phases of its pulses through skin electrodes.

    Attributes:
        current_a: current of phase 1 at the plateau, A.
        waveform: `symmetric`, or `asymmetric`: a long, weak second phase of equal charge.
        recharge_ratio: current of phase 2 over that of phase 1 where the waveform is asymmetric (25 %: four times
            as long).
    """

    current_a: float = bounded(0.030, 0.0, 0.25)
    waveform: Waveform = "symmetric"
    recharge_ratio: float = bounded(0.25, 0.05, 1.0)

    def __post_init__(self) -> None:
        if self.waveform not in {"symmetric", "asymmetric"}:
            self.refuse(f"waveform must be symmetric or asymmetric, got {self.waveform!r}")
        StimulatorSettings.__post_init__(self)

    @property
    def phase2_ratio(self) -> float:
        """Current of phase 2 over that of phase 1."""
        return 1.0 if self.waveform == "symmetric" else self.recharge_ratio

    @property
    def pulse_s(self) -> float:
        """Both phases and the gap at the plateau, s."""
        return self.pulse_width_s * (1.0 + 1.0 / self.phase2_ratio) + self.gap_s

    @property
    def programs(self) -> tuple[PulseProgram, ...]:
        """The pulses that these settings ask for, of the one channel."""
        program = PulseProgram(
            current_a=self.current_a * self.level_ratio,
            pulse_width_s=self.pulse_width_s,
            gap_s=self.gap_s,
            recharge_ratio=self.phase2_ratio,
            rate_hz=self.rate_hz,
            ramps_width=self.ramped == "pulse_width",
            jitter_s=self.jitter_s,
            slew_a=self.slew_a,
        )
        return (program,)
