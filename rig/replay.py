"""The replay: the patient walked once more with the pulses at their captured instants.

The online loop only has to make sensor signals; on hardware it is late. Whatever is said about the patient (clearance,
trips, fatigue) comes from here, on every bench. Where the replayed sensor equals the emitted one the outcome is exact
for any delay of the loop; the difference is the loop error.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rig.record import LoopError, Table
from rig.trains import assign_trains
from scenarios.case import Case
from sim.gait.schedule import StrideSchedule
from sim.sensor.crossings import clean_crossings
from sim.sensor.watch import SensorWatch
from sim.timebase import NEVER, NS_PER_S, TimeNs, first_sample_at_or_after, sample_period_ns
from sim.world import StimulusSource

_REPLAY_BLOCK_NS = 500_000_000


def replay(world: StimulusSource, pulses: NDArray[Any], watch: SensorWatch) -> None:
    """Walk `world` to its end with every pulse known beforehand, watching its sensor.

    Args:
        world: a fresh world, equal to the one of the run.
        pulses: every captured pulse, `PULSE_DTYPE`.
        watch: keeps what the sensor shows.
    """
    world.add_pulses(pulses)
    while not world.done:
        watch.feed(world.advance(NEVER - NS_PER_S).signals)


def loop_error(emitted: SensorWatch, replayed: SensorWatch, until_ns: TimeNs) -> LoopError:
    """Compare the emitted and the replayed sensor up to `until_ns` (formats.md section 4).

    Of a switch the crossings, of an analogue sensor the samples; the role that differs most, measured by its stated
    uncertainty, is the one that is told.
    """
    limit_s = emitted.description.timing_bound_s
    shift_s, unmatched = crossing_error(emitted.crossings, replayed.crossings, until_ns)
    found = LoopError(shift_s, unmatched, math.nan, limit_s)
    worst = -1.0
    count = first_sample_at_or_after(until_ns, sample_period_ns(emitted.description.rate_hz))
    again = replayed.samples
    for role, samples in emitted.samples.items():
        shared = min(count, samples.size, again[role].size)
        difference = np.abs(samples[:shared] - again[role][:shared])
        difference[np.isnan(samples[:shared]) & np.isnan(again[role][:shared])] = 0.0  # both say: no number
        largest = float(difference.max(initial=0.0))
        bound = emitted.description.amplitude_bounds[role]
        if largest / bound > worst:
            worst = largest / bound
            found = LoopError(shift_s, unmatched, largest, limit_s, bound, role)
    return found


def crossing_error(
    emitted: list[tuple[TimeNs, bool]], replayed: list[tuple[TimeNs, bool]], until_ns: TimeNs
) -> tuple[float, int]:
    """Largest shift of a crossing before `until_ns`, s, and the number of crossings that only one of the two has.

    Crossings are paired in order, openings with openings; one that has no partner nearer than half the distance to
    its neighbours is unmatched.
    """
    largest, unmatched = 0.0, 0
    for closed in (False, True):
        a = np.array([t for t, state in emitted if state is closed and t < until_ns], np.int64)
        b = np.array([t for t, state in replayed if state is closed and t < until_ns], np.int64)
        if a.size != b.size:
            unmatched += abs(a.size - b.size)
            if not (a.size and b.size):
                continue
            longer, shorter = (a, b) if a.size > b.size else (b, a)
            nearest = np.abs(longer[None, :] - shorter[:, None]).min(axis=1)
            largest = max(largest, float(nearest.max()))
        elif a.size:
            largest = max(largest, float(np.abs(a - b).max()))
    return largest / NS_PER_S, unmatched


def with_device_columns(
    gait: Table,
    crossings: list[tuple[TimeNs, bool]],
    trains: Table,
    pulses: Table,
    delay_s: float,
    *,
    is_switch: bool = True,
) -> dict[str, NDArray[np.float64]]:
    """Add what the sensor and the device did to the gait columns of `strides.parquet`.

    Args:
        gait: columns of the walker, rows 1..N.
        crossings: of the sensor at the device's terminal, bounce included.
        trains: of the run.
        pulses: of the run.
        delay_s: from the emitted block to the device's terminal, s.
        is_switch: False where the sensor has no crossings: a stride's first pulse is then that of its first train.
    """
    off_ns, on_ns = clean_crossings(crossings)
    off_s, on_s = off_ns / NS_PER_S + delay_s, on_ns / NS_PER_S + delay_s
    t0_s = gait["t0_s"]
    end_s = t0_s + gait["stride_time_s"]
    added = {name: np.full(t0_s.size, np.nan) for name in ("sensor_off_s", "sensor_on_s", "first_pulse_s")}
    added |= {
        "last_pulse_s": np.full(t0_s.size, np.nan),
        "pulses": np.zeros(t0_s.size),
        "charge_c": np.zeros(t0_s.size),
    }
    for row in range(t0_s.size):
        openings = off_s[(off_s >= t0_s[row]) & (off_s < end_s[row])]
        if openings.size:
            added["sensor_off_s"][row] = openings[0]
            closings = on_s[on_s > openings[0]]
            until_s = closings[0] if closings.size else np.inf
            added["sensor_on_s"][row] = closings[0] if closings.size else np.nan
            inside = (trains["first_pulse_s"] >= openings[0]) & (trains["first_pulse_s"] < until_s)
            if inside.any():
                added["first_pulse_s"][row] = trains["first_pulse_s"][inside][0]
        if not is_switch and (of_stride := trains["stride"] == gait["stride"][row]).any():
            added["first_pulse_s"][row] = trains["first_pulse_s"][of_stride][0]
        own = pulses["stride"] == gait["stride"][row]
        if own.any():
            added["last_pulse_s"][row] = pulses["t_s"][own].max()
            added["pulses"][row] = own.sum()
            added["charge_c"][row] = np.nansum(np.abs(pulses["charge1_c"][own]))
    return {"leg": np.full(t0_s.size, np.nan), **dict(gait), **added}


def replayed_tables(
    case: Case, schedule: StrideSchedule, pulses: NDArray[Any], gait: Table, crossings: list[tuple[TimeNs, bool]]
) -> tuple[Table, Table, dict[str, NDArray[np.float64]]]:
    """Pulses, trains and strides of a walk that has been replayed.

    Args:
        case: what was asked.
        schedule: its prescribed strides.
        pulses: every pulse, `PULSE_DTYPE`, in time order.
        gait: columns of the walker, rows 1..N.
        crossings: of the sensor at the device's terminal, bounce included.

    Returns:
        Columns of `pulses.parquet`, the trains as `rig.record.Record.trains` lists them, columns of `strides.parquet`.
    """
    openings_s = clean_crossings(crossings)[0] / NS_PER_S
    leg = int(case.leg == "right")
    columns, trains = assign_trains(pulses, schedule.t0_ns[1:] / NS_PER_S, leg, case.device.programmed, openings_s)
    strides = with_device_columns(gait, crossings, trains, columns, 0.0, is_switch=case.sensor.thresholds_v is not None)
    strides["leg"] = np.full_like(strides["t0_s"], float(leg))
    return columns, trains, strides
