"""Reads the checks of a scenario against the measures of the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from scenarios.case import Check, During, Quantifier
from scenarios.catalogue import MeasureSpec
from scenarios.fields import Key, as_table, as_text, flag, integer, one_or_list, quantity, read_keys, word
from scenarios.limit_basis import read_basis
from scenarios.limit_reader import LIMIT_WORDS, limit_value, read_limit
from scenarios.parameters import read_parameters
from scenarios.problems import Problems, closest, nearest
from scenarios.text import Node, Table, Text, plain
from sim.errors import ScenarioError

VERDICT_WORDS: Final = ("PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT RUN")
"""Words of `expect`."""
STATISTICS: Final = ("share", "mean", "p95")
"""What meets the limit in place of every sample; they exclude each other."""
CHECK_KEYS: Final = (
    "title",
    "why",
    "verifies",
    "measure",
    *LIMIT_WORDS,
    *STATISTICS,
    "confidence",
    "marginal",
    "needs",
    "decision",
    "during",
)
"""Every key that a check of its own may have, `limit` and `basis` apart."""


@dataclass(frozen=True, slots=True)
class CheckWords:
    """What a check may refer to.

    Attributes:
        measures: of the catalogue.
        events: names of the scenario's events.
        strides: of the walk.
        file: as it is to be shown beside a verdict.
        lines: check -> line, where the scenario is a `case.yaml` that stems from another file.
        expect: check -> announced verdict.
        is_case: True in a `case.yaml`, where a confirmation of a limit may stand.
    """

    measures: Mapping[str, MeasureSpec]
    events: tuple[str, ...]
    strides: int
    file: str
    lines: Mapping[str, int]
    expect: Mapping[str, str]
    is_case: bool = False


def read_checks(node: Node, words: CheckWords, problems: Problems) -> tuple[Check, ...]:
    """Every check of the table `checks`; problems are noted."""
    checks: list[Check] = []
    with problems.gathered():
        table = as_table(node, "`checks`")
        if not table.values:
            raise ScenarioError(str(node.where), "a scenario without a check shows nothing", "add a check")
        for name, value in table.values.items():
            if problems.full:
                break
            with problems.gathered():
                checks.append(_read_check(table.keys[name], as_table(value, f"check `{name}`"), words))
    return tuple(checks)


def _read_check(key: Text, table: Table, words: CheckWords) -> Check:
    problems = Problems()
    name, what = key.text, f"check `{key.text}`"
    spec: MeasureSpec | None = None
    parameters: dict[str, Any] = {}
    with problems.gathered():
        spec, parameters = _read_measure(table, words, what)
    keys: dict[str, Key] = {word_: Key(plain) for word_ in ("measure", *LIMIT_WORDS, "marginal")}
    keys |= {
        "title": Key(as_text),
        "why": Key(as_text),
        "verifies": Key(one_or_list(as_text)),
        "share": Key(quantity("", 0.01, 1.0, "share")),
        "mean": Key(_only_true),
        "p95": Key(_only_true),
        "confidence": Key(quantity("", 0.5, 0.999999, "confidence")),
        "needs": Key(_samples),
        "decision": Key(word(("guarded", "simple"), "decision")),
        "during": Key(lambda value: _read_during(value, words)),
        "limit": Key(as_text),
        "basis": Key(lambda value: read_basis(value, confirmed=words.is_case or "limit" in table.values)),
    }
    found = read_keys(table, keys, what, problems)
    limit, marginal = None, None
    quantifier: Quantifier = "every"
    misspelt = {closest(name_, keys) for name_ in table.values if name_ not in keys}
    if spec is not None and not misspelt & set(LIMIT_WORDS):
        with problems.gathered():
            limit = read_limit(table, spec)
    if spec is not None and "marginal" in table.values:
        with problems.gathered():
            marginal = limit_value(table.values["marginal"], spec)
    with problems.gathered():
        quantifier = _quantifier(table)
    problems.raise_any()
    assert spec is not None
    assert limit is not None
    return Check(
        id=name,
        title=found.get("title", name.replace("_", " ").capitalize()),
        measure=spec.name,
        parameters=parameters,
        limit=limit,
        quantifier=quantifier,
        share=found.get("share", 1.0),
        confidence=found.get("confidence", 0.95),
        marginal=marginal,
        needs=found.get("needs", 1),
        decision=found.get("decision", "guarded" if spec.quantity == "measured" else "simple"),
        during=found.get("during", During()),
        verifies=found.get("verifies", ()),
        file=words.file,
        line=words.lines.get(name, key.where.line),
        expect=words.expect.get(name, ""),
        limit_id=found.get("limit", ""),
        basis=found.get("basis"),
    )


def _only_true(node: Node) -> bool:
    if not flag(node):
        raise ScenarioError(str(node.where), "`false` asks for nothing", "write `true` or drop the key")
    return True


def _samples(node: Node) -> int:
    text = as_text(node)
    number = text.removesuffix("samples").removesuffix("sample").rstrip()
    return integer(0, 10_000_000, "needs")(Text(number, node.where))


def _quantifier(table: Table) -> Quantifier:
    words = [word_ for word_ in STATISTICS if word_ in table.values]
    if len(words) > 1:
        where = table.keys[words[1]].where
        raise ScenarioError(str(where), f"{' and '.join(words)} exclude each other", "a check has one statistic")
    if not words:
        return "every"
    if "never" in table.values:
        raise ScenarioError(str(table.keys[words[0]].where), f"`{words[0]}` does not go with `never`", "drop it")
    return {"share": "share", "mean": "mean", "p95": "p95"}[words[0]]  # pyright: ignore[reportReturnType]


def _read_measure(table: Table, words: CheckWords, what: str) -> tuple[MeasureSpec, dict[str, Any]]:
    node = table.values.get("measure")
    if node is None:
        mend = "add `measure: {latency: {from: sensor_off, to: first_pulse}}`"
        raise ScenarioError(str(table.where), f"{what} lacks the key `measure`", mend)
    if isinstance(node, Text):
        name, place, inner = as_text(node), node.where, Table({}, {}, node.where)
    else:
        node = as_table(node, "`measure`")
        if len(node.values) != 1:
            raise ScenarioError(str(node.where), "one measure is asked for", "write `measure: {name: {...}}`")
        name = next(iter(node.values))
        place = node.keys[name].where
        inner = as_table(node.values[name], f"measure `{name}`")
    if name not in words.measures:
        raise ScenarioError(str(place), f"unknown measure `{name}`", nearest(name, words.measures))
    spec = words.measures[name]
    return spec, read_parameters(inner, spec.parameters, f"measure `{name}`")


def _read_during(node: Node, words: CheckWords) -> During:
    problems = Problems()
    event = word(words.events, "event") if words.events else _no_events

    def read_except(value: Node) -> tuple[str, int]:
        inner = Problems()
        keys = {"event": Key(event, required=True), "strides": Key(integer(0, words.strides, "strides"))}
        found = read_keys(value, keys, "`except`", inner)
        inner.raise_any()
        return found["event"], found.get("strides", 0)

    keys = {"from": Key(event), "until": Key(event), "except": Key(one_or_list(read_except))}
    found = read_keys(node, keys, "`during`", problems)
    problems.raise_any()
    return During(found.get("from", ""), found.get("until", ""), found.get("except", ()))


def _no_events(node: Node) -> str:
    raise ScenarioError(str(node.where), f"unknown event `{as_text(node)}`", "the scenario has no `events`")
