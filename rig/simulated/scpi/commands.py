"""The command table of an instrument: what its methods and settings answer to.

A method becomes a command by its decorator::

    @command("MEASure:VOLTage?", optional=(Channels(1, 3),))
    def measure_voltage(self, channels=(1,)): ...

It gets the numeric suffixes of the header first, then its arguments; what a query returns is its answer. A value that
is only kept and read back is a `Setting`.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.framing import split
from rig.simulated.scpi.headers import Header, HeaderTree
from rig.simulated.scpi.parameters import Number, Parameter

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Command:
    """One command or query.

    Attributes:
        pattern: header as the manual prints it.
        required: kinds of the arguments that must be given.
        optional: kinds of those that may follow.
        repeated: the last kind may be given any number of times.
        run: what it does; gets the instrument, the suffixes and the arguments.
    """

    pattern: str
    required: tuple[Parameter, ...]
    optional: tuple[Parameter, ...]
    repeated: bool
    run: Callable[..., Any]

    def arguments(self, text: bytes, instrument: Any) -> list[Any]:
        """Their values; raises ScpiError -109 for too few, -108 for too many, and those of their kinds."""
        tokens = [token.lstrip() for token in split(text, b",")] if text.strip() else []
        tokens = [token if token[:1] == b"#" else token.rstrip() for token in tokens]
        kinds: Sequence[Parameter] = (*self.required, *self.optional)
        if len(tokens) < len(self.required) or (any(not token for token in tokens)):
            raise ScpiError(-109)
        if len(tokens) > len(kinds):
            if not self.repeated:
                raise ScpiError(-108)
            kinds = (*kinds, *[kinds[-1]] * (len(tokens) - len(kinds)))
        return [kind.read(token, instrument) for kind, token in zip(kinds, tokens, strict=False)]


def command(
    pattern: str,
    *required: Parameter,
    optional: tuple[Parameter, ...] = (),
    repeated: bool = False,
) -> Callable[[Method], Method]:
    """Makes a method the answer to a header; may be given several times to one method.

    Args:
        pattern: header as the manual prints it, see `rig.simulated.scpi.headers`.
        required: kinds of the arguments that must be given.
        optional: kinds of those that may follow; the method has defaults for them.
        repeated: the last kind may be given any number of times.
    """

    def mark(method: Method) -> Method:
        marks: list[Command] = list(getattr(method, "scpi_commands", ()))
        marks.append(Command(pattern, required, optional, repeated, method))
        method.scpi_commands = tuple(marks)  # pyright: ignore[reportFunctionMemberAccess]
        return method

    return mark


@dataclass(frozen=True, slots=True)
class Setting:
    """A value that the instrument keeps, sets by `header` and answers to `header?`.

    A number answers also `header? MIN`, `MAX` and `DEF`.

    Attributes:
        name: what `Instrument.get` and `put` call it.
        header: header of the command, without `?`.
        kind: kind of the value.
        reset: value after `*RST`, or a function of the suffixes.
    """

    name: str
    header: str
    kind: Parameter
    reset: Any

    def commands(self) -> tuple[Command, Command]:
        """The command and the query."""

        def put(instrument: Any, *values: Any) -> None:
            *suffixes, value = values
            instrument.put(self.name, *suffixes, value)

        def get(instrument: Any, *suffixes: Any) -> Any:
            named = suffixes[-1] if suffixes else None
            return named.value if isinstance(named, _Named) else instrument.get(self.name, *suffixes)

        named = (_NamedValue(self.kind),) if isinstance(self.kind, Number) else ()
        return (
            Command(self.header, (self.kind,), (), repeated=False, run=put),
            Command(self.header + "?", (), named, repeated=False, run=get),
        )


@dataclass(frozen=True, slots=True)
class _Named:
    value: Any


@dataclass(frozen=True, slots=True)
class _NamedValue:
    """MIN, MAX or DEF of a query."""

    kind: Number

    def read(self, token: bytes, instrument: Any) -> _Named:
        value = self.kind.named(token.decode("latin-1"), instrument)
        if value is None:
            raise ScpiError(-224)
        return _Named(round(value) if self.kind.whole else value)


class CommandTable:
    """All commands of one class of instrument."""

    def __init__(self, commands: Sequence[Command]) -> None:
        self._tree = HeaderTree()
        self.commands: dict[str, Command] = {}
        for entry in commands:
            self._tree.add(entry.pattern)
            self.commands[entry.pattern] = entry
        self.find = functools.lru_cache(maxsize=4096)(self._find)

    @property
    def headers(self) -> tuple[Header, ...]:
        """Every header that it knows."""
        return tuple(self._tree.headers.values())

    def _find(self, spelled: str) -> tuple[Command, tuple[int, ...]]:
        header, suffixes = self._tree.find(spelled)
        return self.commands[header.pattern], suffixes


@functools.cache
def table_of(kind: type) -> CommandTable:
    """The table of a class: decorated methods, `settings`, `commands` of it and its bases; what is nearer wins."""
    found: dict[str, Command] = {}
    for base in reversed(kind.__mro__):
        for setting in vars(base).get("settings", ()):
            found.update((entry.pattern, entry) for entry in setting.commands())
        found.update((entry.pattern, entry) for entry in vars(base).get("commands", ()))
        for method in vars(base).values():
            found.update((entry.pattern, entry) for entry in getattr(method, "scpi_commands", ()))
    return CommandTable(tuple(found.values()))
