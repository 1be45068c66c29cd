"""Runs as the judge hands them to the writers: every verdict, a rig fault, hostile text, very many samples, nothing."""

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pytest
from verdict_schema import problems_of

from reports.samples import Component, Samples
from reports.sections import fall_risk
from reports.verdict import CaseResult, Outcome, RunResult, Verdict, worst
from reports.writers import package
from reports.writers.verdicts_file import verdicts_text
from rig.bench import ChannelAccuracy
from rig.record import EventRecord, LoopError, Record, RigFault
from scenarios.case import CaptureRequest, Case, Check, DeviceDescription, During, Limit, PlannedEvent, Requirement
from sim.electrode.load import NAMED_LOADS
from sim.errors import ModelError
from sim.gait.walk import Walk

HOSTILE = '<script>alert(1)</script>"\'&#@*_$ [x](y) #import "x" </SCRIPT><!-- ]]> {{ 7*7 }} \\ 漢字 😀 \x07'
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft_" * 4

BUDGET = (
    Component("card noise", "A", 0.8e-9, False, "bench description"),
    Component("integral non-linearity", "B", 12e-9, True, "card specification, rectangular"),
    Component("gain", "B", 3.1e-9, True, "card specification, rectangular"),
)
TIME_BUDGET = (
    Component("sample clock", "B", 0.3e-6, True, "bench description"),
    Component("sensor time stamp", "B", 0.55e-3, True, "heel switch description"),
)


@dataclass(frozen=True)
class Odfs:
    """Settings of the device in these runs."""

    current_a: float = 0.03
    pulse_width_s: float = 300e-6
    rate_hz: float = 40.0
    ramp_up_s: float = 0.2


def strides_table(n, seed=3):
    """A believable walk of n strides."""
    draw = np.random.default_rng(seed)
    stride_time = 1.24 + 0.02 * draw.standard_normal(n)
    t0 = 0.9 + np.concatenate([[0.0], np.cumsum(stride_time)[:-1]])
    heel_off, toe_off = t0 + 0.42 * stride_time, t0 + 0.64 * stride_time
    off = heel_off + 0.012
    on = t0 + stride_time + 0.014
    mtc = 0.011 + 0.003 * draw.standard_normal(n)
    return {
        "leg": np.zeros(n), "stride": np.arange(1.0, n + 1), "t0_s": t0, "stride_time_s": stride_time,
        "stance_ratio": np.full(n, 0.64), "heel_off_s": heel_off, "toe_off_s": toe_off, "landing_s": t0 + stride_time,
        "foot_flat_s": t0 + stride_time + 0.09, "stride_length_m": 0.9 * stride_time, "mtc_m": mtc,
        "mtc_swing_ratio": np.full(n, 0.5), "is_non_mtc": np.zeros(n), "early_swing_min_m": mtc - 0.002,
        "ankle_ic_rad": np.radians(2.0 + draw.standard_normal(n)), "slap_rad_s": np.full(n, -3.0),
        "eversion_ic_rad": np.full(n, 0.05), "hip_hike_m": 0.018 * np.exp(-np.arange(n) / 25.0),
        "scuff": (mtc < 0.0).astype(float), "stumble": np.zeros(n), "sensor_off_s": off, "sensor_on_s": on,
        "first_pulse_s": off + 0.048, "last_pulse_s": on + 0.2, "pulses": np.full(n, 24.0),
        "charge_c": np.full(n, 2.2e-4),
    }  # fmt: skip


def trains_table(strides):
    """One train a stride."""
    t0, t1 = strides["first_pulse_s"], strides["last_pulse_s"]
    return {
        "channel": np.ones(len(t0)), "stride": strides["stride"], "train": strides["stride"], "t0_s": t0, "t1_s": t1,
        "pulses": strides["pulses"], "first_pulse_s": t0, "plateau_charge_c": np.full(len(t0), 9e-6),
    }  # fmt: skip


def samples(values, t0, t1, strides, unit, expanded=0.0, **more):
    """Samples with one uncertainty for all."""
    values = np.asarray(values, dtype=float)
    spread = np.full(values.shape, expanded)
    return Samples(
        values, np.asarray(t0, dtype=float), np.asarray(t1, dtype=float), np.asarray(strides, dtype=np.int64), unit,
        spread, spread * 0.9, **more,
    )  # fmt: skip


