"""What every device behind the port promises, whatever runs it: a model, a library in a process, an emulated image."""

import contextlib
import random

import numpy as np
import pytest
from device_makers import CLOCK, MAKERS

from rig.firmware.device_under_test import Injected
from sim.signal import Signal

MS = 1_000_000
START_NS, END_NS = -30 * MS, 720 * MS
CLOSED_V, OPEN_V = 5.0, 0.0
HEEL = Signal(np.where((np.arange(720) < 100) | (np.arange(720) >= 300), CLOSED_V, OPEN_V), 0, 1000.0, "V")
"""The heel stands, is off the floor from 0.1 s to 0.3 s, and stands again."""
LOAD_OHM = 500.0


class World:
    """A resistor at the output, and a record of all that was heard."""

    def __init__(self):
        self.told, self.asked, self._current_a = [], [], 0.0

    def hear(self, events):
        """Events come in time order, each once."""
        for event in events:
            assert not self.told or event.t_ns >= self.told[-1].t_ns
            self.told.append(event)
            if event.kind == "drive":
                self._current_a = event.value

    def sense(self, name, t_ns, events):
        """What the terminal carries, after all that the device did."""
        self.hear(events)
        assert not self.told or t_ns >= self.told[-1].t_ns
        assert not self.asked or t_ns >= self.asked[-1][0]
        carried = {"output_current": self._current_a, "heel_switch": CLOSED_V}
        value = carried.get(name, self._current_a * LOAD_OHM)
        self.asked.append((t_ns, name, value))
        return value


def lived(make, cuts=(), break_on=frozenset(), inputs=(), signal=HEEL, supply_v=9.0):
    """The world after a life from START_NS to END_NS, with `inputs`: (instant, what is done to the device)."""
    world, waiting = World(), sorted(inputs, key=lambda each: each[0])
    with contextlib.closing(make()) as device:
        device.start(START_NS, supply_v)
        for until_ns in sorted({0, END_NS, *cuts, *(t_ns for t_ns, _ in waiting)}):
            reached_ns = None
            while reached_ns is None or reached_ns < until_ns:
                batch = device.advance(until_ns, {"heel_switch": signal} if until_ns > 0 else {}, world.sense, break_on)
                world.hear(batch.events)
                assert batch.reached_ns <= until_ns
                assert not world.told or world.told[-1].t_ns < batch.reached_ns
                told = {event.kind for event in batch.events}
                assert batch.reached_ns == until_ns or told & break_on
                reached_ns = batch.reached_ns
            while waiting and waiting[0][0] == until_ns:
                waiting.pop(0)[1](device)
    return world


def drives(world, from_ns=START_NS, until_ns=END_NS):
    """(instant, current) of every change of the output in a span."""
    return [
        (event.t_ns, event.value) for event in world.told if event.kind == "drive" and from_ns <= event.t_ns < until_ns
    ]


def named(world, kind):
    """(instant, name, value) of every event of a kind."""
    return [(event.t_ns, event.name, event.value) for event in world.told if event.kind == kind]


def causes(world):
    """Why it was reset, each time."""
    return [name for _, name, _ in named(world, "reset")]


emulated_in_proof = pytest.mark.parametrize(
    "make", ["host", "model", pytest.param("emulated", marks=pytest.mark.proof)], indirect=True, scope="module"
)
"""An emulated life takes a second; these promises follow from the same code for both kinds of process."""


@pytest.fixture(scope="module", params=sorted(MAKERS))
def make(request):
    """Makes a fresh device; every one is equal."""
    return MAKERS[request.param]()


@pytest.fixture(scope="module")
def whole(make):
    """The life of a device in two pieces."""
    return lived(make)


def test_a_step_gives_pulses_and_a_start_gives_none(whole):
    """What the sensor shows at power-up is no step; the train begins after the heel is off, with both phases."""
    assert named(whole, "power") == [(START_NS, "", 1.0)]
    assert causes(whole) == ["power_on"]
    assert START_NS <= named(whole, "reset")[0][0] <= START_NS + MS
    times = [t_ns for t_ns, _ in drives(whole)]
    assert 105 * MS < times[0] < 145 * MS
    assert len(times) % 4 == 0
    values = [value for _, value in drives(whole)]
    assert {round(value, 3) for value in values} == {0.03, 0.0, -0.03}
    assert drives(whole)[-1][1] == 0.0


@emulated_in_proof
def test_no_cut_of_the_time_axis_changes_anything(make, whole):
    """Fifty cuts at any instant, some of them inside pulses, give the same events and the same questions."""
    cuts = [random.Random(7).randrange(START_NS, END_NS) for _ in range(40)]
    cuts += [t_ns + 1 for t_ns, _ in drives(whole)[:10]]
    again = lived(make, cuts)
    assert again.told == whole.told
    assert again.asked == whole.asked


@emulated_in_proof
def test_a_device_comes_back_behind_each_event_of_a_kind_to_break_on(make, whole):
    """One event of the kind at a time, nothing behind it yet, and all in all the same."""
    kinds = frozenset({"drive", "reset", "power"})
    seen = 0
    with contextlib.closing(make()) as device:
        device.start(START_NS, 9.0)
        world, reached_ns = World(), START_NS
        while reached_ns < END_NS:
            signals = {"heel_switch": HEEL} if reached_ns >= 0 else {}
            batch = device.advance(END_NS if reached_ns >= 0 else 0, signals, world.sense, kinds)
            world.hear(batch.events)
            instants = {event.t_ns for event in batch.events if event.kind in kinds}
            assert len(instants) <= 1
            if instants:
                assert batch.reached_ns == instants.pop() + 1
                seen += 1
            reached_ns = batch.reached_ns
    assert world.told == whole.told
    assert seen >= len(drives(whole)) // 2


