"""What can be set on the reference stimulator `odfs`, and what its seeded defects do."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Literal, TypeAlias, TypeVar

from sim.stimulator.program import PulseDefects, PulseProgram

Waveform: TypeAlias = Literal["symmetric", "asymmetric"]
RampedQuantity: TypeAlias = Literal["pulse_width", "current"]
_Number = TypeVar("_Number", int, float)
_SUFFIXES: Final = ("_ratio", "_hz", "_a", "_s", "_v")

DEFECTS: Final[dict[str, str]] = {
    "no_lead_off": "",
    "late_start": "s",
    "missing_pulses": "",
    "net_charge": "C",
    "dc_leak": "A",
    "width_drift": "",
    "stuck_on": "s",
    "double_pulse": "",
    "no_time_out": "",
}
"""Seeded defects and the SI unit of their dose; dose 0 is a sound device, to the last bit.

`no_lead_off`: lowers the threshold of the lead-off detection by this ratio; 1 = none at all. `late_start`: a train
begins this much late, s. `missing_pulses`: share of the pulses that do not come. `net_charge`: charge that every
pulse leaves behind, C. `dc_leak`: steady current while powered, A. `width_drift`: relative growth of both pulse
widths per minute of run. `stuck_on`: stimulation lasts this much longer after heel strike, s. `double_pulse`: share of
the pulses followed by a second one a fifth of a period later. `no_time_out`: lengthens the time-out to t / (1 - dose);
1 = none at all.
"""


def _bounded(default: _Number, low: float, high: float) -> _Number:
    """A field whose value the model can take from `low` to `high`, both included."""
    return field(default=default, metadata={"bounds": (low, high)})


@dataclass(frozen=True, slots=True)
class OdfsSettings:
    """Settings of the reference stimulator, in its own time.

    The defaults are a preset in the range of published dropped-foot stimulators (40 Hz, 0.3 ms, tens of mA, ramps of
    0.2 s, time-out of some seconds) and no claim about a product.

    Attributes:
        current_a: current of phase 1 at the plateau, A.
        pulse_width_s: width of phase 1 at the plateau, s.
        rate_hz: pulses per second.
        gap_s: interphase gap, s.
        waveform: `symmetric`, or `asymmetric`: a long, weak second phase of equal charge.
        recharge_ratio: current of phase 2 over that of phase 1 where the waveform is asymmetric (25 %: four times
            as long).
        ramped: what the ramps change; the ODFS ramps the pulse width.
        ramp_up_s: rise from nothing to the plateau, s.
        ramp_down_s: fall from the plateau to nothing, s.
        extension_s: plateau held after heel strike, s.
        time_out_s: longest train while the switch stays open, ramps included, s.
        debounce_s: how long the switch must show its new state, s.
        open_below_v: the switch is open below this voltage, V.
        close_above_v: the switch is closed above this voltage, V.
        compliance_v: highest output voltage at the nominal supply, V; it follows the supply.
        nominal_supply_v: voltage of a fresh battery, V.
        brown_out_v: below this supply the device is off, V.
        lead_off_ratio: a measured plateau below this ratio of the set current is low.
        lead_off_pulses: low pulses in a row that end a train.
        lead_off_probe_a: current with which a lifted electrode is felt for at the next step, A; inside the 6 nA to
            24 uA of commercial ECG lead-off detectors, and far below what excites a nerve.
        jitter_s: a pulse begins up to this much after its place on the device's grid, s.

    Raises:
        ValueError: a value that the model cannot do.
    """

    current_a: float = _bounded(0.030, 1e-5, 0.25)
    pulse_width_s: float = _bounded(300e-6, 1e-5, 1e-3)
    rate_hz: float = _bounded(40.0, 1.0, 100.0)
    gap_s: float = _bounded(100e-6, 0.0, 1e-3)
    waveform: Waveform = "symmetric"
    recharge_ratio: float = _bounded(0.25, 0.05, 1.0)
    ramped: RampedQuantity = "pulse_width"
    ramp_up_s: float = _bounded(0.2, 0.0, 10.0)
    ramp_down_s: float = _bounded(0.2, 0.0, 10.0)
    extension_s: float = _bounded(0.2, 0.0, 10.0)
    time_out_s: float = _bounded(4.0, 0.1, 60.0)
    debounce_s: float = _bounded(0.010, 0.0, 0.2)
    open_below_v: float = _bounded(1.0, -10.0, 10.0)
    close_above_v: float = _bounded(1.5, -10.0, 10.0)
    compliance_v: float = _bounded(120.0, 1.0, 300.0)
    nominal_supply_v: float = _bounded(9.0, 0.5, 50.0)
    brown_out_v: float = _bounded(6.0, 0.1, 50.0)
    lead_off_ratio: float = _bounded(0.9, 0.0, 1.0)
    lead_off_pulses: int = _bounded(3, 1, 100)
    lead_off_probe_a: float = _bounded(5e-6, 1e-7, 1e-4)
    jitter_s: float = _bounded(5e-6, 0.0, 1e-3)

    def __post_init__(self) -> None:
        for setting in fields(self):
            value, bounds = getattr(self, setting.name), setting.metadata.get("bounds")
            if bounds and not bounds[0] <= value <= bounds[1]:
                raise ValueError(
                    f"odfs: {setting.name} must lie between {bounds[0]:g} and {bounds[1]:g}, got {value:g}"
                )
        if self.waveform not in {"symmetric", "asymmetric"}:
            raise ValueError(f"odfs: waveform must be symmetric or asymmetric, got {self.waveform!r}")
        if self.ramped not in {"pulse_width", "current"}:
            raise ValueError(f"odfs: ramped must be pulse_width or current, got {self.ramped!r}")
        if self.open_below_v > self.close_above_v:
            raise ValueError(
                f"odfs: open_below_v must not exceed close_above_v, got {self.open_below_v:g} V and "
                f"{self.close_above_v:g} V"
            )
        if self.brown_out_v >= self.nominal_supply_v:
            raise ValueError(
                f"odfs: brown_out_v must be below nominal_supply_v, got {self.brown_out_v:g} V and "
                f"{self.nominal_supply_v:g} V"
            )
        if self.pulse_s > 0.5 / self.rate_hz:
            raise ValueError(
                f"odfs: a pulse of {self.pulse_s * 1e6:g} us (both phases and the gap) must not take more than half "
                f"of the period of {1e3 / self.rate_hz:g} ms; lower rate, pulse_width or gap, or raise recharge_ratio"
            )

    @property
    def phase2_ratio(self) -> float:
        """Current of phase 2 over that of phase 1."""
        return 1.0 if self.waveform == "symmetric" else self.recharge_ratio

    @property
    def pulse_s(self) -> float:
        """Both phases and the gap at the plateau, s."""
        return self.pulse_width_s * (1.0 + 1.0 / self.phase2_ratio) + self.gap_s

    def program(self) -> PulseProgram:
        """The pulses that these settings ask for."""
        return PulseProgram(
            current_a=self.current_a,
            pulse_width_s=self.pulse_width_s,
            gap_s=self.gap_s,
            recharge_ratio=self.phase2_ratio,
            rate_hz=self.rate_hz,
            ramps_width=self.ramped == "pulse_width",
            jitter_s=self.jitter_s,
        )


def changed(settings: OdfsSettings, name: str, value: Any) -> OdfsSettings:
    """`settings` with another value of the setting `name` (`current`, or `current_a`).

    Raises:
        ValueError: no such setting, or a value that it cannot have.
    """
    names = {setting.name: setting.name for setting in fields(settings)}
    for full in tuple(names):
        names |= {full.removesuffix(suffix): full for suffix in _SUFFIXES if full.endswith(suffix)}
    if name not in names:
        raise ValueError(f"odfs: setting {name!r} is not known; known are {', '.join(sorted(names))}")
    return replace(settings, **{names[name]: value})


def checked_defects(defects: Mapping[str, float]) -> dict[str, float]:
    """`defects` with every defect of the device, 0 where it is not named.

    Raises:
        ValueError: an unknown defect, or a dose that makes no sense.
    """
    doses = dict.fromkeys(DEFECTS, 0.0)
    for name, dose in defects.items():
        if name not in DEFECTS:
            raise ValueError(f"odfs: defect {name!r} is not known; known are {', '.join(DEFECTS)}")
        least = -math.inf if name in {"net_charge", "dc_leak", "width_drift"} else 0.0
        most = 1.0 if name in {"no_lead_off", "missing_pulses", "double_pulse", "no_time_out"} else math.inf
        if not (math.isfinite(dose) and least <= dose <= most):
            raise ValueError(f"odfs: dose of {name} must be finite and lie between {least:g} and {most:g}, got {dose}")
        doses[name] = float(dose)
    return doses


def pulse_defects(doses: Mapping[str, float]) -> PulseDefects:
    """The doses that concern the pulse generator."""
    return PulseDefects(
        missing_ratio=doses["missing_pulses"],
        double_ratio=doses["double_pulse"],
        net_charge_c=doses["net_charge"],
        drift_per_s=doses["width_drift"] / 60.0,
    )
