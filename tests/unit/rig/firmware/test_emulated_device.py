"""A shipped image on its emulated board: the same run whatever cuts it, looks on or goes back."""

import itertools
import shutil
import socket
import subprocess
import threading
from pathlib import Path

import pytest
from emulated_desk import MS, EmulatedDesk
from gdb_client import INTERRUPT, GdbClient

from rig.firmware.building.builds import reference_image
from rig.firmware.building.toolchain import compile_elf
from rig.firmware.device_under_test import Injected
from rig.firmware.image.image_file import load_image
from rig.firmware.insight.gdb_registers import PC_NUMBER
from rig.firmware.options import FirmwareOptions
from sim.errors import BenchError

pytest.importorskip("unicorn", reason="the extra `firmware` is not installed")

END_NS = 500 * MS


@pytest.fixture(scope="module")
def image():
    return load_image(reference_image("blue_f405"))


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """One run with everything that can be asked: its hash, facts, trace, log."""
    folder = tmp_path_factory.mktemp("run")
    options = FirmwareOptions(trace_hash=True, coverage=folder, trace=folder / "registers.csv")
    with EmulatedDesk(options).start() as desk:
        desk.go(END_NS)
        desk.facts, desk.identity = desk.device.facts(), desk.device.identity()
    desk.trace = (folder / "registers.csv").read_text().splitlines()
    return desk


def test_it_boots_and_steps(run):
    """The firmware says hello once, and every heel-off brings pulses whose phases cancel."""
    assert run.log().startswith("LOG start")
    drives = run.drives()
    assert drives
    assert all(t_ns > 200 * MS for t_ns, _ in drives)
    charges = [a * (later - t) for (t, a), (later, _) in itertools.pairwise(drives)]
    assert abs(sum(charges)) < 0.01 * sum(abs(charge) for charge in charges)
    assert run.identity["image"] == "blue_f405.elf"
    assert run.identity["counter"] == "engine"


def test_what_was_executed_and_how_long_is_plausible(run, image):
    """Facts against what the run must hold: SysTick once a millisecond, a sleeping processor, `main`'s stack in RAM."""
    facts = run.facts
    times = {each["name"]: each for each in facts["interrupts"]}
    booted_ms = (END_NS - run.events[1].t_ns) / MS
    assert abs(times["SysTick"]["entries"] - booted_ms) < 10
    assert times["TIM2"]["entries"] >= len(run.drives())
    assert 0.0 < facts["load_ratio"] < 0.2
    assert facts["cycles"] == pytest.approx((END_NS - run.events[1].t_ns) * 64e-3 * 1.00003, abs=64)
    longest_s = max(each["longest_s"] for each in facts["interrupts"])
    assert 1e-6 < longest_s < 1e-3
    (stack,) = facts["stacks"]
    assert 100 < stack["used_bytes"] < 2000
    assert stack["deepest"] in image.symbols
    hit = [name for name in ("fw_tick", "fw_timer_isr", "Reset_Handler") if _executed(facts, image, name)]
    assert hit == ["fw_tick", "fw_timer_isr", "Reset_Handler"]
    assert not _executed(facts, image, "fatal_reset")


def _executed(facts, image, name):
    address = image.symbols[name].address
    return any(start <= address < end for start, end in facts["executed"]["ranges"])


def test_the_register_trace_has_the_drives(run):
    """Every switching of the bridge is a write to the port's BSRR in the trace, at the instant of the event."""
    header, *rows = [line.split(",") for line in run.trace]
    assert header == ["cycle", "t_ns", "access", "register", "size_bytes", "value", "pc"]
    switched = {int(row[1]) for row in rows if row[2:4] == ["write", "GPIOC.BSRR"]}
    assert {t_ns for t_ns, _ in run.drives()} <= switched


def test_cuts_do_not_matter_and_a_snapshot_is_gone_back_to(run):
    """Odd pieces give the same hash; from a snapshot the same future comes twice, hash and events."""
    with EmulatedDesk(FirmwareOptions(trace_hash=True)).start() as desk:
        desk.go(300 * MS, cut_ns=1_234_567)
        snapshot, driven_a = desk.device.snapshot(), desk.drive_a
        first = desk.go(END_NS)
        hashes = [desk.device.facts()["trace_hash"]]
        desk.device.restore(snapshot)
        desk.reached_ns, desk.drive_a = 300 * MS, driven_a
        second = desk.go(END_NS, cut_ns=7 * MS)
        hashes.append(desk.device.facts()["trace_hash"])
    assert first == second
    assert hashes == [run.facts["trace_hash"]] * 2


