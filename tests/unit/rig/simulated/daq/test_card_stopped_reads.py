"""A read of a task that another client stops, or whose card it resets, ends in NI's code, never in a crash."""

import pytest
from card_desk import CONTINUOUS, clocked_inputs, desk_of
from nidaqmx.errors import DaqError


@pytest.fixture
def desk():
    with desk_of() as made:
        yield made


def _analog(task, terminal):
    clocked_inputs(None, task, terminal, rate_hz=1000.0)


def _digital(task, terminal):
    task.di_channels.add_di_chan(terminal)
    task.timing.cfg_samp_clk_timing(1000.0, sample_mode=CONTINUOUS)


def _counter(task, terminal):
    task.ci_channels.add_ci_count_edges_chan("Dev1/ctr0").ci_count_edges_term = terminal
    task.timing.cfg_samp_clk_timing(1000.0, sample_mode=CONTINUOUS)


KINDS = {
    "front end": (_analog, "Dev1/ai0:1"),
    "converter": (_analog, "Dev1/ai2"),
    "lines": (_digital, "Dev1/port0/line16"),
    "edges": (_counter, "/Dev1/PFI1"),
}
ANOTHER = {
    "stops it": lambda card, task: card.stop(task),
    "resets the card": lambda card, _task: card.reset(),
}


@pytest.mark.parametrize("another", ANOTHER)
@pytest.mark.parametrize("kind", KINDS)
def test_a_task_that_is_stopped_after_the_wait_for_its_samples(desk, monkeypatch, kind, another):
    """-200278: they will never be read; the guardian does so to a runner that is late. Then it may start again."""
    build, terminal = KINDS[kind]
    with desk.task("read") as task:
        build(task, terminal)
        task.start()
        work = desk.host.task("read").does
        waited = work.wait_for

        def overtaken(count, timeout_s):
            found = waited(count, timeout_s)
            ANOTHER[another](desk.card, desk.host.task("read"))
            return found

        monkeypatch.setattr(work, "wait_for", overtaken)
        with pytest.raises(DaqError) as told:
            task.read(5)
        assert told.value.error_code == -200278
        monkeypatch.undo()
        task.start()
        assert len(task.read(5)) == (2 if kind == "front end" else 5)


@pytest.mark.parametrize("kind", ["front end", "converter", "lines"])
def test_a_task_that_never_begins(desk, kind):
    """-200284 when the time is over: the edge for which it waits does not come."""
    build, terminal = KINDS[kind]
    with desk.task() as task:
        build(task, terminal)
        task.triggers.start_trigger.cfg_dig_edge_start_trig("/Dev1/PFI1")
        task.start()
        with pytest.raises(DaqError) as told:
            task.read(5, timeout=0.05)
        assert told.value.error_code == -200284
