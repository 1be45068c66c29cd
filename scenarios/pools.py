"""Pools: checks whose samples are judged once over many cases of a matrix, such as all seeds or all patients."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from scenarios.case import Case
from scenarios.fields import as_table, as_text, one_or_list
from scenarios.problems import Problems, nearest
from scenarios.text import Node, Table
from sim.errors import ScenarioError

SEEDS: Final = "seeds"
"""The axis of the repeats."""


def read_pools(node: Node, axes: tuple[str, ...], checks: Node | None) -> dict[str, tuple[str, ...]]:
    """Check -> axes that are pooled, of ``pool: {clearance: [seeds, walk.speed]}``.

    Args:
        node: the table `pool` of a matrix.
        axes: axes of the matrix, `seeds` among them where it is written.
        checks: the table `checks` of the scenario.

    Raises:
        ScenarioError: an unknown check or axis; all of them together.
    """
    problems = Problems()
    names = tuple(checks.values) if isinstance(checks, Table) else ()
    found: dict[str, tuple[str, ...]] = {}
    table = as_table(node, "`pool`")
    for check, value in table.values.items():
        if check not in names:
            problems.add(table.keys[check].where, f"`pool` names an unknown check `{check}`", nearest(check, names))
            continue
        with problems.gathered():
            found[check] = _axes(value, axes)
    problems.raise_any()
    return found


def _axes(node: Node, known: tuple[str, ...]) -> tuple[str, ...]:
    def axis(item: Node) -> str:
        name = as_text(item)
        if name not in known:
            raise ScenarioError(str(item.where), f"`{name}` is no axis of this matrix", nearest(name, known))
        return name

    return tuple(one_or_list(axis)(node))


def pool_id(scenario_id: str, axes: tuple[tuple[str, str], ...], repeat: int | None, pooled: tuple[str, ...]) -> str:
    """Id of the pool of a case: its own without the pooled axes (``SCN-WALK[walk.speed=0.6 m/s]``).

    Args:
        scenario_id: id of the scenario.
        axes: (axis, text) of the case.
        repeat: number of the repeat from 0; None where `seeds` is not written.
        pooled: axes that are pooled.
    """
    parts = [f"{axis}={value}" for axis, value in axes if axis not in pooled]
    if repeat is not None and SEEDS not in pooled:
        parts.append(f"s{repeat + 1}")
    return f"{scenario_id}[{','.join(parts)}]" if parts else scenario_id


def with_pools(case: Case, pools: Mapping[str, str]) -> Case:
    """The case with its pooled checks marked: check -> id of the pool."""
    if not pools:
        return case
    return replace(case, checks=tuple(replace(check, pool=pools.get(check.id, "")) for check in case.checks))