def check(name, title, measure, limit, line, **more):
    """A check of the example scenario."""
    return Check(
        name, title, measure, more.pop("parameters", {}), limit, file="scenarios/walk.scenario.yaml", line=line, **more
    )


def verdict(asked, outcome, reason, found=None, **more):
    """A verdict as the judge would make it."""
    base = {
        "marginal": False, "quantity": "measured", "value": None, "unit": asked.limit.unit, "expanded": None,
        "interval95": None, "margin": None, "n": 0 if found is None else len(found.values), "effective_n": None,
        "dropped": 0, "worst_stride": None, "worst_t_s": None, "low": asked.limit.low, "high": asked.limit.high,
    }  # fmt: skip
    return Verdict(check=asked, outcome=outcome, reason=reason, samples=found, **{**base, **more})


def scenario_case(number, case_id, title, checks, **more):
    """A concrete case."""
    device = DeviceDescription(
        "odfs", "ODFS-like reference stimulator", "odfs", ("surface",), 1, 0.1, Odfs(),
        {"current": 0.03, "pulse_width": 300e-6, "rate": 40.0}, note="preset, not a product claim",
    )  # fmt: skip
    given = {
        "id": case_id, "number": number, "name": f"scn-walk-rug-peel-{number}", "scenario_id": "SCN-WALK-RUG-PEEL",
        "title": title, "seed": 20240917 + number, "patient_name": "stroke_moderate", "patient": None, "leg": "left",
        "sensor": None, "device": device, "load": NAMED_LOADS["skin"], "load_name": "skin", "capture": CaptureRequest(),
        "walk": Walk(0.9, 90),
        "events": (
            PlannedEvent("rug", "terrain.rug", 20, 0.6, None, {"height": 0.012}, 14),
            PlannedEvent("peel", "electrode.peel", 60, 0.0, None, {}, 15),
        ),
        "checks": checks, "not_applicable": (("radio_loss", "the device has no feature radio"),), "requires": (),
        "requirements": (
            Requirement("LIB-TIM-004", "Stimulation starts in time", "The first pulse follows within 60 ms.", "R-03"),
            Requirement("LIB-SAF-001", "No net charge", "Pulses are charge balanced.", "R-01", "measured@bench"),
            Requirement("LIB-GAIT-002", "Toes clear the floor", "Clearance of 5 mm.", "R-02", "modelled"),
        ),
        "axes": (), "document": {"schema": "scenario/1", "id": "SCN-WALK-RUG-PEEL", "walk": {"terrain": "level"}},
        "origin_file": "scenarios/walk.scenario.yaml",
    }  # fmt: skip
    return Case(**{**given, **more})


def record_for(case, strides, fault=None):
    """What the card saw."""
    end = float(strides["t0_s"][-1] + 2.0)
    card = ChannelAccuracy("A", 3.2e-6, 0.105, 7e-6, 6e-4, 2e-6, 2.1e-5, 2e-6, 1e6, 5e-5)
    volt = ChannelAccuracy("V", 3.1e-3, 100.0, 5e-3, 6e-4, 2e-3, 2e-2, 2e-6, 1e6, 5e-5)
    at = strides["t0_s"]
    events = {
        "rug": EventRecord("rug", "terrain.rug", float(at[19] + 0.7), float(at[19] + 2.4), 20, True),
        "peel": EventRecord("peel", "electrode.peel", float(at[59]), float(at[59] + 1.5), 60, fault is None),
    }
    return Record(
        case, "virtual", (0.0, end), ((31.0, 31.02),), {}, trains_table(strides), strides, {},
        {"current": card, "voltage": volt}, events, LoopError(0.0, 0, float("nan"), 0.005), fault,
        clipped={"current": 0, "voltage": 3}, sensor_delay_s=(0.0, 1e-6),
    )  # fmt: skip


