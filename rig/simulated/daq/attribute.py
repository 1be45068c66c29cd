"""One attribute: how it is read, and how it is set where it can be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rig.simulated.daq.errors import not_simulated


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute.

    Attributes:
        name: as NI names it.
        get: subject -> value.
        set: (subject, value), None for one that can only be read.
        default: what a reset sets.
    """

    name: str
    get: Callable[[Any], Any]
    set: Callable[[Any, Any], None] | None = None
    default: Any = None

    def put(self, subject: Any, value: Any) -> None:
        """Set it.

        Raises:
            DaqmxError: -200452, the simulated card only tells it.
        """
        if self.set is None:
            raise not_simulated(f"a change of {self.name}")
        self.set(subject, value)

    def reset(self, subject: Any) -> None:
        """Set it to what it is in a new task."""
        self.put(subject, self.default)


def fixed(name: str, value: Any) -> Attribute:
    """An attribute with one value, which may be set to that value and to no other."""

    def put(_subject: Any, wanted: Any) -> None:
        if wanted != value:
            raise not_simulated(f"{name} = {wanted}")

    return Attribute(name, lambda _subject: value, put, value)
