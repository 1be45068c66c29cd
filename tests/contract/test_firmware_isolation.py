"""A firmware that crashes, hangs, leaves or floods never takes the rig with it, and leaves nothing behind."""

import contextlib
import os
import re
import sys
import threading

import pytest
from host_builds import built_for_host

from rig.firmware.board.board_file import find_board
from rig.firmware.building.toolchain import compile_host_library, library_suffix
from rig.firmware.device_under_test import ClockSetting
from rig.firmware.host_device import HostDevice
from rig.firmware.options import FirmwareOptions
from sim.errors import BenchError

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="signals, fork and descriptors of POSIX")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The firmware that misbehaves on demand, with the rig's own machine and server."""
    return built_for_host("misbehaving", tmp_path_factory.mktemp("misbehaving"))


def device_of(library):
    """The library as a device under test."""
    return HostDevice(library, find_board("host"), ClockSetting(), FirmwareOptions(answer_timeout_s=60.0))


def sense(name, t_ns, events):
    """Nothing is connected."""
    return 0.0


def told_by(library, word):
    """What a device does that is told `word` 20 ms after its start."""
    with contextlib.closing(device_of(library)) as device:
        device.start(0, 9.0)
        before = device.advance(20_000_000, {}, sense)
        process_id = device._child.process_id
        device.receive(20_000_000, word)
        if word == b"h":  # only a process that hangs is ever waited for to the end
            device._timeout_s = 2.0
        try:
            return before.events + device.advance(40_000_000, {}, sense).events
        finally:
            device.close()
            device.close()
            assert is_gone(process_id)


def is_gone(process_id):
    """Whether no process of this number is left, not even a dead one that nobody has buried."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(
    ("word", "words"),
    [
        pytest.param(b"s", ["SIGSEGV", "misbehaving.c:"], marks=posix_only, id="segmentation fault"),
        pytest.param(b"a", ["SIGABRT", "misbehaving.c:"], marks=posix_only, id="abort"),
        pytest.param(b"d", ["SIGSEGV", "misbehaving.c:"], marks=posix_only, id="stack overflow"),
        pytest.param(b"h", ["hang", "misbehaving.c:"], marks=posix_only, id="endless loop"),
        pytest.param(b"e", ["called exit()"], id="exit"),
        pytest.param(b"p", ["flood", "more than 16 MiB", "nobody could ever want to read"], id="gigabyte on stdout"),
        pytest.param(b"f", ["flood", "10000 things at one instant"], id="endless switching"),
        pytest.param(b"g", ["garbled", "not a frame"], marks=posix_only, id="garbage in the pipe"),
        pytest.param(b"c", ["garbled", "closed the pipe"], marks=[posix_only, pytest.mark.proof], id="closed pipe"),
        pytest.param(b"k", ["exit code 7"], marks=posix_only, id="a child of its own that stays"),
        pytest.param(b"r", ["ADC channel 9"], id="unknown channel"),
        pytest.param(b"l", ["bit 20 of the panel"], id="unknown lamp"),
    ],
)
def test_a_firmware_that_fails_is_one_error_with_what_it_did_last(library, word, words):
    """The error names the end of the process, the last drives and the serial log; no thread and no process is left."""
    threads = threading.active_count()
    with pytest.raises(BenchError) as told:
        told_by(library, word)
    text = str(told.value)
    for each in (*words, "t = 0.0", "mA at 0.0", "LOG started"):
        assert each in text
    assert threading.active_count() == threads


def test_the_next_device_is_none_the_worse(library):
    """After all of that the same library works, told nothing that is wrong."""
    assert b"fine\n" in [event.data for event in told_by(library, b"?")]


def test_an_error_stays_the_same_error(library):
    """A device that has ended is not started again behind the rig's back."""
    with contextlib.closing(device_of(library)) as device:
        device.start(0, 9.0)
        device.receive(1_000_000, b"e")
        for _ in range(2):
            with pytest.raises(BenchError, match="called exit"):
                device.advance(40_000_000, {}, sense)


def test_a_gigabyte_to_the_serial_line_is_what_the_line_can_carry(library):
    """115200 baud are 11520 bytes a second: 20 ms carry 230 of them, and the rest was refused by the queue."""
    sent = b"".join(event.data for event in told_by(library, b"u") if event.kind == "uart")
    assert sent.startswith(b"LOG started\na line of text")
    assert len(sent) <= 12 + 231


def refusal_of(path):
    """What is said of a file that is named as a library."""
    with pytest.raises(BenchError) as told, contextlib.closing(device_of(path)) as device:
        device.start(0, 9.0)
    return str(told.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("int fw_tick(void) { return 0; }", ["no dut_abi_version and no dut_serve", "reference/host"]),
        ("int dut_abi_version(void) { return 99; } int dut_serve(int a, int b) { return a + b; }", ["version 99"]),
    ],
    ids=["no symbols", "another version"],
)
def test_a_library_without_the_rigs_server_says_what_it_lacks(tmp_path, source, words):
    """One clear error each, from a library that the machine can load."""
    (tmp_path / "own.c").write_text(source)
    text = refusal_of(compile_host_library([tmp_path / "own.c"], tmp_path / f"own{library_suffix()}"))
    for each in words:
        assert each in text


def test_a_file_that_is_no_library_of_this_machine_is_refused_by_its_head(tmp_path):
    """Before any process is started: a text, a cut file, an object of another architecture, none at all."""
    head = bytearray(64)
    head[:6] = b"\x7fELF\x01\x01"
    head[16:20] = b"\x03\x00\x28\x00"
    for name, data in {"text.so": b"#!/bin/sh\n", "cut.so": b"\x7fELF\x02", "arm.so": bytes(head)}.items():
        (tmp_path / name).write_bytes(data)
    assert "no library of this machine" in refusal_of(tmp_path / "text.so")
    assert "no library of this machine" in refusal_of(tmp_path / "cut.so")
    assert "cannot be read: No such file" in refusal_of(tmp_path / "none.so")
    if sys.platform == "linux":
        assert "built for ARM (32 bit), this machine is" in refusal_of(tmp_path / "arm.so")


@posix_only
def test_a_damaged_library_is_refused_by_the_loader(tmp_path, library):
    """The head is fine, the rest is not there."""
    (tmp_path / "half.so").write_bytes(library.read_bytes()[:1000])
    assert re.search("cannot be loaded|SIGBUS", refusal_of(tmp_path / "half.so"))