def walk_verdicts():
    """Nine checks of the rug-and-peel walk, with every outcome but ERROR."""
    strides = strides_table(90)
    draw = np.random.default_rng(5)
    t0, stride = strides["t0_s"], strides["stride"]
    first = slice(0, 59)
    latency = samples(
        0.048 + 0.0032 * np.abs(draw.standard_normal(59)), strides["sensor_off_s"][first],
        strides["first_pulse_s"][first], stride[first], "s", 1.1e-3, budget=TIME_BUDGET,
    )  # fmt: skip
    net = samples(
        draw.normal(11e-9, 4e-9, 59), strides["first_pulse_s"][first], strides["last_pulse_s"][first], stride[first],
        "C", 26e-9, budget=BUDGET,
    )  # fmt: skip
    lead = samples([1.4163], [t0[59]], [t0[59] + 1.42], [60], "s", 0.8e-3, budget=TIME_BUDGET)
    clear = samples(strides["mtc_m"], strides["toe_off_s"], t0 + strides["stride_time_s"], stride, "m")
    when = np.sort(draw.uniform(1.0, 110.0, 12000))
    width = samples(
        draw.normal(300e-6, 0.4e-6, 12000), when, when + 7e-4, np.zeros(12000), "s", 0.25e-6, budget=TIME_BUDGET
    )
    false = samples([], [], [], [], "", watched_s=((1.0, 40.0), (42.0, 74.0)))
    stop = np.append(draw.normal(0.2, 0.004, 30), [np.inf, 0.262])
    stopping = samples(stop, strides["sensor_on_s"][:32], strides["last_pulse_s"][:32], stride[:32], "s", 1.0e-3)
    slow = samples(draw.normal(1.24, 0.02, 90), t0, t0 + 1.24, stride, "s")
    until = During(until_event="peel")
    return strides, (
        verdict(
            check(
                "latency", "Heel switch opens to first pulse", "latency",
                Limit("at_most", None, 0.06, "s", "at_most: 60 ms"), 31, marginal=0.054, needs=35, during=until,
                parameters={"from": "sensor_off", "to": "first_pulse"},
                verifies=("LIB-TIM-004",),
            ),
            Outcome.PASS, "slowest of 59 strides 56.9 ms, limit 60 ms", latency, marginal=True,
            value=float(latency.values.max()), expanded=1.1e-3, margin=0.06 - float(latency.values.max()), dropped=31,
            worst_stride=int(np.argmax(latency.values)) + 1, worst_t_s=30.2,
        ),
        verdict(
            check(
                "charge_balance", "Mean net charge of a train", "net_charge",
                Limit("within", -100e-9, 100e-9, "C", "within: ±100 nC"), 38, parameters={"per": "train"}, during=until,
                verifies=("LIB-SAF-001",),
            ),
            Outcome.PASS, "largest of 59 trains 21 nC, limits ±100 nC", net, value=21.3e-9, expanded=26e-9,
            margin=78.7e-9, dropped=1, worst_stride=12, worst_t_s=16.2,
        ),
        verdict(
            check(
                "lead_off", "Stimulation stops when an electrode lifts", "lead_off_stop",
                Limit("at_most", None, 1.0, "s", "at_most: 1 s"), 44, during=During(from_event="peel"),
                verifies=("LIB-SAF-007", "LIB-SAF-001"),
            ),
            Outcome.FAIL, "stimulation went on for 1.416 s after the contact fell below 50 %, limit 1 s", lead,
            value=1.4163, expanded=0.8e-3, margin=-0.4163, worst_stride=60, worst_t_s=float(t0[59]),
        ),
        verdict(
            check(
                "clearance", "Toe clearance in swing", "min_toe_clearance",
                Limit("at_least", 0.005, None, "m", "at_least: 5 mm"), 49, parameters={"per": "swing"},
                quantifier="share",
                share=0.9, decision="simple", during=During("", "peel", (("rug", 2),)), verifies=("LIB-GAIT-002",),
            ),
            Outcome.INCONCLUSIVE, "86 of 90 strides clear 5 mm (95.6 %); the lower bound 89.1 % does not reach 90 %",
            clear, quantity="modelled", value=0.9556, interval95=(0.891, 0.988), margin=-0.009, effective_n=71.4,
            unit="", worst_stride=41, worst_t_s=52.0,
        ),
        verdict(
            check(
                "width", "Pulse width of phase 1", "pulse_width",
                Limit("within", -0.02, 0.02, "", "within: ±2 % of set", "pulse_width"), 56, parameters={"phase": 1.0},
            ),
            Outcome.PASS, "12000 pulses within 298.4 to 301.7 µs, limits 294 to 306 µs", width, unit="s",
            value=301.7e-6,
            expanded=0.25e-6, margin=4.3e-6, low=294e-6, high=306e-6,
        ),
        verdict(
            check(
                "silence", "No stimulation while walking with the device off", "stimulation_while_off",
                Limit("never", None, None, "", "never: true"), 61,
            ),
            Outcome.PASS, "not seen in 71 s watched", false, value=0.0, n=0,
        ),
        verdict(
            check(
                "stop", "Heel switch closes to last pulse", "stop_latency",
                Limit("at_most", None, 0.25, "s", "at_most: 250 ms"), 66, verifies=("LIB-TIM-005",),
            ),
            Outcome.FAIL, "stride 31 was not stimulated at all; stride 32 stopped after 262 ms, limit 250 ms", stopping,
            value=float("inf"), margin=None, worst_stride=31, worst_t_s=float(t0[30]),
        ),
        verdict(
            check(
                "stride_time", "Mean stride time", "stride_time",
                Limit("between", 1.2, 1.3, "s", "between: [1.2 s, 1.3 s]"), 71, quantifier="mean", decision="simple",
            ),
            Outcome.PASS, "mean of 90 strides 1.240 s, 95 % interval 1.236 to 1.244 s", slow, quantity="modelled",
            value=1.24, interval95=(1.236, 1.244), margin=0.036, effective_n=58.0,
        ),
        verdict(
            check(
                "rate", "Pulse rate", "pulse_rate", Limit("within", -0.02, 0.02, "", "within: ±2 % of set", "rate"), 76,
            ),
            Outcome.NOT_RUN, "the setting rate of this device is not known", low=None, high=None,
        ),
    )  # fmt: skip


