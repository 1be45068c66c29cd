"""The timeline of conditions: what was set, loaded, swapped, supplied and touched when, from case and fired events."""

import math

import numpy as np
import pytest

from reports.channels import of_channel
from reports.conditions import conditions_of, load_ohm_at, setting_at, setting_changes_s
from rig.record import EventRecord, Record
from scenarios.plan import load_cases
from scenarios.plugins import assemble_catalogue

CATALOGUE = assemble_catalogue()

SCENARIO = """\
schema: scenario/1
id: T-CONDITIONS
title: everything changes
seed: 1
patient: stroke_moderate
device: {device}
load: 500 ohm
walk: {{speed: 0.6 m/s, strides: 20}}
events:
{events}
checks:
  rate: {{measure: {{rate: {{}}}}, within: ±20 % of set}}
"""

EVENTS = {
    "more": (2.0, "do: setting.change, setting: current, value: 40 mA"),
    "wide": (3.0, "do: setting.change, setting: pulse_width, value: 200 us"),
    "less": (4.0, "do: setting.change, setting: current, value: 20 mA"),
    "heavy": (5.0, "do: load.change, load: 2 kohm"),
    "swap": (6.0, "do: electrode.swap"),
    "sag": (7.0, "do: supply.sag, voltage: {from: 9 V, to: 7 V, over: 1 s}"),
    "peel": (9.0, "do: electrode.lift"),
}


def record_of(tmp_path, events, device="odfs", fired=lambda name: True):
    lines = [f"  {name}: {{at: {{time: {t_s} s}}, {what}}}" for name, (t_s, what) in events.items()]
    path = tmp_path / "conditions.scenario.yaml"
    path.write_text(SCENARIO.format(events="\n".join(lines), device=device), encoding="utf-8")
    case = load_cases([path], CATALOGUE).cases[0]
    records = {
        name: EventRecord(name, case.events[k].kind, t_s, t_s, 1, fired(name))
        for k, (name, (t_s, _)) in enumerate(events.items())
    }
    nothing = {"t_s": np.empty(0), "channel": np.empty(0)}
    return Record(case, "virtual", (0.0, 20.0), (), nothing, nothing, {}, {}, {}, records, None)


def test_a_setting_is_what_the_last_change_before_made_it(tmp_path):
    """Truth: the events as written; at the instant of a change the new value holds."""
    record = record_of(tmp_path, EVENTS)
    assert setting_at(record, "current", [0.0, 1.999, 2.0, 3.9, 4.0, 19.0]) == pytest.approx(
        [30e-3, 30e-3, 40e-3, 40e-3, 20e-3, 20e-3]
    )
    assert setting_changes_s(record, "current") == (2.0, 4.0)
    assert setting_changes_s(record, "rate") == ()
    assert setting_at(record, "pulse_width", [2.9, 3.1]) == pytest.approx([300e-6, 200e-6])


def test_an_unknown_setting_and_a_word_are_no_numbers(tmp_path):
    """A limit that refers to them must find NaN, never a number."""
    record = record_of(tmp_path, EVENTS)
    assert np.isnan(setting_at(record, "no_such_setting", [1.0, 2.0])).all()


def test_load_polarity_supply_and_contact_follow_their_events(tmp_path):
    """Truth: the events as written; a sag runs down in the steps that the bench is given."""
    record = record_of(tmp_path, EVENTS)
    now = conditions_of(record)
    assert load_ohm_at(record, [4.9, 5.0]) == pytest.approx([500.0, 2000.0])
    assert (now.polarity.at(5.9), now.polarity.at(6.0)) == (1.0, -1)
    assert (now.contact_ratio.at(8.9), now.contact_ratio.at(9.0)) == (1.0, 0.0)
    assert now.supply_v.at(6.0) == 9.0
    assert now.supply_v.at(7.5) == pytest.approx(8.0, abs=0.05)
    assert now.supply_v.at(8.5) == pytest.approx(7.0)


def test_an_event_that_never_fired_changes_nothing(tmp_path):
    """What did not happen is no condition."""
    record = record_of(tmp_path, EVENTS, fired=lambda name: name != "less")
    assert setting_at(record, "current", [10.0])[0] == pytest.approx(40e-3)


def test_a_channel_has_its_own_current_load_and_contact(tmp_path):
    """Of four channels only channel 2 gets 0.5 mA and another load; the record of channel 1 knows nothing of it."""
    events = {
        "more": (2.0, "do: setting.change, setting: current_2, value: 0.5 mA"),
        "load": (3.0, "do: load.change, load: 10 kohm, channel: 2"),
    }
    record = record_of(tmp_path, events, device="implant_four")
    first, second = of_channel(record, 1), of_channel(record, 2)
    assert setting_at(first, "current", [1.0, 5.0]) == pytest.approx([1e-3, 1e-3])
    assert setting_at(second, "current", [1.0, 5.0]) == pytest.approx([0.0, 0.5e-3])
    assert load_ohm_at(first, [5.0])[0] == pytest.approx(500.0)
    assert load_ohm_at(second, [5.0])[0] == pytest.approx(10_000.0)
    assert load_ohm_at(record, [5.0], channel=1)[0] == pytest.approx(500.0)


def test_before_any_event_the_case_holds(tmp_path):
    """Without events every condition has one value, from the beginning of time."""
    record = record_of(tmp_path, {"mark": (1.0, "do: mark")})
    now = conditions_of(record)
    assert now.load.t_s == (-math.inf,)
    assert now.settings["rate"].values == (40.0,)
