"""Net charge and leak told apart: direct current in stimulation, its density, what depends on the rate."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from reports.intervals import all_touching
from reports.measures.collecting import collected, not_run, nothing, windows_of
from reports.metrology.capacitor import charging_current, is_series_capacitor
from reports.metrology.rates import LEAST_RATES, Stretches, from_windows, regression, stretches
from reports.metrology.zero import CORRECTED, UNCORRECTED
from reports.samples import Samples, changed
from reports.uncertainty import Term, term
from rig.record import Record
from scenarios.catalogue import MeasureSpec, Parameter

_CURRENT: Final = ("current",)
_INCOMPLETE: Final = "trains with pulses clipped or with a tail that outlasts the charge window"
_AREA: Final = Parameter("area", "m^2", bounds=(1e-8, 0.1), summary="conductive area of the smallest electrode")


def net_dc(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Direct current in stimulation at the highest rate of the run, A: |Q| f + |I_leak|, one sample a channel.

    Where the run has five rates or more, Q and I_leak are slope and intercept of the mean current over the rate; else
    the mean net charge of the pulses and the level between them.

    Source: regulatory.md 2.5 (|Qnet| f + |I_dc,idle| against the d.c. anchor of IEC 60601-1), 5.4 (A).
    """
    channels = _channels(record)
    found = {channel: stretches(record, channel) for channel in channels}
    found = {channel: part for channel, part in found.items() if part.rates}
    if not found:
        return nothing("A", "no train with three pulses on its plateau")
    if len(found) > 1:
        return not_run("A", "the channels of a device are judged one by one")
    ((channel, part),) = found.items()
    if part.rates >= LEAST_RATES:
        line = regression(record, channel, part)
        value, terms = abs(line.net_c) * line.highest_hz + abs(line.leak_a), line.top_terms
        rates = f"regression of the mean current over {part.rates} rates"
        note = f"net charge {line.net_c * 1e9:.2f} nC and leak {line.leak_a * 1e6:.3f} uA apart"
    else:
        net_c, leak_a, parts = from_windows(record, channel, part)
        top_hz = float(part.rate_hz.max())
        value = abs(net_c) * top_hz + abs(leak_a)
        terms = (*(each.scaled(top_hz) for each in parts["net"]), *parts["leak"])
        rates = f"net charge times rate and level between the pulses ({part.rates} of {LEAST_RATES} rates)"
        note = f"net charge {net_c * 1e9:.2f} nC, leak {leak_a * 1e6:.3f} uA"
    return _of_run(part, [value], terms, "A", f"{rates}, {_zero(record)}", (note,))


