"""From a bench file's address and a device file's `control:` to whoever configures the box."""

import math
from collections.abc import Mapping

from rig.device_control.operator import Operator
from rig.device_control.port import DeviceControl
from scenarios.case import DeviceDescription
from scenarios.catalogue import ControlSpec
from sim.errors import BenchError


def open_control(
    device: DeviceDescription,
    address: str,
    simulated: DeviceControl | None = None,
    operator: Operator | None = None,
    controls: Mapping[str, ControlSpec] | None = None,
) -> DeviceControl:
    """The control of a box; it connects in its `open`.

    Args:
        device: of the case; its `control` says how the box is spoken to.
        address: of the bench file: `sim`, `tcp://HOST:PORT` of `stimrig serve`, `COM3`, `/dev/ttyUSB0`,
            `socket://HOST:PORT`, or "" for a person.
        simulated: the lab's own control, where the device is simulated.
        operator: who answers questions; by default the person at the terminal.
        controls: kinds of plug-ins.

    Raises:
        BenchError: nothing says how this device is configured.
    """
    if simulated is not None:
        return simulated
    if address.startswith("tcp://"):
        from rig.device_control.port_control import PortControl

        return PortControl(address)
    description = device.control
    if description is None:
        problem = f"the device {device.id} does not say how the real box is configured"
        raise BenchError("device control", math.nan, problem, "add `control:` to its device file")
    if description.kind == "serial":
        from rig.device_control.serial_control import SerialControl

        return SerialControl(address, description)
    if description.kind == "operator":
        from rig.device_control.operator_control import OperatorControl

        return OperatorControl(description, operator)
    known = controls or {}
    if description.kind not in known:
        problem = f"the device {device.id} has the control `{description.kind}`, which nobody provides here"
        raise BenchError("device control", math.nan, problem, f"known are: {', '.join(['serial', 'operator', *known])}")
    control: DeviceControl = known[description.kind].build(address, description)
    return control
