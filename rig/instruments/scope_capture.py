"""Records of an oscilloscope as a capture: on the time axis of the stimulus, in SI, with every missing span stated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rig.bench import Capture, Quality
from rig.instruments.capture_plan import ScopeInput
from rig.instruments.ports import Waveform
from sim.signal import Signal
from sim.timebase import TimeNs, sample_period_ns

_MIDDLE = 1 << 15


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One record of the oscilloscope.

    Attributes:
        first_s: instant of its first sample, s after the start of the stimulus.
        waveforms: by input.
    """

    first_s: float
    waveforms: Mapping[int, Waveform]


def capture_of(pieces: Sequence[Piece], inputs: Sequence[ScopeInput], rate_hz: float, end_ns: TimeNs) -> Capture:
    """The records as one capture of [0, end_ns), samples on whole periods; what no record shows is a gap.

    A sample is moved by at most half a period: that belongs to the bound of the alignment.

    Args:
        pieces: in time order, not overlapping.
        inputs: roles by input.
        rate_hz: of the records, Hz.
        end_ns: end of the stimulus.

    Raises:
        ValueError: a rate without a whole number of ns between samples.
    """
    period_ns = sample_period_ns(rate_hz)
    total = -(-end_ns // period_ns)
    spans: list[tuple[int, int, int]] = []
    for piece in pieces:
        first = round(piece.first_s * rate_hz)
        count = next(iter(piece.waveforms.values())).codes.size
        if max(first, 0) < min(first + count, total):
            spans.append((max(first, 0), min(first + count, total), first))
        else:
            spans.append((0, 0, first))
    waveforms = {each.role: _signal(each, pieces, spans, total, rate_hz) for each in inputs}
    seen = [(start, stop) for start, stop, _ in spans if stop > start]
    edges = [0, *(edge for span in seen for edge in span), total]
    gaps = [(a * period_ns, b * period_ns) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]
    return Capture(0, end_ns, waveforms, quality=Quality(tuple((a, min(b, end_ns)) for a, b in gaps)))


def _signal(
    wired: ScopeInput, pieces: Sequence[Piece], spans: Sequence[tuple[int, int, int]], total: int, rate_hz: float
) -> Signal:
    """One role; gaps hold the code of the middle of the screen."""
    number = wired.channel.number
    sample = pieces[0].waveforms[number]
    shift = _idle_bits([piece.waveforms[number].codes for piece in pieces], sample)
    middle = _MIDDLE >> shift
    sign = 1 if wired.volts_per_unit > 0.0 else -1
    codes = np.zeros(total, np.int16)
    for piece, (start, stop, first) in zip(pieces, spans, strict=True):
        words = piece.waveforms[number].codes[start - first : stop - first]
        codes[start:stop] = sign * ((words >> shift).astype(np.int32) - middle)
    scale = sample.scale_v * (1 << shift) / abs(wired.volts_per_unit)
    offset = (sample.offset_v + middle * sample.scale_v * (1 << shift)) / wired.volts_per_unit
    return Signal(codes, 0, rate_hz, "A" if wired.role.startswith("current") else "V", scale, offset)


def _idle_bits(codes: Sequence[NDArray[Any]], sample: Waveform) -> int:
    """Low bits of the words that carry nothing: so a code is a step of the converter, as everywhere else."""
    allowed = round(np.log2(sample.lsb_v / sample.scale_v)) if sample.lsb_v > sample.scale_v else 0
    used = int(np.bitwise_or.reduce([np.bitwise_or.reduce(each) for each in codes if each.size]))
    shift = 0
    while shift < allowed and not used >> shift & 1:
        shift += 1
    return shift
