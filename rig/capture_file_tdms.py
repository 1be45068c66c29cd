"""Captures as TDMS: our own waveform files, and those of other programs through npTDMS."""

import logging
import warnings
from collections.abc import Iterator
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from rig.capture_file import BLOCK_SAMPLES, Recording, Wanted, as_recording, nominal_rate
from rig.capture_tdms_walk import walk_tdms
from rig.capture_warnings import CaptureWarning
from rig.tdms_read import Segment, read_values, segments
from rig.tdms_segment import object_path
from scenarios.problems import nearest
from scenarios.quantities import parse_quantity
from sim.errors import RecordError, ScenarioError

_LOSSES: Final = object_path("gaps", "samples")
_MIXED: Final = 1e-6
_TOGETHER: Final = 4
"""Segments that are searched at once: 800 KB at 1 MS/s, which a second-level cache holds."""


def open_tdms(path: Path, wanted: Wanted) -> Recording:
    """The current `wanted` of a TDMS file, streamed.

    Raises:
        RecordError: the file is damaged or holds no such numbers.
        ScenarioError: no such channel, or a rate that only `--rate` can tell.
    """
    from rig.waveform_file import WaveformFile

    try:
        own = WaveformFile(path)
    except RecordError:
        return _foreign(path, wanted)
    with own:
        roles, rate_hz, keep = own.roles, own.rate_hz, own.keep
    names = list(roles)
    name = (
        names[int(wanted.current)] if wanted.current.isdigit() and int(wanted.current) < len(names) else wanted.current
    )
    if name not in roles:
        raise ScenarioError(
            wanted.option, f"{path.name} has no channel `{wanted.current}`", nearest(wanted.current, roles)
        )
    form = roles[name]
    a_per_unit = 1.0 if wanted.a_per_unit is None else wanted.a_per_unit
    if form.unit != wanted.unit and wanted.a_per_unit is None:
        raise _other_unit(f"channel `{name}`", form.unit, wanted)

    def codes() -> Iterator[tuple[int, NDArray[np.int16]]]:
        if keep == "full":
            yield from _full(path, name)
            return
        with WaveformFile(path) as file:
            for signal in file.signals(name):
                yield signal.first_index, signal.samples

    rate, stretch = nominal_rate(1.0 / (wanted.rate_hz or rate_hz), path)
    scale, offset = form.scale * a_per_unit, (form.offset - wanted.zero_value) * a_per_unit
    return Recording(path, codes, scale, offset, rate, stretch, abs(scale), _torn(path))


def _other_unit(channel: str, unit: str, wanted: Wanted) -> ScenarioError:
    asked = "a current" if wanted.unit == "A" else "a voltage"
    mend = 'say what it means: --scale "4 mA/V"'
    return ScenarioError("--scale", f"{channel} is in {unit}, {asked} is asked for", mend)


def _torn(path: Path) -> tuple[CaptureWarning, ...]:
    """A warning where a waveform file of ours ends within a segment: the run was killed, or the file cut."""
    end = whole = 0
    with path.open("rb") as file:
        for segment in segments(file, path):
            end, whole = segment.head[2], whole + 1
    left = path.stat().st_size - end
    if not left:
        return ()
    text = f"the file is cut off: {left} bytes behind its last whole segment are not used"
    return (CaptureWarning("truncated", text, f"behind segment {whole}"),)


def _full(path: Path, role: str) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """Every sample of one role of a `full` file of ours, read into one buffer that is used again."""
    buffer = np.empty(0, np.int16)
    at = fill = 0
    with path.open("rb") as index, path.open("rb", buffering=0) as data:
        for segment, offset, count in _places(index, data, path, object_path("capture", role)):
            gaps = [] if segment is None else _gaps(index, segment)
            if fill and (gaps or fill + count > buffer.size):
                yield at, buffer[:fill]
                at, fill = at + fill, 0
            if count > buffer.size:
                buffer = np.empty(_TOGETHER * count, np.int16)
            if segment is not None:
                data.seek(offset)
            data.readinto(buffer[fill : fill + count].data.cast("B"))  # pyright: ignore[reportArgumentType]
            fill += count
            here = 0
            for first, lost in gaps:
                if first > at:
                    yield at, buffer[here : here + first - at]
                here, at = here + first - at, first + lost
            if gaps:
                if here < fill:
                    yield at, buffer[here:fill]
                at, fill = at + fill - here, 0
    if fill:
        yield at, buffer[:fill]


def _places(index: BinaryIO, data: FileIO, path: Path, name: str) -> Iterator[tuple[Segment | None, int, int]]:
    """For each segment: itself, where its samples of `name` begin in the file, and how many they are.

    Segments without losses mostly begin with the same bytes: those are compared, not parsed, and None stands for such
    a segment. `data` then stands at its samples.
    """
    size = data.seek(0, 2)
    at = 0
    while (segment := next(segments(index, path, at), None)) is not None:
        offset, _, count = segment.raw.get(name, (0, None, 0))
        begin, values, at = segment.head
        yield segment, offset, count
        index.seek(begin)
        known = index.read(values - begin)
        if not count or segment.raw.get(_LOSSES, (0, None, 0))[2]:
            continue
        length, ahead, seen = at - begin, offset - values, bytearray(len(known))
        while at + length <= size:
            data.seek(at)
            data.readinto(seen)
            if bytes(seen) != known:
                break
            if ahead:
                data.seek(ahead, 1)
            yield None, 0, count
            at += length


