"""Every error of the card: NI's code, in the situation in which NI documents it, within the time given."""

import nidaqmx
import numpy as np
import pytest
from card_desk import CONTINUOUS, clocked_inputs, desk_of, streamed_output
from nidaqmx.constants import AcquisitionType, LineGrouping
from nidaqmx.error_codes import DAQmxErrors
from nidaqmx.errors import DaqError, DaqReadError, DaqWriteError
from nidaqmx.stream_readers import AnalogMultiChannelReader

from rig.simulated.daq import errors


@pytest.fixture
def desk():
    with desk_of() as made:
        yield made


def test_every_code_has_the_name_that_the_client_gives_it():
    """Truth: nidaqmx's own table of codes."""
    names = {
        "OVERFLOW": "SAMPLES_NO_LONGER_AVAILABLE",
        "ONBOARD_OVERFLOW": "INPUT_FIFO_OVERFLOW_2",
        "NOT_YET_AVAILABLE": "SAMPLES_NOT_YET_AVAILABLE",
        "NEVER_AVAILABLE": "SAMPLES_WILL_NEVER_BE_AVAILABLE",
        "UNDERFLOW": "GEN_STOPPED_TO_PREVENT_REGEN_OF_OLD_SAMPLES",
        "NOT_YET_WRITTEN": "SAMPLES_CAN_NOT_YET_BE_WRITTEN",
        "NOT_SUPPORTED_VALUE": "INVALID_ATTRIBUTE_VALUE",
        "NO_SUCH_CHANNEL": "PHYSICAL_CHAN_DOES_NOT_EXIST",
        "NO_SUCH_DEVICE": "INVALID_DEVICE_ID",
        "NO_SUCH_TASK": "INVALID_TASK",
        "DUPLICATE_TASK": "DUPLICATE_TASK",
        "NOT_SUPPORTED_HERE": "ATTRIBUTE_NOT_SUPPORTED_IN_TASK_CONTEXT",
        "OUTPUT_BUFFER_EMPTY": "OUTPUT_BUFFER_EMPTY",
        "NO_CHANNELS": "CAN_NOT_PERFORM_OP_WHEN_NO_CHANS_IN_TASK",
        "CHANNEL_COUNT": "WRITE_NUM_CHANS_MISMATCH",
        "BUFFER_AUTO_SIZED": "WRITE_FAILS_BUFFER_SIZE_AUTO_CONFIGURED",
        "TASK_RUNNING": "CANNOT_SET_PROPERTY_WHEN_TASK_RUNNING",
        "NOT_DONE": "WAIT_UNTIL_DONE_DOES_NOT_INDICATE_DONE",
        "OUT_OF_RANGE": "INVALID_AO_DATA_WRITE",
        "RESERVED": "PAL_RESOURCE_RESERVED",
        "DEVICE_LOST": "DEV_CANNOT_BE_ACCESSED",
    }
    for ours, theirs in names.items():
        assert getattr(errors, ours) == DAQmxErrors[theirs], ours
    assert set(errors.TEXTS) == {getattr(errors, name) for name in names}


def _overflow(desk, task):
    clocked_inputs(desk, task, rate_hz=1e5, buffer=1000)
    task.start()
    desk.lab.clock.wait_until(20_000_000)
    task.read(10)


def _timeout(desk, task):
    clocked_inputs(desk, task, rate_hz=1000.0).start()
    task.read(100, timeout=0.05)


def _waiting_for_an_edge(desk, task):
    clocked_inputs(desk, task, rate_hz=1000.0)
    task.triggers.start_trigger.cfg_dig_edge_start_trig("/Dev1/PFI1")
    task.start()
    task.read(1, timeout=0.05)


def _more_than_finite(desk, task):
    clocked_inputs(desk, task, rate_hz=1000.0, sample_mode=AcquisitionType.FINITE, samps_per_chan=10)
    task.read(11)


def _too_fast(desk, task):
    clocked_inputs(desk, task, rate_hz=2.1e6)


def _no_channel(desk, task):
    task.ai_channels.add_ai_voltage_chan("Dev1/ai16")


def _no_line(desk, task):
    task.do_channels.add_do_chan("Dev1/port0/line32", line_grouping=LineGrouping.CHAN_PER_LINE)


def _no_device(desk, task):
    task.ai_channels.add_ai_voltage_chan("Dev2/ai0")