def case_result(
    number=1, case_id="SCN-WALK-RUG-PEEL[walk.speed=0.9 m/s]", title="Level walking, rug, electrode peels off"
):
    """The rug-and-peel walk."""
    strides, verdicts = walk_verdicts()
    case = scenario_case(number, case_id, title, tuple(item.check for item in verdicts))
    return CaseResult(case, worst([item.outcome for item in verdicts]), verdicts, record_for(case, strides), "virtual")


def passing_result(number=2):
    """The same walk with the verdicts that pass only."""
    whole = case_result(number, "SCN-LEVEL-STEADY", "Level walking, nothing happens")
    kept = tuple(item for item in whole.verdicts if item.outcome is Outcome.PASS and not item.marginal)
    case = replace(whole.case, checks=tuple(item.check for item in kept), events=(), not_applicable=())
    return CaseResult(case, Outcome.PASS, kept, replace(whole.record, case=case, events={}, gaps_s=()), "virtual")


def faulty_result(number=3):
    """A card that went away at 21 s: one check was complete, one carries the error, the rest is blocked."""
    whole = case_result(number, "SCN-CARD-GONE", "The card goes away")
    cause = "bench lab2 at t = 21.004 s: the card sent no samples for 2 s"
    done, broken, blocked, also = whole.verdicts[1], whole.verdicts[0], whole.verdicts[2], whole.verdicts[3]
    empty = {
        "value": None,
        "expanded": None,
        "margin": None,
        "n": 0,
        "samples": None,
        "interval95": None,
        "marginal": False,
    }
    verdicts = (
        done,
        replace(broken, outcome=Outcome.ERROR, reason=cause, **empty),
        replace(blocked, outcome=Outcome.NOT_RUN, reason=f"blocked by {cause}", **empty),
        replace(also, outcome=Outcome.NOT_RUN, reason=f"blocked by {cause}", **empty),
    )
    case = replace(whole.case, checks=tuple(item.check for item in verdicts))
    record = replace(record_for(case, strides_table(90), RigFault(21.004, cause)), span_s=(0.0, 21.004))
    return CaseResult(case, Outcome.ERROR, verdicts, record, "virtual")


def blocked_result(number=4):
    """A case whose role no terminal fulfils."""
    whole = case_result(number, "SCN-STATUS-LINE", "The status line follows the button")
    why = "no terminal of bench virtual fulfils role uart"
    blank = {
        "value": None,
        "expanded": None,
        "margin": None,
        "n": 0,
        "samples": None,
        "interval95": None,
        "marginal": False,
    }
    verdicts = tuple(replace(item, outcome=Outcome.NOT_RUN, reason=why, **blank) for item in whole.verdicts[:2])
    case = replace(whole.case, checks=tuple(item.check for item in verdicts))
    return CaseResult(case, Outcome.NOT_RUN, verdicts, None, "virtual", why)


