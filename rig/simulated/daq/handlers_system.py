"""Calls that concern the driver and its devices."""

from typing import TYPE_CHECKING, Any, Final

from rig.simulated.daq.calls import OK, Fields, Handler
from rig.simulated.daq.errors import TEXTS

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost


def _reset(host: "CardHost", request: Any) -> Fields:
    host.known(request.device_name).reset()
    return OK


def _self_test(host: "CardHost", request: Any) -> Fields:
    host.card(request.device_name)
    return OK


def _error_string(_host: "CardHost", request: Any) -> Fields:
    code = request.error_code
    return {"error_string": f"{TEXTS[code]}\n\nStatus Code: {code}" if code in TEXTS else ""}


HANDLERS: Final[dict[str, Handler]] = {
    "ResetDevice": _reset,
    "SelfTestDevice": _self_test,
    "GetErrorString": _error_string,
}
