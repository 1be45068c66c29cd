"""Every fault of a link, on every transport: a typed error within the time-out, no spin, no wrong number, and after it
a fresh session answers right.

What is true is what the simulated instrument holds; the faults are put between it and the unmodified pyvisa-py.
"""

import itertools
import socket
import time

import numpy as np
import pytest

from rig.instruments.errors import BadReply, InstrumentFault, LinkError, LinkLost, LinkTimeout
from rig.instruments.scpi_link import ScpiLink
from rig.simulated.scpi.commands import command
from rig.simulated.scpi.instrument import Instrument
from rig.simulated.scpi.server import InstrumentServer
from sim.errors import BenchError

pytestmark = pytest.mark.timeout(60)  # a hang is a failure, not a slow test

TIMEOUT_S = 0.2
PATIENT_S = 10.0
"""Time-out where an answer is due: a busy computer is no fault of the link."""
TRUTH = np.arange(5000, dtype="<u2")
BLOCK = b"#510000" + TRUTH.tobytes()
"""pyvisa-py gives VXI-11 one second more before it believes that nobody answers: a stall must last longer."""
SPIN_S = 0.12
"""Processor time of the calling thread beyond which it did not wait but spin: a spin burns all of the time-out."""


class Probe(Instrument):
    """It holds one number and one block, and queues whatever error it is told."""

    volts = 1.25
    words = TRUTH

    @command("SIZed?")
    def sized(self) -> bytes:
        payload = self.words.tobytes()
        return b"#8%08d" % len(payload) + payload

    @command("VOLTage?")
    def tell(self) -> float:
        return self.volts

    @command("DATA?")
    def data(self) -> bytes:
        return BLOCK

    @command("SPOil")
    def spoil(self) -> None:
        for _ in range(100):
            self.report(-222)


@pytest.fixture(scope="module", params=["socket", "hislip", "vxi11"])
def server(request):
    instrument = Probe("KEYSIGHT TECHNOLOGIES,MSO-X 3024T,SIM00000001,07.50")
    with InstrumentServer(instrument, request.param) as served:
        yield served
        assert not instrument.crashes


@pytest.fixture
def link(server):
    opened = connect(server.resource)
    yield opened
    opened.close()
    server.faults.clear()


def connect(resource):
    return ScpiLink(resource, "KEYSIGHT TECHNOLOGIES,MSO-X", "SIM00000001", PATIENT_S)


def hurry(link):
    """From now on an answer must come within `TIMEOUT_S`: for what is not going to answer at all."""
    link.timeout_s = link._session.timeout_s = TIMEOUT_S
    link._session._resource.timeout = round(TIMEOUT_S * 1e3)


def reopen(link):
    link.timeout_s = PATIENT_S
    link.reopen()


def volts(link):
    return link.number("VOLT?")


def block(link):
    return link.block("DATA?", "<u2", TRUTH.size)


