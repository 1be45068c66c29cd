"""The last that a device did, as a failed test tells it: its serial log, its pulses, its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rig.firmware.desk.serial_log import SerialLog
from sim.timebase import TimeNs, s_from_ns

_LINES: Final = 12
_PULSES: Final = 6


@dataclass(frozen=True, slots=True)
class DutPulse:
    """A pulse through the load, exact.

    Attributes:
        t_s: its start, virtual time.
        phase1_a: current of phase 1, A, signed.
        phase1_s: its width, s.
        gap_s: time between the phases, s; NaN without phase 2.
        phase2_a: current of phase 2, A, signed; NaN without.
        phase2_s: its width, s; NaN without.
        net_c: charge left behind, C.
    """

    t_s: float
    phase1_a: float
    phase1_s: float
    gap_s: float
    phase2_a: float
    phase2_s: float
    net_c: float

    @classmethod
    def of(cls, row: Any) -> "DutPulse":
        """From a row of `PULSE_DTYPE`."""
        return cls(*(float(row[name]) for name in cls.__slots__))


def story(
    now_ns: TimeNs, log: SerialLog, pulses: Sequence[DutPulse], lines: Mapping[str, int], identity: Mapping[str, str]
) -> str:
    """Several lines of text: when, who, the end of the serial log with instants, the last pulses, the lines."""
    who = ", ".join(f"{key} {value}" for key, value in identity.items() if value and len(value) < 40)
    told = [f"at {s_from_ns(now_ns):.6f} s of virtual time{f' ({who})' if who else ''}"]
    tail = log.tail(_LINES)
    told.append("serial log, its end:" if tail else "serial log: empty")
    told += [f"  {s_from_ns(t_ns):12.6f}  {line}" for t_ns, line in tail]
    told.append(f"pulses, the last of {len(pulses)}:" if pulses else "pulses: none")
    told += [f"  {_pulse(pulse)}" for pulse in pulses[-_PULSES:]]
    if lines:
        told.append("lines: " + ", ".join(f"{role} {'on' if state else 'off'}" for role, state in lines.items()))
    return "\n".join(told)


def _pulse(pulse: DutPulse) -> str:
    first = f"{pulse.t_s:12.6f}  {pulse.phase1_a * 1e3:+.2f} mA for {pulse.phase1_s * 1e6:.1f} µs"
    if pulse.phase2_s != pulse.phase2_s or not pulse.phase2_s:
        return f"{first}, no second phase, net {pulse.net_c * 1e9:+.1f} nC"
    second = f"{pulse.phase2_a * 1e3:+.2f} mA for {pulse.phase2_s * 1e6:.1f} µs"
    return f"{first}, {second}, net {pulse.net_c * 1e9:+.1f} nC"
