"""`stimrig measure`: the pulses of any capture, without a scenario and without a verdict."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rig.commands.console import note, say, say_json
from rig.commands.measure_texts import StatedTexts, Texts

if TYPE_CHECKING:
    from rig.bench import ChannelAccuracy
    from rig.capture_budget import Figure
    from rig.capture_measure import MeasuredCapture
    from rig.capture_warnings import CaptureWarning
    from rig.commands.measure_options import Asked
    from rig.instrument_file import Instrument


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """Everything that was found."""

    current: "MeasuredCapture"
    voltage: "MeasuredCapture | None"
    accuracy: "ChannelAccuracy | None"
    warnings: "tuple[CaptureWarning, ...]"


def measure(
    capture: Annotated[Path, typer.Argument(metavar="CAPTURE", help="TDMS, CSV, NPY, or bare numbers with --dtype.")],
    current: Annotated[
        str, typer.Option("--current", metavar="NAME", help="Channel, column title, or column number from 0.")
    ],
    scale: Annotated[str, typer.Option("--scale", metavar='"2 mA/V"', help="Current per unit of the column.")] = "",
    rate: Annotated[str, typer.Option("--rate", metavar='"1 MHz"', help="Sample rate; default: the file's.")] = "",
    area: Annotated[str, typer.Option("--area", metavar='"25 cm^2"', help="Electrode area, for densities.")] = "",
    load: Annotated[str, typer.Option("--load", metavar='"500 ohm"', help="Load resistance, for energies.")] = "",
    zero: Annotated[float, typer.Option("--zero", help="What the column reads at no current (8-bit codes: 128).")] = 0,
    dtype: Annotated[str, typer.Option("--dtype", metavar="int16", help="Type of a file of bare numbers.")] = "",
    columns: Annotated[int, typer.Option("--columns", min=1, help="With --dtype: channels side by side.")] = 1,
    voltage: Annotated[str, typer.Option("--voltage", metavar="NAME", help="Electrode voltage, same file.")] = "",
    voltage_scale: Annotated[
        str, typer.Option("--voltage-scale", metavar='"20 V/V"', help="Voltage per unit of that column.")
    ] = "",
    swap: Annotated[
        Path | None, typer.Option("--swap", metavar="OTHER", help="The same with the leads reversed at the load.")
    ] = None,
    first_phase: Annotated[str, typer.Option("--first-phase", help="positive, negative or either.")] = "positive",
    instrument: Annotated[
        str, typer.Option("--instrument", metavar="FILE", help="What the instrument can do: instrument or bench file.")
    ] = "",
    gain: Annotated[str, typer.Option("--gain", metavar='"0.1 %"', help="Bound of the gain error, for U.")] = "",
    noise: Annotated[
        str, typer.Option("--noise", metavar='"0.3 mV"', help="Rms noise of a sample, in V or A, for U.")
    ] = "",
    filter_: Annotated[
        str, typer.Option("--filter", metavar='"2 us"', help="Time constant of the filter before the converter.")
    ] = "",
    fda: Annotated[bool, typer.Option("--fda", help="Fields of the FDA output table that one capture tells.")] = False,
    pulses: Annotated[
        Path | None, typer.Option("--pulses", metavar="FILE", help="Write every pulse: .parquet or .csv.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw the worst pulse by net charge: .svg or .png.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON in SI units.")] = False,
) -> int:
    """Find and measure the pulses in a capture; nothing is judged.

    Exit code 0: clean; 6: measured, but a warning makes the figures doubtful; 4: nothing could be measured.
    """
    from rig.commands.measure_options import asked
    from sim.errors import RecordError, ScenarioError

    wish = asked(
        Texts(current, scale, rate, area, load, zero, dtype, columns, voltage, voltage_scale, first_phase),
        StatedTexts(instrument, gain, noise, filter_),
        pulses,
        plot,
    )
    try:
        found = _measure(capture, wish)
        swapped = None if swap is None else _measure(swap, wish.reversed())
    except RecordError as error:  # nothing was measured: bad input, not a fault of the rig
        raise ScenarioError(error.path, error.problem, error.mend) from error
    return _tell(found, swapped, wish, fda=fda, json=json)


def _tell(found: _Measured, swapped: _Measured | None, wish: "Asked", *, fda: bool, json: bool) -> int:
    """Print and write what was found; returns the exit code."""
    from rig.capture_fda import fda_fields
    from rig.capture_summary import figures_of, pulses_of, summary_document
    from rig.commands.exits import Exit
    from rig.commands.measure_output import field_lines, figure_lines, pulse_lines, swap_lines, tell, write_pulses

    figures = figures_of(found.current, wish.area_m2, wish.load_ohm, found.accuracy)
    summary = summary_document(found.current, figures)
    warnings = found.warnings
    swap_figures: dict[str, Any] = {}
    if swapped is not None:
        from rig.capture_swap import swap_document

        other = figures_of(swapped.current, wish.area_m2, wish.load_ohm, swapped.accuracy)["net_charge_c"]
        pair = (found.current, swapped.current)
        swap_figures, doubts = swap_document(pair, figures["net_charge_c"], other, swapped.warnings)
        warnings = (*warnings, *doubts)
        summary |= swap_figures
    fields = fda_fields(found.current, wish.area_m2, wish.load_ohm, found.voltage) if fda else None
    if json:
        document: dict[str, Any] = {
            "pulses": pulses_of(found.current),
            "summary": summary,
            "warnings": [warning.document() for warning in warnings],
            "uncertainty": _uncertainty(figures, found.accuracy, wish.instrument),
        }
        say_json(document | ({} if fields is None else {"fda": fields}))
    else:
        lines = [*pulse_lines(found.current), "", *figure_lines(found.current, figures, summary["jitter_s"])]
        lines += [*swap_lines(swap_figures), *([] if fields is None else ["", *field_lines(fields)])]
        for line in lines:
            say(line)
    doubtful = tell(warnings)
    if wish.pulses is not None:
        write_pulses(wish.pulses, found.current)
        note(f"pulses  {wish.pulses}")
    if wish.plot is not None:
        _draw(wish.plot, found, figures["net_charge_c"])
    return Exit.INCONCLUSIVE if doubtful else Exit.PASSED


def _measure(path: Path, wish: "Asked") -> _Measured:
    """Measure one capture: its current, and its voltage where that is named too."""
    from rig.capture_checks import load_warnings, warnings_of
    from rig.capture_file import open_capture
    from rig.capture_measure import measure_recording
    from rig.instrument_file import stated_accuracy

    tau_s = wish.instrument.filter_tau_s
    measured = measure_recording(open_capture(path, wish.current), tau_s)
    accuracy, unstated = stated_accuracy(wish.instrument, measured, wish.a_per_v)
    warnings = [*warnings_of(measured, wish.expected), *unstated]
    voltage = None
    if wish.voltage is not None:
        voltage = measure_recording(open_capture(path, wish.voltage), tau_s)
        warnings += [*voltage.warnings, *load_warnings(measured, voltage, wish.load_ohm)]
    return _Measured(measured, voltage, accuracy, tuple(dict.fromkeys(warnings)))


def _draw(path: Path, found: _Measured, net: "Figure") -> None:
    from rig.commands.measure_picture import write_worst_pulse

    doubts = sum(warning.doubtful for warning in found.warnings)
    if write_worst_pulse(path, found.current, net, doubts):
        note(f"picture {path}")
    else:
        note("no picture: no pulse has a net charge")


def _uncertainty(
    figures: "dict[str, Figure]", accuracy: "ChannelAccuracy | None", stated: "Instrument"
) -> dict[str, Any]:
    """What stands behind every U."""
    from rig.record_facts import plain

    return {
        "k": 2,
        "basis": "scatter only" if accuracy is None else "instrument and scatter",
        "instrument": stated.id or None,
        "accuracy": None if accuracy is None else plain(accuracy),
        "budget": {name: found.document() for name, found in figures.items() if found.parts},
    }
