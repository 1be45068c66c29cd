"""The front panel of the simulated oscilloscope as commands: channels, timebase, trigger, acquisition.

Source: Keysight InfiniiVision 3000T X-Series Programmer's Guide, chapters `:CHANnel<n>`, `:TIMebase`, `:TRIGger`,
`:ACQuire`.
"""

import math
from typing import TYPE_CHECKING, Any, Final

from rig.simulated.keysight.bound import attribute, bound, fixed
from rig.simulated.keysight.scope_model import DIVISIONS_HIGH, DIVISIONS_WIDE
from rig.simulated.keysight.scope_settings import EXTERNAL, Channel
from rig.simulated.keysight.scope_timing import sample_plan
from rig.simulated.scpi.commands import Command
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.parameters import Boolean, Choice, Number, Text
from rig.simulated.scpi.replies import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from rig.simulated.keysight.scope import Oscilloscope
    from rig.simulated.scpi.parameters import Parameter

CHANNEL: Final = Choice("CHANnel<1-4>")
_TRIGGER_SOURCE: Final = Choice("CHANnel<1-4>", "EXTernal")
_N: Final = "CHANnel<1-4>"
_LONGEST_LABEL: Final = 32


def channel(scope: "Oscilloscope", n: int) -> Channel:
    """One input.

    Raises:
        ScpiError: -114, this model has no such channel.
    """
    if n not in scope.panel.channels:
        raise ScpiError(-114)
    return scope.panel.channels[n]


def value(
    header: str,
    kind: "Parameter",
    tell: "Callable[[Oscilloscope], Any]",
    put: "Callable[[Oscilloscope, Any], None] | None" = None,
) -> tuple[Command, ...]:
    """A value of the whole scope."""
    return bound(header, kind, tell, put)


def _of_channel(
    node: str,
    kind: "Parameter",
    tell: "Callable[[Oscilloscope, int], Any]",
    put: "Callable[[Oscilloscope, int, Any], None]",
) -> tuple[Command, ...]:
    return bound(f"{_N}:{node}", kind, tell, put)


def _restart(scope: "Oscilloscope") -> None:
    scope.restart()


def _set_range(scope: "Oscilloscope", n: int, range_v: float) -> None:
    one = channel(scope, n)
    if not one.takes_range(range_v, scope.model):
        raise ScpiError(-222)
    one.range_v = range_v
    scope.restart()


def _set_offset(scope: "Oscilloscope", n: int, offset_v: float) -> None:
    one = channel(scope, n)
    if not one.takes_offset(offset_v, scope.model):
        raise ScpiError(-222)
    one.offset_v = offset_v
    scope.restart()


def _set_probe(scope: "Oscilloscope", n: int, ratio: float) -> None:
    channel(scope, n).set_probe(ratio)
    scope.restart()


def _set_label(scope: "Oscilloscope", n: int, text: str) -> None:
    channel(scope, n).label = text[:_LONGEST_LABEL].upper()


def _tell_channel(scope: "Oscilloscope", n: int) -> str:
    one = channel(scope, n)
    return (
        f":CHAN{n}:RANG {one.range_v:+.8E};OFFS {one.offset_v:+.8E};COUP {one.coupling};IMP ONEM;DISP {one.is_on:d};"
        f"BWL {one.is_limited:d};INV {one.is_inverted:d};LAB {quoted(one.label)};UNIT VOLT;PROB {one.probe_ratio:+.8E};"
        "PROB:SKEW +0.00000000E+00;STYP SING"
    )


_CHANNELS: Final = (
    *attribute(f"{_N}:DISPlay", Boolean(), channel, "is_on", _restart),
    *attribute(f"{_N}:COUPling", Choice("DC", "AC"), channel, "coupling", _restart),
    *attribute(f"{_N}:BWLimit", Boolean(), channel, "is_limited", _restart),
    *attribute(f"{_N}:INVert", Boolean(), channel, "is_inverted", _restart),
    *_of_channel("RANGe", Number("V"), lambda scope, n: float(channel(scope, n).range_v), _set_range),
    *_of_channel(
        "SCALe",
        Number("V"),
        lambda scope, n: channel(scope, n).division_v,
        lambda scope, n, value: _set_range(scope, n, value * DIVISIONS_HIGH),
    ),
    *_of_channel("OFFSet", Number("V"), lambda scope, n: float(channel(scope, n).offset_v), _set_offset),
    *_of_channel(
        "PROBe", Number(least=1e-3, most=1e4), lambda scope, n: float(channel(scope, n).probe_ratio), _set_probe
    ),
    *_of_channel("LABel", Text(), lambda scope, n: quoted(channel(scope, n).label), _set_label),
    *fixed(f"{_N}:IMPedance", "ONEMeg"),
    *fixed(f"{_N}:UNITs", "VOLT"),
    Command(f"{_N}?", (), (), repeated=False, run=_tell_channel),
)


def _timebase(scope: "Oscilloscope") -> Any:
    return scope.panel.timebase


