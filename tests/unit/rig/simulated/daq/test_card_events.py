"""Events of a task: every N samples, and its end."""

import threading

import numpy as np
import pytest
from card_desk import clocked_inputs, desk_of, streamed_output
from lab_desk import CATALOGUE, case_of
from nidaqmx.constants import AcquisitionType
from nidaqmx.errors import DaqError

from rig.simulated.clock import RealClock
from rig.simulated.lab import Lab


@pytest.fixture
def desk():
    with desk_of() as made:
        yield made


class Heard:
    """A callback that counts, and lets a test wait for a number of calls."""

    def __init__(self, wanted):
        self.values, self._wanted, self.enough = [], wanted, threading.Event()

    def __call__(self, _task, *rest):
        self.values.append(rest[-2])
        if len(self.values) >= self._wanted:
            self.enough.set()
        return 0


def test_an_event_comes_for_every_n_samples_and_one_at_the_end(desk):
    """1000 samples, an event every 100: ten events of 100 and one done event of status 0, not more."""
    every, done = Heard(10), Heard(1)
    with desk.task() as ai:
        clocked_inputs(desk, ai, rate_hz=10_000.0, sample_mode=AcquisitionType.FINITE, samps_per_chan=1000)
        ai.register_every_n_samples_acquired_into_buffer_event(100, every)
        ai.register_done_event(done)
        ai.start()
        ai.wait_until_done()
        assert every.enough.wait(60.0)
        assert done.enough.wait(60.0)
        ai.read(1000)
        desk.lab.clock.wait_until(10**9)
        desk.card.sync()
        ai.register_every_n_samples_acquired_into_buffer_event(100, None)
        ai.register_done_event(None)
    assert every.values == [100] * 10
    assert done.values == [0]


def test_events_of_what_is_put_out(desk):
    """An output streams 400 samples: four events of 100, and the end is told with the code of the underflow."""
    every, done = Heard(4), Heard(1)
    with desk.task() as ai, desk.task() as ao:
        clocked_inputs(desk, ai)
        writer = streamed_output(desk, ao)
        writer.write_many_sample(np.zeros(400))
        ao.register_every_n_samples_transferred_from_buffer_event(100, every)
        ao.register_done_event(done)
        ao.start()
        ai.start()
        ai.read(50_000)
        assert every.enough.wait(60.0)
        assert done.enough.wait(60.0)
        with pytest.raises(DaqError, match="-200290"):
            ao.stop()
        ao.register_every_n_samples_transferred_from_buffer_event(100, None)
        ao.register_done_event(None)
    assert every.values == [100] * 4
    assert done.values == [-200290]


def test_on_the_wall_clock_a_stream_moves_the_card_by_itself():
    """Nobody reads and nobody waits for the card: the events come all the same, because the stream looks at it."""
    with desk_of(lab=Lab(case_of(), CATALOGUE.models, RealClock())) as desk, desk.task() as ai:
        every = Heard(3)
        clocked_inputs(desk, ai, rate_hz=10_000.0)
        ai.register_every_n_samples_acquired_into_buffer_event(200, every)
        ai.start()
        assert every.enough.wait(60.0)
        ai.stop()
        ai.register_every_n_samples_acquired_into_buffer_event(200, None)


def test_clearing_a_task_wakes_whoever_waits_in_it():
    """A read that would wait for minutes of the wall clock ends as soon as another client clears the task."""
    with desk_of(lab=Lab(case_of(), CATALOGUE.models, RealClock())) as desk:
        task = desk.task("shared")
        clocked_inputs(desk, task, rate_hz=1000.0)
        task.triggers.start_trigger.cfg_dig_edge_start_trig("/Dev1/PFI1")
        task.start()
        caught = []

        def read():
            try:
                task.read(100, timeout=200.0)
            except DaqError as error:
                caught.append(error.error_code)

        thread = threading.Thread(target=read)
        thread.start()
        desk.host.clear_task("shared")
        thread.join(60.0)
        assert not thread.is_alive()
        assert caught == [-200088]
        task.close()
