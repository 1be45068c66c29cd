"""Models of instruments: sound ones, whose errors U must hold, and faulty ones, which must be noticed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

import numpy as np

from sim.front_end_settings import AnalogInput, FrontEndSettings
from sim.signal import Signal

Waveforms: TypeAlias = Mapping[str, Signal]
Expected: TypeAlias = Literal["sound", "faulty"]

_HUM_HZ: Final = 50.0
_HUM_V: Final = 20e-3
_LOST_SAMPLES: Final = 37
_LOST_AT: Final = 30_011


def _as_stated(stated: FrontEndSettings) -> FrontEndSettings:
    return stated


def _no_filter(stated: FrontEndSettings) -> FrontEndSettings:
    return replace(stated, filter_tau_s=0.0)


def _as_it_is(waveforms: Waveforms) -> Waveforms:
    return waveforms


@dataclass(frozen=True, slots=True)
class Instrument:
    """One instrument.

    Attributes:
        name: short.
        expected: `sound`: everything must come back within U, and nothing be reported. `faulty`: it must be noticed,
            or do no harm.
        summary: what is wrong with it, with its dose.
        card: the real card, from the one that the bench states.
        spoil: what becomes of its samples on their way.
        after_h_ratio: time between the readings before and after the case over an hour.
        stated: what the bench states, from its file, where it states something else for this one.
    """

    name: str
    expected: Expected
    summary: str
    card: Callable[[FrontEndSettings], FrontEndSettings]
    spoil: Callable[[Waveforms], Waveforms] = _as_it_is
    after_h_ratio: float = 0.0
    stated: Callable[[FrontEndSettings], FrontEndSettings] = _as_stated


def _inputs(stated: FrontEndSettings, change: Callable[[AnalogInput], AnalogInput]) -> FrontEndSettings:
    return replace(stated, current=change(stated.current), voltage=change(stated.voltage), errors="worst")


def _only(card: AnalogInput, **kept: float) -> AnalogInput:
    """A card whose only errors are those in `kept`, and its noise."""
    none = dict.fromkeys(("gain_bound_ratio", "offset_bound_v", "drift_per_hour_v", "inl_bound_v"), 0.0)
    return replace(card, inl_shape="bow", polarity_gain_bound_ratio=0.0, **{**none, **kept})


def _perfect(stated: FrontEndSettings) -> FrontEndSettings:
    return _inputs(stated, _only)


def _with_errors(field: str, factor: float) -> Callable[[FrontEndSettings], FrontEndSettings]:
    """One error at `factor` times its stated bound."""
    return lambda stated: _inputs(stated, lambda card: _only(card, **{field: factor * getattr(card, field)}))


def _noisy(stated: FrontEndSettings) -> FrontEndSettings:
    return _inputs(stated, lambda card: replace(_only(card), noise_v=10.0 * card.noise_v))


def _clipping(stated: FrontEndSettings) -> FrontEndSettings:
    return _inputs(stated, lambda card: replace(_only(card), range_v=0.2 * card.range_v))


def _unfiltered(stated: FrontEndSettings) -> FrontEndSettings:
    return replace(_perfect(stated), filter_tau_s=0.0)


def _losing(stated: FrontEndSettings) -> FrontEndSettings:
    return replace(_perfect(stated), lost_hz=20.0)


def _scaled(role: str, factor: float) -> Callable[[Waveforms], Waveforms]:
    def spoil(waveforms: Waveforms) -> Waveforms:
        return {
            name: replace(signal, scale=signal.scale * factor) if name == role else signal
            for name, signal in waveforms.items()
        }

    return spoil


def _swapped(waveforms: Waveforms) -> Waveforms:
    """Each channel's samples under the other's name and scale."""
    current, voltage = waveforms["current"], waveforms["voltage"]
    return {
        "current": replace(current, samples=voltage.samples),
        "voltage": replace(voltage, samples=current.samples),
    }


def _each(change: Callable[[Signal], Signal]) -> Callable[[Waveforms], Waveforms]:
    return lambda waveforms: {name: change(signal) for name, signal in waveforms.items()}


def _dead(waveforms: Waveforms) -> Waveforms:
    """The current's input hangs in the air: noise of a code, no signal."""
    current = waveforms["current"]
    flicker = (np.arange(current.samples.size) * 7919 % 3 - 1).astype(np.int16)
    return {**waveforms, "current": replace(current, samples=flicker)}