FAULTS = {
    "no answer": ("no_answer", {}, volts, LinkTimeout),
    "late answer": ("late_answer", {"delay_s": 0.5}, volts, LinkTimeout),
    "no answer from the error queue": ("no_answer", {"command": "SYST:ERR"}, volts, LinkTimeout),
    "garbage instead of a number": ("garbage", {}, volts, LinkError),
    "garbage instead of a block": ("garbage", {}, block, LinkError),
    "closed instead of an answer": ("disconnect", {}, volts, LinkLost),
    "closed instead of a block": ("disconnect", {}, block, LinkLost),
    "closed in the middle of a block": ("cut_block", {}, block, LinkLost),
    "a stall in a block, longer than the time-out": ("stall", {"delay_s": 1.4}, block, LinkTimeout),
    "a block shorter than its header says": ("short_block", {}, block, LinkError),
    "a block longer than its header says": ("long_block", {}, block, BadReply),
    "a block without a length": ("bad_header", {}, block, BadReply),
    "a block of half a value": ("odd_block", {}, block, BadReply),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_typed_error_and_a_fresh_session_answers_right(server, link, name):
    """The error is one of ours and says what happened; the session is dead; reopened it gives the true values."""
    kind, details, ask, error = FAULTS[name]
    server.faults.inject(kind, **details)
    if issubclass(LinkTimeout, error):
        hurry(link)
    began_s = time.thread_time()
    with pytest.raises(error) as caught:
        ask(link)
    spent_s = time.thread_time() - began_s
    assert len(server.faults.log) and spent_s < SPIN_S, f"{spent_s:.3f} s of processor time while waiting"
    assert isinstance(caught.value, BenchError) and not link.is_open
    reopen(link)
    assert volts(link) == Probe.volts and np.array_equal(block(link), TRUTH)


def test_an_answer_that_comes_late_is_never_taken_for_the_next_one(server, link):
    """Raw pyvisa-py gives the old answer to the next question, on a raw socket."""
    server.faults.inject("late_answer", delay_s=0.5, command="VOLT")
    hurry(link)
    with pytest.raises(LinkTimeout):
        volts(link)
    reopen(link)
    time.sleep(0.4)
    assert link.query("*OPC?") == "1" and link.query("*IDN?") == str(link.identity)


def test_a_stall_shorter_than_the_time_out_is_no_fault(server, link):
    """A slow network is slow; the block is whole."""
    server.faults.inject("stall", delay_s=0.05)
    assert np.array_equal(block(link), TRUTH) and server.faults.log[-1].kind == "stall"


def test_a_connection_that_ends_between_two_questions(server, link):
    """Told as lost, at once, and mended by opening anew."""
    server.drop()
    began_s = time.thread_time()
    with pytest.raises(LinkLost):
        volts(link)
    assert time.thread_time() - began_s < SPIN_S
    reopen(link)
    assert volts(link) == Probe.volts


def test_nobody_listens(server):
    """Opening says so: a raw socket of pyvisa-py opens all the same."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    resource = server.resource.replace(str(server.port), str(port))
    with pytest.raises(LinkLost):
        connect(resource)


def test_another_instrument_answers(server):
    """A swapped address is found before anything is written."""
    with pytest.raises(BadReply, match="E36312A"):
        ScpiLink(server.resource, "Keysight Technologies,E36312A", timeout_s=PATIENT_S)
    with pytest.raises(BadReply, match="MY57450123"):
        ScpiLink(server.resource, "", "MY57450123", PATIENT_S)


def test_a_full_error_queue_is_told_and_emptied(link):
    """The entries come with the command that caused them; the link stays in order."""
    with pytest.raises(InstrumentFault, match=r"`SPOIL`: -222.*-350"):
        link.write("SPOIL")
    assert link.is_open and link.errors() == () and volts(link) == Probe.volts


def test_an_unknown_command_is_a_complaint_and_a_query_of_it_a_time_out(link):
    """The instrument refuses (-113) and answers nothing, as a real one does."""
    with pytest.raises(InstrumentFault, match="-113"):
        link.write("NONSENSE 1")
    hurry(link)
    with pytest.raises(LinkTimeout):
        link.query("NONSENSE?")
    reopen(link)
    assert volts(link) == Probe.volts


def test_a_fault_that_repeats_never_gives_a_number(server, link):
    """Reopened five times, refused five times, right once it is over."""
    server.faults.inject("garbage", times=None, command="VOLT")
    for _ in range(5):
        with pytest.raises(LinkError):
            volts(link)
        reopen(link)
    server.faults.clear()
    assert volts(link) == Probe.volts


def test_a_block_of_any_length_arrives_whole(server, link):
    """Lengths around the pieces in which pyvisa-py and the link read: 4096 and 20480 bytes, a mebibyte."""
    for size in itertools.chain((1, 2047, 2048, 2049, 10240), (524_288, 524_289)):
        values = (np.arange(size) % 60_000).astype("<u2")
        server.instrument.words = values
        assert np.array_equal(link.block("SIZED?", "<u2", size), values)
