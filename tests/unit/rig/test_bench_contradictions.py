"""Every contradiction in a bench file is found at load, with its place and its mend; its good twin loads.

The bench is the shipped `lab-example`; each case changes one thing of it, and the twin is the nearest thing that holds.
"""

import re
from datetime import date
from pathlib import Path

import pytest

from rig.bench_file.read import read_laboratory
from scenarios.places import SHIPPED
from scenarios.text import parse_document
from sim.errors import CollectedScenarioError, ScenarioError

LAB = (SHIPPED / "benches" / "lab-example.bench.yaml").read_text(encoding="utf-8")
SCOPE = (SHIPPED / "benches" / "scope-and-generator.bench.yaml").read_text(encoding="utf-8")
TODAY = date(2026, 11, 22)

CONTRADICTIONS = {
    "terminal wired twice": (
        ("voltage:          {to: card.ai1", "voltage:          {to: card.ai0"),
        ("voltage:          {to: card.ai1", "voltage:          {to: card.ai7"),
        "terminal card.ai0 is wired twice: `current` in line",
    ),
    "line inside a range wired twice": (
        ("polarity:         card.port0/line4", "polarity:         card.port0/line9"),
        ("polarity:         card.port0/line4", "polarity:         card.port0/line20"),
        "terminal card.port0/line9 is wired twice: `polarity` in line",
    ),
    "role wired twice": (
        ("  status:           card", "  polarity: card.port0/line30\n  status:           card"),
        ("  status:           card", "  indicator.fault: card.port0/line30\n  status:           card"),
        "the key `polarity` stands twice; the first is in line",
    ),
    "unknown instrument": (
        ("button.stop:      card.", "button.stop:      cart."),
        ("button.stop:      card.", "button.stop:      card."),
        "unknown instrument `cart`; did you mean `card`?",
    ),
    "unknown fixture": (
        ("through: probe,", "through: prob,"),
        ("through: probe,", "through: [probe],"),
        "unknown fixture `prob`; did you mean `probe`?",
    ),
    "unknown driver": (
        ("driver: ni.daqmx", "driver: ni.daqmxx"),
        ("driver: ni.daqmx", "driver: ni.daqmx"),
        "unknown driver `ni.daqmxx`; did you mean `ni.daqmx`?",
    ),
    "port of another kind of instrument": (
        ("card.ai1", "card.ch1"),
        ("card.ai1", "card.ai15"),
        "`card` (ni.daqmx) has no port `ch1`; ports: ai0",
    ),
    "port that the product has not": (
        ("card.ao2", "card.ao4"),
        ("card.ao2", "card.ao3"),
        "a PXIe-6368 has no `ao4`; it has ao0 to ao3",
    ),
    "line that the product has not": (
        ("card.port0/line24", "card.port1/line9"),
        ("card.port0/line24", "card.port1/line7"),
        "a PXIe-6368 has no `port1/line9`; it has port0/line0:31",
    ),
    "unknown product": (
        ("identity: PXIe-6368", "identity: PXIe-6386"),
        ("identity: PXIe-6368", "identity: PXIe-6368"),
        "unknown card `PXIe-6386`; did you mean `PXIe-6368`?",
    ),
    "range too small for the current": (
        ("max_current: 80 mA", "max_current: 150 mA"),
        ("max_current: 80 mA", "max_current: 100 mA"),
        "`current` reaches 150 mA, 15 V at card.ai0, whose range is ±10 V; a smaller tap",
    ),
    "range too small for the voltage": (
        ("value: 5 %                         # 1:20", "value: 10 %"),
        ("value: 5 %                         # 1:20", "value: 8 %"),
        "`voltage` reaches 120 V, 12 V at card.ai1, whose range is ±10 V; a larger range, or a probe",
    ),
    "range without a stated accuracy": (
        ("through: tap, range: 10 V", "through: tap, range: 5 V"),
        ("through: tap, range: 10 V", "through: tap, range: 10.0 V"),
        "nothing states the accuracy of `card` at ±5 V",
    ),
    "tap drops too much": (
        ("max_voltage: 120 V", "max_voltage: 12 V"),
        ("max_voltage: 120 V", "max_voltage: 16 V"),
        "`tap` drops 8 V of the 12 V that the device can give; at most 50%",
    ),
    "tap too small for its power": (
        ("rating: 2 W\n    measured: 2026-03-05\n    due: 2027-03-05\n    by: dmm", "rating: 500 mW"),
        ("rating: 2 W\n    measured: 2026-03-05\n    due: 2027-03-05\n    by: dmm", "rating: 700 mW"),
        "`tap` takes 640 mW, it is made for 500 mW",
    ),
    "probe beyond its voltage": (
        ("rating_voltage: 200 V", "rating_voltage: 100 V"),
        ("rating_voltage: 200 V", "rating_voltage: 120 V"),
        "`voltage` reaches 120 V, `probe` stands 100 V",
    ),
    "expired calibration": (
        ("due: 2028-02-10", "due: 2026-11-21"),
        ("due: 2028-02-10", "due: 2026-11-22"),
        "the calibration of `card` was due on 2026-11-21, today is 2026-11-22; renew it",
    ),
    "fixture measured too long ago": (
        ("value: 1.2, bound: 0.5 %, measured: 2026-03-05, due: 2027-03-05", "value: 1.2, due: 2026-04-01"),
        ("value: 1.2, bound: 0.5 %, measured: 2026-03-05, due: 2027-03-05", "value: 1.2, due: 2026-12-01"),
        "the measurement of fixture `supply_amplifier` was due on 2026-04-01",
    ),
    "due before it was done": (
        ("done: 2026-02-10, due: 2028-02-10", "done: 2026-02-10, due: 2025-02-10"),
        ("done: 2026-02-10, due: 2028-02-10", "done: 2026-02-10, due: 2027-02-10"),
        "due on 2025-02-10, before it was done on 2026-02-10",
    ),
    "no day of the calendar": (
        ("done: 2026-02-10", "done: 2026-02-30"),
        ("done: 2026-02-10", "done: 2026-02-28"),
        "`2026-02-30` is no date; write year-month-day",
    ),
    "output range too small for the supply": (
        ("value: 1.2, bound", "value: 1.1, bound"),
        ("value: 1.2, bound", "value: 1.2, bound"),
        "`supply` needs 12 V, card.ao2 reaches 11 V; a larger range, or an amplifier",
    ),
    "supply beyond what the device stands": (
        ("value: 1.2, bound", "value: 2, bound"),
        ("address: local ", "limits: {ao2: {voltage: 10 V}}\n    address: local "),
        "`supply` can reach 20 V, the device stands 12 V; `limits: {ao2: {voltage: 6 V}}`",
    ),
    "output range that the card has not": (
        ("heel_switch:      {to: card.ao0, range: 10 V}", "heel_switch:      {to: card.ao0, range: 20 V}"),
        ("heel_switch:      {to: card.ao0, range: 10 V}", "heel_switch:      {to: card.ao0, range: 5 V}"),
        "a PXIe-6368 has no output range of ±20 V",
    ),
    "output range too small for the heel switch": (
        ("heel_switch:      {to: card.ao0, range: 10 V}", "heel_switch:      {to: card.ao0, range: 2 V}"),
        ("heel_switch:      {to: card.ao0, range: 10 V}", "heel_switch:      {to: card.ao0, range: 2.6 V}"),
        "`heel_switch` needs 2.6 V, card.ao0 reaches 2 V",
    ),
    "contact box that never closes": (
        ("full_scale: 100 %", "full_scale: 50 %"),
        ("full_scale: 100 %", "full_scale: 110 %"),
        "`contact` needs 1, card.ao1 reaches 0.5",
    ),
    "no full scale": (
        (", full_scale: 100 %}", "}"),
        (", full_scale: 100 %}", ", full_scale: 100 %}"),
        "`contact` says no full scale; add `full_scale:`",
    ),
    "no safe state": (
        ("  button.power: low\n", ""),
        ("  button.power: low\n", "  button.power: high\n"),
        "output `button.power` (card.port0/line3) has no safe state; add `button.power: low`",
    ),
    "safe state of an input": (
        ("  zero: low", "  status: low\n  zero: low"),
        ("  zero: low", "  zero: low"),
        "`status` is no output",
    ),
    "interlock not first": (
        ("  interlock: low\n  contact: 0", "  contact: 0\n  interlock: low"),
        ("  interlock: low\n  contact: 0", "  interlock: low\n  contact: 0 %"),
        "the interlock is not the first to be driven safe",
    ),
    "interlock closed when safe": (
        ("  interlock: low", "  interlock: high"),
        ("through: interlock_relay}", "through: interlock_relay, invert: false}"),
        "the safe state of the interlock is `high`, which closes it; write `interlock: low`",
    ),
    "no interlock": (
        ("  interlock:        {to: card.port0/line0, through: interlock_relay}\n", ""),
        ("interlock:        {to: card.port0/line0", "interlock:        {to: card.port0/line31"),
        "the bench has no interlock",
    ),
    "watchdog of a card without one": (
        ("identity: PXIe-6368", "identity: USB-6211"),
        ("watchdog: 1 s", "watchdog: 0 s"),
        "a USB-6211 has no watchdog; drop `watchdog:`",
    ),
    "faster than the card": (
        ("identity: PXIe-6368", "identity: USB-6363"),
        ("rate: 1 MHz", "rate: 2 MHz"),
        "current and voltage at 1 MHz each are more than a USB-6363 takes; at most 500 kHz each",
    ),
    "outputs faster than the card": (
        ("output_rate: 10 kHz", "output_rate: 1 MHz"),
        ("output_rate: 10 kHz", "output_rate: 100 kHz"),
        None,
    ),
    "two positions of one code": (
        ("value: 2001.4 ohm, bound: 0.8 ohm, select: 2", "value: 2001.4 ohm, select: 1"),
        ("value: 2001.4 ohm, bound: 0.8 ohm, select: 2", "value: 2001.4 ohm, select: 7"),
        "positions `r500` and `r2k` of `loads` share the code 1",
    ),
    "code beyond the lines": (
        ("bound: 0.05 ohm, select: 5", "bound: 0.05 ohm, select: 9"),
        ("bound: 0.05 ohm, select: 5", "bound: 0.05 ohm, select: 7"),
        "code 9 does not fit the 3 lines of `load`; 0 to 7",
    ),
    "grounded input on a floating output": (
        ("to: card.ai0, through: tap, range: 10 V", "to: card.ai0, through: tap, range: 10 V, reference: rse"),
        ("to: card.ai0, through: tap, range: 10 V", "to: card.ai0, through: tap, range: 10 V, reference: differential"),
        "`current`: the device's output floats, `reference: rse` ties it to ground",
    ),
    "current without a tap": (
        ("to: card.ai0, through: tap,", "to: card.ai0,"),
        ("to: card.ai0, through: tap,", "to: card.ai0, through: [tap],"),
        "`current` goes through no tap",
    ),
    "one thing in two places": (
        ("heel_switch.back: {to: card.ai2,", "heel_switch.back: {to: card.ai2, through: probe,"),
        ("    isolated: true", "    pieces: 2\n    isolated: true"),
        "fixture `probe` stands in 2 wires, there is one; `pieces: 2`",
    ),
    "signal on a line": (
        ("status:           card.port0/line24", "status:           card.ai5"),
        ("status:           card.port0/line24", "status:           card.port0/line25"),
        "`status` is a two-state line",
    ),
    "setting on a card": (
        ("setting:          control", "setting:          card.ao3"),
        ("setting:          control", "setting:          control.setting"),
        "`setting` goes through the device's control",
    ),
    "capture on an output": (
        ("voltage:          {to: card.ai1", "voltage:          {to: card.ao3"),
        ("voltage:          {to: card.ai1", "voltage:          {to: card.ai3"),
        "`voltage` comes from the device, `card.ao3` cannot read it",
    ),
    "profile with an unknown instrument": (
        ("addresses: {card: sim,", "addresses: {scope: sim, card: sim,"),
        ("addresses: {card: sim,", 'addresses: {card: "grpc://lab-pc:31763",'),
        "profile `sim` names unknown instrument `scope`",
    ),
    "profile that changes more than addresses": (
        ("    simulated: true\n", "    simulated: true\n    wiring: {}\n"),
        ("    note: the same bench without hardware\n", ""),
        None,
    ),
    "address of no kind": (
        ("address: local  ", "address: COM3  "),
        ("address: local  ", "address: grpc://lab-pc:31763  "),
        "`COM3` is no address for ni.daqmx; local, grpc://HOST:PORT or sim",
    ),
    "simulated, and says that it is real": (
        ("address: local  ", "address: sim  "),
        ("kind: laboratory", "kind: laboratory\nsimulated: false"),
        "`card` is simulated, and the bench claims to be real",
    ),
}


