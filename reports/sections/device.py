"""The device in words: its settings with their units, and the defects that were seeded on purpose."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from reports.quantities import quantity
from scenarios.case import Case, DeviceDescription

_UNITS: Final = {"s": "s", "hz": "Hz", "a": "A", "v": "V", "c": "C", "ohm": "ohm", "f": "F", "m": "m"}


def settings_words(device: DeviceDescription) -> str:
    """Every known setting with its unit, which the field of the model's settings ends in."""
    return ", ".join(f"{name.replace('_', ' ')} {_value(device, name, v)}" for name, v in device.programmed.items())


def defects_words(case: Case) -> str:
    """Seeded defects with their doses, as the scenario writes them; a dose of 0 is none."""
    written = case.document.get("defects")
    doses: Mapping[str, Any] = written if isinstance(written, Mapping) else {}
    return ", ".join(
        f"{name.replace('_', ' ')} {doses.get(name, f'{dose:g}')}" for name, dose in case.device.defects.items() if dose
    )


def _value(device: DeviceDescription, name: str, value: float) -> str:
    fields = (
        [field.name for field in dataclasses.fields(device.settings)]
        if dataclasses.is_dataclass(device.settings)
        else []
    )
    if f"{name}_ratio" in fields:
        return f"{value * 100:.4g} %"
    unit = next((symbol for suffix, symbol in _UNITS.items() if f"{name}_{suffix}" in fields), "")
    return quantity(value, unit)
