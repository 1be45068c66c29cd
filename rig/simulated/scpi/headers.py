"""Command headers: `CHANnel<1-4>:RANGe`, `[SOURce<1-2>]:VOLTage[:LEVel]?`, and how a spelled header finds its command.

The capitals are the short form, the whole word the long form, in any case; nothing between them is accepted.
`<1-4>` takes a numeric suffix (1 where it is left out), square brackets hold one node that may be left out.

Source: SCPI-1999 volume 1, chapter 6 (program headers).
"""

import re
from dataclasses import dataclass, field
from itertools import product

from rig.simulated.scpi.errors import ScpiError

_NODE = re.compile(r"(\[)?:?(\*?[A-Za-z]+)(?:<(\d+)-(\d+)>)?(\])?")
_SPELLED = re.compile(r"(\*?[A-Za-z]+)(\d{0,6})")


@dataclass(frozen=True, slots=True)
class Mnemonic:
    """One word of a header.

    Attributes:
        word: as the manual prints it ("CHANnel").
        least, most: range of its numeric suffix; None for a word that takes none.
        optional: it may be left out.
    """

    word: str
    least: int | None = None
    most: int | None = None
    optional: bool = False

    @property
    def short(self) -> str:
        """Short form: the capitals."""
        return "".join(letter for letter in self.word if not letter.islower())

    @property
    def long(self) -> str:
        """Long form, in capitals."""
        return self.word.upper()


@dataclass(frozen=True, slots=True)
class Header:
    """A pattern of the manual, taken apart.

    Attributes:
        pattern: as the manual prints it.
        nodes: its words.
        query: it ends in `?`.
    """

    pattern: str
    nodes: tuple[Mnemonic, ...]
    query: bool

    def spelled(self, *, long: bool, optional: bool) -> str:
        """One way to write it: short or long words, with or without the optional ones, suffixes left out."""
        words = [node.long if long else node.short for node in self.nodes if optional or not node.optional]
        return ":".join(words) + ("?" if self.query else "")


def read_header(pattern: str) -> Header:
    """Takes a pattern apart; raises ValueError where it cannot (a mistake of whoever wrote the instrument)."""
    body, query = pattern.rstrip("?"), pattern.endswith("?")
    nodes: list[Mnemonic] = []
    at = 0
    for found in _NODE.finditer(body):
        opened, word, least, most, closed = found.groups()
        if found.start() != at or bool(opened) != bool(closed):
            raise ValueError(f"no header: {pattern!r}")
        nodes.append(Mnemonic(word, int(least) if least else None, int(most) if most else None, optional=bool(opened)))
        at = found.end()
    if at != len(body) or not nodes:
        raise ValueError(f"no header: {pattern!r}")
    return Header(pattern, tuple(nodes), query)


@dataclass(slots=True)
class _Branch:
    below: dict[str, "_Branch"] = field(default_factory=dict)
    ends: dict[bool, tuple[str, tuple[bool, ...]]] = field(default_factory=dict)


class HeaderTree:
    """All headers of an instrument; finds the one that was meant."""

    def __init__(self) -> None:
        self.headers: dict[str, Header] = {}
        self._root = _Branch()

    def add(self, pattern: str) -> Header:
        """Takes a pattern in; raises ValueError where a spelling of it already means something else."""
        header = read_header(pattern)
        self.headers[pattern] = header
        for present in product(*((False, True) if node.optional else (True,) for node in header.nodes)):
            branch = self._root
            for node in (node for node, here in zip(header.nodes, present, strict=True) if here):
                known = branch.below.get(node.short) or branch.below.get(node.long) or _Branch()
                branch.below[node.short] = branch.below[node.long] = known
                branch = known
            if branch is self._root:
                continue
            taken = branch.ends.setdefault(header.query, (pattern, present))
            if taken[0] != pattern:
                raise ValueError(f"{pattern!r} can be spelled like {taken[0]!r}")
        return header

    def find(self, spelled: str) -> tuple[Header, tuple[int, ...]]:
        """The header that was meant, and its numeric suffixes (1 for one that was left out).

        Raises ScpiError -113 for an unknown one, -114 for a suffix out of range.
        """
        if not spelled.isascii():
            raise ScpiError(-113)
        query = spelled.endswith("?")
        branch = self._root
        digits: list[str] = []
        for word in (spelled[:-1] if query else spelled).upper().split(":"):
            parted = _SPELLED.fullmatch(word)
            below = branch.below.get(parted[1]) if parted else None
            if parted is None or below is None:
                raise ScpiError(-113)
            branch = below
            digits.append(parted[2])
        if query not in branch.ends:
            raise ScpiError(-113)
        pattern, present = branch.ends[query]
        header = self.headers[pattern]
        return header, _suffixes(header, present, digits)


def _suffixes(header: Header, present: tuple[bool, ...], digits: list[str]) -> tuple[int, ...]:
    written = iter(digits)
    suffixes: list[int] = []
    for node, here in zip(header.nodes, present, strict=True):
        text = next(written) if here else ""
        if node.least is None or node.most is None:
            if text:
                raise ScpiError(-113)
            continue
        suffix = int(text) if text else 1
        if not node.least <= suffix <= node.most:
            raise ScpiError(-114)
        suffixes.append(suffix)
    return tuple(suffixes)