def _read(text, profile="", name="lab.bench.yaml"):
    return read_laboratory(parse_document(text, name), profile, TODAY)


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_each_contradiction_is_refused_with_place_and_mend(name):
    """The message names what contradicts what and how to mend it; the place is in the file, not its first line."""
    (old, new), (good_old, _), told = CONTRADICTIONS[name]
    assert LAB.count(old) == 1 and LAB.count(good_old) == 1, "the case changes one place of the example"
    bad = LAB.replace(old, new)
    if told is None:
        told = {
            "outputs faster than the card": "output rate of 1 MHz on a USB-6343; at most 900 kHz",
            "profile that changes more than addresses": "profile `sim` changes `wiring`: a profile changes addresses",
        }[name]
        bad = bad.replace("identity: PXIe-6368", "identity: USB-6343") if "output_rate" in old else bad
    with pytest.raises(ScenarioError) as caught:
        _read(bad)
    errors = caught.value.errors if isinstance(caught.value, CollectedScenarioError) else (caught.value,)
    hit = [error for error in errors if told in str(error)]
    assert len(hit) == 1, str(caught.value)
    where = re.fullmatch(r"lab\.bench\.yaml:(\d+):(\d+)", hit[0].where)
    assert where is not None and int(where[1]) > 1
    assert hit[0].mend


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_the_good_twin_of_each_loads(name):
    """What comes nearest to the contradiction and holds is not refused."""
    (old, new), (good_old, good_new), _ = CONTRADICTIONS[name]
    text = LAB.replace(good_old, good_new)
    if name == "supply beyond what the device stands":
        text = text.replace("ao2: {voltage: 10 V}", "ao2: {voltage: 6 V}").replace(old, new)
    if name == "one thing in two places":
        text = text.replace(old, new)
    laboratory = _read(text)
    assert laboratory.wire("current") is not None


