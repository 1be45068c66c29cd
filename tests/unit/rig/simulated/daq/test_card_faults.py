"""Faults that are put in: the client gets a typed error within the time, and the next task works."""

import numpy as np
import pytest
from card_desk import clocked_inputs, desk_of, streamed_output
from nidaqmx import GrpcSessionOptions
from nidaqmx.errors import DaqError, RpcError
from nidaqmx.system import Device

from rig.simulated.daq.faults import KINDS


@pytest.fixture
def desk():
    with desk_of() as made:
        yield made


def one_run(desk):
    """Both directions at once: what every fault interrupts; returns what the inputs read last."""
    with desk.task("inputs") as ai, desk.task("outputs") as ao:
        clocked_inputs(desk, ai, rate_hz=1e5)
        writer = streamed_output(desk, ao)
        for _ in range(3):
            writer.write_many_sample(np.zeros(100))
        ao.start()
        ai.start()
        for _ in range(5):
            volts = ai.read(1000, timeout=0.5)
            writer.write_many_sample(np.zeros(100), timeout=0.5)
        return volts


FAULTS = {
    "overflow": -200279,
    "onboard_overflow": -200361,
    "underflow": -200290,
    "timeout": -200284,
    "reserved": -50103,
    "unplug": -201003,
    "no_answer": "UNAVAILABLE",
    "disconnect": "UNAVAILABLE",
    "late_answer": None,
}


def test_every_kind_is_in_the_table():
    """A kind that nobody tries would be a claim without evidence."""
    assert set(FAULTS) == set(KINDS)


@pytest.mark.parametrize("after", [0, 3], ids=["at once", "later"])
@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_told_by_its_code_and_the_next_run_works(desk, kind, after):
    """The code that NI gives the situation, or the status of the link; after it (and a reset, where the card was gone)
    the same run succeeds."""
    code = FAULTS[kind]
    # a fault in the client's version probe strikes nobody (daq.md trap 4), one in a constructor leaves a task behind
    call = r"(Write|Start|Read).*" if KINDS[kind] == ".*" else ""
    desk.card.faults.inject(kind, after=0 if kind == "reserved" else after, call=call)
    if code is None:
        began_ns = desk.lab.clock.now_ns()
        assert len(one_run(desk)) == 2
        assert desk.lab.clock.now_ns() - began_ns >= 200_000_000
    else:
        with pytest.raises((DaqError, RpcError)) as caught:
            one_run(desk)
        told = caught.value
        assert (told.error_code if isinstance(told, DaqError) else told.rpc_code.name) == code
    if kind == "unplug":
        with pytest.raises(DaqError, match="-201003"):
            one_run(desk)
        Device("Dev1", grpc_options=GrpcSessionOptions(desk.channel, "")).reset_device()
    assert len(one_run(desk)) == 2
    assert not desk.host.tasks


def test_a_fault_of_one_task_spares_the_others(desk):
    """Only the named task's second read overflows."""
    desk.card.faults.inject("overflow", task="inputs", after=1)
    with desk.task("others") as other:
        other.di_channels.add_di_chan("Dev1/port0/line16")
        for _ in range(5):
            other.read()
        with desk.task("inputs") as ai:
            clocked_inputs(desk, ai).start()
            ai.read(10)
            other.read()
            with pytest.raises(DaqError, match="-200279"):
                ai.read(10)


def test_a_card_that_was_unplugged_lets_go_of_everything(desk):
    """Outputs at rest at the instant of the unplugging, running tasks told at once, the device not in the list."""
    from nidaqmx.system import System

    options = GrpcSessionOptions(desk.channel, "")
    with desk.task() as ai, desk.task() as ao:
        clocked_inputs(desk, ai).start()
        ao.ao_channels.add_ao_voltage_chan("Dev1/ao0")
        ao.write(3.0)
        told = []
        ai.register_done_event(lambda _task, status, _data: told.append(status) or 0) if False else None
        desk.card.unplug()
        assert desk.card.outputs.of("ao0").last == 0.0
        with pytest.raises(DaqError, match="-201003"):
            ai.read(10)
        assert list(System.remote(grpc_options=options).devices.device_names) == []
        Device("Dev1", grpc_options=options).reset_device()
        assert list(System.remote(grpc_options=options).devices.device_names) == ["Dev1"]


def test_a_reset_aborts_what_runs(desk):
    """The inputs are running; after a reset they are stopped and may be started again."""
    with desk.task() as ai:
        clocked_inputs(desk, ai).start()
        Device("Dev1", grpc_options=GrpcSessionOptions(desk.channel, "")).reset_device()
        assert ai.is_task_done()
        ai.start()
        assert np.shape(ai.read(10)) == (2, 10)


def test_an_unknown_fault_is_refused(desk):
    """With the words that are known."""
    with pytest.raises(ValueError, match="no fault 'smoke'; known are disconnect, late_answer"):
        desk.card.faults.inject("smoke")
