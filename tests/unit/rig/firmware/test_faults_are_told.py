"""A processor that fails says where: registers, source line, callers, the last drives, the serial log."""

import pytest
from emulated_desk import MS, EmulatedDesk

from rig.firmware.building.builds import reference_image
from rig.firmware.device_under_test import Event, Injected
from rig.firmware.image.image_file import load_image
from rig.firmware.machine.bus import is_something
from rig.firmware.machine.chips import CHIPS
from rig.firmware.plant.fault_log import ENDLESS, KEPT, FaultLog
from rig.firmware_facts import fault_words
from sim.errors import BenchError

pytest.importorskip("unicorn", reason="the extra `firmware` is not installed")

UNDEFINED = (0, 1, 3, 5, 6)
"""Bits that make UDF (0xDE..) of the upper byte of PUSH (0xB5..). Source: ARMv7-M ARM A7.7.194, A7.7.99."""


@pytest.fixture(scope="module")
def failed():
    """In the middle of the first train the first instruction of the tick becomes one that does not exist."""
    with pytest.MonkeyPatch.context() as patch, EmulatedDesk(monkeypatch=patch).start() as desk:
        desk.go(260 * MS)
        for bit in UNDEFINED:
            desk.device.inject(desk.reached_ns, Injected("bit_flip", bit, "fw_tick+1"))
        desk.go(262 * MS)
    log = FaultLog()
    for event in desk.events:
        log.hear(event)
    return desk, log.document()


def test_a_fault_is_told_with_registers_line_drives_and_log(failed):
    """The handler switches off and resets at once: what is told is what was latched before, where fw_tick begins."""
    desk, facts = failed
    first = facts["faults"][0]
    address = load_image(reference_image("blue_f405")).symbols["fw_tick"].address
    assert (first["name"], first["status"]) == ("usage_fault", "UNDEFINSTR")
    assert first["registers"]["pc"] == f"0x{address:08x}"
    assert int(first["registers"]["cfsr"], 16) == 1 << 16
    assert first["stack"][0]["function"] == "fw_tick"
    assert first["place"].rpartition(":")[0].endswith("firmware.c")
    drives = [(t_ns * 1e-9, value) for t_ns, value in desk.drives() if t_ns * 1e-9 < first["t_s"]]
    assert drives
    assert [(each["t_s"], each["current_a"]) for each in first["drives"]] == drives[-8:]
    assert first["serial"].startswith("LOG start")
    behind = [event for event in desk.events if event.kind == "reset" and event.t_ns * 1e-9 > first["t_s"]]
    assert behind[0].name == "software"
    assert behind[0].t_ns * 1e-9 - first["t_s"] < 1e-3


def test_one_line_says_it(failed):
    """Count, kind, place and registers of the first; nothing of a firmware that never failed."""
    _, facts = failed
    words = fault_words(facts)
    assert words.startswith(f"{facts['fault_counts']['usage_fault']} × usage fault; first at 0.26")
    for part in ("UNDEFINSTR", "fw_tick (", "firmware.c:", "cfsr=0x00010000"):
        assert part in words
    assert fault_words({}) == ""


def test_a_watchdog_says_where_it_found_the_processor(monkeypatch):
    """A loop without end: B to itself stands where the tick begins, and the watchdog resets out of it."""
    with EmulatedDesk(monkeypatch=monkeypatch).start() as desk:
        desk.go(50 * MS)
        before = load_image(reference_image("blue_f405"))
        address = before.symbols["fw_tick"].address
        held = next(each for each in before.segments if each.holds(address))
        now = held.data[address - held.address : address - held.address + 2]
        for place, (byte, wanted) in enumerate(zip(now, b"\xfe\xe7", strict=True)):
            for bit in (bit for bit in range(8) if (byte ^ wanted) >> bit & 1):
                desk.device.inject(desk.reached_ns, Injected("bit_flip", bit, f"fw_tick+{place}"))
        desk.go(400 * MS, break_on=frozenset({"reset"}))
    log = FaultLog()
    for event in desk.events:
        log.hear(event)
    facts = log.document()
    assert facts["fault_counts"] == {"watchdog": 1}
    assert facts["faults"][0]["stack"][0]["function"] == "fw_tick"
    assert facts["faults"][0]["registers"] == {}


def test_the_first_are_kept_and_all_are_counted():
    """A firmware that fails without end fills no disk."""
    log = FaultLog()
    for count in range(3 * KEPT):
        log.hear(Event(count, "fault", "lockup", 1.0, b"INVSTATE pc=0x00000010 cfsr=0x00020000 hfsr=0x40000000"))
    facts = log.document()
    assert len(facts["faults"]) == KEPT
    assert facts["fault_counts"] == {"lockup": 3 * KEPT}
    assert facts["faults"][0]["stack"] == []
    log.forget()
    assert log.document() == {}


@pytest.mark.parametrize(
    ("address", "something"),
    [
        (0x4000_0000, True),
        (0x4200_0000, True),
        (0xE000_ED04, True),
        (0x5006_0800, True),
        (0xF000_0000, False),
        (0x5007_0000, False),
        (0x4FFF_0000, False),
    ],
    ids=hex,
)
def test_what_is_reserved_is_a_fault_and_what_has_no_model_an_error(address, something):
    """By the memory map of the manual: TIM2, its bit-band alias, SCB and RNG are there; the rest is reserved."""
    assert is_something(CHIPS["stm32f405"], address) is something


def test_a_device_that_only_fails_is_ended():
    """After so many faults one error says what it was; before that nothing does."""
    log = FaultLog()
    event = Event(1_500_000_000, "fault", "bus_fault", 1.0, b"PRECISERR pc=0x08000010 cfsr=0x00008200 hfsr=0x00000000")
    for _ in range(ENDLESS - 1):
        log.hear(event)
        log.refuse_endless(event.t_ns)
    log.hear(event)
    with pytest.raises(BenchError, match=rf"t = 1\.500000 s: .* failed {ENDLESS} times.*PRECISERR.*not return"):
        log.refuse_endless(event.t_ns)
