"""Keysight InfiniiVision oscilloscopes (1000 X to 4000 X): single, segmented and roll captures.

Source: InfiniiVision 3000T X-Series Oscilloscopes Programmer's Guide: `:CHANnel`, `:TIMebase`, `:TRIGger[:EDGE]`,
`:ACQuire:SEGMented`, `:WAVeform` (preamble, codes 0, 1 and 65535 as hole, clipped low and clipped high),
`:OPERegister:CONDition`.
"""

import math
from collections.abc import Mapping
from typing import Final

from rig.instruments.errors import BadReply, InstrumentFault, InvalidCapture
from rig.instruments.identity import Identity
from rig.instruments.keysight_preamble import Preamble, read_preamble
from rig.instruments.ports import Acquisition, ScopeChannel, Trigger, Waveform
from rig.instruments.scpi_link import ScpiLink

_INPUTS: Final = 4
_RUNNING: Final = 1 << 3
"""Bit of the operation status condition register that is set while the oscilloscope runs."""
_BITS: Final = {"NORM": 8, "HRES": 12}
"""Bits of the converter by type of acquisition (data sheet 5992-0140)."""
_NEAR: Final = 1e-3
"""Relative difference at which a setting that is read back counts as another one: it comes back in 4 digits or more."""


class KeysightScope:
    """An InfiniiVision oscilloscope.

    Args:
        link: to it.
        inputs: analogue inputs that it has.
        resolution: type of acquisition: `HRES` averages between samples, `NORM` does not.
    """

    def __init__(self, link: ScpiLink, inputs: int = _INPUTS, resolution: str = "HRES") -> None:
        self.link, self._inputs, self._resolution = link, inputs, resolution
        self._acquisition: Acquisition | None = None

    def identity(self) -> Identity:
        """Who answered when the link was opened."""
        return self.link.identity

    def configure(
        self, channels: tuple[ScopeChannel, ...], span_s: float, trigger: Trigger | None, segments: int = 1
    ) -> Acquisition:
        """Prepare a capture; without a trigger it rolls.

        Raises:
            InstrumentFault: a setting was refused, or reads back as another one.
            LinkError: the link failed.
        """
        link, roll = self.link, trigger is None
        link.write(":STOP")
        used = {channel.number for channel in channels}
        for number in range(1, self._inputs + 1):
            link.write(f":CHAN{number}:DISP {'ON' if number in used else 'OFF'}")
        for channel in channels:
            self._set_channel(channel)
        link.write(f":ACQ:TYPE {self._resolution}")
        link.write(":ACQ:MODE " + ("SEGM" if segments > 1 else "RTIM"))
        if segments > 1:
            link.write(f":ACQ:SEGM:COUN {segments}")
            self._same(":ACQ:SEGM:COUN?", segments)
        link.write(":TIM:MODE " + ("ROLL" if roll else "MAIN"))
        link.write(f":TIM:RANG {span_s:.6E}")
        self._same(":TIM:RANG?", span_s)
        if trigger is not None:
            link.write(":TIM:REF LEFT")  # one tenth of the record before the trigger
            link.write(":TIM:POS 0")
            self._set_trigger(trigger)
        for setting in ("FORM WORD", "BYT LSBF", "UNS 1", "POINts:MODE RAW", "POINts MAX"):
            link.write(f":WAV:{setting}")
        rate_hz = link.number(":ACQ:SRAT?", again=True)
        self._acquisition = Acquisition(channels, span_s, rate_hz, segments, roll)
        return self._acquisition

    def arm(self) -> None:
        """Begin; returns at once."""
        self.link.write(":SING")

    def running(self) -> bool:
        """True until every record has been captured, or `stop`."""
        return bool(self.link.whole_number(":OPER:COND?") & _RUNNING)

    def stop(self) -> None:
        """End a roll, or a wait for a trigger that does not come."""
        self.link.write(":STOP")

    def captured(self) -> int:
        """Records that are there."""
        if self._configured().segments > 1:
            return self.link.whole_number(":WAV:SEGM:COUN?")
        return 1 if self._configured().roll else int(self.link.switch(":TER?"))

    def waveforms(self, segment: int = 1) -> Mapping[int, Waveform]:
        """Record `segment` of every configured input, by number.

        Raises:
            InvalidCapture: it has holes or clipped codes.
            LinkError: the link failed.
        """
        acquisition, tag_s = self._configured(), 0.0
        if acquisition.segments > 1:
            self.link.write(f":ACQ:SEGM:IND {segment}")
            tag_s = self.link.number(":WAV:SEGM:TTAG?")
        return {channel.number: self._waveform(channel.number, tag_s) for channel in acquisition.channels}

    def single(self, timeout_s: float) -> Mapping[int, Waveform]:
        """Arm, wait for the trigger, read; nothing blocks in the instrument meanwhile.

        Raises:
            InvalidCapture: no trigger within `timeout_s`, holes or clipped codes.
            LinkError: the link failed.
        """
        self.arm()
        if not self.link.wait(lambda: not self.running(), timeout_s):
            self.stop()
            raise InvalidCapture(self.link.name, math.nan, f"no trigger in {timeout_s:g} s", "check source and level")
        return self.waveforms()

    def safe_state(self) -> None:
        """Stop: an oscilloscope drives nothing."""
        self.link.write(":STOP")

    def reopen(self) -> None:
        """A fresh link after a fault; it must be configured again."""
        self._acquisition = None
        self.link.reopen()

    def close(self) -> None:
        """Close the link; twice is fine."""
        self.link.close()

    def _configured(self) -> Acquisition:
        if self._acquisition is None:
            raise InvalidCapture(self.link.name, math.nan, "nothing has been configured")
        return self._acquisition

    def _set_channel(self, channel: ScopeChannel) -> None:
        """Probe first: it scales range and offset. A wrong ratio is a silent factor of ten, so it is read back."""
        path = f":CHAN{channel.number}"
        self.link.write(f"{path}:COUP DC")
        for setting, value in (
            ("PROB", channel.probe_ratio),
            ("RANG", 2.0 * channel.range_v),
            ("OFFS", channel.offset_v),
        ):
            self.link.write(f"{path}:{setting} {value:.6E}")
            self._same(f"{path}:{setting}?", value, 2.0 * channel.range_v * _NEAR)

    def _set_trigger(self, trigger: Trigger) -> None:
        source = f"CHAN{trigger.number}" if trigger.number else "EXT"
        self.link.write(":TRIG:MODE EDGE")
        self.link.write(f":TRIG:EDGE:SOUR {source}")
        self.link.write(f":TRIG:EDGE:LEV {trigger.level_v:.6E}")
        self.link.write(":TRIG:EDGE:SLOP " + ("POS" if trigger.rising else "NEG"))
        self.link.write(":TRIG:SWE NORM")  # AUTO would trigger on nothing

    def _same(self, query: str, wanted: float, within: float = 0.0) -> None:
        found = self.link.number(query, again=True)
        if abs(found - wanted) > max(abs(wanted) * _NEAR, within):
            problem = f"`{query}` reads back {found:g}, {wanted:g} was set"
            raise InstrumentFault(self.link.name, math.nan, problem, "the instrument does not take this setting")

    def _waveform(self, number: int, tag_s: float) -> Waveform:
        self.link.write(f":WAV:SOUR CHAN{number}")
        preamble = self._preamble()
        codes = self.link.block(":WAV:DATA?", "<u2", preamble.points)
        if problem := preamble.invalid_codes(codes):
            raise InvalidCapture(self.link.name, math.nan, f"input {number}: {problem}", "widen its range")
        return preamble.waveform(number, codes, tag_s, _BITS[self._resolution])

    def _preamble(self) -> Preamble:
        answer = self.link.query(":WAV:PRE?")
        try:
            return read_preamble(answer)
        except ValueError as error:
            raise BadReply(self.link.name, math.nan, f"`:WAV:PRE?`: {error}") from None
