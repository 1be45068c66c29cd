"""The simulated stimulators that a `*.device.yaml` may name under `model:`."""

from functools import partial
from typing import Any, Final

from scenarios.catalogue import DeviceModelSpec
from sim.stimulator.defect_spec import checked_doses
from sim.stimulator.implant_four import CHANNELS, ImplantFour, ImplantSettings
from sim.stimulator.imu_trigger import ImuSettings, ImuTrigger
from sim.stimulator.odfs import Odfs
from sim.stimulator.odfs_settings import OdfsSettings
from sim.stimulator.tilt_trigger import TiltSettings, TiltTrigger


def _model(build: Any, settings: Any, summary: str, channels: int = 1) -> DeviceModelSpec:
    return DeviceModelSpec(
        name=settings.NAME,
        settings=settings,
        defects=build.DEFECTS,
        build=build,
        check_defects=partial(checked_doses, settings.NAME, build.DEFECTS),
        summary=f"{summary} (a preset, not a product claim)",
        channels=channels,
    )


MODELS: Final[tuple[DeviceModelSpec, ...]] = (
    _model(Odfs, OdfsSettings, "Single-channel heel-switch stimulator, the reference device"),
    _model(TiltTrigger, TiltSettings, "Single-channel stimulator triggered by the tilt of the shank"),
    _model(ImuTrigger, ImuSettings, "Single-channel stimulator triggered by the motion of the foot"),
    _model(ImplantFour, ImplantSettings, "Implant of up to four channels, heel switch", CHANNELS),
)
"""What the entry point `stimrig.devices` gives."""
