"""A comparator that says too little, or could never switch; keys of one at a wire that is none."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from rig.bench_file.contradictions_of_ports import Found
from rig.bench_file.drivers import CARD
from rig.bench_file.wiring import Wire
from scenarios.quantities import format_quantity

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

_KEYS: Final = ("level", "level_bound", "width_bound", "gate")


def counter_problems(laboratory: "Laboratory") -> Iterator[Found]:
    """Every contradiction of the counter's wire."""
    for wire in laboratory.wiring:
        if wire.role == "comparator":
            yield from _comparator(laboratory, wire)
        else:
            for key in _KEYS:
                if key in wire.places:
                    yield wire.at(key), f"`{wire.role}` has no `{key}`", "it belongs to `comparator`"


def _comparator(laboratory: "Laboratory", wire: Wire) -> Iterator[Found]:
    if laboratory.instruments[wire.instrument].driver != CARD or wire.kind != "ctr":
        problem = f"`comparator` is measured by a counter, `{wire.terminal}` is none"
        yield wire.at("to"), problem, "wire it to one of a card: ctr0"
    for key in _KEYS:
        if key not in wire.places:
            example = "{to: card.ctr0, gate: PFI9, level: 2 mA, level_bound: 0.1 mA, width_bound: 0.5 us}"
            yield wire.where, f"`comparator` says no `{key}`", f"as in {example}"
    if wire.gate and not re.fullmatch(r"PFI\d+", wire.gate):
        yield wire.at("gate"), f"`{wire.gate}` is no terminal of a counter", "one of PFI0 to PFI15"
    if wire.level and wire.level_bound >= wire.level:
        yield wire.at("level_bound"), "`comparator` may switch at no current at all", "a bound below its level"
    largest_a = laboratory.expects.max_current_a
    if 0.0 < largest_a <= wire.level:
        problem = f"`comparator` switches at {format_quantity(wire.level, 'A')}, the largest current is "
        yield wire.at("level"), problem + format_quantity(largest_a, "A"), "a lower level"
    current = laboratory.wire("current")
    if current is None or current.instrument != wire.instrument:
        problem = f"`{wire.instrument}` captures no current to hold the widths of `comparator` against"
        yield wire.where, problem, "wire `current` to an input of the same card"
