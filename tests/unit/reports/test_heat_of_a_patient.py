"""R.m.s. current of one and of several channels, against closed forms on made-up pulse tables."""

import dataclasses

import numpy as np
import pytest

from reports.measures.fault_current import fault_dc_time
from reports.measures.following import followed
from reports.measures.power import rms_current
from reports.samples import Samples
from rig.record import EventRecord, Record
from rig.trains import assign_trains
from scenarios.plan import load_cases
from scenarios.plugins import assemble_catalogue
from sim.pulse import PULSE_DTYPE

CATALOGUE = assemble_catalogue()

SCENARIO = """\
schema: scenario/1
id: T-HEAT
title: two channels
seed: 1
patient: stroke_moderate
device: implant_four
settings: {current_1: 1 mA, current_2: 1 mA, rate: 40 Hz, ramp_up: 0 s, ramp_down: 0 s}
walk: {speed: 0.6 m/s, strides: 5}
events:
  more: {at: {time: 1 s}, do: setting.change, setting: current_1, value: 0.5 mA}
checks:
  width: {measure: {pulse_width: {}}, within: ±20 % of set}
"""

WIDTH_S, CURRENT_A, PERIOD_S, COUNT = 200e-6, 1e-3, 0.025, 40


def case_of(tmp_path):
    path = tmp_path / "heat.scenario.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return load_cases([path], CATALOGUE).cases[0]


def record_of(tmp_path, offsets_s, net_c=0.0, start_s=2.0):
    """A train of 40 pulses on each channel, the k-th channel `offsets_s[k]` later."""
    case = case_of(tmp_path)
    rows = np.zeros(COUNT * len(offsets_s), PULSE_DTYPE)
    for k, offset_s in enumerate(offsets_s):
        own = rows[k * COUNT : (k + 1) * COUNT]
        own["channel"] = k + 1
        own["t_s"] = start_s + offset_s + PERIOD_S * np.arange(COUNT)
        own["end_s"] = own["t_s"] + 1e-3
    rows["phase1_a"], rows["phase1_s"], rows["gap_s"] = CURRENT_A, WIDTH_S, 100e-6
    rows["phase2_a"], rows["phase2_s"] = -CURRENT_A, WIDTH_S
    rows["charge1_c"], rows["net_c"], rows["tail_done"] = CURRENT_A * WIDTH_S, net_c, 1
    rows["square_a2s"] = 2.0 * CURRENT_A**2 * WIDTH_S
    rows = rows[np.argsort(rows["t_s"], kind="stable")]
    columns, trains = assign_trains(rows, np.array([0.0, 10.0]), 0, case.device.programmed)
    strides = {name: np.array([0.0]) for name in ("stride", "t0_s", "sensor_off_s", "sensor_on_s", "heel_off_s")}
    strides["landing_s"] = np.array([np.nan])
    strides["sensor_off_s"] = strides["sensor_on_s"] = np.array([np.nan])
    return Record(case, "virtual", (0.0, 10.0), (), columns, trains, strides, {}, {}, {}, None)


def test_one_channel_is_the_root_of_rate_times_square(tmp_path):
    """Closed form: I sqrt(2 w f)."""
    found = rms_current(record_of(tmp_path, [0.0]), {"at": "anywhere"})
    assert found.values == pytest.approx([CURRENT_A * np.sqrt(2 * WIDTH_S / PERIOD_S)])
    assert found.references["allowed"] == pytest.approx([0.050])


def test_channels_that_alternate_add_their_squares(tmp_path):
    """Two channels 5 ms apart never flow at once: sqrt(2) of one."""
    one = rms_current(record_of(tmp_path, [0.0]), {}).values[0]
    assert rms_current(record_of(tmp_path, [0.0, 5e-3]), {}).values == pytest.approx([2.0**0.5 * one])


def test_channels_that_flow_at_once_add_their_currents(tmp_path):
    """Two channels at the same instant: twice one, the bound of Cauchy and Schwarz."""
    one = rms_current(record_of(tmp_path, [0.0]), {}).values[0]
    assert rms_current(record_of(tmp_path, [0.0, 50e-6]), {}).values == pytest.approx([2.0 * one])


@pytest.mark.parametrize(("net_c", "expected_s"), [(1e-6, 0.0), (2e-6, 1.0)])
def test_the_time_of_a_direct_current_is_that_of_its_pulses(tmp_path, net_c, expected_s):
    """1 uC at 40 Hz are 40 uA, below the 50 uA that count; 2 uC are 80 uA, for the one second of the train."""
    record = record_of(tmp_path, [0.0], net_c=net_c)
    fault = EventRecord("stuck", "fault.inject", 1.0, 1.0, 1, fired=True)
    found = fault_dc_time(dataclasses.replace(record, events={"stuck": fault}), {"above": 50e-6})
    assert found.values == pytest.approx([expected_s], abs=0.26)


def test_a_sample_is_held_against_the_setting_at_its_time(tmp_path):
    """The current of channel 1 is halved at 1 s: pulses before refer to 1 mA, later ones to 0.5 mA, a train across to
    neither."""
    record = dataclasses.replace(
        record_of(tmp_path, [0.0]), events={"more": EventRecord("more", "setting.change", 1.0, 1.0, 1, fired=True)}
    )
    starts, ends = np.array([0.2, 0.6, 1.4]), np.array([0.4, 1.2, 1.6])
    none = np.zeros(3)
    samples = Samples(none, starts, ends, np.full(3, -1), "A", none, none)
    pulses = followed(samples, record, "current_1", of_pulses=True)
    assert pulses.reference == pytest.approx([1e-3, 1e-3, 0.5e-3])
    trains = followed(samples, record, "current_1", of_pulses=False)
    assert trains.reference == pytest.approx([1e-3, 0.5e-3])
    assert trains.notes == ("1 left out: `current_1` changed meanwhile",)
