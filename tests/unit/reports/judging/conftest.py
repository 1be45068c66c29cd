"""A walk made by hand: every instant and every charge is known, so every measure has a hand-computed truth."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from judging_desk import spec_of

from reports.judge import judge_check
from reports.measures import MEASURES
from rig.bench import ChannelAccuracy
from rig.record import EventRecord, IdleCells, LoopError, Record
from rig.trains import assign_trains
from scenarios.case import CaptureRequest, Case, Check, DeviceDescription, During, Limit, PlannedEvent
from scenarios.catalogue import Catalogue
from scenarios.events import EVENTS
from sim.gait.walk import Walk
from sim.pulse import PULSE_DTYPE
from sim.sensor.heel_switch import HeelSwitch

STRIDE_S = 1.25
FIRST_S = 2.0
HEEL_OFF_S = 0.60
TOE_OFF_S = 0.75
SENSOR_OFF_S = 0.61
SENSOR_ON_S = 1.26
PERIOD_S = 0.025
CURRENT_A = 0.030
WIDTH_S = 300e-6
GAP_S = 100e-6

PROGRAMMED = {
    "current": CURRENT_A,
    "pulse_width": WIDTH_S,
    "rate": 40.0,
    "gap": GAP_S,
    "ramp_up": 0.2,
    "ramp_down": 0.2,
    "extension": 0.2,
    "time_out": 4.0,
}
SPECS = {spec.name: spec for spec in MEASURES}
EVENT_SPECS = {spec.name: spec for spec in EVENTS}

ACCURACY = ChannelAccuracy(
    unit="A",
    lsb=1.2e-6,
    range=0.04,
    noise_rms=1.2e-6,
    gain_bound_ratio=1e-3,
    offset_bound=0.6e-6,
    inl_bound=2.4e-6,
    filter_tau_s=2e-6,
    rate_hz=1e6,
    timebase_bound_ratio=50e-6,
)


@dataclass
class Walks:
    """Builds records: trains of 40 Hz from `sensor_off + latency` to `sensor_on + extension + ramp`."""

    specs: dict[str, Any] = field(default_factory=lambda: dict(SPECS))
    catalogue: Catalogue = field(default_factory=lambda: Catalogue(measures=SPECS))
    accuracy: ChannelAccuracy = ACCURACY
    programmed: dict[str, float] = field(default_factory=lambda: dict(PROGRAMMED))

    def instants(self, strides=10, latency_s=0.030):
        """Starts of the pulses, one array a stride; 33 pulses each: 8 on the ramp up, 17 level, 8 on the ramp down."""
        first = FIRST_S + STRIDE_S * np.arange(strides) + SENSOR_OFF_S + latency_s
        return [start + PERIOD_S * np.arange(33) for start in first]

    def pulses(self, instants=None, level=1.0, ramped=True):
        """Balanced pulses at `instants`; `level` scales the width of all, the ramps scale it pulse by pulse."""
        trains = self.instants() if instants is None else instants
        rows = []
        for t_s in trains:
            found = np.zeros(t_s.size, PULSE_DTYPE)
            shape = np.ones(t_s.size)
            if ramped:
                rise = np.minimum(1.0, (np.arange(t_s.size) + 1) / 9.0)
                shape = np.minimum(rise, rise[::-1])
            width_s = WIDTH_S * level * shape
            found["channel"] = 1
            found["t_s"], found["phase1_a"], found["phase2_a"] = t_s, CURRENT_A, -CURRENT_A
            found["phase1_s"] = found["phase2_s"] = width_s
            found["gap_s"] = GAP_S
            found["charge1_c"], found["charge2_c"] = CURRENT_A * width_s, -CURRENT_A * width_s
            found["tail_done"] = 1
            found["end_s"] = t_s + 2 * width_s + GAP_S + 0.3e-3
            rows.append(found)
        return np.concatenate(rows) if rows else np.empty(0, PULSE_DTYPE)

    def strides(self, n=10, **columns):
        """The stride table; keyword arguments replace columns."""
        k = np.arange(n, dtype=float)
        t0_s = FIRST_S + STRIDE_S * k
        table = {
            "leg": np.zeros(n),
            "stride": k + 1,
            "t0_s": t0_s,
            "stride_time_s": np.full(n, STRIDE_S),
            "stance_ratio": np.full(n, TOE_OFF_S / STRIDE_S),
            "heel_off_s": t0_s + HEEL_OFF_S,
            "toe_off_s": t0_s + TOE_OFF_S,
            "landing_s": t0_s + STRIDE_S,
            "mtc_m": np.full(n, 0.015),
            "early_swing_min_m": np.full(n, 0.012),
            "scuff": np.zeros(n),
            "stumble": np.zeros(n),
            "sensor_off_s": t0_s + SENSOR_OFF_S,
            "sensor_on_s": t0_s + SENSOR_ON_S,
        }
        return table | {name: np.asarray(values, float) for name, values in columns.items()}

    def record(self, pulses=None, strides=None, n=10, events=(), planned=(), keep="windows", **fields):
        """A record of `n` strides; `pulses` of `PULSE_DTYPE`."""
        strides = self.strides(n) if strides is None else strides
        found = self.pulses(self.instants(n)) if pulses is None else pulses
        ends = strides["t0_s"] + strides["stride_time_s"]
        grid = np.append(strides["t0_s"], ends[-1:])
        off_s = strides["sensor_off_s"]
        opened_s = off_s[~np.isnan(off_s)]
        columns, trains = assign_trains(np.sort(found, order="t_s"), grid, 0, self.programmed, opened_s)
        end_s = FIRST_S + STRIDE_S * len(strides["stride"]) + 2.0
        given = {
            "case": self.case(planned=planned, keep=keep, n=n),
            "hardware": "virtual",
            "span_s": (0.0, end_s),
            "gaps_s": (),
            "pulses": columns,
            "trains": trains,
            "strides": strides,
            "idle": {"current": self.idle(end_s)},
            "accuracy": {"current": self.accuracy},
            "events": {event.name: event for event in events},
            "loop_error": LoopError(0.0, 0, float("nan"), 0.005),
        }
        return Record(**(given | fields))

    def idle(self, end_s, mean_a=0.0):
        """Quiet cells of 256 samples at 1 MS/s, one in every 10 ms."""
        t0_s = np.arange(0.0, end_s, 0.010)
        mean = np.full(t0_s.size, mean_a)
        return IdleCells(t0_s, mean, mean, mean, np.abs(mean), 256e-6)

    def case(self, checks=(), planned=(), keep="windows", n=10):
        """The case behind the record."""
        device = DeviceDescription("odfs", "", "odfs", (), 1, 0.04, None, self.programmed)
        return Case(
            "T", 1, "t", "T", "t", 20240917, "p", None, "left", HeelSwitch(), device, None, "skin",
            CaptureRequest(keep=keep), Walk(0.9, n), tuple(planned), tuple(checks), (), (), (), (), {}, "t.yaml",
        )  # fmt: skip

    def check(self, measure, kind="at_most", low=None, high=None, parameters=None, of_setting="", **rest):
        """A check; the limit's bounds are given as `low` and `high`."""
        spec = self.specs[measure]
        limit = Limit(kind, low, high, spec.unit, f"{kind}: {low} {high}", of_setting)
        rest.setdefault("decision", "guarded" if spec.quantity == "measured" else "simple")
        defaults = {each.name: each.default for each in spec.parameters if each.unit is None}
        return Check(measure, measure, measure, defaults | (parameters or {}), limit, **rest)

    def judge(self, record, measure, kind="at_most", low=None, high=None, **rest):
        """Verdict of one check."""
        return judge_check(record, self.check(measure, kind, low, high, **rest), self.specs[measure])

    def samples(self, record, measure, **parameters):
        """Samples of a measure, with the defaults of its parameters."""
        spec = self.specs[measure]
        defaults = {each.name: each.default for each in spec.parameters if each.unit is None}
        return spec.compute(record, defaults | parameters)

    def with_checks(self, record, *checks):
        """The record of a case with these checks."""
        return replace(record, case=replace(record.case, checks=checks))