def _too_wide(desk, task):
    task.ai_channels.add_ai_voltage_chan("Dev1/ai0", min_val=-11.0, max_val=11.0)


def _out_of_range(desk, task):
    task.ao_channels.add_ao_voltage_chan("Dev1/ao0", min_val=-5.0, max_val=5.0)
    task.write(5.01)


def _underflow(desk, task):
    writer = streamed_output(desk, task, trigger="")
    writer.write_many_sample(np.zeros(100))
    task.start()
    desk.lab.clock.wait_until(20_000_000)
    writer.write_many_sample(np.zeros(100))


def _no_room(desk, task):
    writer = streamed_output(desk, task)
    for _ in range(4):
        writer.write_many_sample(np.zeros(100))
    task.start()  # armed on an input task that nobody starts
    writer.write_many_sample(np.zeros(100), timeout=0.05)


def _more_than_the_first_write(desk, task):
    task.ao_channels.add_ao_voltage_chan("Dev1/ao0")
    task.timing.cfg_samp_clk_timing(1000.0, sample_mode=CONTINUOUS)
    task.write(np.zeros(100), auto_start=False)
    task.write(np.zeros(101), auto_start=False)


def _more_than_the_buffer_before_the_start(desk, task):
    writer = streamed_output(desk, task, buffer=400)
    for _ in range(5):
        writer.write_many_sample(np.zeros(100), timeout=0.05)


def _more_while_it_runs(desk, task):
    writer = streamed_output(desk, task, buffer=0, trigger="")  # the first write makes a buffer of 100 samples
    writer.write_many_sample(np.zeros(100))
    task.start()
    for _ in range(3):
        writer.write_many_sample(np.zeros(100), timeout=0.005)


def _nothing_written(desk, task):
    streamed_output(desk, task)
    task.start()


def _not_done(desk, task):
    clocked_inputs(desk, task, rate_hz=1000.0).start()
    task.wait_until_done(timeout=0.05)


def _configured_while_running(desk, task):
    clocked_inputs(desk, task, rate_hz=1000.0).start()
    task.timing.cfg_samp_clk_timing(2000.0)


def _empty(desk, task):
    task.start()


def _attribute(desk, task):
    clocked_inputs(desk, task).ai_channels.all.ai_coupling  # noqa: B018


def _external_clock(desk, task):
    clocked_inputs(desk, task, source="/Dev1/PFI5")


CASES = {
    "the input buffer is full": (_overflow, -200279, DaqReadError),
    "samples do not come in time": (_timeout, -200284, DaqReadError),
    "the trigger does not come": (_waiting_for_an_edge, -200284, DaqReadError),
    "more samples than a finite task takes": (_more_than_finite, -200278, DaqReadError),
    "a rate above the card's": (_too_fast, -200077, DaqError),
    "no such input": (_no_channel, -200170, DaqError),
    "no such line": (_no_line, -200170, DaqError),
    "no such device": (_no_device, -200220, DaqError),
    "limits beyond every range": (_too_wide, -200077, DaqError),
    "a voltage beyond the channel's limits": (_out_of_range, -200561, DaqWriteError),
    "nothing to put out": (_underflow, -200290, DaqWriteError),
    "no room in the output buffer": (_no_room, -200292, DaqWriteError),
    "more samples than the buffer got from the first write": (_more_than_the_first_write, -200547, DaqWriteError),
    "more samples than the buffer takes before the start": (
        _more_than_the_buffer_before_the_start,
        -200292,
        DaqWriteError,
    ),
    "no room in a buffer as long as the first write": (_more_while_it_runs, -200292, DaqWriteError),
    "started without samples": (_nothing_written, -200462, DaqError),
    "waiting for a task that has no end": (_not_done, -200560, DaqError),
    "configured while it runs": (_configured_while_running, -200557, DaqError),
    "no channels": (_empty, -200478, DaqError),
    "an attribute that nobody simulates": (_attribute, -200452, DaqError),
    "a clock that nobody simulates": (_external_clock, -200452, DaqError),
}


@pytest.mark.parametrize(("act", "code", "kind"), CASES.values(), ids=CASES.keys())
def test_the_documented_code_comes(desk, act, code, kind):
    """The situation, the code and the client's class of error. Source of the situations: daq.md section 1, NI's
    documentation of each code; that a real card raises each of them in the same situation is unverified."""
    with desk.task() as task:
        with pytest.raises(kind) as caught:
            act(desk, task)
        assert caught.value.error_code == code