def test_power_that_goes_in_mid_pulse_takes_the_drive_with_it(make, whole):
    """At that very instant, and nothing comes until power is back and another step is taken."""
    t_ns = next(t_ns for t_ns, value in drives(whole) if value > 0.0 and t_ns > 250 * MS) + 50_123
    world = lived(
        make,
        inputs=[
            (t_ns, lambda device: device.terminal(t_ns, "supply", 3.0)),
            (t_ns + 50 * MS, lambda device: device.terminal(t_ns + 50 * MS, "supply", 9.0)),
        ],
    )
    assert drives(world, t_ns) == [(t_ns, 0.0)]
    assert drives(world, until_ns=t_ns) == drives(whole, until_ns=t_ns)
    assert named(world, "power") == [(START_NS, "", 1.0), (t_ns, "", 0.0), (t_ns + 50 * MS, "", 1.0)]
    assert causes(world) == ["power_on", "brown_out"]
    lit = {name for at_ns, name, value in named(world, "line") if value == 1.0 and at_ns < t_ns}
    dark = {name for at_ns, name, value in named(world, "line") if value == 0.0 and at_ns == t_ns}
    assert lit and dark >= lit


@emulated_in_proof
def test_the_cause_of_a_reset_is_told(make):
    """A supply that falls to nothing makes a power-on, one that sags a brown-out, a hang ends in the watchdog."""
    at_ns = 50 * MS
    world = lived(
        make,
        inputs=[
            (at_ns, lambda device: device.terminal(at_ns, "supply", 0.0)),
            (at_ns, lambda device: device.terminal(at_ns + 5 * MS, "supply", 9.0)),
            (450 * MS, lambda device: device.inject(450 * MS, Injected("hang", 0.2))),
        ],
    )
    assert causes(world) == ["power_on", "power_on", "watchdog"]
    instants = [t_ns for t_ns, _, _ in named(world, "reset")]
    assert at_ns + 5 * MS <= instants[1] <= at_ns + 6 * MS + 100  # the cycle in which it is told
    assert 495 * MS < instants[2] < 505 * MS


@emulated_in_proof
def test_a_device_without_enough_supply_does_nothing(make):
    """Below the brown-out threshold there is no reset, no question and no drive."""
    world = lived(make, supply_v=4.0)
    assert (world.told, world.asked) == ([], [])


@pytest.mark.parametrize(
    "make", ["host", pytest.param("emulated", marks=pytest.mark.proof)], indirect=True, scope="module"
)
def test_faults_of_the_board_mean_the_same_on_every_device(make):
    """From its instant on a clock runs faster by the dose than it did; a high reference reads the battery as low."""
    at_ns, low_ns = 200 * MS, 650 * MS
    world = lived(
        make,
        inputs=[
            (at_ns, lambda device: device.inject(at_ns, Injected("clock", 0.05))),
            (low_ns, lambda device: device.inject(low_ns, Injected("adc_reference", 1.25))),
            (at_ns, lambda device: device.inject(at_ns, Injected("uart_noise", 40))),
        ],
    )
    starts = np.array([t_ns for t_ns, value in drives(world, at_ns + 26 * MS) if value > 0.0])
    assert np.diff(starts[:6]) == pytest.approx(np.full(5, 25 * MS / (1.05 * (1.0 + CLOCK.error_ratio))), abs=1500)
    assert np.mean(np.diff(starts[:6])) == pytest.approx(25 * MS / (1.05 * (1.0 + CLOCK.error_ratio)), abs=250)
    low = [(t_ns, value) for t_ns, name, value in named(world, "line") if name == "indicator.low_battery"]
    assert [value for _, value in low] == [1.0]
    assert low[0][0] > low_ns
    assert causes(world) == ["power_on"]


@emulated_in_proof
def test_the_stop_button_ends_the_train(make, whole):
    """No pulse begins behind it; one that runs is finished."""
    t_ns = drives(whole)[24][0] + 10_000
    world = lived(make, inputs=[(t_ns, lambda device: device.terminal(t_ns, "button.stop", 1.0))])
    assert drives(world, until_ns=t_ns) == drives(whole, until_ns=t_ns)
    rest = drives(world, t_ns)
    assert len(rest) <= 3 and rest[-1][1] == 0.0


@emulated_in_proof
def test_what_cannot_be_is_refused(make):
    """A terminal that is not there, an instant that has passed, a dose that no board can have."""
    with contextlib.closing(make()) as device:
        device.start(0, 9.0)
        device.advance(10 * MS, {"heel_switch": HEEL}, World().sense)
        with pytest.raises(ValueError, match=r"has no terminal 'knob'; it has button.rearm, button.stop, supply"):
            device.terminal(10 * MS, "knob", 1.0)
        with pytest.raises(ValueError, match="too late"):
            device.terminal(9 * MS, "supply", 1.0)
        with pytest.raises(ValueError, match=r"from 0\.1 to 2"):
            device.inject(10 * MS, Injected("adc_reference", 9.0))
        assert device.identity()["kind"]
        device.close()
        device.close()
