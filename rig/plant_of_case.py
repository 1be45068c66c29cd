"""The plant of a case: the simulated device, its load and its clock, the same on every simulated bench."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from rig.firmware.options import FirmwareOptions
from scenarios.case import Case
from scenarios.catalogue import DeviceModelSpec
from sim.errors import BenchError
from sim.plant import Plant
from sim.streams import Streams

if TYPE_CHECKING:
    from sim.stimulator.model import ModelSpec

DEVICE_CLOCK_PPM: Final = 30.0
"""How far a device's clock is off the card's: the sum of two ordinary quartzes (design choice)."""
_NOT_RUNNING: Final = float("nan")


def facts_of_plant(plant: Plant | None) -> Mapping[str, Any]:
    """What is known of the firmware in a plant's device, while it lives; empty for a device without."""
    facts = getattr(plant.model, "facts", None) if plant is not None else None
    found = dict(facts()) if facts is not None else {}
    return {name: value for name, value in found.items() if name != "executed"}  # raw coverage is asked of one bench


def plant_of_case(
    case: Case,
    models: Mapping[str, DeviceModelSpec],
    part: str,
    device_clock_ppm: float = DEVICE_CLOCK_PPM,
    options: FirmwareOptions | None = None,
) -> Plant:
    """A fresh plant at its time 0; every call gives an equal one.

    Where the device has a firmware, that is what decides; its process begins with the first block and ends with
    `Plant.close`.

    Args:
        case: what is asked.
        models: simulated stimulators by name.
        part: name of the bench, for messages.
        device_clock_ppm: how far the device's clock is off; the sign follows from the seed.
        options: what else is wanted of the process of a firmware.

    Raises:
        BenchError: the device has neither a simulated model nor a firmware, or a firmware that no board can hold.
    """
    device, streams = case.device, Streams(case.seed)
    sign = 1.0 if streams.generator("bench.device clock").random() < 0.5 else -1.0
    spec: ModelSpec
    supply_v = None
    if device.firmware is not None:
        from rig.firmware.plant.firmware_spec import FirmwareSpec

        spec = FirmwareSpec(device, options)
        supply_v = spec.board.nominal_supply_v
    elif device.model in models:
        spec = models[device.model]
    else:
        known = ", ".join(sorted(models)) or "none"
        problem = f"device {device.id} has no simulated model (model: {device.model or 'none'})"
        raise BenchError(part, _NOT_RUNNING, problem, f"models: {known}")
    return Plant(
        spec,
        device.settings,
        device.defects,
        case.load,
        streams,
        sign * device_clock_ppm * 1e-6,
        supply_v,
        channels=device.channels,
    )
