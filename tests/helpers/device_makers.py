"""Every kind of device behind the port of a firmware, each with the same clock and the presets of the reference."""

from rig.firmware.board.board_file import find_board
from rig.firmware.building.builds import reference_image, reference_library
from rig.firmware.device_under_test import ClockSetting
from rig.firmware.emulated_device import EmulatedDevice
from rig.firmware.host_device import HostDevice
from rig.firmware.model_device import ModelDevice
from rig.firmware.options import FirmwareOptions
from scenarios.stimulators import MODELS
from sim.electrode.load import NAMED_LOADS
from sim.streams import Streams

CLOCK = ClockSetting(30e-6, 377_321)
"""A clock that is fast, with a phase that no grid has."""


def _model():
    spec = next(each for each in MODELS if each.name == "odfs")
    return lambda: ModelDevice(spec, spec.settings(), NAMED_LOADS["500 ohm"], CLOCK, Streams(7))


def _host():
    library, board = reference_library(), find_board("host")
    return lambda: HostDevice(library, board, CLOCK, FirmwareOptions())


def _emulated(name):
    def make():
        image, board = reference_image(name), find_board(name)
        return lambda: EmulatedDevice(image, board, CLOCK, FirmwareOptions())

    return make


MAKERS = {"emulated": _emulated("blue_f405"), "host": _host, "model": _model}
"""Name -> what gives a maker of fresh devices."""
