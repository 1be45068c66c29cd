"""Calls of watchdog tasks, and their attributes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rig.simulated.daq.attribute import Attribute, fixed
from rig.simulated.daq.calls import OK, Fields, Handler, raw
from rig.simulated.daq.channels import DO
from rig.simulated.daq.errors import not_simulated
from rig.simulated.daq.names import expanded
from rig.simulated.daq.task import Task
from rig.simulated.daq.watchdog import NO_CHANGE, Watchdog

if TYPE_CHECKING:
    from rig.simulated.daq.card import SimulatedCard
    from rig.simulated.daq.host import CardHost

_RESET_TIMER: Final = 0
_CLEAR_EXPIRATION: Final = 1
_NO_TRIGGER: Final = 10230
"""NI's constants."""


@dataclass(frozen=True, slots=True)
class WatchedLines:
    """What an attribute of a watchdog is one of.

    Attributes:
        card: whose timer it is.
        watchdog: of the task.
        lines: physical lines that the call names; empty for the timer itself.
    """

    card: "SimulatedCard"
    watchdog: Watchdog
    lines: tuple[str, ...]


def _create(host: "CardHost", request: Any) -> Fields:
    card = host.card(request.device_name)
    task, is_new = host.create_task(request.session_name, int(request.initialization_behavior))
    if is_new:
        try:
            _take_over_orphans(host, card)
            card.adopt_work(task, Watchdog(task, request.timeout))
        except BaseException:
            host.clear_task(task.name)
            raise
    return {"task": {"name": task.name}, "new_session_initialized": is_new}


def _take_over_orphans(host: "CardHost", card: "SimulatedCard") -> None:
    """The watchdog of a program that is gone falls now rather than into the next program's run."""
    for name, task in list(host.tasks.items()):
        if task.card is card and isinstance(task.work, Watchdog) and task.work.is_orphan:
            if task.is_started:
                task.work.expire()
            host.clear_task(name)


def _watchdog(task: Task) -> Watchdog:
    if not isinstance(task.work, Watchdog):
        raise not_simulated(f"a watchdog call on a task of kind {task.kind_name}")
    return task.work


def subject(host: "CardHost", request: Any) -> WatchedLines:
    """Timer and lines of an attribute call."""
    task = host.task(request.task.name)
    return WatchedLines(task.on, _watchdog(task), _lines(task.on, request.lines))


def _lines(card: "SimulatedCard", names: str) -> tuple[str, ...]:
    return tuple(line for name in expanded(names) for line in card.lines_of(name, DO))


def _digital_states(host: "CardHost", request: Any) -> Fields:
    task = host.task(request.task.name)
    task.refuse_while_running()
    watchdog = _watchdog(task)
    states = list(request.expir_state_array)
    for name, state in zip(expanded(request.channel_names), states, strict=True):
        watchdog.guard(_lines(task.on, name), int(state))
    return OK


def _analogue_states(_host: "CardHost", _request: Any) -> Fields:
    """An X series card guards lines only; an output holds what it had."""
    raise not_simulated("expiration states of analogue outputs: the watchdog of this card guards digital lines only")


def _counter_states(_host: "CardHost", _request: Any) -> Fields:
    raise not_simulated("expiration states of counters")


def _control(host: "CardHost", request: Any) -> Fields:
    watchdog, action = _watchdog(host.task(request.task.name)), raw(request, "action")
    if action == _RESET_TIMER:
        watchdog.reset_timer()
    elif action == _CLEAR_EXPIRATION:
        watchdog.clear_expiration()
    else:
        raise not_simulated(f"watchdog action {action}")
    return OK


def _is_expired(subject: WatchedLines) -> bool:
    with subject.card.lab.lock:
        subject.card.sync()
        return subject.watchdog.is_expired


def _state(subject: WatchedLines) -> int:
    states = {subject.watchdog.states.get(line, NO_CHANGE) for line in subject.lines}
    if len(states) != 1:
        raise not_simulated("one expiration state of lines that have several")
    return states.pop()


WATCHDOG: Final = {
    0x21A8: Attribute("Watchdog.HasExpired", _is_expired),
    0x21A9: Attribute(
        "Watchdog.Timeout",
        lambda subject: subject.watchdog.timeout_s,
        lambda subject, value: subject.watchdog.set_timeout(value),
        10.0,
    ),
    0x21A7: Attribute(
        "Watchdog.DO.ExpirState",
        _state,
        lambda subject, value: subject.watchdog.guard(subject.lines, value),
        NO_CHANGE,
    ),
    0x21A3: fixed("Watchdog.ExpirTrig.Type", _NO_TRIGGER),
}
"""Number -> attribute of a watchdog; its subject is `WatchedLines`."""
HANDLERS: Final[dict[str, Handler]] = {
    "CreateWatchdogTimerTaskEx": _create,
    "CfgWatchdogDOExpirStates": _digital_states,
    "CfgWatchdogAOExpirStates": _analogue_states,
    "CfgWatchdogCOExpirStates": _counter_states,
    "ControlWatchdogTask": _control,
}
