"""`:WAVeform` and `:MEASure`: what of a record goes over the link, in which code, with which preamble.

Source: Keysight InfiniiVision 3000T X-Series Programmer's Guide, chapters `:WAVeform` and `:MEASure`.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.simulated.keysight.bound import attribute
from rig.simulated.keysight.scope_acquisition import Record
from rig.simulated.keysight.scope_codes import (
    CLIPPED_HIGH,
    CLIPPED_LOW,
    HOLE,
    as_bytes,
    as_text,
    as_volts,
    as_words,
    scaling,
)
from rig.simulated.keysight.scope_commands import CHANNEL, channel, number_of, value
from rig.simulated.keysight.scope_settings import FORMATS, POINTS, TYPES
from rig.simulated.scpi.blocks import definite_block
from rig.simulated.scpi.commands import Command
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.parameters import Boolean, Choice, Either, Number

if TYPE_CHECKING:
    from rig.simulated.keysight.scope import Oscilloscope

MEASUREMENT_RECORD: Final = 62_500
"""Most points in the points mode `NORMal`."""
_BLOCK_DIGITS: Final = 8
"""The scope always writes `#8` and eight digits; drivers strip ten characters."""
_NO_VALUE: Final = 9.9e37


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What of a record is sent.

    Attributes:
        record: it comes from.
        words: (n,) codes of the source.
        period_s: between two of them, s.
        origin_s: instant of the first, from the trigger, s.
        range_v: full scale of the channel, V.
        offset_v: middle of its screen, V.
    """

    record: Record
    words: NDArray[np.uint16]
    period_s: float
    origin_s: float
    range_v: float
    offset_v: float


def chosen(scope: "Oscilloscope", source: int | None = None) -> Part:
    """The part of the record that the settings ask for.

    Raises:
        ScpiError: -230, nothing acquired, or not on that channel; -221, the scope still rolls.
    """
    request = scope.panel.waveform
    number = request.source if source is None else source
    record = scope.record()
    if number not in record.words:
        raise ScpiError(-230, f"Data corrupt or stale; channel {number} was not acquired")
    words, used = record.words[number], record.channels[number]
    pairs = 2 if record.kind == "PEAK" else 1
    limit = MEASUREMENT_RECORD if request.points_mode == "NORM" else words.size
    limit = min(limit, request.points or limit)
    step = max(1, -(-words.size // max(1, limit)))
    if scope.made_up_codes:
        words = scope.with_made_up(words)
    sent = words.reshape(-1, pairs)[::step].ravel()[: max(pairs, words.size // step // pairs * pairs)]
    period_ns = record.plan.period_ns / pairs
    clock = scope.sampler.clock
    origin_s = record.first * record.plan.period_ns * 1e-9 - clock.shown_s(record.trigger_ns)
    return Part(record, sent, step * period_ns * 1e-9, origin_s, used.range_v, used.offset_v)


def _preamble(scope: "Oscilloscope") -> str:
    part, request = chosen(scope), scope.panel.waveform
    scale = scaling(request.format, part.range_v, part.offset_v, is_unsigned=request.is_unsigned)
    count = scope.panel.acquisition.count if part.record.kind == "AVER" else 1
    return (
        f"{FORMATS[request.format]:+d},{TYPES[part.record.kind]:+d},{part.words.size:+d},{count:+d},"
        f"{part.period_s:+.8E},{part.origin_s:+.12E},+0,{scale.increment_v:+.8E},{scale.origin_v:+.8E},"
        f"{scale.reference:+d}"
    )


def _data(scope: "Oscilloscope") -> bytes:
    part, request = chosen(scope), scope.panel.waveform
    if request.format == "ASC":
        payload = as_text(part.words, part.range_v, part.offset_v)
    elif request.format == "BYTE":
        payload = as_bytes(part.words, is_unsigned=request.is_unsigned)
    else:
        payload = as_words(part.words, is_little_endian=request.is_little_endian, is_unsigned=request.is_unsigned)
    return definite_block(payload, _BLOCK_DIGITS)


def _points(scope: "Oscilloscope") -> int:
    return chosen(scope).words.size if scope.has_record() else 0


def _set_points(scope: "Oscilloscope", wanted: int | str) -> None:
    if isinstance(wanted, str):
        scope.panel.waveform.points = None
        return
    if wanted not in POINTS:
        raise ScpiError(-222)
    scope.panel.waveform.points = wanted


def _set_source(scope: "Oscilloscope", word: str) -> None:
    channel(scope, number_of(word))
    scope.panel.waveform.source = number_of(word)


def _request(scope: "Oscilloscope") -> Any:
    return scope.panel.waveform


def _time_tag(scope: "Oscilloscope") -> float:
    record = scope.record()
    return scope.sampler.clock.shown_s(record.trigger_ns - scope.acquiring.records[0].trigger_ns)


def _set_index(scope: "Oscilloscope", index: int) -> None:
    if not 1 <= index <= max(1, len(scope.acquiring.records)):
        raise ScpiError(-222)
    scope.segment = index


def _measured(name: str) -> Command:
    def run(scope: "Oscilloscope", word: str | None = None) -> float:
        part = chosen(scope, None if word is None else number_of(word))
        if np.isin(part.words, (HOLE, CLIPPED_LOW, CLIPPED_HIGH)).any():
            return _NO_VALUE
        volts = as_volts(part.words, part.range_v, part.offset_v)
        least, greatest = float(volts.min()), float(volts.max())
        return {"VPP": greatest - least, "VMAX": greatest, "VMIN": least, "VAVerage": float(volts.mean())}[name]

    return Command(f"MEASure:{name}?", (), (CHANNEL,), repeated=False, run=run)


WAVEFORM_COMMANDS: Final = (
    *value("WAVeform:SOURce", CHANNEL, lambda scope: f"CHAN{scope.panel.waveform.source}", _set_source),
    *attribute("WAVeform:FORMat", Choice("BYTE", "WORD", "ASCii"), _request, "format"),
    *value(
        "WAVeform:BYTeorder",
        Choice("LSBFirst", "MSBFirst"),
        lambda scope: "LSBF" if scope.panel.waveform.is_little_endian else "MSBF",
        lambda scope, word: setattr(scope.panel.waveform, "is_little_endian", word == "LSBF"),
    ),
    *attribute("WAVeform:UNSigned", Boolean(), _request, "is_unsigned"),
    *attribute("WAVeform:POINts:MODE", Choice("NORMal", "MAXimum", "RAW"), _request, "points_mode"),
    *value("WAVeform:POINts", Either(Choice("MAXimum"), Number(whole=True)), _points, _set_points),
    Command("WAVeform:PREamble?", (), (), repeated=False, run=_preamble),
    Command("WAVeform:DATA?", (), (), repeated=False, run=_data),
    *value("WAVeform:SEGMented:COUNt", Number(), lambda scope: scope.acquired_segments()),
    *value("WAVeform:SEGMented:TTAG", Number(), _time_tag),
    *value("ACQuire:SEGMented:INDex", Number(whole=True), lambda scope: scope.segment, _set_index),
    *value("WAVeform:XINCrement", Number(), lambda scope: chosen(scope).period_s),
    *value("WAVeform:XORigin", Number(), lambda scope: chosen(scope).origin_s),
    *map(_measured, ("VPP", "VMAX", "VMIN", "VAVerage")),
)
"""Everything that can be asked of a record."""
