"""What a control must do, whichever box is behind it: the examinations of `stimrig device test`.

They change settings inside what the device file allows and stop the output; nothing here makes the box stimulate.
"""

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from rig.device_control.port import DeviceControl
from scenarios.case import Case
from scenarios.dataclass_reader import settings_units
from scenarios.quantities import format_quantity
from sim.errors import BenchError

Word: TypeAlias = Literal["PASS", "FAIL", "NOT SHOWN"]
_NOBODY: Final = "no_such_setting"
_SLOW_RATIO: Final = 0.5
"""Of the stated time-out: an answer that takes longer is told (design choice)."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What one examination found.

    Attributes:
        name: what was looked at.
        word: `NOT SHOWN` where the box gives no way to tell.
        detail: one line.
    """

    name: str
    word: Word
    detail: str


class ControlFailedError(Exception):
    """A control that does not do what it must; the text says how."""


class NotShownError(Exception):
    """Something that cannot be told from here; the text says why."""


Build: TypeAlias = Callable[[], DeviceControl]


def examine(build: Build, case: Case, *, timeout_s: float) -> Iterator[Examined]:
    """Examine a control; results come as they are found, in fixed order. One that does not open is not tried further.

    Args:
        build: gives a fresh control, not yet open.
        case: with the device; its settings are those that the box has when all is done.
        timeout_s: what the control states as its longest wait, s.
    """
    examinations: tuple[tuple[str, Callable[[], str]], ...] = (
        ("opens, and the box says who it is", lambda: _identity(build, case)),
        ("takes every setting from end to end", lambda: _settings(build, case)),
        ("refuses a setting that the device does not have", lambda: _unknown(build, case)),
        ("answers well within its time-out", lambda: _answers(build, case, timeout_s)),
        ("stops the output, twice", lambda: _safe(build, case)),
        ("closes twice, and refuses to be used after it", lambda: _closed(build, case)),
        ("opens again with the settings of the case", lambda: _again(build, case)),
        ("tells messages in time order", lambda: _messages(build, case)),
    )
    for name, look in examinations:
        try:
            yield Examined(name, "PASS", look())
        except NotShownError as error:
            yield Examined(name, "NOT SHOWN", str(error))
        except (ControlFailedError, BenchError) as error:
            yield Examined(name, "FAIL", str(error))
            if name == examinations[0][0]:
                return
        except Exception as error:  # noqa: BLE001  a user's adapter may raise anything; that is what is looked for
            yield Examined(name, "FAIL", f"raised {type(error).__name__}, not a BenchError: {error}")


class _Opened:
    """An open control that is closed again whatever happens."""

    def __init__(self, build: Build, case: Case) -> None:
        self._control, self._case = build(), case

    def __enter__(self) -> DeviceControl:
        self._control.open(self._case)
        return self._control

    def __exit__(self, *_: object) -> None:
        self._control.close()


def _identity(build: Build, case: Case) -> str:
    with _Opened(build, case) as control:
        told = dict(control.identity())
    own = {name: value for name, value in told.items() if name != "control" and value}
    if not own:
        raise NotShownError("the box does not say who it is: another one could be connected")
    return ", ".join(f"{name} {value}" for name, value in own.items())


def _values(case: Case) -> Iterator[tuple[str, float | str]]:
    device = case.device
    for field in dataclasses.fields(device.settings):
        name = next((key for key in device.allowed if field.name.startswith(key)), "")
        allowed = device.allowed.get(name)
        if isinstance(allowed, frozenset):
            yield from ((name, word) for word in sorted(allowed))
        elif allowed is not None:
            own = device.programmed.get(name)
            yield from ((name, value) for value in dict.fromkeys((allowed[0], allowed[1], own)) if value is not None)


def _settings(build: Build, case: Case) -> str:
    known = set(case.device.control.settings) if case.device.control is not None else set()
    tried = [(name, value) for name, value in _values(case) if not known or name in known]
    if not tried:
        raise NotShownError("the device file allows no setting to be changed (`allowed:`)")
    units = settings_units(type(case.device.settings))
    with _Opened(build, case) as control:
        for name, value in tried:
            try:
                control.set(name, value, 0)
            except BenchError as error:
                shown = value if isinstance(value, str) else format_quantity(value, units.get(name, ""))
                raise ControlFailedError(f"`{name}` = {shown} is allowed, but: {error.problem}") from None
    unread = _unread(case)
    if unread:
        raise NotShownError(
            f"written without an answer that shows it: {', '.join(unread)}; add `read:` to the device file"
        )
    return f"{len(tried)} values of {len({name for name, _ in tried})} settings"


def _unread(case: Case) -> list[str]:
    control = case.device.control
    if control is None or control.kind != "serial":
        return []
    return [name for name, words in control.settings.items() if words.read is None]


def _unknown(build: Build, case: Case) -> str:
    with _Opened(build, case) as control:
        try:
            control.set(_NOBODY, 1.0, 0)
        except BenchError as error:
            return error.problem
    raise ControlFailedError(f"`{_NOBODY}` was taken without a word")


def _answers(build: Build, case: Case, timeout_s: float) -> str:
    name, value = _one(case)
    with _Opened(build, case) as control:
        took = [_took(control, name, value) for _ in range(5)]
    worst = max(took)
    text = f"slowest of 5: {format_quantity(worst, 's', 3)}, time-out {format_quantity(timeout_s, 's', 3)}"
    if worst > _SLOW_RATIO * timeout_s:
        raise ControlFailedError(f"{text}; raise `timeout:` in the device file")
    return text


def _took(control: DeviceControl, name: str, value: float | str) -> float:
    start = time.perf_counter()
    control.set(name, value, 0)
    return time.perf_counter() - start


def _one(case: Case) -> tuple[str, float | str]:
    known = case.device.control.settings if case.device.control is not None else {}
    for name in known or case.device.programmed:
        value = case.device.programmed.get(name, getattr(case.device.settings, name, None))
        if value is not None:
            return name, value
    raise NotShownError("the device has no setting that can be written")


def _safe(build: Build, case: Case) -> str:
    with _Opened(build, case) as control:
        control.safe_state()
        control.safe_state()
    if case.device.control is not None and case.device.control.kind == "serial" and not case.device.control.safe:
        raise NotShownError("the device file does not say how the box is stopped (`safe:`)")
    return "twice, without an error"


def _closed(build: Build, case: Case) -> str:
    name, value = _one(case)
    control = build()
    control.open(case)
    control.close()
    control.close()
    try:
        control.set(name, value, 0)
    except BenchError as error:
        return error.problem
    raise ControlFailedError(f"`{name}` was set on a closed control without an error")


def _again(build: Build, case: Case) -> str:
    control = build()
    try:
        control.open(case)
        control.close()
        control.open(case)
    finally:
        control.close()
    return "the same control, and a fresh one for every line above"


def _messages(build: Build, case: Case) -> str:
    with _Opened(build, case) as control:
        control.safe_state()
        told = control.take_messages()
        if control.take_messages():
            raise ControlFailedError("a message was told twice")
    if [t_ns for t_ns, _ in told] != sorted(t_ns for t_ns, _ in told):
        raise ControlFailedError("instants go back")
    return f"{len(told)} messages"
