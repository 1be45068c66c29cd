"""Table B: output specifications of one mode at 500 ohm, 2 kohm and 10 kohm."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reports.fda.figure import UNKNOWN, Figure, plain, told
from reports.fda.output import output_figures
from reports.verdict import CaseResult
from scenarios.case import Case

LOADS_OHM: Final = (500.0, 2000.0, 10_000.0)
"""Test loads of the guidance."""
POWER_DENSITY_LIMIT_W_M2: Final = 2500.0
"""0.25 W/cm^2 (FDA guidance of 1999, by a public summary)."""

_EVERYWHERE: Final = (
    ("Maximum output voltage", "largest |v(t)| at the highest setting", "voltage"),
    ("Maximum output current", "largest |i(t)|, spikes under 5 µs left out", "current"),
    ("Overshoot of phase 1", "(bare peak - plateau)/plateau", "overshoot"),
    ("Pulse width, phase 1", "between 50 % crossings, plateau", "phase1"),
    ("Pulse width, phase 2", "between 50 % crossings, plateau", "phase2"),
    ("Interphase gap", "between 50 % crossings", "gap"),
    ("Frequency", "1/median period of a train", "rate"),
    ("Energy a pulse", "R times the integral of i²", "energy"),
    ("Root mean square current", "sqrt(f times the integral of i²)", "rms"),
)
_AT_500: Final = (
    ("Waveform", "number of phases", "waveform"),
    ("Shape", "droop and rise of the plateau", "shape"),
    ("Symmetrical phases?", "widths and currents within 5 %", "symmetric"),
    ("Net charge a pulse", "integral of i - baseline, mean of the plateau", "net_charge"),
    ("Maximum phase charge", "largest integral of a phase", "phase_charge"),
    ("Maximum average current", "f times the integral of |i|", "average_current"),
    ("Maximum current density, r.m.s.", "I rms / smallest electrode", "current_density"),
    ("Maximum current density, peak", "peak / smallest electrode", "peak_density"),
    ("Maximum power density", "I rms² R / smallest electrode; limit 0.25 W/cm²", "power_density"),
    ("Burst: pulses", "pulses of a train", "burst_pulses"),
    ("Burst: bursts a second", "trains over the time walked", "burst_rate"),
    ("Burst: duration", "first to last pulse", "burst_length"),
    ("Burst: duty cycle", "bursts a second times duration", "duty"),
)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One field.

    Attributes:
        field: its name in the table.
        formula: how it was found.
        cells: one a load; of a field that is asked at 500 ohm only the first.
        setting: the case in which the worst was found, by its title, or "".
    """

    field: str
    formula: str
    cells: tuple[Figure, ...]
    setting: str = ""


@dataclass(frozen=True, slots=True)
class TableB:
    """One mode of one device.

    Attributes:
        device: for people.
        mode: name of the mode.
        rows: in the order of the form.
        area_m2: smallest electrode, or None.
        hardware: weakest evidence stamp of the cases.
        cases: ids of the cases behind it.
        settings: the settings that were run, in words.
    """

    device: str
    mode: str
    rows: tuple[TableRow, ...]
    area_m2: float | None
    hardware: str
    cases: tuple[str, ...]
    settings: tuple[str, ...]


def tables_b(cases: Sequence[CaseResult]) -> tuple[TableB, ...]:
    """A table for every device and mode that ran into all three test loads.

    A mode is what the scenario's axis `mode` says, else the scenario's title. Of several settings of a mode at one load
    the worst value of each field stands, with the case that gave it.
    """
    modes: dict[tuple[str, str], list[CaseResult]] = {}
    for case in cases:
        if case.record is not None and _load_index(case.case) is not None and not _changes(case.case):
            modes.setdefault((case.case.device.title or case.case.device.id, _mode(case.case)), []).append(case)
    return tuple(
        _table(device, mode, found)
        for (device, mode), found in modes.items()
        if {_load_index(case.case) for case in found} == set(range(len(LOADS_OHM)))
    )


def _load_index(case: Case) -> int | None:
    load = case.load
    return LOADS_OHM.index(load.series_ohm) if load.tau_s == 0.0 and load.series_ohm in LOADS_OHM else None


