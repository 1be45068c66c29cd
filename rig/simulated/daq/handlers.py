"""The table of remote calls: NI's name -> what answers it.

A handler takes the host and the request (a message of `nidaqmx_pb2`, or anything with its fields) and returns the
fields of the response, `status` left out where it is 0; numpy arrays stay arrays, which the in-process channel hands on
as they are and a server encodes. What is not in a table is not simulated, and is told so.

A further group of calls is a module of its own with a table of its own, named here.
"""

from collections.abc import Mapping
from typing import Final

from rig.simulated.daq import (
    handlers_analog,
    handlers_channels,
    handlers_counter,
    handlers_digital,
    handlers_events,
    handlers_logging,
    handlers_system,
    handlers_task,
    handlers_timing,
    handlers_watchdog,
    handlers_waveform,
)
from rig.simulated.daq.attributes import attribute_handler
from rig.simulated.daq.calls import Handler, NotServedError, StreamHandler

_GROUPS: Final[tuple[Mapping[str, Handler], ...]] = (
    handlers_system.HANDLERS,
    handlers_task.HANDLERS,
    handlers_channels.HANDLERS,
    handlers_timing.HANDLERS,
    handlers_analog.HANDLERS,
    handlers_digital.HANDLERS,
    handlers_counter.HANDLERS,
    handlers_events.HANDLERS,
    handlers_logging.HANDLERS,
    handlers_watchdog.HANDLERS,
    handlers_waveform.HANDLERS,
)
HANDLERS: Final[dict[str, Handler]] = {name: handler for group in _GROUPS for name, handler in group.items()}
"""Remote calls with one answer."""
STREAMS: Final[dict[str, StreamHandler]] = {**handlers_events.STREAMS}
"""Remote calls that answer with a stream of events."""


def is_served(name: str) -> bool:
    """True where a call has an answer."""
    return name in HANDLERS or name in STREAMS or attribute_handler(name) is not None


def handler_of(name: str) -> Handler:
    """What answers a call.

    Raises:
        NotServedError: nothing does.
    """
    handler = HANDLERS.get(name) or attribute_handler(name)
    if handler is None:
        raise NotServedError(name)
    return handler


def stream_of(name: str) -> StreamHandler:
    """What answers a call with a stream.

    Raises:
        NotServedError: nothing does.
    """
    if name not in STREAMS:
        raise NotServedError(name)
    return STREAMS[name]
