"""Faults of a card and of its link, in process and over gRPC: typed error in time, outputs safe, the next run works.

Truth: the outputs that the simulated card itself holds afterwards, and a second run on the same bench.
"""

from dataclasses import dataclass

import pytest
from fault_desk import HURRIED_S, PATIENT_S, FaultDesk, short_case, warm_up

from rig.guardian import Guardian
from rig.ni.errors import (
    CardError,
    DaqGarbageError,
    DaqLostError,
    DaqOverflowError,
    DaqReservedError,
    DaqTimeoutError,
    DaqUnderflowError,
)
from sim.errors import BenchError

pytest.importorskip("nidaqmx")
pytest.importorskip("grpc")

BOTH = ("in process", "grpc")
GRPC = ("grpc",)


@dataclass(frozen=True)
class Fault:
    """What goes wrong, in which call, and what the rig must say.

    `at` is `card` for a fault of the card or its way, `server` for one of the server's answers.
    """

    kind: str
    call: str
    error: type[CardError]
    told: str
    transports: tuple[str, ...] = BOTH
    at: str = "card"
    after: int = 0


FAULTS = (
    Fault("overflow", "Read.*", DaqOverflowError, "-200279", after=2),
    Fault("underflow", "WriteAnalog.*", DaqUnderflowError, "-200290", after=5),
    Fault("underflow", "WriteDigital.*", DaqUnderflowError, "-200290", after=5),
    Fault("timeout", "Read.*", DaqTimeoutError, "-200284", after=1),
    Fault("reserved", "StartTask", DaqReservedError, "-50103"),
    Fault("unplug", "Read.*", DaqLostError, "-201003", after=2),
    Fault("unplug", "Write.*", DaqLostError, "-201003", after=3),
    Fault("unplug", "StartTask", DaqLostError, "-201003"),
    Fault("disconnect", "Read.*", DaqLostError, "cannot be reached", after=1),
    Fault("disconnect", "Write.*", DaqLostError, "cannot be reached", after=4),
    Fault("disconnect", "StartTask", DaqLostError, "cannot be reached"),
    Fault("late_answer", "Read.*", DaqUnderflowError, "-200290", after=1),
    Fault("no_answer", "Read.*", DaqLostError, "cannot be reached", ("in process",), after=1),
    Fault("no_answer", "Write.*", DaqLostError, "cannot be reached", ("in process",), after=3),
    Fault("no_answer", "Read.*", DaqTimeoutError, "did not answer in time", GRPC, after=1),
    Fault("garbage", "ReadAnalogF64", DaqLostError, "cannot be reached", GRPC, "server", after=2),
    Fault("garbage", "StartTask", DaqLostError, "cannot be reached", GRPC, "server"),
    Fault("cut", "ReadAnalogF64", DaqLostError, "cannot be reached", GRPC, "server", after=1),
    Fault("disconnect", "WriteAnalogF64", DaqLostError, "cannot be reached", GRPC, "server", after=3),
    Fault("wrong_length", "ReadAnalogF64", DaqGarbageError, "fewer samples than it said", GRPC, "server", after=1),
)
ALWAYS_OVER_GRPC = {"overflow", "reserved", "no_answer", "garbage", "wrong_length"}
"""Kinds that `tox` shows over gRPC too, where a run costs half a second; `tox -e proof` shows every case."""


def _cases():
    """Every case; of each kind the first one in process, and the first over gRPC of some, in every `tox`."""
    shown = set()
    for fault in FAULTS:
        for transport in fault.transports:
            key = transport, fault.kind
            is_first = key not in shown and (transport != "grpc" or fault.kind in ALWAYS_OVER_GRPC)
            shown.add(key)
            name = f"{transport}-{fault.at} {fault.kind} in {fault.call}".replace(".*", "s")
            yield pytest.param(transport, fault, id=name, marks=() if is_first else pytest.mark.proof)


CASES = list(_cases())


@pytest.fixture(scope="module", autouse=True)
def warm():
    """No case waits for a compiler."""
    warm_up()


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """Locks of this test alone, and no guardian process: it has tests of its own."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr("rig.ni.bench.guardian_of", lambda laboratory: Guardian(()))
    return monkeypatch


def test_there_are_at_least_20_cases():
    """What the issue asks for."""
    assert len(CASES) >= 20


@pytest.mark.parametrize(("transport", "fault"), CASES)
def test_fault(alone, transport, fault):
    """The run ends by the error of its cause; the interlock is open; the same bench runs again."""
    desk = FaultDesk(transport, alone, HURRIED_S if fault.kind == "no_answer" else PATIENT_S)
    try:
        desk.bench.open(short_case())
        if fault.at == "server":
            desk.server.faults.inject(fault.kind, fault.call, fault.after)
        else:
            desk.card.faults.inject(fault.kind, call=fault.call, after=fault.after)
        with pytest.raises(fault.error) as ended:
            desk.blocks()
        assert fault.told in str(ended.value)
        assert ended.value.t_s >= 0.0
        card = desk.card
        desk.bench.close()
        assert card.outputs.of("port0/line0").last == 0.0
        desk.bench.open(short_case())
        assert sum(capture.t1_ns - capture.t0_ns for capture in desk.blocks()) == 50_000_000
    finally:
        desk.close()


def test_the_server_dies_in_the_middle(alone):
    """Typed error, no hang; when a server is there again at the same address the bench runs again."""
    from rig.simulated.daq.server import CardServer

    desk = FaultDesk("grpc", alone, HURRIED_S)
    try:
        desk.bench.open(short_case())
        desk.blocks(5)
        port = desk.server.link.port
        desk.server.close()
        with pytest.raises(DaqLostError):
            desk.blocks(5)
        with pytest.raises(BenchError, match="server"):
            desk.bench.safe_state()
        desk.bench.close()
        assert desk.card.tasks == []
        with CardServer(desk.host, port=port):
            desk.bench.open(short_case())
            assert len(desk.blocks()) == 8
            desk.bench.close()
    finally:
        desk.close()


def test_a_late_answer_that_is_in_time_changes_nothing(alone):
    """An answer that comes within the time-out is an answer: the same samples as without the fault."""
    seen = []
    for late in (False, True):
        desk = FaultDesk("grpc", alone)
        try:
            desk.bench.open(short_case())
            if late:
                desk.server.faults.inject("late_answer", "ReadAnalogF64", after=1, late_s=0.1)
            captures = desk.blocks()
            seen.append([capture.waveforms["voltage"].samples.tolist() for capture in captures if capture.waveforms])
        finally:
            desk.close()
    assert seen[0] == seen[1]