def _set_time_range(scope: "Oscilloscope", range_s: float) -> None:
    scope.panel.timebase.range_s = range_s
    scope.restart()


def _tell_timebase(scope: "Oscilloscope") -> str:
    base = scope.panel.timebase
    return f":TIM:MODE {base.mode};REF {base.reference};MAIN:RANG {base.range_s:+.8E};POS {base.position_s:+.8E}"


_RANGE = Number("S", least=20e-9, most=500.0)
_TIMEBASE: Final = (
    *attribute("TIMebase:MODE", Choice("MAIN", "ROLL"), _timebase, "mode", _restart),
    *attribute("TIMebase:REFerence", Choice("LEFT", "CENTer", "RIGHt"), _timebase, "reference", _restart),
    *attribute("TIMebase:POSition", Number("S", -500.0, 500.0), _timebase, "position_s", _restart),
    *value("TIMebase[:MAIN]:RANGe", _RANGE, lambda scope: scope.panel.timebase.range_s, _set_time_range),
    *value(
        "TIMebase[:MAIN]:SCALe",
        Number("S", least=2e-9, most=50.0),
        lambda scope: scope.panel.timebase.range_s / DIVISIONS_WIDE,
        lambda scope, value: _set_time_range(scope, value * DIVISIONS_WIDE),
    ),
    Command("TIMebase?", (), (), repeated=False, run=_tell_timebase),
)


def _trigger(scope: "Oscilloscope") -> Any:
    return scope.panel.trigger


def number_of(word: str) -> int:
    """Channel that a source means; `EXTERNAL` for the trigger input."""
    return EXTERNAL if word == "EXT" else int(word[-1])


def _tell_source(scope: "Oscilloscope") -> str:
    source = scope.panel.trigger.source
    return "EXT" if source == EXTERNAL else f"CHAN{source}"


def _set_source(scope: "Oscilloscope", word: str) -> None:
    if number_of(word) != EXTERNAL:
        channel(scope, number_of(word))
    scope.panel.trigger.source = number_of(word)
    scope.restart()


def _set_level(scope: "Oscilloscope", level_v: float, word: str | None = None) -> None:
    if not math.isfinite(level_v):
        raise ScpiError(-222)
    if word is not None and number_of(word) != scope.panel.trigger.source:
        raise ScpiError(-221)  # only the level of the source in use is kept here
    with scope.lab.lock:
        scope.panel.trigger.level_v = level_v
        scope.restart()


def _tell_level(scope: "Oscilloscope") -> float:
    return float(scope.panel.trigger.level_v)


_TRIGGER: Final = (
    *fixed("TRIGger:MODE", "EDGE"),
    *value("TRIGger[:EDGE]:SOURce", _TRIGGER_SOURCE, _tell_source, _set_source),
    Command("TRIGger[:EDGE]:LEVel", (Number("V"),), (_TRIGGER_SOURCE,), repeated=False, run=_set_level),
    Command("TRIGger[:EDGE]:LEVel?", (), (), repeated=False, run=_tell_level),
    *attribute("TRIGger[:EDGE]:SLOPe", Choice("POSitive", "NEGative", "EITHer"), _trigger, "slope", _restart),
    *attribute("TRIGger:SWEep", Choice("AUTO", "NORMal"), _trigger, "sweep", _restart),
)


def _acquisition(scope: "Oscilloscope") -> Any:
    return scope.panel.acquisition


def _set_memory(scope: "Oscilloscope", word: str) -> None:
    scope.panel.acquisition.is_segmented = word == "SEGM"
    scope.restart()


def _set_segments(scope: "Oscilloscope", count: int) -> None:
    if not 2 <= count <= scope.model.most_segments:
        raise ScpiError(-222)
    scope.panel.acquisition.segments = count
    scope.restart()


_ACQUISITION: Final = (
    *attribute(
        "ACQuire:TYPE",
        Choice("NORMal", "PEAK", "AVERage", "HRESolution"),
        _acquisition,
        "type",
        _restart,
    ),
    *attribute("ACQuire:COUNt", Number(least=2, most=65536, whole=True), _acquisition, "count", _restart),
    *value(
        "ACQuire:MODE",
        Choice("RTIMe", "SEGMented"),
        lambda scope: "SEGM" if scope.panel.acquisition.is_segmented else "RTIM",
        _set_memory,
    ),
    *value(
        "ACQuire:SEGMented:COUNt", Number(whole=True), lambda scope: scope.panel.acquisition.segments, _set_segments
    ),
    *value("ACQuire:SRATe", Number("HZ"), lambda scope: sample_plan(scope.model, scope.panel).rate_hz),
    *value("ACQuire:POINts", Number(), lambda scope: sample_plan(scope.model, scope.panel).n),
)

PANEL_COMMANDS: Final = (*_CHANNELS, *_TIMEBASE, *_TRIGGER, *_ACQUISITION)
"""Everything that can be set before an acquisition."""