def test_all_contradictions_are_told_together_in_file_order():
    """One edit can mend them all: four faults give four errors, by line."""
    text = LAB
    names = ("range too small for the voltage", "no safe state", "faster than the card", "no interlock")
    for name in names:
        text = text.replace(*CONTRADICTIONS[name][0])
    with pytest.raises(CollectedScenarioError) as caught:
        _read(text)
    assert all(CONTRADICTIONS[name][2] in str(caught.value) for name in names)
    lines = [int(error.where.split(":")[1]) for error in caught.value.errors]
    assert lines == sorted(lines) and len(lines) == len(names) + 1, "and the interlock has a safe state still"


def test_an_expired_calibration_may_warn():
    """`on_expired: warn` runs, and says so with its place."""
    laboratory = _read(LAB.replace("due: 2028-02-10, on_expired: refuse", "due: 2026-06-01, on_expired: warn"))
    assert [w.partition(": ")[2] for w in laboratory.warnings] == [
        "the calibration of `card` was due on 2026-06-01, today is 2026-11-22; renew it and write the new dates"
    ]


def test_a_simulated_profile_has_nothing_that_expires(monkeypatch):
    """Nothing of it was calibrated; the doctor still tells what of the file is behind its day."""
    text = LAB.replace("due: 2028-02-10", "due: 2026-06-01")
    laboratory = _read(text, "sim")
    assert laboratory.hardware == "simulated-bench" and not laboratory.warnings
    assert laboratory.overdue(TODAY) == ("card",)


