"""Kinds of parameter that a command takes, each of which reads one argument of a program message.

A limit may be a number or a function of the instrument, because many depend on other settings.

Source: SCPI-1999 volume 1, chapter 7 (parameters); MINimum, MAXimum and DEFault: 7.2.1.2.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from rig.simulated.scpi.blocks import read_block
from rig.simulated.scpi.errors import ScpiError
from rig.simulated.scpi.headers import Mnemonic, read_header
from rig.simulated.scpi.quantities import read_number

Bound = float | Callable[[Any], float] | None


class Parameter(Protocol):
    """What reads one argument."""

    def read(self, token: bytes, instrument: Any) -> Any:
        """The value of the argument; raises ScpiError."""
        ...


def _text(token: bytes) -> str:
    if token[:1] == b"#" and token[1:2] not in b"HBQhbq":
        raise ScpiError(-168)
    if token[:1] in (b'"', b"'"):
        raise ScpiError(-158)
    if token[:1] == b"(":
        raise ScpiError(-178)
    return token.decode("latin-1").strip()


def _spelled(mnemonic: Mnemonic, text: str) -> str:
    """The short form with its suffix where the text spells the word, else nothing."""
    parted = re.fullmatch(r"([A-Z_]+)(\d{0,6})", text.upper())
    if parted is None or parted[1] not in (mnemonic.short, mnemonic.long):
        return ""
    if mnemonic.least is None or mnemonic.most is None:
        return "" if parted[2] else mnemonic.short
    suffix = int(parted[2] or 1)
    return f"{mnemonic.short}{suffix}" if mnemonic.least <= suffix <= mnemonic.most else ""


@dataclass(frozen=True, slots=True)
class Number:
    """A number, or MIN, MAX or DEF where it has such values.

    Attributes:
        unit: unit that may follow it, in capitals.
        least, most: allowed range, ends included: -222 beyond it. None for no limit.
        default: what DEF means.
        whole: it is rounded to an integer.
    """

    unit: str = ""
    least: Bound = None
    most: Bound = None
    default: Bound = None
    whole: bool = False

    def named(self, text: str, instrument: Any) -> float | None:
        """The value of MINimum, MAXimum or DEFault; None where the text is none of them.

        Raises ScpiError -224 where the parameter has no such value.
        """
        for word, bound in (("MINimum", self.least), ("MAXimum", self.most), ("DEFault", self.default)):
            if _spelled(Mnemonic(word), text):
                if bound is None:
                    raise ScpiError(-224)
                return bound(instrument) if callable(bound) else bound
        return None

    def read(self, token: bytes, instrument: Any) -> Any:
        """The number in its unit: int where it is whole, else float."""
        text = _text(token)
        value = self.named(text, instrument)
        if value is None:
            value = read_number(text, self.unit)
            least = self.least(instrument) if callable(self.least) else self.least
            most = self.most(instrument) if callable(self.most) else self.most
            if (least is not None and value < least) or (most is not None and value > most):
                raise ScpiError(-222)
        if not self.whole:
            return value
        if abs(value) == float("inf"):
            raise ScpiError(-222)
        return round(value)


@dataclass(frozen=True, slots=True)
class Boolean:
    """ON, OFF or a number; any that rounds to other than 0 is ON."""

    def read(self, token: bytes, instrument: Any) -> bool:
        """True for ON."""
        del instrument
        text = _text(token)
        if text.upper() in ("ON", "OFF"):
            return text.upper() == "ON"
        try:
            value = read_number(text)
        except ScpiError as error:
            raise ScpiError(-224 if error.code == -148 else error.code) from None
        return abs(value) >= 0.5


class Choice:
    """One word of several, which it answers in its short form: `Choice("NORMal", "CHANnel<1-4>")`."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self._mnemonics = tuple(read_header(word).nodes[0] for word in words)

    def read(self, token: bytes, instrument: Any) -> str:
        """Short form in capitals, with its suffix ("CHAN2"); raises ScpiError -224 for any other word."""
        del instrument
        text = _text(token)
        for mnemonic in self._mnemonics:
            if found := _spelled(mnemonic, text):
                return found
        raise ScpiError(-224)


@dataclass(frozen=True, slots=True)
class Text:
    """A string in either kind of quotes; a doubled quote stands for one."""

    def read(self, token: bytes, instrument: Any) -> str:
        """What stands between the quotes."""
        del instrument
        mark = token[:1]
        inner = token[1:-1]
        if mark not in (b'"', b"'"):
            raise ScpiError(-104)
        if len(token) < 2 or token[-1:] != mark or mark in inner.replace(mark * 2, b""):
            raise ScpiError(-151)
        return inner.replace(mark * 2, mark).decode("latin-1")


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the user's, with quotes or without (arbitrary waveforms have such)."""

    def read(self, token: bytes, instrument: Any) -> str:
        """The name; raises ScpiError -224 where it is none."""
        if token[:1] in (b'"', b"'"):
            return Text().read(token, instrument)
        text = _text(token)
        if not re.fullmatch(r"[A-Za-z]\w{0,255}", text):
            raise ScpiError(-224)
        return text


@dataclass(frozen=True, slots=True)
class Block:
    """Bytes."""

    def read(self, token: bytes, instrument: Any) -> bytes:
        """What the block carries."""
        del instrument
        return read_block(token)


@dataclass(frozen=True, slots=True)
class Channels:
    """A list of channels: `(@1)`, `(@1,3)`, `(@1:3)`.

    Attributes:
        least, most: the channels that there are.
    """

    least: int
    most: int

    def read(self, token: bytes, instrument: Any) -> tuple[int, ...]:
        """The channels in the order of the list; raises ScpiError -171 for no list, -222 for no such channel."""
        del instrument
        inner = token.decode("latin-1").replace(" ", "")
        if not re.fullmatch(r"\(@\d{1,6}(:\d{1,6})?(,\d{1,6}(:\d{1,6})?)*\)", inner):
            raise ScpiError(-171)
        channels: list[int] = []
        for part in inner[2:-1].split(","):
            first, _, last = part.partition(":")
            ends = int(first), int(last or first)
            if not all(self.least <= end <= self.most for end in ends):
                raise ScpiError(-222)
            step = 1 if ends[1] >= ends[0] else -1
            channels.extend(range(ends[0], ends[1] + step, step))
        return tuple(dict.fromkeys(channels))


class Either:
    """The first of several kinds that takes the argument; the error of the last where none does."""

    def __init__(self, *kinds: Parameter) -> None:
        self.kinds = kinds

    def read(self, token: bytes, instrument: Any) -> Any:
        """The value by the first kind that takes it."""
        for kind in self.kinds[:-1]:
            try:
                return kind.read(token, instrument)
            except ScpiError:
                continue
        return self.kinds[-1].read(token, instrument)
