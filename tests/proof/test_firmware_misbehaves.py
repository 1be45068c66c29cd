"""A firmware that crashes, hangs, runs off into nowhere or prints without end never takes the rig with it."""

import pytest
from firmware_defects import cases_of, finding_in, judged

from rig.firmware.building.builds import HOST, Patch, build_variant
from rig.firmware.plant.fault_log import ENDLESS
from rig.firmware_facts import fault_words

pytestmark = pytest.mark.proof
IN_A_TRAIN = "  me.ms++;\n  if (me.running && me.ms > 3500u) {{ {deed} }}\n"
DEEDS = {
    "crashes": "*(volatile int *)0xF0000000 = 1;",
    "hangs": "for (volatile int turn = 0;; turn++) {}",
    "jumps into nowhere": "((void (*)(void))0x3)();",
}
LATCHED = {
    "crashes": ("bus_fault", {"cfsr": "0x00008200", "bfar": "0xf0000000"}),
    "hangs": ("watchdog", {}),
    "jumps into nowhere": ("usage_fault", {}),
    "overflows its stack": ("bus_fault", {"cfsr": "0x00008200"}),
}
"""What the processor must say: the kind and its registers; a watchdog latches none. The start of flash, where the jump
leads, holds the vector table, which is no code: which usage fault its words make depends on the image. Below RAM there
is nothing. Source: ARMv7-M ARM B3.2.15, RM0090 2.3."""
OVERFLOWS = Patch(
    "firmware/firmware.c",
    "void fw_tick(void) {\n",
    "static uint32_t deeper(uint32_t depth) {\n  volatile uint32_t own[64];\n  own[depth % 64u] = depth;\n"
    "  return deeper(depth + 1) + own[depth % 64u];\n}\n\nvoid fw_tick(void) {\n",
)


def _patches(deed):
    return (Patch("firmware/firmware.c", "  me.ms++;\n", IN_A_TRAIN.format(deed=deed)),)


def _verdict(name, build, patches, folder):
    image = build_variant(patches, build)
    case = next(cases_of("firmware-phase", build, image))
    result = judged(case, folder / "bad")
    finding = finding_in(result)
    fault = result.record.fault.text if result.record is not None and result.record.fault is not None else ""
    told = fault or fault_words(result.record.firmware)
    print(f"\na firmware that {name} ({build}): {result.outcome.value}: {finding.check}; {told}"[:900])
    assert result.outcome.value in {"FAIL", "ERROR"}
    if build == HOST:
        assert "last drives:" in fault and "serial log" in fault, fault
    else:
        _is_told_whole(name, result.record.firmware["faults"][0])
    return fault


def _is_told_whole(name, told):
    """Fault registers, source line, last drives, serial log, from the moment at which it was lost."""
    kind, registers = LATCHED[name]
    assert told["name"] == kind
    assert told["registers"].items() >= registers.items(), told["registers"]
    assert kind != "usage_fault" or int(told["registers"]["cfsr"], 16) >> 16, told["registers"]
    assert any("firmware.c:" in frame["place"] for frame in told["stack"]), told["stack"]
    assert told["drives"][-1]["current_a"] == 0.0 < max(each["current_a"] for each in told["drives"])
    assert told["drives"][-1]["t_s"] <= told["t_s"]
    assert "pulse_width 300\nOK" in told["serial"]  # the log keeps its end


@pytest.mark.parametrize("name", sorted(DEEDS))
@pytest.mark.parametrize("build", [HOST, "blue_f405"])
def test_it_ends_in_a_verdict_and_the_next_case_runs(name, build, tmp_path):
    """FAIL or ERROR, with place, last drives and serial log, of a board with its registers; the next case passes."""
    _verdict(name, build, _patches(DEEDS[name]), tmp_path)
    if build == HOST:
        assert finding_in(judged(next(cases_of("firmware-phase", build)), tmp_path / "next")) is None


@pytest.mark.parametrize("build", [HOST, "blue_f405"])
def test_a_stack_that_overflows_ends_in_a_verdict(build, tmp_path):
    """Recursion without end."""
    _verdict("overflows its stack", build, (OVERFLOWS, *_patches("me.supply_mv += deeper(me.ms);")), tmp_path)


def test_a_firmware_that_prints_without_end_is_ended(tmp_path):
    """A gigabyte on stdout: the process is killed, the verdict says so."""
    printing = _patches('for (;;) { extern int puts(const char *); puts("0123456789012345678901234567890123456789"); }')
    assert "print" in _verdict("prints without end", HOST, printing, tmp_path)


def test_a_fault_handler_that_returns_ends_in_one_verdict(tmp_path):
    """The same instruction fails for ever and the watchdog is served meanwhile: FAIL, the first 20 kept."""
    handler = "void fault_isr(void) {\n  fatal_reset();\n}"
    returns = Patch("stm32f4/startup.c", handler, "void fault_isr(void) { hal_watchdog_kick(50); }")
    deed = "for (volatile int turn = 0; turn < 1; turn++) *(volatile int *)0xF0000000 = turn;"
    image = build_variant((*_patches(deed), returns), "blue_f405")
    result = judged(next(cases_of("firmware-phase", "blue_f405", image)), tmp_path / "endless")
    known = result.record.firmware
    print(f"\na fault handler that returns: {result.outcome.value}: {known.get('fault_counts')}")
    assert result.outcome.value in {"FAIL", "ERROR"}
    assert f"failed {ENDLESS} times" in result.record.fault.text
    assert len(known["faults"]) <= 20 < sum(known["fault_counts"].values())
