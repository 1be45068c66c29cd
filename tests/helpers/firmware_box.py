"""The reference firmware in this process: its library, a heel switch that is pushed, electrodes of some ohms."""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

FULL_A: Final = 0.1
PROBE_A: Final = 5e-6
COMPLIANCE_V: Final = 120.0
HEEL, SUPPLY, CURRENT, VOLTAGE, PROBE = range(5)
SCALES: Final = (0.6, 0.25, 30.0, 0.02, 10.0)
OFF, PHASE1, PHASE2, PROBE1, PROBE2 = range(5)
CLOSED_V, OPEN_V = 3.0, 0.2
BITTEN: Final = 2


def code_of(channel: int, value: float) -> int:
    """What the converter makes of an input, SI."""
    return max(0, min(4095, round(abs(value) * SCALES[channel] / 3.3 * 4095)))


class _Rig(ctypes.Structure):
    _fields_ = (
        ("context", ctypes.c_void_p),
        ("adc", ctypes.CFUNCTYPE(ctypes.c_uint16, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int)),
        ("phase", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int, ctypes.c_uint16)),
        ("panel", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_uint32)),
        ("uart", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_uint32)),
        ("store", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p, ctypes.c_uint32)),
    )


class FirmwareBox:
    """The firmware between a heel switch and a resistor.

    Args:
        library: built from the reference.
        stored: settings that it finds.
        cause: why it starts.
        at_us: when power comes.
    """

    def __init__(self, library: Path, stored: bytes = b"", cause: int = 0, at_us: int = 0) -> None:
        self.lib: Any = ctypes.CDLL(str(library))
        self.lib.host_now_us.restype = ctypes.c_int64
        self.heel_v, self.supply_v, self.ohm = CLOSED_V, 9.0, 500.0
        self.heel_at: Callable[[int], float] | None = None
        self.edges: list[tuple[int, int, int]] = []
        self.panels: list[tuple[int, int]] = []
        self.lines: list[tuple[int, str]] = []
        self.stored = stored
        self._hears: Callable[[Any, int, int], int] = self.flows
        self._half = ""
        types = dict(_Rig._fields_)
        self._rig = _Rig(
            None,
            types["adc"](self._adc),
            types["phase"](lambda _, t, phase, code: self.edges.append((t, phase, code))),
            types["panel"](lambda _, t, bits: self.panels.append((t, bits))),
            types["uart"](self._uart),
            types["store"](self._store),
        )
        self.start(at_us, cause)

    def start(self, at_us: int, cause: int = 0) -> None:
        """Power comes, or a reset is over."""
        kept = self.stored
        self.lib.host_power_on(ctypes.byref(self._rig), ctypes.c_int64(at_us), cause, kept, len(kept))

    @property
    def now_us(self) -> int:
        """Device time."""
        return int(self.lib.host_now_us())

    def hear(self, adc: Callable[[Any, int, int], int]) -> None:
        """Let another function answer what the converters show; the box runs on where it stands."""
        self._hears = adc

    def run(self, ms: float) -> int:
        """Let so many milliseconds happen; how that ended."""
        return int(self.lib.host_run(ctypes.c_int64(self.now_us + round(ms * 1000))))

    def step(self, up_ms: float, after_ms: float = 1000.0) -> None:
        """The heel leaves the floor for so long, and a second more happens."""
        self.heel_v = OPEN_V
        self.run(up_ms)
        self.heel_v = CLOSED_V
        self.run(after_ms)

    def say(self, text: str) -> str:
        """Say a line and let the box answer: the line that is no log."""
        data = text.encode() + b"\n"
        before = len(self.lines)
        self.lib.host_receive(data, len(data))
        self.run(40)
        answers = [line for _, line in self.lines[before:] if not line.startswith("LOG ")]
        return "|".join(answers)

    def set(self, **values: object) -> None:
        """Write settings; each must be taken."""
        for name, value in values.items():
            answer = self.say(f"SET {name} {value}")
            assert answer == "OK", f"{name} {value}: {answer}"

    @property
    def log(self) -> list[str]:
        """What the box told by itself."""
        return [line.removeprefix("LOG ") for _, line in self.lines if line.startswith("LOG ")]

    def lit(self) -> int:
        """The panel now."""
        return self.panels[-1][1] if self.panels else 0

    def pulses(self) -> list[tuple[int, int, int, int, int, int]]:
        """(start, code 1, width 1, gap, code 2, width 2) of every whole pulse that is no probe, us."""
        found: list[tuple[int, int, int, int, int, int]] = []
        start = end1 = begin2 = code1 = code2 = 0
        phase = OFF
        for t, new, code in self.edges:
            if new == PHASE1:
                start, code1 = t, code
            elif phase == PHASE1:
                end1 = t
            if new == PHASE2:
                begin2, code2 = t, code
            elif phase == PHASE2:
                found.append((start, code1, end1 - start, begin2 - end1, code2, t - begin2))
            phase = new
        return found

    def flows(self, _: Any, t_us: int, channel: int) -> int:
        """Code of a converter, as switch, supply and load stand."""
        if channel == HEEL:
            return code_of(HEEL, self.heel_at(t_us) if self.heel_at else self.heel_v)
        if channel == SUPPLY:
            return code_of(SUPPLY, self.supply_v)
        _, phase, code = self.edges[-1] if self.edges else (0, OFF, 0)
        wanted_a = PROBE_A if phase in {PROBE1, PROBE2} else 0.0 if phase == OFF else code / 4095 * FULL_A
        reach_v = COMPLIANCE_V * min(1.0, self.supply_v / 9.0)
        flows_a = min(wanted_a, reach_v / self.ohm)
        return code_of(channel, flows_a if channel == CURRENT else flows_a * self.ohm)

    def _adc(self, context: Any, t_us: int, channel: int) -> int:
        return self._hears(context, t_us, channel)

    def _uart(self, _: Any, t_us: int, text: int, size: int) -> None:
        self._half += ctypes.string_at(text, size).decode("ascii")
        *whole, self._half = self._half.split("\n")
        self.lines += [(t_us, line) for line in whole]

    def _store(self, _: Any, t_us: int, data: int, size: int) -> None:
        del t_us
        self.stored = ctypes.string_at(data, size)