def _gaps(file: BinaryIO, segment: Segment) -> list[tuple[int, int]]:
    """(first sample, samples) of what a segment lost."""
    if segment.raw.get(_LOSSES, (0, None, 0))[2] == 0:
        return []
    starts = read_values(file, segment, object_path("gaps", "start_sample"), "<i8")
    samples = read_values(file, segment, _LOSSES, "<i8")
    return list(zip(starts.tolist(), samples.tolist(), strict=True))


def _foreign(path: Path, wanted: Wanted) -> Recording:
    from nptdms import TdmsFile

    with _opened(TdmsFile, path) as file:
        channel = _channel(path, file, wanted)
        where = (str(channel.group_name), str(channel.name))
        properties: dict[str, Any] = dict(channel.properties)
        line = _line(channel, properties)
        if channel.dtype.kind not in "iuf":
            raise RecordError(str(path), f"channel `{wanted.current}` holds {channel.dtype}, no numbers")
        if len(channel) == 0:
            raise RecordError(str(path), f"channel `{wanted.current}` holds no samples", "name another --current")
    walk = walk_tdms(path, *where)
    period_s = _period_s(path, wanted, properties, walk.increments)
    warnings = walk.warnings()
    unit = str(properties.get("unit_string", properties.get("NI_UnitDescription", "")))
    if wanted.a_per_unit is None and not unit:
        text = f"channel `{wanted.current}` has no unit and is taken to be in {wanted.unit}; give --scale"
        warnings = (*warnings, CaptureWarning("unit_unknown", text, "--scale"))
    a_per_unit = wanted.a_per_unit if wanted.a_per_unit is not None else _per_unit(unit, wanted)
    slope, intercept = line or (1.0, 0.0)

    def blocks() -> Iterator[NDArray[Any]]:
        with _opened(TdmsFile, path) as opened:
            stored = opened[where[0]][where[1]]
            for start in range(0, len(stored), BLOCK_SAMPLES):
                data = stored.read_data(start, BLOCK_SAMPLES, scaled=line is None)
                yield np.ascontiguousarray(data, np.float64 if line is None else np.int16)

    # the zero that the user states is in the unit that the file shows, behind its own scaling
    plain = replace(wanted, zero_value=0.0)
    offset = (intercept - wanted.zero_value) * a_per_unit
    return as_recording(path, blocks, plain, period_s, slope * a_per_unit, offset, warnings=warnings)


def _period_s(path: Path, wanted: Wanted, properties: dict[str, Any], increments: tuple[float, ...]) -> float:
    if wanted.rate_hz is not None:
        return 1.0 / wanted.rate_hz
    if len(increments) > 1 and max(increments) > min(increments) * (1.0 + _MIXED):
        told = ", ".join(f"{1 / step:.6g} Hz" for step in increments[:4] if step > 0.0)
        problem = f"mixed rates: channel `{wanted.current}` changes its rate on the way ({told})"
        raise RecordError(str(path), problem, "one rate a file: export the parts one by one")
    period_s = float(properties.get("wf_increment", 0.0))
    if period_s <= 0.0:
        problem = f"channel `{wanted.current}` does not say its sample rate (wf_increment)"
        raise ScenarioError("--rate", problem, 'give it: --rate "1 MHz"')
    return period_s


def _per_unit(unit: str, wanted: Wanted) -> float:
    """A (or V) per unit of a channel that says its unit."""
    name = {"Amps": "A", "Volts": "V", "": wanted.unit}.get(unit, unit)
    try:
        return parse_quantity(f"1 {name}", wanted.unit)
    except ScenarioError:
        raise _other_unit(f"channel `{wanted.current}`", unit, wanted) from None


def _line(channel: Any, properties: dict[str, Any]) -> tuple[float, float] | None:
    """Slope and intercept of 16-bit codes with at most one linear scale; None where npTDMS must do the scaling."""
    if channel.data_type.__name__ != "Int16":
        return None
    scales = int(properties.get("NI_Number_Of_Scales", 0))
    if scales == 0:
        return 1.0, 0.0
    if scales > 1 or properties.get("NI_Scale[0]_Scale_Type") != "Linear":
        return None
    slope = float(properties["NI_Scale[0]_Linear_Slope"])
    return slope, float(properties.get("NI_Scale[0]_Linear_Y_Intercept", 0.0))


def _opened(kind: Any, path: Path) -> Any:
    """An npTDMS file, opened for streaming; whatever its parser trips over is a damaged file."""
    logging.getLogger("nptdms.reader").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # npTDMS warns of versions that it reads all the same
            return kind.open(path)
    except Exception as error:  # noqa: BLE001  the parser raises what it meets: struct.error, KeyError, ValueError, ...
        raise RecordError(str(path), f"cannot be read as TDMS ({error})", "export it again") from None


def _channel(path: Path, file: Any, wanted: Wanted) -> Any:
    name = wanted.current
    channels = {f"{group.name}/{channel.name}": channel for group in file.groups() for channel in group.channels()}
    if not channels:
        raise RecordError(str(path), "holds no channel, or was cut off before its first", "export it again")
    short = [channel for key, channel in channels.items() if key.partition("/")[2] == name]
    if name in channels:
        return channels[name]
    if len(short) == 1:
        return short[0]
    if name.isdigit() and int(name) < len(channels):
        return list(channels.values())[int(name)]
    if len(short) > 1:
        mend = "write group/channel: " + ", ".join(key for key in channels if key.endswith(f"/{name}"))
        raise ScenarioError(wanted.option, f"{path.name} has {len(short)} channels `{name}`", mend)
    raise ScenarioError(wanted.option, f"{path.name} has no channel `{name}`", nearest(name, channels))
