"""The bench: what it is, how well it measures, and what was wrong with the capture."""

from typing import Any

from reports.quantities import quantity
from reports.sections.blocks import Block, Cell, facts, section, table, text
from reports.verdict import CaseResult, RunResult
from reports.words import hardware_levels
from rig.bench import ChannelAccuracy
from scenarios.roles import ANALOGUE_UNITS


def build(run: RunResult) -> dict[str, Any]:
    """Identity, accuracy by role, and the state of every capture."""
    rows: list[tuple[str, Cell]] = [
        ("Bench", run.bench),
        ("Hardware", hardware_levels(run)),
        ("stimrig", run.version),
        *((name, value) for name, value in run.identity.items() if value and value != run.bench),
    ]
    blocks: list[Block] = [facts(rows, title="Identity")]
    accuracy = _accuracy(run)
    if accuracy:
        columns = ("Role", "Code", "Range", "Noise rms", "Gain", "Offset", "INL", "Filter τ", "Rate", "Clock")
        blocks.append(table(columns, accuracy, title="Accuracy by captured role (bounds, rectangular)"))
    zeros = [row for case in run.cases for row in _zeros(case)]
    if zeros:
        columns = ("Case", "Role", "Zero before", "Zero after", "Gain before", "Gain after")
        blocks.append(
            table(columns, zeros, title="Zero and span of the instrument", widths=(2.6, 1.2, 1.5, 1.5, 1.5, 1.5))
        )
    states = [_state(case) for case in run.cases if case.record is not None]
    if states:
        columns = ("Case", "Loop error", "Gaps", "Clipped samples", "Sensor delay")
        blocks.append(table(columns, states, title="State of the captures", widths=(2.6, 2.4, 1.2, 1.8, 1.8)))
        blocks.append(
            text(
                "Loop error: how far the sensor of the replayed walk differs from the one that the device was given. "
                "Beyond the sensor's own uncertainty, patient outcomes are not judged."
            )
        )
    return section("Bench and accuracy", *blocks)


def _accuracy(run: RunResult) -> list[tuple[str, ...]]:
    rows: dict[tuple[str, ...], None] = {}
    for case in run.cases:
        if case.record is not None:
            rows.update(dict.fromkeys(_role(role, known) for role, known in case.record.accuracy.items()))
    return list(rows)


def _role(role: str, known: ChannelAccuracy) -> tuple[str, ...]:
    return (
        role,
        quantity(known.lsb, known.unit, 3),
        f"±{quantity(known.range, known.unit, 3)}",
        quantity(known.noise_rms, known.unit, 3),
        f"±{known.gain_bound_ratio * 100:.3g} %",
        f"±{quantity(known.offset_bound, known.unit, 3)}",
        f"±{quantity(known.inl_bound, known.unit, 3)}",
        quantity(known.filter_tau_s, "s", 3) if known.filter_tau_s else "none",
        quantity(known.rate_hz, "Hz", 3),
        f"±{known.timebase_bound_ratio * 1e6:.3g} ppm",
    )


def _zeros(case: CaseResult) -> list[tuple[str, ...]]:
    """Shorted inputs and reference source before and after the case; the gain as what it is off one."""
    record = case.record
    if record is None:
        return []
    spans = record.zero_span
    return [
        (
            case.case.id,
            role,
            *(quantity(taken[role].zero, accuracy.unit, 3) for taken in (spans.before, spans.after)),
            *(f"{(taken[role].gain_ratio - 1.0) * 1e6:.0f} ppm" for taken in (spans.before, spans.after)),
        )
        for role, accuracy in record.accuracy.items()
        if spans.taken(role)
    ]


def _state(case: CaseResult) -> tuple[str, ...]:
    record = case.record
    assert record is not None
    loop = record.loop_error
    if loop is None:
        error = "no replay"
    elif loop.amplitude_role:
        unit = ANALOGUE_UNITS[loop.amplitude_role]
        found, allowed = quantity(loop.amplitude, unit, 3), quantity(loop.amplitude_limit, unit, 3)
        error = f"{found} of {allowed} allowed in {loop.amplitude_role}"
    else:
        error = f"{quantity(loop.crossing_shift_s, 's', 3)} of {quantity(loop.limit_s, 's', 3)} allowed"
        if loop.unmatched_crossings:
            error += f", {loop.unmatched_crossings} crossings unmatched"
    missing = sum(end - start for start, end in record.gaps_s)
    gaps = f"{len(record.gaps_s)} ({quantity(missing, 's', 3)})" if record.gaps_s else "none"
    clipped = ", ".join(f"{role}: {count}" for role, count in record.clipped.items() if count) or "none"
    delay, spread = record.sensor_delay_s
    return case.case.id, error, gaps, clipped, f"{quantity(delay, 's', 3)} ± {quantity(spread, 's', 3)}"