def _changes(case: Case) -> bool:
    """True where load or settings change in the run: such a run has no one setting to state."""
    return any(event.kind in {"load.change", "setting.change"} for event in case.events)


def _mode(case: Case) -> str:
    return next((text for axis, text in case.axes if axis == "mode"), case.title)


def area_of(case: Case) -> float | None:
    """Smallest electrode, m^2: of the item, else as the maker states it."""
    stated = case.item.electrodes.area_m2 if case.item is not None else None
    return stated if stated is not None else case.device.rated.get("electrode_area")


def _table(device: str, mode: str, cases: list[CaseResult]) -> TableB:
    area_m2 = area_of(cases[0].case)
    by_load: list[list[tuple[str, dict[str, Figure]]]] = [[] for _ in LOADS_OHM]
    for case in cases:
        index = _load_index(case.case)
        if index is not None and case.record is not None:
            by_load[index].append((_setting(case.case), output_figures(case.record, area_m2)))
    rows = [_row(field, formula, name, by_load) for field, formula, name in _EVERYWHERE]
    rows += [_row(field, formula, name, by_load[:1]) for field, formula, name in _AT_500]
    rows.append(TableRow("Method of zero net charge", "from the pulses", (_method(by_load[0]),)))
    rows.append(TableRow("ON time, OFF time", "from the trains", (_on_off(cases[0].case),)))
    return TableB(
        device=device,
        mode=mode,
        rows=tuple(rows),
        area_m2=area_m2,
        hardware=min(case.hardware for case in cases),
        cases=tuple(case.case.id for case in cases),
        settings=tuple(dict.fromkeys(_setting(case.case) for case in cases)),
    )


def _row(field: str, formula: str, name: str, by_load: Iterable[list[tuple[str, dict[str, Figure]]]]) -> TableRow:
    cells: list[Figure] = []
    setting = ""
    for found in by_load:
        worst_setting, worst = _worst([(where, figures.get(name, UNKNOWN)) for where, figures in found])
        setting = setting or (worst_setting if len(found) > 1 else "")
        cells.append(worst)
    return TableRow(field, formula, tuple(cells), setting)


def _worst(found: list[tuple[str, Figure]]) -> tuple[str, Figure]:
    known = [entry for entry in found if entry[1].value is not None]
    if not known:
        return found[0] if found else ("", UNKNOWN)
    return max(known, key=lambda entry: abs(entry[1].value or 0.0))


def _setting(case: Case) -> str:
    """The settings that matter, in words."""
    from scenarios.quantities import format_quantity

    units = {"current": "A", "pulse_width": "s", "rate": "Hz"}
    known = case.device.programmed
    return ", ".join(format_quantity(known[name], unit) for name, unit in units.items() if name in known)


def _method(found: list[tuple[str, dict[str, Figure]]]) -> Figure:
    words = {figures["waveform"].text for _, figures in found if "waveform" in figures}
    if words == {"pulsed biphasic"}:
        return told("active recharge: a driven second phase of opposite sign")
    if words == {"pulsed monophasic with passive recovery"}:
        return told("passive recharge: the electrodes are connected after the pulse")
    return told("none seen")


def _on_off(case: Case) -> Figure:
    from scenarios.quantities import format_quantity

    time_out_s = case.device.programmed.get("time_out")
    most = "" if time_out_s is None else f"; longest ON {format_quantity(time_out_s, 's')} (time-out)"
    return told(f"gait-triggered, one burst a step{most}")


def table_document(table: TableB) -> dict[str, Any]:
    """The table for programs."""
    return {
        "device": table.device,
        "mode": table.mode,
        "area_m2": table.area_m2,
        "hardware": table.hardware,
        "cases": list(table.cases),
        "settings": list(table.settings),
        "rows": [
            {
                "field": row.field,
                "formula": row.formula,
                "setting": row.setting,
                "at": [plain(cell) | {"load_ohm": ohm} for cell, ohm in zip(row.cells, LOADS_OHM, strict=False)],
            }
            for row in table.rows
        ],
    }
