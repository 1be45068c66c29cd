"""The entry that a plant needs to hold a firmware in the place of a simulated stimulator."""

from collections.abc import Mapping
from typing import Any

from rig.firmware.device_under_test import ClockSetting, DeviceUnderTest
from rig.firmware.opening import board_of, open_device
from rig.firmware.options import FirmwareOptions
from rig.firmware.plant.firmware_model import FirmwareModel
from scenarios.case import DeviceDescription
from sim.electrode.load import Load
from sim.kernel import Kernel
from sim.stimulator.clock import DeviceClock
from sim.stimulator.switched_output import SwitchedOutput
from sim.streams import Streams


class FirmwareSpec:
    """A `sim.stimulator.model.ModelSpec` of one device with a firmware.

    Args:
        device: of the case; it has a `firmware`.
        options: what else is wanted of its process.

    Raises:
        BenchError: its board cannot be used.
    """

    def __init__(self, device: DeviceDescription, options: FirmwareOptions | None = None) -> None:
        assert device.firmware is not None
        self._device, self._options = device, options
        self._firmware = device.firmware
        self.board = board_of(device.firmware)

    @property
    def name(self) -> str:
        """Name of the device."""
        return self._device.id

    def outputs(self, load: Load, clock: DeviceClock, streams: Streams, channels: int) -> tuple[SwitchedOutput, ...]:
        """The output stages, which the firmware switches."""
        del clock, streams
        net = self.board.nets.get("probe")
        probe_a = net.current_a if net is not None else 0.0
        board = self.board
        numbers = range(1, channels + 1)
        return tuple(SwitchedOutput(load, probe_a, board.compliance_v, n, board.phase_limit_s) for n in numbers)

    def build(
        self,
        settings: Any,
        defects: Mapping[str, float],
        kernel: Kernel,
        outputs: tuple[Any, ...],
        streams: Streams,
        clock: DeviceClock,
    ) -> FirmwareModel:
        """The device; its process begins with its first block.

        Raises:
            ValueError: it has seeded defects, or more than one channel.
        """
        del settings, kernel, streams
        if defects:
            raise ValueError(f"a real firmware has no seeded defects: {', '.join(defects)}")
        if len(outputs) != 1:
            raise ValueError(f"a board has one output stage, the device has {len(outputs)} channels")
        return FirmwareModel(self._device, self.board, outputs[0], clock, self._open)

    def _open(self, clock: ClockSetting) -> DeviceUnderTest:
        return open_device(self._firmware, clock, self._options)