@pytest.fixture
def walks():
    """Factory of records."""
    return Walks()


@pytest.fixture
def words():
    """Small values that tests share."""
    return SimpleNamespace(
        STRIDE_S=STRIDE_S, FIRST_S=FIRST_S, PERIOD_S=PERIOD_S, CURRENT_A=CURRENT_A, WIDTH_S=WIDTH_S, GAP_S=GAP_S
    )


@pytest.fixture
def event():
    """(planned, became) of an event at `start_s`."""

    def make(name, start_s, kind="terrain.rug", end_s=None, stride=None, fired=True, **parameters):
        number = int((start_s - FIRST_S) // STRIDE_S) + 1 if stride is None else stride
        end_s = start_s if end_s is None else end_s
        became = EventRecord(name, kind, start_s, end_s, number, fired)
        defaults = {"steps": "usual"} if kind == "walk.stop" else {}
        return PlannedEvent(name, kind, number, 0.0, None, defaults | parameters, spec=EVENT_SPECS[kind]), became

    return make


@pytest.fixture
def during():
    """`During` by keywords."""
    return During


@pytest.fixture
def judged(walks):
    """Verdict on made-up samples: `judged(samples, kind, low, high, ...)`."""
    record = walks.record()

    def run(samples, kind="at_most", low=None, high=None, quantity="measured", spec=None, on=None, **check):
        check.setdefault("decision", "guarded")
        asked = walks.check("latency", kind, low, high, **check)
        return judge_check(on or record, asked, spec or spec_of(samples, quantity))

    return run
