"""Every check of the output from three sides: a fault fails it, a sound device passes, too little is undecided."""

import dataclasses
import tempfile
from functools import cache
from pathlib import Path

import pytest
from control_desk import (
    CATALOGUE,
    WANTED,
    Control,
    case_of,
    cases,
    judged,
    shown,
    sound,
    strides,
    unfired,
    without_pulses,
    worse_card,
)

from rig.benches import open_bench
from rig.runner import run_case
from rig.store import CaseWriter
from scenarios.corner import predicted, worst_corner
from scenarios.item import Item, ItemElectrodes
from scenarios.places import SHIPPED

SETTINGS, LOADS, CORNER = "SCN-CORE-SETTINGS", "SCN-CORE-LOADS", "SCN-CORE-CORNER"
SUPPLY, STEPS, CHANNELS = "SCN-CORE-SUPPLY", "SCN-CORE-STEPS", "SCN-CORE-CHANNELS"
SHAPE, FLAG = "SCN-EXT-SHAPE", "SCN-EXT-FLAG"

SMALL_PAD_M2 = 1e-4
PROBE_1_TO_100 = "attenuation: {value: 1 %, note: a probe for the open circuit}"


def with_pad(record, area_m2):
    """The record as if the item under test had come with a pad (a contact) of this area."""
    item = Item(electrodes=ItemElectrodes(area_m2=area_m2))
    return dataclasses.replace(record, case=dataclasses.replace(record.case, item=item))


@cache
def through_high_voltage_probe():
    """The load sweep with a source that reaches five times its voltage, read through a 1:100 probe."""
    case = case_of(LOADS)
    case = dataclasses.replace(case, device=dataclasses.replace(case.device, defects={"over_voltage": 4.0}))
    lines = (SHIPPED / "benches" / "virtual.bench.yaml").read_text(encoding="utf-8").splitlines()
    text = [f"  {PROBE_1_TO_100}" if line.startswith("  attenuation:") else line for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "probe.bench.yaml"
        path.write_text("\n".join(text) + "\n", encoding="utf-8")
        bench = open_bench(str(path), CATALOGUE)
        writer = CaseWriter(Path(folder) / "case", case, bench.describe(), case.capture.keep, bench.accuracy)
        try:
            return run_case(case, bench, writer)
        finally:
            writer.close()


def crowded(record):
    """The record as if channel 3 gave its pulses 100 us after those of channel 1."""
    pulses = dict(record.pulses)
    first = pulses["t_s"][pulses["channel"] == 1]
    moved = pulses["channel"] == 3
    pulses["t_s"] = pulses["t_s"].copy()
    pulses["t_s"][moved] = first[: int(moved.sum())] + 100e-6
    return dataclasses.replace(record, pulses=pulses)


CONTROLS = {
    "OUT-01": Control(SETTINGS, {"current_error": 0.22}, worse_card(100.0)),
    "OUT-02/current-500": Control(LOADS, {"current_error": 0.22}, worse_card(400.0)),
    "OUT-02/voltage-2k": Control(LOADS, {"over_voltage": 0.4}, worse_card(20.0)),
    "OUT-02/voltage-10k": Control(LOADS, {"over_voltage": 0.4}, worse_card(20.0)),
    "OUT-03/overshoot": Control(SHAPE, {"overshoot": 0.25}, strides(2)),
    "OUT-03/droop": Control(SHAPE, {"droop": 0.3}, strides(2)),
    "OUT-03/rise": Control(SHAPE, {"overshoot": -0.5}, strides(2)),
    "OUT-04": Control(CORNER, {"width_error": 0.25}, worse_card(100.0)),
    "OUT-05": Control(CORNER, {"width_error": 0.25}, worse_card(100.0)),
    "OUT-06": Control(LOADS, {"soft_source": 1e-4}, worse_card(1000.0)),
    "OUT-07": Control(SETTINGS, {"current_floor": 2e-3}, worse_card(100.0)),
    "OUT-08/step": Control(STEPS, {"coarse_steps": 5e-3}, strides(2)),
    "OUT-08/order": Control(STEPS, {"step_back": 6e-3}, without_pulses),
    "OUT-10/current": Control(SUPPLY, {"supply_current": 1.5}, unfired("empty")),
    "OUT-10/width": Control(SUPPLY, {"supply_width": 1.5}, unfired("empty")),
    "OUT-10/rate": Control(SUPPLY, {"supply_rate": 1.5}, unfired("empty")),
    "OUT-12/crosstalk": Control(CHANNELS, {"crosstalk": 0.1}, without_pulses),
    "OUT-13/scatter": Control(SHAPE, {"warm_up": 0.3}, strides(5)),
    "OUT-13/drift": Control(SHAPE, {"warm_up": 0.3}, strides(5)),
    "OUT-14": Control(FLAG, {"no_flag": 1.0}, strides(3)),
    "OUT-09": Control(LOADS, {}, unfired("opened"), told=lambda _record: through_high_voltage_probe()),
    "OUT-11/density": Control(CORNER, {}, unfired("half"), told=lambda record: with_pad(record, SMALL_PAD_M2)),
    "OUT-11/power": Control(CORNER, {}, unfired("half"), told=lambda record: with_pad(record, SMALL_PAD_M2)),
    "OUT-12/spacing": Control(CHANNELS, {}, without_pulses, told=crowded),
}
"""The last four faults lie in the accessory, or behind the reach of the ordinary probe: a pad of 1 cm2, a source of
600 V behind a 1:100 probe, two channels at once."""


@pytest.mark.parametrize(("check", "case"), cases(CONTROLS))
def test_an_output_check_from_three_sides(check, case):
    """The word that each case must give is known beforehand."""
    verdict = shown(check, CONTROLS[check], case)
    assert verdict.outcome.value == WANTED[case], verdict.reason


@pytest.mark.parametrize(("check", "quantity"), [("OUT-04", "rms"), ("OUT-05", "energy"), ("CHG-06", "phase_charge")])
def test_what_was_measured_at_the_corner_is_what_was_predicted(check, quantity):
    """An ideal source of 80 mA, 365 us, 60 Hz into 500 ohm was predicted; what was measured agrees to U + 0.1 %."""
    record = sound(CORNER)
    verdict, device = judged(record, check), record.case.device
    corner = worst_corner(device, quantity)
    assert predicted(quantity, device.settings) == pytest.approx(corner.value)
    assert verdict.value == pytest.approx(corner.value, abs=verdict.expanded + 1e-3 * corner.value)


@pytest.mark.parametrize("check", ["OUT-04", "OUT-05", "OUT-11/density", "OUT-11/power", "CHG-06"])
def test_a_run_that_was_never_at_the_corner_cannot_pass(check):
    """The same pulses with a device file that allows more than was set: green means shown."""
    record = sound(CORNER)
    device = record.case.device
    wider = dataclasses.replace(device, allowed={**device.allowed, "current": (1e-3, 100e-3)})
    verdict = judged(dataclasses.replace(record, case=dataclasses.replace(record.case, device=wider)), check)
    assert verdict.outcome.value == "INCONCLUSIVE"
    assert "worst corner" in verdict.reason
