"""What a record says beside its tables and its waveform, as plain values of JSON and back."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from rig.bench import ChannelAccuracy
from rig.record import EventRecord, LoopError, Record, RigFault
from sim.inl_table import InlPoint, InlTable


def plain(value: Any) -> Any:
    """`value` with dataclasses as mappings and NaN, which JSON does not have, as null."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            return value


def facts_of(record: Record) -> dict[str, Any]:
    """Everything of `record` that stands in no other file of its case."""
    return {
        "hardware": record.hardware,
        "span_s": list(record.span_s),
        "gaps_s": plain(record.gaps_s),
        "accuracy": plain(record.accuracy),
        "events": [plain(event) for event in record.events.values()],
        "loop_error": plain(record.loop_error),
        "fault": plain(record.fault),
        "interrupted": record.interrupted,
        "clipped": dict(record.clipped),
        "sensor_delay_s": list(record.sensor_delay_s),
        "zero_span": plain(record.zero_span),
    }


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def accuracy_from(rows: Mapping[str, Any]) -> dict[str, ChannelAccuracy]:
    """`Record.accuracy`."""
    words = {"unit", "inl_table"}
    return {
        role: ChannelAccuracy(
            row["unit"],
            **{name: _number(each) for name, each in row.items() if name not in words},
            inl_table=_inl_table(row.get("inl_table")),
        )
        for role, row in rows.items()
    }


def _inl_table(row: Mapping[str, Any] | None) -> InlTable | None:
    if row is None:
        return None
    return InlTable(tuple(InlPoint(**point) for point in row["points"]), row["residual_v"], row["on"])


def events_from(facts: Mapping[str, Any]) -> dict[str, EventRecord]:
    """`Record.events`."""
    return {row["name"]: EventRecord(**row) for row in facts["events"]}


def loop_error_from(facts: Mapping[str, Any]) -> LoopError | None:
    """`Record.loop_error`."""
    row = facts["loop_error"]
    if row is None:
        return None
    return LoopError(
        _number(row["crossing_shift_s"]),
        int(row["unmatched_crossings"]),
        _number(row["amplitude"]),
        _number(row["limit_s"]),
        math.inf if row["amplitude_limit"] is None else float(row["amplitude_limit"]),
        row["amplitude_role"],
    )


def fault_from(facts: Mapping[str, Any]) -> RigFault | None:
    """`Record.fault`."""
    row = facts["fault"]
    return None if row is None else RigFault(_number(row["t_s"]), row["text"])