def net_dc_density(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Direct current in stimulation over the area of the smallest electrode, A/m^2."""
    found = net_dc(record, parameters)
    slope = np.full(found.values.size, 1.0 / parameters["area"])
    return changed(found, found.values * slope, slope, "A/m^2")


def leak_current(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Leak of the output during stimulation, A: intercept of the mean current over the rate."""
    return _regressed(record, "A")


def slope_charge(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """Net charge of a pulse, C: slope of the mean current over the rate."""
    return _regressed(record, "C")


def rate_dependence(record: Record, _parameters: Mapping[str, Any]) -> Samples:
    """What the net charge of a pulse at each rate lies off the straight line through all of them, C; one sample a rate.

    What is common to all rates (the bend of the converter, the zero) lies on the line and is no part of its U.

    Source: regulatory.md CHG-14 (NS15: net d.c. within its limit at 30 pps and not above).
    """
    channel, found, why = _with_rates(record)
    if found is None:
        return nothing("C", why)
    line = regression(record, channel, found)
    first = [int(np.flatnonzero(found.group == k)[0]) for k in range(found.rates)]
    last = [int(np.flatnonzero(found.group == k)[-1]) for k in range(found.rates)]
    scatter = term(
        "scatter of trains",
        "A",
        line.residual_u_c,
        found.rates,
        systematic=False,
        source="of the trains of one rate, over n",
        dof=line.residual_spare_count,
    )
    return collected(
        "C",
        line.residual_c,
        found.t0_s[first],
        found.t1_s[last],
        np.full(found.rates, -1),
        (scatter,),
        items=np.bincount(found.group, found.pulses).astype(np.int64),
        lost_s=found.lost_s,
        lost_because=_INCOMPLETE,
        references={"phase_charge": np.bincount(found.group, found.phase_c) / np.bincount(found.group)},
        method=f"regression of the mean current over {found.rates} rates",
    )


def capacitor_current(record: Record, parameters: Mapping[str, Any]) -> Samples:
    """Mean current by the voltage that it builds up on a capacitor in series with the load, A; cut to `during`."""
    windows, load = windows_of(parameters), record.case.load
    if not is_series_capacitor(load):
        return not_run("A", "the load has no series capacitor")
    cells, accuracy = record.idle.get("voltage"), record.accuracy.get("voltage")
    if cells is None or accuracy is None:
        return not_run("A", "no waveform of the voltage")
    keep = all_touching(cells.t0_s, cells.t0_s + cells.cell_s, windows)
    if keep.sum() < 3:
        return nothing("A", "no quiet cell in the part of the run that counts", dropped=int((~keep).sum()))
    t0_s = cells.t0_s[keep]
    found = charging_current(cells, accuracy, load, t0_s, cells.mean[keep])
    span = max(float(t0_s[0]), windows[0][0]), min(float(t0_s[-1]) + cells.cell_s, windows[-1][1])
    return collected(
        "A",
        [found.current_a],
        [span[0]],
        [span[1]],
        [-1],
        found.terms,
        items=np.array([int(keep.sum())]),
        dropped=int((~keep).sum()),
        method=f"series capacitor of {load.parallel_f * 1e6:g} uF: slope of its voltage",
    )


def _regressed(record: Record, unit: str) -> Samples:
    channel, found, why = _with_rates(record)
    if found is None:
        return nothing(unit, why)
    line = regression(record, channel, found)
    value, terms = (line.leak_a, line.leak_terms) if unit == "A" else (line.net_c, line.net_terms)
    method = f"regression of the mean current over {found.rates} rates, {_zero(record)}, {found.method}"
    return _of_run(found, [value], terms, unit, method, ())


def _with_rates(record: Record) -> tuple[int, Stretches | None, str]:
    channels = _channels(record)
    if len(channels) != 1:
        return 0, None, "no pulse" if not channels else "the channels of a device are judged one by one"
    found = stretches(record, channels[0])
    if found.rates < LEAST_RATES:
        return 0, None, f"{found.rates} rates, a regression needs {LEAST_RATES}"
    return channels[0], found, ""


def _channels(record: Record) -> list[int]:
    return [int(channel) for channel in np.unique(record.pulses["channel"])]


def _zero(record: Record) -> str:
    return CORRECTED if record.zero_span.taken("current") else UNCORRECTED


def _of_run(
    found: Stretches,
    values: list[float],
    terms: tuple[Term, ...],
    unit: str,
    method: str,
    notes: tuple[str, ...],
) -> Samples:
    return collected(
        unit,
        values,
        [float(found.t0_s[0])],
        [float(found.t1_s[-1])],
        [-1],
        terms,
        items=np.array([int(found.pulses.sum())]),
        lost_s=found.lost_s,
        lost_because=_INCOMPLETE,
        references={"phase_charge": np.array([float(np.mean(found.phase_c))])},
        notes=notes,
        method=method,
    )


CHARGE_BALANCE: Final = (
    MeasureSpec(
        "net_dc",
        "A",
        "measured",
        net_dc,
        "run",
        (),
        _CURRENT,
        summary="direct current in stimulation at the highest rate: net charge times rate, and leak",
    ),
    MeasureSpec(
        "net_dc_density",
        "A/m^2",
        "measured",
        net_dc_density,
        "run",
        (_AREA,),
        _CURRENT,
        summary="direct current in stimulation over the area of the smallest electrode",
    ),
    MeasureSpec(
        "leak_current",
        "A",
        "measured",
        leak_current,
        "run",
        (),
        _CURRENT,
        summary="leak in stimulation: intercept of the mean current over five rates",
    ),
    MeasureSpec(
        "slope_charge",
        "C",
        "measured",
        slope_charge,
        "run",
        (),
        _CURRENT,
        summary="net charge of a pulse: slope of the mean current over five rates",
        references=("phase_charge",),
    ),
    MeasureSpec(
        "rate_dependence",
        "C",
        "measured",
        rate_dependence,
        "run",
        (),
        ("current", "event:setting.change"),
        summary="what the net charge at each rate lies off the line through five",
        references=("phase_charge",),
    ),
    MeasureSpec(
        "capacitor_current",
        "A",
        "measured",
        capacitor_current,
        "run",
        (),
        ("voltage",),
        summary="mean current by the voltage that it builds up on a series capacitor",
        continuous=True,
    ),
)
"""Where direct current comes from."""
