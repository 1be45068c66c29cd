"""Remote calls as both sides of the table see them."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from rig.simulated.daq.events import EventStream

if TYPE_CHECKING:
    from rig.simulated.daq.host import CardHost

Fields: TypeAlias = Mapping[str, Any]
Handler: TypeAlias = Callable[["CardHost", Any], Fields]
StreamHandler: TypeAlias = Callable[["CardHost", Any], "Subscription"]

OK: Fields = {}
"""The answer of a call that returns nothing."""


class NotServedError(Exception):
    """A remote call that nobody has written: told as UNIMPLEMENTED.

    Args:
        name: of the call.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"the simulated card does not simulate {self.name}"


class Subscription:
    """A stream of events that a client listens to; it is registered when it is made.

    Args:
        stream: what the card feeds.
        fields: number of the card -> fields of one response.
    """

    def __init__(self, stream: EventStream, fields: Callable[[int], Fields]) -> None:
        self._stream, self._fields = stream, fields

    def cancel(self) -> None:
        """The client listens no more; the iteration ends."""
        self._stream.cancel()

    def __iter__(self) -> Iterator[Fields]:
        for value in self._stream:
            yield self._fields(value)


def raw(request: Any, name: str) -> int:
    """An enumeration of a request: clients send it as its number (`fill_mode_raw`) or as its name."""
    return int(getattr(request, f"{name}_raw") or getattr(request, name))