def hostile_result(number=5):
    """Every text that a user can choose holds markup, quotes, scripts and very long words."""
    whole = case_result(number, f"SCN-{HOSTILE}", HOSTILE)
    rows = []
    for item in whole.verdicts:
        limit = replace(item.check.limit, text=f"at_most: {HOSTILE}")
        asked = replace(
            item.check, title=f"{HOSTILE} {LONG_WORD}", limit=limit, verifies=(HOSTILE, LONG_WORD),
            file=f"a/{HOSTILE}.yaml",
            parameters={"per": HOSTILE}, during=During(HOSTILE, HOSTILE, ((HOSTILE, 2),)),
        )  # fmt: skip
        rows.append(replace(item, check=asked, reason=f"{HOSTILE} {LONG_WORD}"))
    device = replace(whole.case.device, id=HOSTILE, title=HOSTILE, note=LONG_WORD)
    case = replace(
        whole.case, name="scn-hostile", checks=tuple(item.check for item in rows), device=device, patient_name=HOSTILE,
        requirements=(Requirement(HOSTILE, HOSTILE, LONG_WORD, HOSTILE, HOSTILE),), axes=((HOSTILE, HOSTILE),),
        not_applicable=((HOSTILE, LONG_WORD),), document={HOSTILE: {"a": HOSTILE}}, origin_file=HOSTILE,
    )  # fmt: skip
    events = {HOSTILE: replace(whole.record.events["rug"], name=HOSTILE, kind=HOSTILE)}
    return CaseResult(case, whole.outcome, tuple(rows), replace(whole.record, case=case, events=events), "virtual")


def run_of(*cases, **more):
    """A run of these cases."""
    given = {
        "run": "0123456789abcdef", "outcome": worst([case.outcome for case in cases]), "cases": tuple(cases),
        "started": "2026-11-22T06:15:03Z", "version": "0.1.0", "bench": "virtual",
        "identity": {"card": "16 bit, 1 MS/s, range ±105 mA", "calibration": "exact by construction"},
        "unchecked_requirements": 0, "notes": ("kernels were compiled in this run (11.2 s)",),
    }  # fmt: skip
    return RunResult(**{**given, **more})


def mixed_run():
    """Every verdict in one run."""
    return run_of(case_result(), passing_result(), faulty_result(), blocked_result(), unchecked_requirements=2)


def hostile_run():
    """Text that tries to be markup everywhere."""
    identity = {HOSTILE: HOSTILE, "long": LONG_WORD}
    return run_of(hostile_result(), identity=identity, bench=HOSTILE, notes=(HOSTILE, LONG_WORD), version=HOSTILE)


def empty_run():
    """A run that was interrupted before its first case."""
    return run_of(interrupted=True, notes=())


@pytest.fixture(scope="session", autouse=True)
def _nobody_walks_again():
    """The cases of these runs have no patient: the walk without the device cannot be made."""
    with pytest.MonkeyPatch.context() as patch:

        def unaided(_case):
            raise ModelError("walk", 0.0, "no patient")

        patch.setattr(fall_risk, "unaided_strides", unaided)
        yield


@pytest.fixture(scope="session", autouse=True)
def _every_file_fits_the_schema():
    """Whatever these tests let the writers write is held against the published schema."""
    with pytest.MonkeyPatch.context() as patch:

        def checked(document):
            text = verdicts_text(document)
            assert problems_of(text) == []
            return text

        patch.setattr(package, "verdicts_text", checked)
        yield


@pytest.fixture(scope="session")
def runs():
    """Builders of runs and the hostile strings."""
    return SimpleNamespace(
        mixed=mixed_run, hostile=hostile_run, empty=empty_run, passing=lambda: run_of(passing_result(1)),
        walk=case_result, faulty=faulty_result, blocked=blocked_result, run_of=run_of, HOSTILE=HOSTILE,
        LONG_WORD=LONG_WORD,
    )  # fmt: skip
