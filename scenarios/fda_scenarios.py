"""The scenarios behind the FDA output tables: each mode of a device at its worst settings into three test loads."""

import dataclasses
import itertools
from collections.abc import Mapping
from typing import Any, Final, get_args

from scenarios.case import DeviceDescription
from scenarios.case_document import document_lines
from scenarios.corner import Corner, Worst, predicted, set_to, worst_corner
from scenarios.dataclass_reader import settings_units
from scenarios.device_file import DeviceFile, describe_device
from scenarios.quantities import exact_quantity
from scenarios.text import Where, rooted
from sim.electrode.load import NAMED_LOADS

LOADS: Final = ("500 ohm", "2 kohm", "10 kohm")
"""Test loads of the guidance."""
ONE_MODE: Final = "walking"
"""Name of the only mode of a device whose file names none."""

_STRIDES: Final = 8
_PATIENT: Final = "stroke_moderate"
_SPEED: Final = "0.6 m/s"
_CHECKS: Final[dict[str, Any]] = {
    "energy": {"limit": "OUT-05"},
    "phase_charge": {"limit": "CHG-06"},
}


def fda_scenarios(device: DeviceFile) -> dict[str, str]:
    """File name -> text of a scenario for each mode, which runs at its worst settings into each load.

    The settings are those at which the search predicts the largest rms, energy and phase charge at any of the loads;
    the prediction only chooses them, the table prints what was measured.
    """
    modes = device.modes or {ONE_MODE: {}}
    found: dict[str, str] = {}
    for mode, chosen in modes.items():
        text = _text(device, mode, _worst_settings(device, chosen))
        found[f"fda-{device.id}-{mode}.scenario.yaml".replace("_", "-").lower()] = text
    return found


def _worst_settings(device: DeviceFile, mode: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Distinct worst settings of a mode, what the mode sets included, as texts.

    A corner that is the worst in several ways stands once.
    """
    node = rooted(dict(mode), Where(f"mode of `{device.id}`", 1, 1))
    described = describe_device(device, node, None)
    free = {name: allowed for name, allowed in device.allowed.items() if name not in mode}
    described = dataclasses.replace(described, allowed=free)
    corners: list[Corner] = []
    for quantity, load in itertools.product(get_args(Worst), map(NAMED_LOADS.__getitem__, LOADS)):
        worst = worst_corner(described, quantity, load)
        if worst is None:
            continue
        reached = (predicted(quantity, set_to(described, corner.settings), load) for corner in corners)
        if not any(value >= worst.value * (1.0 - 1e-9) for value in reached):
            corners.append(worst)
    return [dict(mode) | _texts(corner, described) for corner in corners] or [dict(mode)]


def _texts(corner: Corner, device: DeviceDescription) -> dict[str, Any]:
    units = settings_units(type(device.settings))
    return {
        name: value if isinstance(value, str) else exact_quantity(float(value), units[name])
        for name, value in corner.settings.items()
    }


def _text(device: DeviceFile, mode: str, settings: list[dict[str, Any]]) -> str:
    sensor = next((role.partition(".")[0] for role in device.roles), "heel_switch")
    document: dict[str, Any] = {
        "schema": "scenario/1",
        "id": f"FDA-{device.id}-{mode}".replace("_", "-").upper(),
        "title": mode,
        "why": f"FDA output table B of {device.id}, mode {mode}: worst settings by search, three test loads",
        "seed": "1",
        "patient": _PATIENT,
        "sensor": sensor,
        "device": device.id,
        "capture": {"channels": _channels(device.channels), "effects": "false"},
        "walk": {"terrain": "level", "speed": _SPEED, "strides": str(_STRIDES)},
        "checks": _CHECKS,
        "matrix": {"settings": settings, "load": list(LOADS)},
    }
    return "\n".join(document_lines(document)) + "\n"


def _channels(count: int) -> list[str]:
    suffixes = ["", *(f".{number}" for number in range(2, count + 1))]
    return [f"{role}{suffix}" for suffix in suffixes for role in ("current", "voltage")]
