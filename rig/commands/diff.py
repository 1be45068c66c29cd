"""`stimrig diff`: two runs beside each other, check by check and pulse by pulse."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from rig.commands.console import say, say_json, table

if TYPE_CHECKING:
    from reports.comparison.checks import CheckPair
    from reports.comparison.pulses import PulseMatch

_DEFAULT_TOLERANCE: Final = "1 ms"
_DEFAULT_WIDTH_TOLERANCE: Final = "1.5 us"
"""One tick of a pulse timer of 1 MHz, and the scatter of an edge found in 1 MS/s (design choice)."""
_DEFAULT_CURRENT_TOLERANCE: Final = "0.1 mA"
"""Four codes of a 12 bit converter of 100 mA (design choice)."""


def diff(
    run_a: Annotated[str, typer.Argument(metavar="A", help="A run folder, its name or its beginning, or latest.")],
    run_b: Annotated[str, typer.Argument(metavar="B", help="Another.")],
    tolerance: Annotated[
        str,
        typer.Option("--time-tolerance", "--tolerance", metavar='"1 ms"', help="How far instants may lie apart."),
    ] = _DEFAULT_TOLERANCE,
    pulses: Annotated[
        bool, typer.Option("--pulses", help="Compare the pulse sequences alone, pulse by pulse.")
    ] = False,
    width_tolerance: Annotated[
        str, typer.Option("--width-tolerance", metavar='"1 us"', help="With --pulses: of a phase's width or the gap.")
    ] = _DEFAULT_WIDTH_TOLERANCE,
    current_tolerance: Annotated[
        str, typer.Option("--current-tolerance", metavar='"0.1 mA"', help="With --pulses: of a phase's current.")
    ] = _DEFAULT_CURRENT_TOLERANCE,
    show_all: Annotated[bool, typer.Option("--all", help="Show the checks that agree too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> int:
    """Compare two runs; 0 where all verdicts are the same and all values agree within their uncertainty.

    With --pulses: 0 where every case gave the same pulses in the same trains, within the tolerances.
    """
    from reports.comparison.checks import Agreement, compare_verdicts
    from rig.commands.context import runs_folder
    from rig.commands.exits import Exit
    from rig.run_folder import find_run
    from scenarios.quantities import parse_quantity
    from sim.errors import ScenarioError

    tolerance_s = parse_quantity(tolerance, "s", "--time-tolerance")
    if not 0.0 <= tolerance_s <= 1.0:
        raise ScenarioError("--time-tolerance", f"`{tolerance}` is asked for", "from 0 s to 1 s")
    folders = [find_run(name, runs_folder(None)) for name in (run_a, run_b)]
    if pulses:
        from rig.commands.diff_pulses import compare_pulses, tolerances_of

        tolerances = tolerances_of(tolerance, width_tolerance, current_tolerance)
        same = compare_pulses(folders, tolerances, show_all=show_all, as_json=as_json)
        return Exit.PASSED if same else Exit.FAILED
    documents = [_verdicts(folder) for folder in folders]
    pairs = compare_verdicts(documents[0], documents[1], tolerance_s)
    matches = _pulse_matches(folders, tolerance_s)
    agree = bool(pairs) and all(pair.agreement is Agreement.SAME for pair in pairs)
    if as_json:
        say_json(
            {
                "a": str(folders[0]),
                "b": str(folders[1]),
                "time_tolerance_s": tolerance_s,
                "agree": agree,
                "checks": [_row(pair) for pair in pairs],
                "pulses": {case: _row(match) for case, match in matches.items()},
            }
        )
    else:
        _tell(folders, pairs, matches, show_all=show_all)
    return Exit.PASSED if agree else Exit.FAILED


def _verdicts(folder: Path) -> dict[str, Any]:
    from rig.commands.show import read_verdicts
    from sim.errors import RecordError

    document = read_verdicts(folder)
    if document is None:
        mend = "the run was cut off; `stimrig recheck` judges what it left behind"
        raise RecordError(str(folder), "holds no verdicts.json", mend)
    return document


def _pulse_matches(folders: list[Path], tolerance_s: float) -> dict[str, "PulseMatch"]:
    """Case -> its pulses in both runs, where both have the case and kept its pulses."""
    from reports.comparison.pulses import match_pulses
    from rig.tables import read_table

    a, b = ({_case_name(path): path for path in folder.glob("cases/*/pulses.parquet")} for folder in folders)
    return {
        name: match_pulses(read_table(a[name]), read_table(b[name]), tolerance_s)
        for name in sorted(a.keys() & b.keys())
    }


def _case_name(path: Path) -> str:
    """Name of a case's folder without its number, which another selection of cases would change."""
    return path.parent.name.partition("-")[2]


def _row(value: Any) -> dict[str, Any]:
    import dataclasses

    fields = dataclasses.asdict(value)
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in fields.items()}


def _tell(
    folders: list[Path], pairs: tuple["CheckPair", ...], matches: dict[str, "PulseMatch"], *, show_all: bool
) -> None:
    from reports.comparison.checks import Agreement

    for letter, folder in zip("AB", folders, strict=True):
        say(f"{letter}  {folder}")
    shown = [pair for pair in pairs if show_all or pair.agreement is not Agreement.SAME]
    if shown:
        say()
    titles = ("case", "check", "A", "B", "value A", "value B", "B - A", "E_n", "")
    for line in table([_cells(pair) for pair in shown], titles) if shown else []:
        say(line)
    say()
    for case, match in matches.items():
        say(_pulse_line(case, match))
    same = sum(pair.agreement is Agreement.SAME for pair in pairs)
    say(f"{same} of {len(pairs)} checks agree" if pairs else "the two runs have no check in common")


def _cells(pair: "CheckPair") -> tuple[str, ...]:
    from rig.commands.told import shown_value

    values = [shown_value(value, pair.unit) for value in (pair.value_a, pair.value_b, pair.difference_value)]
    score = "–" if pair.normalised_error_ratio is None else f"{pair.normalised_error_ratio:+.2f}"
    reason = f": {pair.reason}" if pair.reason else ""
    return pair.case, pair.check, pair.verdict_a or "–", pair.verdict_b or "–", *values, score, pair.agreement + reason


def _pulse_line(case: str, match: "PulseMatch") -> str:
    if not match.pulses_a and not match.pulses_b:
        return f"{case}: no pulses in either"
    text = f"{case}: {match.matched} pulses matched of {match.pulses_a} and {match.pulses_b}"
    if match.matched:
        text += f"; lag {match.lag_s * 1e6:+.3g} µs, at most {match.largest_lag_s * 1e6:+.3g} µs"
        text += f"; phase charge within {match.largest_charge_c * 1e9:.3g} nC"
    if math.isfinite(match.first_unmatched_s):
        text += f"; the first alone at {match.first_unmatched_s:.4f} s"
    return text
