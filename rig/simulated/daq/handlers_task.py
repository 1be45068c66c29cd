"""Calls of the life of a task."""

from typing import TYPE_CHECKING, Any, Final

from rig.simulated.daq.calls import OK, Fields, Handler, raw
from rig.simulated.daq.errors import not_simulated

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost

_START, _STOP, _VERIFY, _COMMIT, _RESERVE, _UNRESERVE, _ABORT = range(7)
"""NI's constants of `TaskControl`."""


def _create(host: "CardHost", request: Any) -> Fields:
    task, is_new = host.create_task(request.session_name, request.initialization_behavior)
    return {"task": {"name": task.name}, "new_session_initialized": is_new}


def _clear(host: "CardHost", request: Any) -> Fields:
    host.clear_task(request.task.name)
    return OK


def _start(host: "CardHost", request: Any) -> Fields:
    task = host.task(request.task.name)
    task.on.start(task)
    return OK


def _stop(host: "CardHost", request: Any) -> Fields:
    task = host.task(request.task.name)
    if task.card is not None:
        task.card.stop(task)
    return OK


def _control(host: "CardHost", request: Any) -> Fields:
    action = raw(request, "action")
    if action == _START:
        return _start(host, request)
    if action in {_STOP, _ABORT}:
        return _stop(host, request)
    task = host.task(request.task.name)
    if action in {_COMMIT, _RESERVE}:
        task.on.reserve(task)
    elif action == _UNRESERVE:
        task.on.unreserve(task)
    elif action != _VERIFY:
        raise not_simulated(f"task action {action}")
    return OK


def _is_done(host: "CardHost", request: Any) -> Fields:
    task = host.task(request.task.name)
    card = task.on
    with card.lab.lock:
        is_done = task.is_done(card.sync())
        task.check()
    return {"is_task_done": is_done}


def _wait(host: "CardHost", request: Any) -> Fields:
    host.task(request.task.name).wait_until_done(request.time_to_wait)
    return OK


HANDLERS: Final[dict[str, Handler]] = {
    "CreateTask": _create,
    "ClearTask": _clear,
    "StartTask": _start,
    "StopTask": _stop,
    "TaskControl": _control,
    "IsTaskDone": _is_done,
    "WaitUntilTaskDone": _wait,
}