def test_a_debugger_that_only_looks_changes_nothing(run, image, monkeypatch):
    """GDB waited for, breakpoint hit, all of it read, let go: the hash is that of a run alone."""
    told = {}

    def debug(port):
        with GdbClient(port) as gdb:
            told["start"] = gdb.register(PC_NUMBER)
            told["before"] = gdb.monitor("time")
            isr = image.symbols["fw_timer_isr"].address
            assert gdb.ask(b"Z1,%x,2" % isr) == b"OK"
            assert gdb.ask(b"c").startswith(b"T05")
            told["stopped"] = gdb.register(PC_NUMBER) - isr
            told["time"] = gdb.monitor("time"), gdb.monitor("time")
            told["sp"] = gdb.memory(0x2001FFF0, 16)
            told["cpuid"] = gdb.memory(0xE000ED00, 4)
            told["usart"] = gdb.memory(0x40004400, 28)
            assert gdb.ask(b"s").startswith(b"T05")
            told["stepped"] = gdb.register(PC_NUMBER) - isr
            assert gdb.ask(b"z1,%x,2" % isr) == b"OK"
            gdb.send(b"c", INTERRUPT)  # in one piece: the run is short
            assert gdb.take().startswith(b"T02")
            told["regs"] = gdb.monitor("regs")
            assert gdb.ask(b"D") == b"OK"

    with EmulatedDesk(
        FirmwareOptions(trace_hash=True, gdb_port=0, gdb_wait=True), monkeypatch=monkeypatch
    ).start() as desk:
        thread = threading.Thread(target=debug, args=(int(desk.device.identity()["gdb"].split(":")[1]),))
        thread.start()
        desk.go(END_NS)
        thread.join(60.0)
        assert not thread.is_alive()
        assert desk.device.facts()["trace_hash"] == run.facts["trace_hash"]
    assert told["start"] == image.symbols["Reset_Handler"].address
    assert told["stopped"] == 0
    assert 0 < told["stepped"] <= 4
    assert told["time"][0] == told["time"][1]
    assert int.from_bytes(told["cpuid"], "little") == 0x410FC241
    assert "CFSR 0x00000000" in told["regs"]


def test_a_watchpoint_stops_behind_the_store(image, monkeypatch):
    """A write to a variable stops the processor behind the store, with the address of the variable."""
    told = {}
    kicked = image.symbols["kicked_ms"].address

    def debug(port):
        with GdbClient(port) as gdb:
            assert gdb.ask(b"Z2,%x,4" % kicked) == b"OK"
            told["stop"] = gdb.ask(b"c")
            assert gdb.ask(b"Z2,40020000,4").startswith(b"E")
            gdb.ask(b"D")

    with EmulatedDesk(FirmwareOptions(gdb_port=0, gdb_wait=True), monkeypatch=monkeypatch).start() as desk:
        thread = threading.Thread(target=debug, args=(int(desk.device.identity()["gdb"].split(":")[1]),))
        thread.start()
        desk.go(20 * MS)
        thread.join(60.0)
    assert told["stop"].startswith(b"T05watch:%x;" % kicked)


