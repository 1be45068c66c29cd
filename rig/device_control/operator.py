"""The person at the bench: questions on standard error, answers from standard input, both kept in the record."""

import math
import sys
from typing import Protocol, TextIO

from sim.errors import BenchError

_REFUSED = frozenset({"no", "n", "stop", "abort", "quit"})


class Operator(Protocol):
    """Who is asked to turn a knob."""

    def ask(self, question: str) -> str:
        """The answer to a question.

        Raises:
            BenchError: nobody is there, or the answer is no.
        """
        ...


class TerminalOperator:
    """A person at a terminal, or whoever pipes answers into the process.

    An empty answer means done; `no` or `stop` ends the case.

    Args:
        source: where answers come from; by default standard input.
        screen: where questions go; by default standard error, so that pipes of standard output stay clean.
    """

    def __init__(self, source: TextIO | None = None, screen: TextIO | None = None) -> None:
        self._source, self._screen = source, screen

    def ask(self, question: str) -> str:
        """Print `question` and wait for one line."""
        source, screen = self._source or sys.stdin, self._screen or sys.stderr
        print(f"operator: {question}  [Enter = done, no = stop] ", end="", file=screen, flush=True)
        line = source.readline()
        if not line:
            raise BenchError("operator", math.nan, f"nobody answered: {question}", "run it at a terminal")
        answer = line.strip()
        if answer.lower() in _REFUSED:
            raise BenchError("operator", math.nan, f"the operator answered `{answer}`: {question}")
        return answer or "done"