def test_today_is_the_day_of_the_epoch(monkeypatch):
    """`SOURCE_DATE_EPOCH` decides what is expired, so that a run can be repeated later."""
    from rig.bench_file.dates import today_of

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795305600")
    assert today_of() == date(2026, 11, 22)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1900000000")
    with pytest.raises(ScenarioError, match="calibration of `card` was due on 2028-02-10, today is 2030-03-17"):
        read_laboratory(parse_document(LAB, "lab.bench.yaml"))


SCOPE_CASES = {
    "scope channel on a floating output": (
        ("isolated: true, measured: 2026-03-05, due: 2027-03-05, note: differential", "isolated: false"),
        "`current`: the device's output floats, a scope's channel ties it to ground; a differential probe",
    ),
    "supply without limits": (
        ("limits: {ch2: {voltage: 12 V, current: 1 A, protect: 13 V}}", "timeout: 2 s"),
        "`psu.ch2` has no limits; add `limits: {ch2:",
    ),
    "supply limit above what the device stands": (
        ("voltage: 12 V, current: 1 A", "voltage: 15 V, current: 1 A"),
        "`psu.ch2` may give 15 V, the device stands 12 V; limit it to 12 V",
    ),
    "watchdog without a card": (("device: odfs", "device: odfs\ncard: {watchdog: 1 s}"), "there is no card"),
    "output of the generator without a safe state": (
        ("  heel_switch: off\n", ""),
        "output `heel_switch` (awg.ch1) has no safe state",
    ),
    "sim without a protocol": (('dmm: "sim:hislip"', "dmm: sim"), None),
}


