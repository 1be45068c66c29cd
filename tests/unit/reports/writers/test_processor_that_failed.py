"""A processor that failed unprovoked makes its case a FAIL in every report; causes are told once."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from reports.causes import REFERENCE, cause_of, reason_beside
from reports.judge import judge_case
from reports.processor import unprovoked_fault
from reports.sections import firmware as firmware_section
from reports.sections import summary
from reports.verdict import Outcome
from reports.writers.junit import junit_text
from rig.commands.told import cause_lines, check_lines, fault_lines
from rig.record import EventRecord
from scenarios.catalogue import Catalogue

FAULT = {
    "t_s": 12.5,
    "name": "bus_fault",
    "status": "PRECISERR",
    "registers": {"pc": "0x08000100", "cfsr": "0x00008200", "bfar": "0xf0000000"},
    "place": "firmware.c:54",
    "stack": [{"function": "fw_tick+0x26", "place": "firmware.c:54"}],
    "drives": [
        {"t_s": 12.4, "current_a": 0.03},
        {"t_s": 12.4003, "current_a": 0.0},
        {"t_s": 12.41, "current_a": -0.03},
    ],
    "serial": "LOG start\n",
}
FACTS = {
    "identity": {"kind": "firmware-image", "counter": "engine"},
    "faults": [FAULT],
    "fault_counts": {"bus_fault": 1},
}


def failed(runs, *events):
    result = runs.passing().cases[0]
    told = {event.name: event for event in events}
    return replace(result, record=replace(result.record, firmware=FACTS, events=told))


def happening(kind, start_s, *, fired=True):
    return EventRecord(kind, kind, start_s, start_s, 3, fired)


def test_a_crash_that_nobody_provoked_is_a_fail_whatever_the_checks_saw(runs):
    """The same record without the fault and without checks is NOT RUN, with it FAIL; without firmware nothing."""
    record = failed(runs).record
    bare = replace(record, case=replace(record.case, checks=()))
    assert judge_case(bare, Catalogue()).outcome is Outcome.FAIL
    assert judge_case(replace(bare, firmware={}), Catalogue()).outcome is Outcome.NOT_RUN
    assert unprovoked_fault(record).startswith("the processor of the device failed: 1 × bus fault; first at 12.5")
    assert unprovoked_fault(runs.passing().cases[0].record) == unprovoked_fault(None) == ""


def test_a_bridge_that_is_shorted_is_a_fail_too(runs):
    """It is the output stage that failed, not the processor."""
    record = failed(runs).record
    facts = FACTS | {"faults": [FAULT | {"name": "shoot_through"}], "fault_counts": {"shoot_through": 72}}
    words = unprovoked_fault(replace(record, firmware=facts))
    assert words.startswith("the output stage of the device failed: 72 × shoot through; first at 12.5")


@pytest.mark.parametrize("kind", ["firmware.bit_flip", "firmware.hang", "device.hang"])
def test_what_a_scenario_asked_for_is_left_to_its_checks(runs, kind):
    """An event that makes a processor fail excuses what comes after it; not what came before, nor if it never fired."""
    assert unprovoked_fault(failed(runs, happening(kind, 12.4)).record) == ""
    assert unprovoked_fault(failed(runs, happening(kind, 12.6)).record)
    assert unprovoked_fault(failed(runs, happening(kind, 12.4, fired=False)).record)


def test_a_supply_that_goes_excuses_no_fault(runs):
    """A processor without power stops; what faults after it came back is a bug."""
    assert unprovoked_fault(failed(runs, happening("supply.sag", 12.4), happening("terrain.rug", 1.0)).record)


def test_every_report_says_it(runs):
    """JUnit has a red line of its own, page one a row, the console a line; the checks keep their verdicts."""
    result = replace(failed(runs), outcome=Outcome.FAIL)
    suite = ET.fromstring(junit_text(runs.run_of(result))).find("testsuite")
    assert (suite.get("failures"), suite.get("errors")) == ("1", "0")
    assert "bus fault" in suite.find("testcase[@name='processor']/failure").get("message")
    cover = summary.build(runs.run_of(result))["blocks"][0]
    assert (cover["open"][0]["verdict"], cover["open"][0]["check"]) == ("FAIL", "the processor")
    assert "The processor or the output stage of the device failed." in cover["sentence"]
    assert fault_lines(result)[0].startswith("firmware: the processor of the device failed")


def test_the_section_says_what_a_status_means(runs):
    """Words for the status with the address, signs of currents, `off` for none, the reset in words."""
    record = replace(
        failed(runs).record, messages=((12.5, "fault: bus_fault: PRECISERR pc=0x08000100"), (12.6, "reset: software"))
    )
    built = str(firmware_section.build(runs.run_of(replace(failed(runs), record=record))))
    for words in (
        "at which nothing answers, at 0xf0000000",
        "\u221230 mA",
        "off at 12.4003",
        "the firmware asked for it",
    ):
        assert words in built
    assert "fault: bus fault: PRECISERR'" in built


def test_a_long_cause_stands_once(runs):
    """Console and report: the case tells it, its checks refer to it; a short one stays where it is."""
    result = runs.faulty()
    cause = (
        cause_of(result) + "; last drives: +30 mA at 2.584174 s, +0 mA at 2.584474 s; end of its serial log: OK | OK"
    )
    verdicts = tuple(replace(v, reason=v.reason.replace(cause_of(result), cause)) for v in result.verdicts)
    fault = replace(result.record.fault, text=cause)
    long = replace(result, verdicts=verdicts, record=replace(result.record, fault=fault))
    lines = [*cause_lines(long), *check_lines(long)]
    assert sum("serial log" in line for line in lines) == 1
    assert sum(f"blocked by {REFERENCE}" in line for line in lines) == 2
    assert reason_beside(result, result.verdicts[2]) == result.verdicts[2].reason
    assert cause_lines(result) == cause_lines(runs.walk()) == []
