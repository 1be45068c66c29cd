"""Keysight Trueform 33500 generators: arbitrary waveforms, once a trigger, into high impedance.

Source: 33500 Series Operating and Service Guide: `SOURce:DATA:ARBitrary`, `SOURce:FUNCtion:ARBitrary`, `SOURce:BURSt`,
`OUTPut:LOAD` (the default, 50 ohm, doubles the voltage into an input of high impedance).
"""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.instruments.errors import InstrumentFault
from rig.instruments.identity import Identity
from rig.instruments.limits import OutputLimits, refuse_beyond
from rig.instruments.scpi_link import ScpiLink

_FULL_CODE: Final = 32_767
_MOST_POINTS: Final = 1_000_000
"""Points of a waveform without the memory option (data sheet 5991-0692)."""
_LEAST_POINTS: Final = 8
_LEAST_SPAN_V: Final = 2e-3
"""Smallest peak-to-peak amplitude into high impedance."""
_INFINITE_OHM: Final = 9.9e37
_NAME: Final = "STIMRIG"


class KeysightGenerator:
    """A 33500 generator.

    Args:
        link: to it.
        limits: of its outputs, by number; an output that is not named may not be touched.
        most_points: of a waveform.
        most_rate_hz: fastest playing of a waveform, Hz.
    """

    def __init__(
        self,
        link: ScpiLink,
        limits: Mapping[int, OutputLimits],
        most_points: int = _MOST_POINTS,
        most_rate_hz: float = 250e6,
    ) -> None:
        self.link, self._limits = link, dict(limits)
        self._most_points, self._most_rate_hz = most_points, most_rate_hz

    @property
    def most_points(self) -> int:
        """Points of the longest waveform."""
        return self._most_points

    def identity(self) -> Identity:
        """Who answered when the link was opened."""
        return self.link.identity

    def load(self, output: int, values_v: NDArray[Any], rate_hz: float) -> float:
        """Put a waveform into the memory; its first value stands until it is played, once a trigger.

        Args:
            output: number.
            values_v: (n,) V into high impedance.
            rate_hz: points a second, Hz.

        Returns:
            Largest error of a value by rounding to the converter's codes, V.

        Raises:
            LimitRefused: too long, too short, too fast, or beyond the limits of the bench file; nothing was written.
            InstrumentFault: refused, or read back as something else.
            LinkError: the link failed.
        """
        values = np.asarray(values_v, np.float64)
        name = self.link.name
        refuse_beyond(name, "length of a waveform", values.size, _LEAST_POINTS, self._most_points, "points")
        refuse_beyond(name, "rate of a waveform", rate_hz, 1e-6, self._most_rate_hz, "Hz")
        self._refuse(output, values)
        middle_v = 0.5 * (float(values.max()) + float(values.min()))
        span_v = max(float(values.max()) - float(values.min()), _LEAST_SPAN_V)
        codes = np.rint((values - middle_v) / (0.5 * span_v) * _FULL_CODE).astype("<i2")
        link, source = self.link, f"SOUR{output}"
        link.write(f"OUTP{output} OFF")
        link.write(f"OUTP{output}:LOAD INF")
        if link.number_or_infinity(f"OUTP{output}:LOAD?") < _INFINITE_OHM:
            raise InstrumentFault(name, math.nan, f"output {output} expects a load", "its voltage would be doubled")
        link.write("FORM:BORDer SWAP")
        link.write(f"{source}:BURS:STAT OFF")
        link.write(f"{source}:FUNC DC")  # a waveform that is being played cannot be cleared
        link.write(f"{source}:DATA:VOL:CLE")  # a name that exists already is refused
        link.send_block(f"{source}:DATA:ARB:DAC {_NAME},", codes)
        link.write(f"{source}:FUNC:ARB {_NAME}")
        link.write(f"{source}:FUNC ARB")
        for setting, value in (("FUNC:ARB:SRAT", rate_hz), ("VOLT", span_v), ("VOLT:OFFS", middle_v)):
            link.write(f"{source}:{setting} {value:.9E}")
            self._same(f"{source}:{setting}?", value, span_v)
        for setting in ("BURS:MODE TRIG", "BURS:NCYC 1"):
            link.write(f"{source}:{setting}")
        link.write(f"TRIG{output}:SOUR BUS")
        link.write(f"{source}:BURS:STAT ON")
        link.write(f"OUTP{output} ON")
        return 0.25 * span_v / _FULL_CODE

    def start(self, output: int) -> None:
        """Trigger by command: the waveform begins within milliseconds. Raises as `load`."""
        if output in self._limits:
            self.link.write("*TRG")

    def is_on(self, output: int) -> bool:
        """True where the output says that it is on: an overload has not switched it off. Raises `LinkError`."""
        return self.link.switch(f"OUTP{output}?")

    def hold(self, output: int, voltage_v: float) -> None:
        """A steady voltage. Raises as `load`."""
        self._refuse(output, np.array([voltage_v]))
        self.link.write(f"OUTP{output}:LOAD INF")
        self.link.write(f"SOUR{output}:FUNC DC")
        self.link.write(f"SOUR{output}:VOLT:OFFS {voltage_v:.9E}")
        self.link.write(f"OUTP{output} ON")

    def off(self, output: int) -> None:
        """Switch the output off.

        Raises:
            InstrumentFault: it still says that it is on.
            LinkError: the link failed.
        """
        self.link.write(f"OUTP{output} OFF")
        if self.link.switch(f"OUTP{output}?", again=True):
            raise InstrumentFault(self.link.name, math.nan, f"output {output} does not go off")

    def safe_state(self) -> None:
        """Every output off. Raises as `off`."""
        for output in sorted(self._limits):
            self.off(output)

    def reopen(self) -> None:
        """A fresh link after a fault."""
        self.link.reopen()

    def close(self) -> None:
        """Close the link; twice is fine."""
        self.link.close()

    def _refuse(self, output: int, values: NDArray[np.float64]) -> None:
        limits = self._limits.get(output, OutputLimits(math.inf, -math.inf))
        for value in (float(values.min()), float(values.max())):
            refuse_beyond(self.link.name, f"voltage of output {output}", value, limits.least_v, limits.most_v, "V")

    def _same(self, query: str, wanted: float, span: float) -> None:
        found = self.link.number(query, again=True)
        if abs(found - wanted) > 1e-4 * max(abs(wanted), span):
            problem = f"`{query}` reads back {found:g}, {wanted:g} was set"
            raise InstrumentFault(self.link.name, math.nan, problem, "the instrument does not take this setting")
