"""What is there while no pulse flows: direct current, and the voltage that the pulses have left on the contacts."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.intervals import all_touching
from reports.measures.collecting import collected, not_run, nothing, windows_of
from reports.metrology.zero import CORRECTED, UNCORRECTED, zero_of, zero_terms
from reports.samples import Samples
from reports.uncertainty import RECTANGULAR, Term, side_by_side, term
from rig.record import Record
from scenarios.catalogue import MeasureSpec

_NOISE: Final = "rms noise of a sample, averaged"


def dc(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Mean current over the quiet cells of each captured current, A; one sample a channel, cut to `during`.

    The zero of the instrument, taken before and after the case, is taken off; what it drifted meanwhile is the larger
    part of U. From a bench that takes none the offset is part of the result, and its bound part of U.
    """
    windows = windows_of(parameters)
    roles = sorted(role for role in record.idle if role.partition(".")[0] == "current")
    if not roles:
        return not_run("A", "no waveform of the current")
    values, spans, items, dropped = [], [], [], 0
    terms: list[tuple[Term, ...]] = []
    for role in roles:
        cells, accuracy = record.idle[role], record.accuracy[role]
        keep = all_touching(cells.t0_s, cells.t0_s + cells.cell_s, windows)
        dropped += int((~keep).sum())
        if keep.any():
            t0_s = cells.t0_s[keep]
            zero_a = zero_of(record, role, float(np.mean(t0_s)) + 0.5 * cells.cell_s)
            values.append(float(np.mean(cells.mean[keep])) - zero_a)
            spans.append((float(t0_s[0]), float(t0_s[-1]) + cells.cell_s))
            items.append(int(keep.sum()))
            samples = max(1.0, cells.cell_s * accuracy.rate_hz) * int(keep.sum())
            noise = term("noise", "A", accuracy.noise_rms / samples**0.5, 1, systematic=False, source=_NOISE)
            terms.append((*zero_terms(record, role, 1), noise))
    if not values:
        return nothing("A", "no quiet cell in the part of the run that counts", dropped=dropped)
    bounds, n = np.array(spans), len(values)
    # cells at an edge of the part reach out of it by less than their own length
    outer = windows[0][0], windows[-1][1]
    return collected(
        "A",
        values,
        np.maximum(bounds[:, 0], outer[0]),
        np.minimum(bounds[:, 1], outer[1]),
        np.full(n, -1),
        side_by_side(terms),
        items=np.array(items),
        dropped=dropped,
        method=CORRECTED if all(record.zero_span.taken(role) for role in roles) else UNCORRECTED,
    )


def residual_voltage(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Largest mean voltage of a quiet cell of each captured electrode voltage, V, signed; one sample a channel.

    Charge that a pulse leaves behind stays on the double layer of the contacts; cells that lie inside the charge window
    of a pulse, of whatever channel, do not count. The zero of a probe is off by more than what is looked for, so it is
    read in the same record, before the first pulse; its drift in the course of the run is neglected. Cut to `during`.

    Source: regulatory.md CHG-09 (voltage before the next pulse within 50 mV for implants).
    """
    windows = windows_of(parameters)
    roles = sorted(role for role in record.idle if role.partition(".")[0] == "voltage")
    if not roles:
        return not_run("V", "no waveform of the voltage")
    first_s = float(np.min(record.pulses["t_s"], initial=record.span_s[1]))
    values, spans, items, dropped = [], [], [], 0
    terms: dict[str, list[float]] = {"gain": [], "noise": [], "zero": []}
    for role in roles:
        cells, accuracy = record.idle[role], record.accuracy[role]
        before = cells.t0_s + cells.cell_s < first_s
        if not before.any():
            return not_run("V", "nothing quiet before the first pulse: the zero of the probe is not known")
        voltage = cells.mean - np.mean(cells.mean[before])
        keep = np.flatnonzero(all_touching(cells.t0_s, cells.t0_s + cells.cell_s, windows))
        dropped += cells.t0_s.size - keep.size
        if keep.size:
            worst = keep[int(np.argmax(np.abs(voltage[keep])))]
            values.append(float(voltage[worst]))
            spans.append((float(cells.t0_s[worst]), float(cells.t0_s[worst]) + cells.cell_s))
            items.append(int(keep.size))
            noise = accuracy.noise_rms / max(1.0, cells.cell_s * accuracy.rate_hz) ** 0.5
            terms["gain"].append(abs(values[-1]) * accuracy.gain_bound_ratio * RECTANGULAR)
            terms["noise"].append(noise)
            terms["zero"].append(noise / float(before.sum()) ** 0.5)
    if not values:
        return nothing("V", "no quiet cell in the part of the run that counts", dropped=dropped)
    bounds, n = np.array(spans), len(values)
    budget: tuple[Term, ...] = (
        term("gain", "B", np.array(terms["gain"]), n, systematic=True, source="bound", distribution="rectangular"),
        term("noise", "A", np.array(terms["noise"]), n, systematic=False, source=_NOISE),
        term(
            "zero", "A", np.array(terms["zero"]), n, systematic=True, source="noise of the cells before the first pulse"
        ),
    )
    return collected(
        "V", values, bounds[:, 0], bounds[:, 1], np.full(n, -1), budget, items=np.array(items), dropped=dropped
    )


RESIDUAL_VOLTAGE = MeasureSpec(
    "residual_voltage",
    "V",
    "measured",
    residual_voltage,
    "run",
    (),
    ("voltage",),
    summary="largest voltage on the electrodes while no pulse flows",
    continuous=True,
)
