"""Commands that set and tell one value of an instrument's own state."""

from collections.abc import Callable
from typing import Any

from rig.simulated.scpi.commands import Command
from rig.simulated.scpi.parameters import Boolean, Choice, Parameter


def bound(
    header: str, kind: Parameter, tell: Callable[..., Any], put: Callable[..., None] | None = None
) -> tuple[Command, ...]:
    """The query of a value, and the command that sets it where it can be set.

    Args:
        header: as the manual prints it, without `?`.
        kind: of the value.
        tell: (instrument, *suffixes) -> answer.
        put: (instrument, *suffixes, value); None for a value that can only be asked for.
    """
    query = Command(f"{header}?", (), (), repeated=False, run=tell)
    if put is None:
        return (query,)

    def run(instrument: Any, *suffixes_and_value: Any) -> None:
        with instrument.lab.lock:  # time must not go on between a value and what follows from it
            put(instrument, *suffixes_and_value)

    return Command(header, (kind,), (), repeated=False, run=run), query


def attribute(
    header: str,
    kind: Parameter,
    owner: Callable[..., Any],
    name: str,
    after: Callable[..., None] | None = None,
) -> tuple[Command, ...]:
    """A value that is an attribute of a part of the instrument.

    Args:
        header: as the manual prints it.
        kind: of the value.
        owner: (instrument, *suffixes) -> the part.
        name: of the attribute.
        after: (instrument), called when it was set.
    """

    def put(instrument: Any, *suffixes_and_value: Any) -> None:
        *suffixes, value = suffixes_and_value
        setattr(owner(instrument, *suffixes), name, value)
        if after is not None:
            after(instrument)

    def tell(instrument: Any, *suffixes: Any) -> Any:
        value = getattr(owner(instrument, *suffixes), name)
        return int(value) if isinstance(kind, Boolean) else value

    return bound(header, kind, tell, put)


def fixed(header: str, word: str) -> tuple[Command, ...]:
    """A value that can only be one word: any other is refused with -224, so nobody can believe to have set it."""
    short = "".join(letter for letter in word if not letter.islower())

    def tell(_instrument: Any, *_suffixes: int) -> str:
        return short

    def put(_instrument: Any, *_suffixes_and_word: Any) -> None:
        """It is so already."""

    return bound(header, Choice(word), tell, put)
