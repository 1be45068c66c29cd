"""Zero and span of a card: a relay shorts its inputs, then connects them to the reference source of the bench."""

import math
from typing import Any, Final

from rig.bench_file.laboratory import Laboratory
from rig.ni.layout import Layout
from rig.ni.link import Link
from rig.ni.tasks import read_finite, set_lines
from rig.zero_span import ZeroSpan
from sim.front_end_settings import quantity_of
from sim.timebase import TimeNs, s_from_ns

_READINGS: Final = 65_536
"""Samples of a reading: 1.2 uV of noise are left of 315 uV (as on the virtual bench)."""
_SETTLE_S: Final = 0.05
"""A relay's contacts have stopped bouncing by then (design choice: reed relays take 1 ms, power relays 20 ms)."""


def reference_reading(
    link: Link, layout: Layout, laboratory: Laboratory, rate_hz: float, t_ns: TimeNs
) -> dict[str, ZeroSpan]:
    """The readings of a card behind its relays; {} where the bench has none.

    Raises:
        CardError: the card refused.
    """
    zero, span = (layout.by_hand.get(name) for name in ("zero", "span"))
    source = next((each for each in laboratory.fixtures.values() if each.kind == "reference"), None)
    if zero is None or span is None or source is None:
        return {}
    read: list[tuple[Any, Any]] = []
    for relay in (zero, span):
        set_lines(link, layout.part, relay.driven())
        try:
            settle = math.ceil(_SETTLE_S * rate_hz)
            volts = read_finite(link, layout, rate_hz, settle + _READINGS, 10.0)[:, settle:]
        finally:
            set_lines(link, layout.part, relay.at_rest())
        read.append((volts.mean(axis=1), volts.std(axis=1) / math.sqrt(_READINGS)))
    found: dict[str, ZeroSpan] = {}
    for each in layout.inputs:
        wire = laboratory.wire(each.role)
        if wire is None or quantity_of(each.role) not in {"current", "voltage"} or not wire.volts_per_unit > 0.0:
            continue  # a sensor that is wired back has no budget that its zero could be held against
        k = wire.volts_per_unit
        (zero_v, zero_noise_v), (span_v, span_noise_v) = ((m[each.number], s[each.number]) for m, s in read)
        found[each.role] = ZeroSpan(
            s_from_ns(t_ns),
            float(zero_v) / k,
            float(zero_noise_v) / k,
            source.value / k,
            abs(source.value) * source.bound_ratio / k,
            float(span_v) / k,
            float(span_noise_v) / k,
            _READINGS,
        )
    return found
