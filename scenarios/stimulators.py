"""The simulated stimulators that a `*.device.yaml` may name under `model:`."""

from typing import Final

from scenarios.catalogue import DeviceModelSpec
from sim.stimulator.odfs import Odfs
from sim.stimulator.odfs_settings import DEFECTS, OdfsSettings, checked_defects

MODELS: Final[tuple[DeviceModelSpec, ...]] = (
    DeviceModelSpec(
        name="odfs",
        settings=OdfsSettings,
        defects=DEFECTS,
        build=Odfs,
        check_defects=checked_defects,
        summary="Single-channel heel-switch stimulator, the reference device (a preset, not a product claim)",
    ),
)
