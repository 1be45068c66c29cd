"""The heel switch: a force-sensing resistor under the heel, read as a voltage."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeelSwitch:
    """Description of a heel switch and of the divider that reads it.

    The resistor pulls the signal up to `supply_v`: a loaded heel (1-10 kohm) reads high, a lifted one (over 1 Mohm)
    near zero. Voltages and times are design choices inside the ranges of commercial force-sensing resistors.

    Attributes:
        rate_hz: rate at which the signal is emitted, Hz.
        loaded_v: signal of a fully loaded heel, V.
        unloaded_v: signal of a lifted heel, V.
        open_below_v: lower threshold; the switch is open below it, V.
        close_above_v: upper threshold; the switch is closed above it, V.
        load_time_s: time constant with which the heel takes load after landing, s.
        unload_time_s: time over which the heel gives up its load before heel-off, s.
        bounce_time_s: decay time of the bounce after landing, s.
        bounce_hz: frequency of the bounce, Hz.
        bounce_v: amplitude of the bounce at landing, V.
        noise_v: rms noise, V.
        timing_bound_s: stated uncertainty of a threshold crossing, s (formats.md section 4: 5 ms, design choice).
    """

    rate_hz: float = 10_000.0
    loaded_v: float = 2.6
    unloaded_v: float = 0.05
    open_below_v: float = 1.0
    close_above_v: float = 1.5
    load_time_s: float = 0.006
    unload_time_s: float = 0.030
    bounce_time_s: float = 0.004
    bounce_hz: float = 180.0
    bounce_v: float = 1.2
    noise_v: float = 0.02
    timing_bound_s: float = 0.005
