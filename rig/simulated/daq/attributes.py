"""One handler for every attribute call: Get, Set and Reset by family and NI's attribute number.

An attribute that nothing knows is refused; it never reads 0.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from rig.simulated.daq import (
    attributes_channel,
    attributes_device,
    attributes_task,
    attributes_timing,
    handlers_watchdog,
)
from rig.simulated.daq.calls import OK, Fields, Handler
from rig.simulated.daq.errors import not_simulated

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost

_NAME: Final = re.compile(
    r"^(?P<verb>Get|Set|Reset)(?P<family>[A-Za-z]+?)Attribute(?P<ex>Ex)?"
    r"(?P<type>Bool|Bytes|Double|Int32|String|Timestamp|UInt32|UInt64)?(?P<array>Array)?$"
)
_FAMILIES: Final[dict[str, Mapping[int, Any]]] = {
    "Task": attributes_task.TASK,
    "Read": attributes_task.READ,
    "Write": attributes_task.WRITE,
    "Buffer": attributes_task.BUFFER,
    "Timing": attributes_timing.TIMING,
    "Trig": attributes_timing.TRIGGER,
    "Chan": attributes_channel.CHANNEL,
    "Device": attributes_device.DEVICE,
    "PhysicalChan": attributes_device.PHYSICAL,
    "SystemInfo": attributes_device.SYSTEM,
    "Watchdog": handlers_watchdog.WATCHDOG,
}
"""Family -> attribute number -> `Attribute`."""
_SUBJECTS: Final[dict[str, Callable[["CardHost", Any], Any]]] = {
    "Chan": attributes_channel.subject,
    "Device": lambda host, request: host.card(request.device_name),
    "PhysicalChan": attributes_device.physical_subject,
    "SystemInfo": lambda host, _request: host,
    "Watchdog": handlers_watchdog.subject,
}


def _subject(family: str, host: "CardHost", request: Any) -> Any:
    """What the attribute is one of: a task, a channel, a device, the driver."""
    find = _SUBJECTS.get(family)
    return host.task(request.task.name) if find is None else find(host, request)


@cache
def attribute_handler(name: str) -> Handler | None:
    """The handler of an attribute call; None for any other call."""
    match = _NAME.match(name)
    if match is None or match["family"] not in _FAMILIES:
        return None
    family, known = match["family"], _FAMILIES[match["family"]]
    value_field = "value_raw" if match["type"] == "Int32" else "value"

    def find(request: Any) -> Any:
        number = request.attribute_raw or request.attribute
        if number not in known:
            raise not_simulated(f"attribute 0x{number:04X} of {family.lower()}")
        return known[number]

    def get(host: "CardHost", request: Any) -> Fields:
        return {value_field: find(request).get(_subject(family, host, request))}

    def put(host: "CardHost", request: Any) -> Fields:
        value = getattr(request, value_field) if match["type"] != "Int32" else request.value_raw or request.value
        find(request).put(_subject(family, host, request), list(value) if match["array"] else value)
        return OK

    def reset(host: "CardHost", request: Any) -> Fields:
        find(request).reset(_subject(family, host, request))
        return OK

    return {"Get": get, "Set": put, "Reset": reset}[match["verb"]]
