"""The plant of a case: the simulated device, its load and its clock, the same on every simulated bench."""

from collections.abc import Mapping
from typing import Final

from scenarios.case import Case
from scenarios.catalogue import DeviceModelSpec
from sim.errors import BenchError
from sim.plant import Plant
from sim.streams import Streams

DEVICE_CLOCK_PPM: Final = 30.0
"""How far a device's clock is off the card's: the sum of two ordinary quartzes (design choice)."""
_NOT_RUNNING: Final = float("nan")


def plant_of_case(
    case: Case, models: Mapping[str, DeviceModelSpec], part: str, device_clock_ppm: float = DEVICE_CLOCK_PPM
) -> Plant:
    """A fresh plant at its time 0; every call gives an equal one.

    Args:
        case: what is asked.
        models: simulated stimulators by name.
        part: name of the bench, for messages.
        device_clock_ppm: how far the device's clock is off; the sign follows from the seed.

    Raises:
        BenchError: the device has no simulated model.
    """
    device = case.device
    if device.model not in models:
        known = ", ".join(sorted(models)) or "none"
        problem = f"device {device.id} has no simulated model (model: {device.model or 'none'})"
        raise BenchError(part, _NOT_RUNNING, problem, f"models: {known}")
    streams = Streams(case.seed)
    sign = 1.0 if streams.generator("bench.device clock").random() < 0.5 else -1.0
    return Plant(
        models[device.model],
        device.settings,
        device.defects,
        case.load,
        streams,
        sign * device_clock_ppm * 1e-6,
        channels=device.channels,
    )
