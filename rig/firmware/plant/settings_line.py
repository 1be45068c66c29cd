"""Settings of a firmware over its serial line, in virtual time: the words of the device file, as for a real box."""

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from scenarios.control import ControlDescription, SettingWords
from scenarios.control_reader import heard_value, told_value
from scenarios.quantities import format_quantity
from sim.errors import BenchError
from sim.timebase import NEVER, NS_PER_MS, NS_PER_S, TimeNs, ns_from_s

THINK_NS: Final = NS_PER_MS
"""Time from an answer to the next question: a program on the other end of the line is no faster (design choice)."""
_BITS: Final = 10
_ROUNDING: Final = 1e-9
"""Relative room for the rounding of decimal texts where the device file states no resolution."""


@dataclass(frozen=True, slots=True)
class _Question:
    """Something to say; `answered` looks at the answer and says what is wrong with it, or ""."""

    text: str
    pattern: str
    answered: Callable[[re.Match[str]], str] | None = None


class SettingsLine:
    """Questions and answers on a serial line, one at a time.

    The owner of the clock asks for `next_ns`, comes back at that instant with `say`, and gives every line to `hear`.

    Args:
        part: name of the device, for messages.
        control: `control:` of its device file.
        units: setting -> SI unit.
    """

    def __init__(self, part: str, control: ControlDescription, units: Mapping[str, str]) -> None:
        self._part, self._control, self._units = part, control, units
        self._log = re.compile(control.log) if control.log else None
        self._waiting: deque[_Question] = deque()
        self._asked: _Question | None = None
        self._due_ns: TimeNs = NEVER
        self.identity: dict[str, str] = {}

    @property
    def is_idle(self) -> bool:
        """True where everything is said and answered."""
        return self._asked is None and not self._waiting

    @property
    def next_ns(self) -> TimeNs:
        """When something is to be said, or an answer has failed to come."""
        return self._due_ns

    def identify(self, t_ns: TimeNs) -> None:
        """Ask who it is."""
        question = self._control.identify
        if question is not None:
            self._queue(t_ns, _Question(question.send, question.expect or ".*", self._is_known))

    def set(self, t_ns: TimeNs, name: str, value: float | str) -> None:
        """Write a setting and read it back, as soon as the line is free.

        Raises:
            ValueError: the device file has no words for it.
        """
        words = self._control.settings.get(name)
        if words is None:
            known = ", ".join(self._control.settings) or "none"
            raise ValueError(f"the firmware of {self._part} has no words for `{name}`; it has words for {known}")
        unit = self._units.get(name, "")
        self._queue(t_ns, _Question(told_words(words, value, unit), words.write.expect))
        if words.read is not None:
            self._queue(
                t_ns,
                _Question(words.read.send, words.read.expect, lambda found: self._is_set(found, words, value, unit)),
            )

    def _queue(self, t_ns: TimeNs, question: _Question) -> None:
        if self.is_idle:
            self._due_ns = t_ns
        self._waiting.append(question)

    def say(self, t_ns: TimeNs) -> bytes:
        """What goes out at `t_ns`, which is `next_ns`.

        Raises:
            BenchError: it is the answer to the last question that should have come by now.
        """
        if self._asked is not None:
            problem = f"`{self._asked.text}` was not answered in {self._control.timeout_s:g} s"
            raise self._wrong(t_ns, problem, "is the firmware alive, and does it listen?")
        question = self._waiting.popleft()
        data = question.text.encode() + self._control.newline.encode() if question.text else b""
        sent_ns = t_ns + len(data) * _BITS * NS_PER_S // self._control.baud
        if question.pattern:
            self._asked = question
            self._due_ns = sent_ns + ns_from_s(self._control.timeout_s)
        else:
            self._due_ns = sent_ns + THINK_NS if self._waiting else NEVER
        return data

    def hear(self, t_ns: TimeNs, line: str) -> bool:
        """A line has come; True where it is the answer that is waited for.

        Raises:
            BenchError: a question is open, and this is neither its answer nor a line that the device tells by itself.
        """
        asked = self._asked
        if asked is None or (self._log is not None and self._log.fullmatch(line)):
            return False
        found = re.fullmatch(asked.pattern, line)
        if found is None:
            problem = f"`{asked.text}` was answered by `{line[:80]}`, `{asked.pattern}` was expected"
            raise self._wrong(t_ns, problem)
        problem = asked.answered(found) if asked.answered is not None else ""
        if problem:
            raise self._wrong(t_ns, problem, "is it within the range of the firmware?")
        self._asked = None
        self._due_ns = t_ns + THINK_NS if self._waiting else NEVER
        return True

    def _is_known(self, found: re.Match[str]) -> str:
        self.identity = {"answer": found.group(0), **{k: v or "" for k, v in found.groupdict().items()}}
        return ""

    def _is_set(self, found: re.Match[str], words: SettingWords, value: float | str, unit: str) -> str:
        try:
            heard = heard_value(words, found.group("value"), unit)
        except ValueError:
            return f"`{words.name}` was answered by `{found.group(0)}`, which holds no number"
        if isinstance(value, str) or isinstance(heard, str):
            same = str(heard) == str(value)
        else:
            same = abs(heard - value) <= words.resolution_value + _ROUNDING * abs(value)
        if same:
            return ""
        asked, got = (each if isinstance(each, str) else format_quantity(each, unit) for each in (value, heard))
        return f"`{words.name}` was set to {asked}, the firmware says {got}"

    def _wrong(self, t_ns: TimeNs, problem: str, mend: str = "") -> BenchError:
        return BenchError(self._part, t_ns / NS_PER_S, problem, mend)


def told_words(words: SettingWords, value: float | str, unit: str) -> str:
    """The line that writes a value, without its end."""
    return words.write.send.format(value=told_value(words, value, unit))


def misheard(words: SettingWords, meant: float | str, heard: float | str, unit: str) -> tuple[str, int]:
    """The line that writes `heard`, and the place of the one character in which it differs from that of `meant`.

    Raises:
        ValueError: they differ in none, or in more.
    """
    text, other = (told_words(words, value, unit) for value in (meant, heard))
    places = [place for place, (mine, its) in enumerate(zip(text, other, strict=False)) if mine != its]
    if len(places) != 1 or len(text) != len(other):
        raise ValueError(f"`{text}` and `{other}` must differ in one character")
    return other, places[0]


def longest_talk_ns(control: ControlDescription) -> TimeNs:
    """How long it takes to identify a firmware and to set all of it, with 64 bytes each way and 3 ms to answer."""
    exchanges = 1 + sum(2 if words.read is not None else 1 for words in control.settings.values())
    each_ns = 2 * 64 * _BITS * NS_PER_S // control.baud + 3 * NS_PER_MS + THINK_NS
    return exchanges * each_ns