@pytest.mark.skipif(shutil.which("gdb-multiarch") is None, reason="gdb-multiarch is not installed")
def test_the_real_debugger_sees_frames_through_an_exception(image, monkeypatch):
    """gdb-multiarch reads target description and stack: the tick was called by the signal handler's frame of main."""
    options = FirmwareOptions(gdb_port=0, gdb_wait=True)
    with EmulatedDesk(options, monkeypatch=monkeypatch).start() as desk:
        port = desk.device.identity()["gdb"].split(":")[1]
        commands = [f"target remote :{port}", "break fw_tick", "continue", "backtrace", "info registers s0", "detach"]
        words = [word for command in commands for word in ("-ex", command)]
        gdb = subprocess.Popen(
            ["gdb-multiarch", "-nx", "-q", "-batch", *words, str(image.path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        desk.go(20 * MS)
        told, _ = gdb.communicate(timeout=60)
    assert "fw_tick" in told
    assert "<signal handler called>" in told
    assert "Reset_Handler" in told
    assert "s0 " in told


def test_a_bit_flips_where_it_was_asked(image, monkeypatch):
    """RAM by symbol, flash by address; a place that is none is refused by name."""
    with EmulatedDesk(monkeypatch=monkeypatch).start() as desk:
        desk.go(10 * MS)
        desk.device.inject(10 * MS, Injected("bit_flip", 3, "kicked_ms+1"))
        desk.device.inject(10 * MS, Injected("bit_flip", 0, "0x08000000"))
        for where in ("no_such_symbol", "0x30000000", "x+y"):
            with pytest.raises(ValueError, match="bit_flip"):
                desk.device.inject(10 * MS, Injected("bit_flip", 0, where))


def test_a_hang_is_bitten_by_the_watchdog_and_power_comes_back(monkeypatch):
    """A processor that stands still for 200 ms is reset by its watchdog; a supply that was away starts it."""
    with EmulatedDesk(monkeypatch=monkeypatch).start() as desk:
        desk.go(50 * MS)
        desk.device.inject(50 * MS, Injected("hang", 0.2))
        desk.go(200 * MS)
        resets = [event.name for event in desk.events if event.kind == "reset"]
        assert resets == ["power_on", "watchdog"]
        desk.device.terminal(210 * MS, "supply", 3.0)
        desk.device.terminal(220 * MS, "supply", 9.0)
        desk.go(300 * MS)
        resets = [event.name for event in desk.events if event.kind == "reset"]
        assert resets == ["power_on", "watchdog", "brown_out"]
        assert desk.log().count("LOG start") == 3
        told = [(round(each["t_s"], 3), each["cause"]) for each in desk.device.facts()["resets"]]
        stamped = [(round(event.t_ns * 1e-9, 3), event.name) for event in desk.events if event.kind == "reset"]
        assert told == stamped


def test_a_port_that_is_taken_is_one_clear_error(monkeypatch):
    """Two debuggers' doors cannot share a port: the run does not begin, and says which option."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        desk = EmulatedDesk(FirmwareOptions(gdb_port=taken.getsockname()[1]), monkeypatch=monkeypatch)
        with pytest.raises(BenchError, match="--gdb"):
            desk.start()


UNMODELLED = """
void Reset_Handler(void) {
  *(volatile unsigned *)0x40006400 = 1;
  for (;;) {}
}
__attribute__((section(".vectors"), used)) void (*const vectors[])(void) = {(void (*)(void))0x20000400, Reset_Handler};
"""
SCRIPT = """
MEMORY { FLASH (rx) : ORIGIN = 0x08000000, LENGTH = 16K }
SECTIONS { .text : { KEEP(*(.vectors)) . = ALIGN(128); *(.text*) } > FLASH }
"""


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """An image that uses a CAN controller."""
    folder = tmp_path_factory.mktemp("stranger")
    (folder / "stranger.c").write_text(UNMODELLED)
    (folder / "stranger.ld").write_text(SCRIPT)
    return compile_elf([folder / "stranger.c"], folder / "stranger.ld", folder / "stranger.elf")


def test_an_unmodelled_register_ends_the_run_by_name_and_line(stranger, monkeypatch):
    """What is not modelled never reads 0: register, address and source line stand in the error."""
    with EmulatedDesk(image=stranger, monkeypatch=monkeypatch).start() as desk, pytest.raises(BenchError) as caught:
        desk.go(20 * MS)
    assert "CAN1" in str(caught.value)
    assert f"{Path(stranger).stem}.c:3" in str(caught.value)


def test_coverage_of_an_image_without_lines_is_refused_at_once(tmp_path, stranger, monkeypatch):
    """The message comes before the walk, not after it."""
    folder = Path(stranger).parent
    bare = compile_elf([folder / "stranger.c"], folder / "stranger.ld", tmp_path / "bare.elf", ["-g0"])
    with pytest.raises(BenchError, match="build it with -g"):
        EmulatedDesk(FirmwareOptions(coverage=tmp_path), image=bare, monkeypatch=monkeypatch).start()


FAULTY = """
__attribute__((noinline)) int deep(volatile int *place) { return *place + 1; }
__attribute__((noinline)) int middle(volatile int *place) { return deep(place) + 2; }
void Reset_Handler(void) {
  *(volatile unsigned *)0xE000ED24 = 7 << 16;
  middle((volatile int *)0x30000000);
  for (;;) {}
}
void fault(void) { for (;;) {} }
__attribute__((section(".vectors"), used)) void (*const vectors[])(void) = {
  (void (*)(void))0x20000400, Reset_Handler, 0, fault, fault, fault, fault};
"""


def test_a_fault_tells_its_registers_and_its_callers(tmp_path, monkeypatch):
    """A bus fault says address, status, source line and the function that had called."""
    (tmp_path / "faulty.c").write_text(FAULTY)
    (tmp_path / "faulty.ld").write_text(SCRIPT)
    image = compile_elf([tmp_path / "faulty.c"], tmp_path / "faulty.ld", tmp_path / "faulty.elf", ["-O1"])
    with EmulatedDesk(image=image, monkeypatch=monkeypatch).start() as desk:
        desk.go(20 * MS)
    (fault,) = [event for event in desk.events if event.kind == "fault"]
    text = fault.data.decode()
    assert fault.name == "bus_fault"
    assert "bfar=0x30000000" in text
    assert "faulty.c:2" in text
    assert "Reset_Handler" in text