def test_a_resource_in_use_is_refused_and_free_again(desk):
    """-50103 while another task has the inputs; free when that task is stopped."""
    with desk.task() as first, desk.task() as second:
        clocked_inputs(desk, first).start()
        clocked_inputs(desk, second)
        with pytest.raises(DaqError) as caught:
            second.start()
        assert caught.value.error_code == -50103
        first.stop()
        second.start()


def test_underflow_is_noticed_at_the_instant_it_happens(desk):
    """100 samples at 10 kHz last 10 ms: the done event tells -200290 at once, without any write; the inputs go on."""
    with desk.task() as ai, desk.task() as ao:
        clocked_inputs(desk, ai)
        writer = streamed_output(desk, ao)
        writer.write_many_sample(np.zeros(100))
        told = []
        ao.register_done_event(lambda _task, status, _data: told.append(status) or 0)
        ao.start()
        ai.start()
        ai.read(10_000)
        assert desk.host.task(ao.name).failed is None  # at 10 ms to the ns the next sample is just due
        ai.read(1)
        failed = desk.host.task(ao.name)
        assert (failed.failed.code, failed.failed_ns) == (-200290, 10_000_000)
        with pytest.raises(DaqError, match="-200290"):
            ao.is_task_done()
        with pytest.raises(DaqError, match="-200290"):
            ao.stop()
        ao.register_done_event(None)
        assert told == [-200290]
        ai.read(1000)


def test_a_partial_read_tells_how_many_and_pads_each_row(desk):
    """daq.md trap 9: rows as long as was asked for; what did not come is not a number, never a voltage."""
    with desk.task() as task:
        clocked_inputs(desk, task, rate_hz=1000.0).start()
        samples = np.full((2, 100), 9.0)
        with pytest.raises(DaqReadError) as caught:
            AnalogMultiChannelReader(task.in_stream).read_many_sample(samples, 100, timeout=0.03)
        assert caught.value.samps_per_chan_read == 30
        assert np.isfinite(samples[:, :30]).all()
        assert np.isnan(samples[:, 30:]).all()


def test_names_of_sessions(desk):
    """daq.md trap 2: attach to what exists, create what does not, and say so where it cannot be."""
    from nidaqmx import GrpcSessionOptions, SessionInitializationBehavior

    with desk.task("shared") as first:
        second = desk.task("shared")
        assert second.name == first.name == "shared"
        assert list(desk.host.tasks) == ["shared"]
        with pytest.raises(DaqError) as caught:
            nidaqmx.Task(
                "shared",
                grpc_options=GrpcSessionOptions(
                    desk.channel,
                    "shared",
                    initialization_behavior=SessionInitializationBehavior.INITIALIZE_SERVER_SESSION,
                ),
            )
        assert caught.value.error_code == -200089
        with pytest.raises(DaqError) as caught:
            nidaqmx.Task(
                "absent",
                grpc_options=GrpcSessionOptions(
                    desk.channel,
                    "absent",
                    initialization_behavior=SessionInitializationBehavior.ATTACH_TO_SERVER_SESSION,
                ),
            )
        assert caught.value.error_code == -200088


def test_a_task_that_was_dropped_keeps_the_card_until_its_owner_is_cleared(desk):
    """daq.md trap 3: nidaqmx leaks a task without a word; the host can clear what one client has left."""
    task, _ = desk.host.create_task("left", 0, owner="client 1")
    leaked = desk.task("left")
    clocked_inputs(desk, leaked).start()
    del leaked
    with desk.task() as other:
        with pytest.raises(DaqError, match="-50103"):
            clocked_inputs(desk, other).start()
        assert desk.host.clear_tasks_of("client 1") == ("left",)
        assert task.gone.is_set()
        other.start()


def test_continuous_is_continuous(desk):
    """The same situations without the fault raise nothing: a control of the table above."""
    with desk.task() as ai, desk.task() as ao:
        clocked_inputs(desk, ai, rate_hz=1e5)
        writer = streamed_output(desk, ao)
        for _ in range(3):
            writer.write_many_sample(np.zeros(100))
        ao.start()
        ai.start()
        for _ in range(20):
            ai.read(1000)
            writer.write_many_sample(np.zeros(100))
        assert not ao.is_task_done()
        assert ao.out_stream.total_samp_per_chan_generated == 2000
        assert ai.timing.samp_quant_samp_mode == CONTINUOUS