def _stuck(signal: Signal) -> Signal:
    return replace(signal, samples=np.full_like(signal.samples, 1234))


def _coarse(signal: Signal) -> Signal:
    """The eight lower bits are stuck at 0."""
    return replace(signal, samples=signal.samples & np.int16(-256))


def _humming(signal: Signal) -> Signal:
    t_s = (signal.first_index + np.arange(signal.samples.size)) / signal.rate_hz
    codes = _HUM_V / 10.0 * 32_768 * np.sin(2.0 * np.pi * _HUM_HZ * t_s)
    return replace(signal, samples=np.clip(np.rint(signal.samples + codes), -32_768, 32_767).astype(np.int16))


def _slow_clock(signal: Signal) -> Signal:
    """A sample clock 1 % slow: every hundredth sample is never taken."""
    return replace(signal, samples=np.delete(signal.samples, np.s_[50::100]))


def _holed(signal: Signal) -> Signal:
    """Samples are dropped and nobody says so."""
    return replace(signal, samples=np.delete(signal.samples, np.s_[_LOST_AT : _LOST_AT + _LOST_SAMPLES]))


def _turned(signal: Signal) -> Signal:
    return replace(signal, samples=np.clip(-signal.samples.astype(np.int32), -32_768, 32_767).astype(np.int16))


INSTRUMENTS: Final = (
    Instrument("perfect", "sound", "no error but the stated noise", _perfect),
    Instrument("offset", "sound", "offset at its bound", _with_errors("offset_bound_v", 1.0)),
    Instrument("drift", "sound", "drift at its bound", _with_errors("drift_per_hour_v", 1.0)),
    Instrument("gain", "sound", "gain at its bound", _with_errors("gain_bound_ratio", 1.0)),
    Instrument("INL", "sound", "non-linearity at its bound", _with_errors("inl_bound_v", 1.0)),
    Instrument("no filter", "sound", "none is stated either: edges alias", _perfect, stated=_no_filter),
    Instrument("offset too large", "faulty", "40 times the bound", _with_errors("offset_bound_v", 40.0)),
    Instrument(
        "drift too large",
        "faulty",
        "10 times the bound, an hour",
        _with_errors("drift_per_hour_v", 10.0),
        after_h_ratio=1.0,
    ),
    Instrument("INL too large", "faulty", "20 times the bound", _with_errors("inl_bound_v", 20.0)),
    Instrument("noise too large", "faulty", "10 times what is stated", _noisy),
    Instrument("filter missing", "faulty", "a filter is stated and not there", _unfiltered),
    Instrument("clipping", "faulty", "a fifth of the range", _clipping),
    Instrument("lost samples", "faulty", "500 µs twenty times a second, and the card says so", _losing),
    Instrument("dropped samples", "faulty", f"{_LOST_SAMPLES} samples, and nobody says so", _perfect, _each(_holed)),
    Instrument("swapped channels", "faulty", "current and voltage", _perfect, _swapped),
    Instrument("wrong scale", "faulty", "current read 2 % too large", _perfect, _scaled("current", 1.02)),
    Instrument("wrong scale of voltage", "faulty", "read half as large", _perfect, _scaled("voltage", 0.5)),
    Instrument("wrong rate", "faulty", "sample clock 1 % slow", _perfect, _each(_slow_clock)),
    Instrument("dead channel", "faulty", "nothing reaches the current's input", _perfect, _dead),
    Instrument("stuck code", "faulty", "the converter stands still", _perfect, _each(_stuck)),
    Instrument("stuck bits", "faulty", "the eight lower bits", _perfect, _each(_coarse)),
    Instrument("mains hum", "faulty", f"{_HUM_V * 1e3:g} mV at {_HUM_HZ:g} Hz", _perfect, _each(_humming)),
    Instrument("reversed polarity", "faulty", "leads of the card exchanged", _perfect, _each(_turned)),
)
"""Every instrument that the self-test tries."""
