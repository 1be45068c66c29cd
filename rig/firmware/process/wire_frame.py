"""What every frame between the rig and a device process is: a type and a payload, in both directions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Protocol, Self, get_args

from rig.firmware.device_under_test import EventKind, InjectedKind

VERSION: Final = 1
"""Of the table in `rig.firmware.process.wire`; `Start` carries it, and a process that speaks another one refuses."""

KINDS: Final[tuple[EventKind, ...]] = get_args(EventKind)
INJECTIONS: Final[tuple[InjectedKind, ...]] = get_args(InjectedKind)


class Frame(Protocol):
    """One frame."""

    TYPE: ClassVar[int]

    def payload(self) -> bytes:
        """What follows the header."""
        ...

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`; raises `struct.error`, `ValueError` or `IndexError` where it is none."""
        ...


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object."""

    TYPE: ClassVar[int] = 0
    document: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def payload(self) -> bytes:
        """What follows the header."""
        return json.dumps(self.document).encode()

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        document = json.loads(payload)
        if not isinstance(document, dict):
            raise ValueError("a document is a JSON object")  # noqa: TRY004  as every payload that is none
        return cls(document)


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing but its type."""

    TYPE: ClassVar[int] = 0

    def payload(self) -> bytes:
        """What follows the header."""
        return b""

    @classmethod
    def of(cls, payload: bytes) -> Self:
        """Back from `payload`."""
        if payload:
            raise ValueError(f"a frame of type {cls.TYPE} carries nothing")
        return cls()