@pytest.mark.parametrize("name", SCOPE_CASES)
def test_contradictions_of_a_bench_of_scope_and_generator(name):
    """The same holds without a card; as shipped, with both profiles, it loads."""
    (old, new), told = SCOPE_CASES[name]
    assert SCOPE.count(old) == 1
    profile = "sim" if told is None else ""
    assert _read(SCOPE, profile).wire("current").instrument == "scope"
    with pytest.raises(ScenarioError) as caught:
        _read(SCOPE.replace(old, new), profile)
    assert (told or "`sim` is no address for keysight.truevolt; a VISA resource, sim:socket") in str(caught.value)


@pytest.mark.parametrize("path", sorted((SHIPPED / "benches").glob("*.bench.yaml")), ids=lambda path: path.name)
def test_every_shipped_laboratory_loads_with_every_profile(path: Path):
    """As shipped they hold no contradiction on the day of this release."""
    table = parse_document(path.read_text(encoding="utf-8"), path.name)
    if table.values["kind"].text != "laboratory":
        pytest.skip("another kind")
    profiles = table.values["profiles"].values if "profiles" in table.values else {}
    for profile in ("", *profiles):
        laboratory = read_laboratory(table, profile, TODAY)
        assert laboratory.simulated == all(
            each.is_simulated for each in laboratory.instruments.values() if each.driver != "device.operator"
        )
