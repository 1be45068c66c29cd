"""A YAML document as a tree of texts, each with the line and column where it stands.

No scalar is given a type here: `no` stays "no" and `1:30` stays "1:30" until the schema says what is asked. Tags,
anchors, merges and duplicate keys are refused. The tree is built from the parser's events with a stack of its own, so
that no depth of nesting can exhaust Python's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

from scenarios.problems import Problems
from sim.errors import ScenarioError

MAX_BYTES: Final = 1 << 18
"""Largest document, bytes (design choice: twenty times the largest `case.yaml` of the library)."""
MAX_DEPTH: Final = 32
"""Deepest nesting (design choice; a scenario needs six)."""

_UNPRINTABLE: Final = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OPERATOR: Final = re.compile(r":\s*(>=|<=|=>|=<|>|<)\s*\S")


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file; line and column count from 1. Line 0: an option of the command line, no file."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar, as written."""

    text: str
    where: Where


@dataclass(frozen=True, slots=True)
class Listing:
    """A sequence."""

    items: "tuple[Node, ...]"
    where: Where


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; keys and values keep their places."""

    keys: Mapping[str, Text]
    values: "Mapping[str, Node]"
    where: Where

    def replaced(self, key: Text, value: "Node") -> "Table":
        """A copy in which `key` holds `value`; a new key is appended."""
        keys, values = dict(self.keys), dict(self.values)
        keys.setdefault(key.text, key)
        values[key.text] = value
        return Table(keys, values, self.where)

    def without(self, *names: str) -> "Table":
        """A copy without the keys `names`."""
        keys = {name: key for name, key in self.keys.items() if name not in names}
        return Table(keys, {name: self.values[name] for name in keys}, self.where)


Node: TypeAlias = Text | Listing | Table


def plain(node: Node) -> Any:
    """The tree as `str`, `list` and `dict`, without places."""
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {name: plain(value) for name, value in node.values.items()}


def rooted(value: Any, where: Where) -> Node:
    """The inverse of `plain`: a tree whose every node stands at `where`."""
    if isinstance(value, Mapping):
        keys = {str(name): Text(str(name), where) for name in value}
        return Table(keys, {str(name): rooted(item, where) for name, item in value.items()}, where)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return Listing(tuple(rooted(item, where) for item in value), where)
    return Text(str(value), where)


def read_document(path: Path, shown: str = "") -> Table:
    """Read a YAML file whose top level is a mapping.

    Args:
        path: the file.
        shown: its name in messages; `path` as given by default.

    Raises:
        ScenarioError: missing, unreadable, empty, too large, binary, not UTF-8, not YAML, or with a duplicate key, a
            tag, an anchor or more than one document; with file:line:column.
    """
    shown = shown or str(path)
    return parse_document(_read_text(path, shown), shown)


def _read_text(path: Path, shown: str) -> str:
    try:
        if path.is_dir():
            raise ScenarioError(shown, "is a folder", "name a file in it")
        size = path.stat().st_size
        if size > MAX_BYTES:
            allowed = f"at most {MAX_BYTES >> 10} KiB"
            raise ScenarioError(f"{shown}:1:1", f"the file has {size / 1e6:.1f} MB", f"{allowed}: is it a scenario?")
        data = path.read_bytes()
    except FileNotFoundError:
        raise ScenarioError(shown, "no such file", "check the path") from None
    except (OSError, ValueError) as error:
        raise ScenarioError(shown, f"cannot be read: {error}", "check the path and its permissions") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        problem = f"byte 0x{data[error.start]:02x} is not UTF-8 text"
        raise ScenarioError(f"{shown}:{line}:{column}", problem, "save the file as UTF-8; is it a YAML file?") from None


def parse_document(text: str, shown: str) -> Table:
    """Parse the text of a document; see `read_document`."""
    if len(text) > MAX_BYTES:
        raise ScenarioError(f"{shown}:1:1", f"the text has {len(text) / 1e6:.1f} MB", f"at most {MAX_BYTES >> 10} KiB")
    odd = _UNPRINTABLE.search(text)
    if odd is not None:
        where = _place(text, odd.start(), shown)
        raise ScenarioError(str(where), f"character U+{ord(odd.group()):04X} is not text", "is it a YAML file?")
    try:
        root = _Builder(shown).build(_events(text))
    except yaml.YAMLError as error:
        raise _syntax_error(error, text, shown) from None
    if root is None:
        raise ScenarioError(f"{shown}:1:1", "the file is empty", "begin with `schema: scenario/1`")
    if not isinstance(root, Table):
        mend = "begin with `schema: scenario/1`, one `key: value` a line"
        raise ScenarioError(str(root.where), "keys with values are asked for at the top level", mend)
    return root


def _place(text: str, index: int, shown: str) -> Where:
    return Where(shown, text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1)


def _events(text: str) -> Iterator[Any]:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads the same language, 20 times faster
    return iter(yaml.parse(text, Loader=loader))


def _syntax_error(error: yaml.YAMLError, text: str, shown: str) -> ScenarioError:
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = text.splitlines() or [""]
    if line > len(lines):
        line, column = len(lines), len(lines[-1]) + 1
    said = lines[line - 1]
    before = lines[line - 2] if line > 1 else ""
    problem = getattr(error, "problem", None) or "cannot be read"
    if _OPERATOR.search(said) or _OPERATOR.search(before):
        mend = "write `at_least: 5 mm` or `at_most: 60 ms`, not an operator"
    elif "\t" in said[: len(said) - len(said.lstrip())]:
        mend = "indent with spaces, not tabs"
    elif re.search(r":\s*[@`%*&!|]", said):
        mend = "put the value in quotes, or write it without the leading sign"
    elif "mapping values are not allowed" in problem:
        mend = "indent keys alike, and put a text that holds `: ` in quotes"
    else:
        mend = "write `key: value`, indented by spaces, brackets and quotes closed"
    return ScenarioError(f"{shown}:{line}:{column}", f"not YAML: {problem}", mend)


class _Open:
    """A mapping or a sequence that is still being read."""

    def __init__(self, where: Where, *, table: bool) -> None:
        self.where, self.table = where, table
        self.keys: dict[str, Text] = {}
        self.items: list[Node] = []
        self.key: Text | None = None


class _Builder:
    """Builds the tree of one document from parser events, and collects what is refused."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._stack: list[_Open] = []
        self._root: Node | None = None
        self._problems = Problems()

    def build(self, events: Iterator[Any]) -> Node | None:
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise ScenarioError(str(self._where(event)), "a second document begins", "one file, one document")
            elif isinstance(event, yaml.AliasEvent):
                self._problems.add(self._where(event), "an alias `*` is refused", "write the value out")
                self._put(Text("", self._where(event)))
            elif isinstance(event, yaml.NodeEvent):
                self._node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._close()
        self._problems.raise_any()
        return self._root

    def _where(self, event: Any) -> Where:
        return Where(self._shown, event.start_mark.line + 1, event.start_mark.column + 1)

    def _node(self, event: Any) -> None:
        where = self._where(event)
        if event.anchor is not None:
            self._problems.add(where, f"an anchor `&{event.anchor}` is refused", "write the value out where it is used")
        if event.tag is not None:
            self._problems.add(where, f"the tag `{event.tag}` is refused", "write the plain value")
        if isinstance(event, yaml.ScalarEvent):
            self._put(Text(str(event.value), where))
            return
        if len(self._stack) == MAX_DEPTH:
            self._problems.add(where, f"nested more than {MAX_DEPTH} deep", "a scenario needs six levels")
            self._problems.raise_any()
        self._stack.append(_Open(where, table=isinstance(event, yaml.MappingStartEvent)))

    def _close(self) -> None:
        done = self._stack.pop()
        if done.table:
            values = dict(zip(done.keys, done.items, strict=True))
            self._put(Table(done.keys, values, done.where))
        else:
            self._put(Listing(tuple(done.items), done.where))

    def _put(self, node: Node) -> None:
        if not self._stack:
            self._root = None if isinstance(node, Text) and not node.text else node
            return
        top = self._stack[-1]
        if not top.table:
            top.items.append(node)
        elif top.key is None:
            top.key = self._key(node, top)
        else:
            if top.key.text not in top.keys:
                top.keys[top.key.text] = top.key
                top.items.append(node)
            top.key = None

    def _key(self, node: Node, top: _Open) -> Text:
        if not isinstance(node, Text):
            self._problems.add(node.where, "a key must be a word", "write `key: value`")
            return Text("", node.where)
        if node.text == "<<":
            self._problems.add(node.where, "a merge key `<<` is refused", "write the keys out")
        elif node.text in top.keys:
            first = top.keys[node.text].where.line
            self._problems.add(node.where, f"the key `{node.text}` stands twice", f"the first is in line {first}")
        return node
