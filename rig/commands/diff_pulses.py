"""`stimrig diff --pulses`: whether two runs gave the same pulse sequence, and where they part."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rig.commands.console import say, say_json, table

if TYPE_CHECKING:
    from reports.comparison.sequences import PulseDifference, SequenceComparison, Tolerances

_MOST_LINES: Final = 40
"""Differences listed without `--all`; whoever sees that many knows enough (design choice)."""


def compare_pulses(folders: list[Path], tolerances: "Tolerances", *, show_all: bool, as_json: bool) -> bool:
    """Compare the pulses of every case of two runs and tell; true where all sequences are the same.

    Raises:
        RecordError: a case that both runs have kept no pulses, or no case is common.
    """
    comparisons, alone = _compared(folders, tolerances)
    same = not alone and all(not comparison.differences for comparison in comparisons.values())
    if as_json:
        say_json(
            {
                "a": str(folders[0]),
                "b": str(folders[1]),
                "tolerances": dataclasses.asdict(tolerances),
                "agree": same,
                "only_in_one": alone,
                "cases": {case: dataclasses.asdict(found) for case, found in comparisons.items()},
            }
        )
        return same
    for letter, folder in zip("AB", folders, strict=True):
        say(f"{letter}  {folder}")
    for case, comparison in comparisons.items():
        _tell(case, comparison, show_all=show_all)
    for case in alone:
        say(f"{case}: only one of the two runs has it")
    return same


def _compared(folders: list[Path], tolerances: "Tolerances") -> tuple[dict[str, "SequenceComparison"], list[str]]:
    """Case -> comparison of those that both runs have, and the names of the others."""
    from reports.comparison.sequences import compare_sequences
    from rig.store import PULSE_FILE
    from rig.tables import read_table
    from sim.errors import RecordError

    # a case's folder without its number, which another selection of cases would change
    a, b = ({path.name.partition("-")[2]: path for path in folder.glob("cases/*")} for folder in folders)
    if not a.keys() & b.keys():
        raise RecordError(str(folders[1]), f"has no case in common with {folders[0]}", "run the same scenarios")
    comparisons: dict[str, SequenceComparison] = {}
    for name in sorted(a.keys() & b.keys()):
        files = [folder / PULSE_FILE for folder in (a[name], b[name])]
        for file in files:
            if not file.is_file():
                raise RecordError(str(file.parent), f"holds no {PULSE_FILE}", "the case did not run to its end")
        comparisons[name] = compare_sequences(read_table(files[0]), read_table(files[1]), tolerances)
    return comparisons, sorted(a.keys() ^ b.keys())


def _tell(case: str, comparison: "SequenceComparison", *, show_all: bool) -> None:
    differences = comparison.differences
    shown = differences if show_all else differences[:_MOST_LINES]
    say()
    say(_summary(case, comparison))
    titles = ("t", "channel", "differs in", "A", "B", "B - A", "allowed")
    for line in table([_cells(each) for each in shown], titles) if shown else []:
        say(line)
    if len(shown) < len(differences):
        say(f"and {len(differences) - len(shown)} more; --all shows them")


def _summary(case: str, found: "SequenceComparison") -> str:
    if not found.pulses_a and not found.pulses_b:
        return f"{case}: no pulses in either"
    counts = f"{found.matched} pulses matched of {found.pulses_a} and {found.pulses_b}"
    text = f"{case}: {counts}, {found.trains_a} and {found.trains_b} trains"
    if found.lag_s is not None and found.least_lag_s is not None and found.largest_lag_s is not None:
        lags = (1e6 * lag_s for lag_s in (found.lag_s, found.least_lag_s, found.largest_lag_s))
        text += "; lag {:+.3g} µs ({:+.3g} to {:+.3g} µs)".format(*lags)
        text += f"; widths within {found.largest_width_s * 1e6:.3g} µs"
        text += f", currents within {found.largest_current_a * 1e6:.3g} µA"
    count = len(found.differences)
    return f"{text}: {'the same sequence' if not count else f'{count} differences' if count > 1 else '1 difference'}"


def _cells(each: "PulseDifference") -> tuple[str, ...]:
    from reports.comparison.sequences import Difference

    alone = each.what in {Difference.ONLY_A, Difference.ONLY_B}
    apart = (
        None
        if each.value_a is None or each.value_b is None or each.what is Difference.TRAIN
        else each.value_b - each.value_a
    )
    values = [_value(value, each) for value in (each.value_a, each.value_b)]
    last = ("", "") if alone or apart is None else (_value(apart, each), _value(each.allowed_value, each))
    return f"{each.t_s:.6f} s", str(each.channel), str(each.what), *values, *last


def _value(value: float | None, each: "PulseDifference") -> str:
    from reports.comparison.sequences import Difference
    from rig.commands.told import shown_value

    if value is not None and each.what is Difference.TRAIN:
        return "begins one" if value else "inside one"
    if value is not None and abs(value) >= 0.1 and each.unit == "s":
        return f"{value:.6f} s"
    return shown_value(value, each.unit)


def tolerances_of(time: str, width: str, current: str) -> "Tolerances":
    """The tolerances as they are written.

    Raises:
        ScenarioError: one is no quantity of its kind, or absurd.
    """
    from reports.comparison.sequences import Tolerances
    from scenarios.quantities import parse_quantity
    from sim.errors import ScenarioError

    asked: list[Any] = []
    options = (("--tolerance", time, "s", 1.0), ("--width-tolerance", width, "s", 1e-3))
    for option, text, unit, most in (*options, ("--current-tolerance", current, "A", 0.1)):
        value = parse_quantity(text, unit, option)
        if not 0.0 <= value <= most:
            raise ScenarioError(option, f"`{text}` is asked for", f"from 0 {unit} to {most:g} {unit}")
        asked.append(value)
    return Tolerances(*asked)
