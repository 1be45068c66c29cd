"""A processor or output stage that failed although nobody had provoked it: its case is a FAIL, whatever checks saw.

A firmware that crashes and starts anew within a stride may keep every limit of a scenario. Green means shown, and a
device that fails in the middle of a walk is not shown to be sound.
"""

from typing import Final

from rig.firmware_facts import fault_words
from rig.record import Record

_PROVOKES: Final = frozenset({"device.hang"})
_PROVOKES_ALL: Final = "firmware."
"""Events after which a fault or a reset by the watchdog may be what a scenario asks for (design choice): its checks
judge then. A supply that goes is none of them: a processor without power stops, it does not fault."""
_SHORTED: Final = "shoot_through"
"""Fault of the output stage, not of the processor."""


def unprovoked_fault(record: Record | None) -> str:
    """One line about what failed in the processor before any event that may make it fail; "" where nothing did."""
    words = "" if record is None else fault_words(record.firmware)
    if record is None or not words:
        return ""
    first_s = float(record.firmware["faults"][0]["t_s"])
    provoked = (
        event.fired and event.start_s <= first_s and (event.kind in _PROVOKES or event.kind.startswith(_PROVOKES_ALL))
        for event in record.events.values()
    )
    if any(provoked):
        return ""
    is_stage = set(record.firmware["fault_counts"]) == {_SHORTED}
    return f"{'the output stage' if is_stage else 'the processor'} of the device failed: {words}"
