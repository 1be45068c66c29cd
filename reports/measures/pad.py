"""The area through which the current of a channel flows: that of the smallest pad or contact."""

from collections.abc import Mapping
from typing import Any, Final

from rig.record import Record

UNKNOWN_AREA: Final = (
    "the area of the smallest pad is not known: say `area:`, `rated: {electrode_area: ...}` or an item"
)


def pad_area_m2(record: Record, parameters: Mapping[str, Any]) -> float | None:
    """Area of the smallest electrode, m^2: of the check, of the item under test, or as the maker states it."""
    if isinstance(area := parameters.get("area"), float) and area > 0.0:
        return area
    item = record.case.item
    stated = item.electrodes.area_m2 if item is not None else None
    return stated or record.case.device.rated.get("electrode_area")
