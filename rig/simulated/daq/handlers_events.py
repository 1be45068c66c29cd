"""Calls that register for events of a task."""

from typing import TYPE_CHECKING, Any, Final

from rig.simulated.daq.calls import OK, Fields, Handler, StreamHandler, Subscription, raw
from rig.simulated.daq.errors import DaqmxError
from rig.simulated.daq.events import EventStream
from rig.simulated.daq.task import Task

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost


def _stream_for(task: Task) -> EventStream:
    """On the wall clock the stream itself looks at the card; on the simulated one it is told."""
    card = task.on
    if not card.lab.clock.paced:
        return EventStream(None)

    def look() -> None:
        with card.lab.lock:
            try:
                card.sync()
            except DaqmxError:
                return  # the card is gone: its tasks have been told

    return EventStream(look)


def _every_n(host: "CardHost", request: Any) -> Subscription:
    task = host.task(request.task.name)
    kind, stream = raw(request, "every_n_samples_event_type"), _stream_for(task)
    with task.on.lab.lock:
        task.events.every_n_samples(kind, request.n_samples, stream)
    return Subscription(stream, lambda n: {"every_n_samples_event_type_raw": kind, "n_samples": n})


def _done(host: "CardHost", request: Any) -> Subscription:
    task = host.task(request.task.name)
    stream = _stream_for(task)
    with task.on.lab.lock:
        task.events.done(stream)
    return Subscription(stream, lambda status: {"status": status})


def _no_every_n(host: "CardHost", request: Any) -> Fields:
    host.task(request.task.name).events.unregister_every_n(raw(request, "every_n_samples_event_type"))
    return OK


def _no_done(host: "CardHost", request: Any) -> Fields:
    host.task(request.task.name).events.unregister_done()
    return OK


STREAMS: Final[dict[str, StreamHandler]] = {"RegisterEveryNSamplesEvent": _every_n, "RegisterDoneEvent": _done}
HANDLERS: Final[dict[str, Handler]] = {
    "UnregisterEveryNSamplesEvent": _no_every_n,
    "UnregisterDoneEvent": _no_done,
}
