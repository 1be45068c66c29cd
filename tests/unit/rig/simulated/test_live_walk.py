"""A patient who walks in a laboratory: the case's closed loop, lap after lap, and room for an output."""

import numpy as np
from lab_desk import CATALOGUE, Playing, case_of, lab_of, steps_v

from rig.plant_of_case import plant_of_case
from rig.simulated.live_walk import LiveWalk
from rig.walks import prepare_walk
from sim.signal import Command
from sim.timebase import NS_PER_MS, NS_PER_S
from sim.world import BlockLimits


def _alone(walk):
    """Rows of the same closed loop without a laboratory, and its end."""
    world, plant, rows = walk.world(BlockLimits()), plant_of_case(walk.case, CATALOGUE.models, "test"), []
    while not world.done:
        rows.append(plant.advance(world.advance(plant.settled_ns)).channels[0])
        world.add_pulses(plant.delivered())
    return np.concatenate(rows), world.end_ns


def _rows(lab, t0_ns, t1_ns):
    rows = lab.edges(t0_ns, t1_ns, with_running=False).channels[0]
    rows["t_ns"] -= t0_ns
    return rows.tobytes()


def test_every_lap_is_the_case_in_closed_loop():
    """Blocks of any length, three laps: each gives the rows of the case's own loop, bit for bit; strides add up."""
    walk = prepare_walk(case_of(strides=2))
    rows, end_ns = _alone(walk)
    live = LiveWalk(walk)
    lab = lab_of(walk.case, patient=live)
    lab.power_on(0)
    for t_ns in range(0, 3 * end_ns, 7_300_003):
        lab.advance_to(t_ns)
    lab.advance_to(3 * end_ns)
    assert [_rows(lab, lap * end_ns, (lap + 1) * end_ns) for lap in range(3)] == [rows.tobytes()] * 3
    assert (live.laps, live.strides(3 * end_ns - 1)) == (3, 6)


def test_the_walk_makes_room_for_an_output_and_begins_anew_after_it():
    """While an output drives the switch nobody walks; after its release the walk begins from its start."""
    walk = prepare_walk(case_of(strides=2))
    live = LiveWalk(walk)
    lab = lab_of(walk.case, patient=live)
    lab.power_on(0)
    lab.advance_to(3 * NS_PER_S)
    playing = Playing({"heel_switch": steps_v([], 1.0)}, t0_ns=3 * NS_PER_S)
    lab.drive(playing)
    lab.advance_to(5 * NS_PER_S)
    lab.release(playing)
    begin_ns = 5 * NS_PER_S
    lab.advance_to(begin_ns + 3 * NS_PER_S)
    assert np.any(lab.values("current", 0, 10_000, 300_000))
    assert not np.any(lab.values("current", 4 * NS_PER_S, 10_000, 100_000))
    assert np.all(lab.values("heel_switch", 4 * NS_PER_S, NS_PER_MS, 1000) == 2.6)
    again = lab.values("heel_switch", begin_ns, 100_000, 10_000)  # later the pulses of another life are felt
    assert np.array_equal(again, lab.values("heel_switch", 0, 100_000, 10_000))
    assert np.any(lab.values("current", begin_ns, 10_000, 300_000))


def test_what_was_set_by_hand_stays_over_laps():
    """A supply of 7 V and a set current of 20 mA outlast the fresh device of the next lap; the device has both."""
    walk = prepare_walk(case_of(strides=2))
    lab = lab_of(walk.case, patient=LiveWalk(walk))
    lab.power_on(0)
    lab.command(Command(0, "supply", 7.0))
    lab.command(Command(0, "setting", ("current", 0.02)))
    end_ns = _alone(walk)[1]
    lab.advance_to(2 * end_ns)
    assert lab.values("supply", 0, end_ns, 2).tolist() == [7.0, 7.0]
    for lap in range(2):
        assert lab.values("current", lap * end_ns, 10_000, end_ns // 10_000).max() == 0.02


def test_another_case_takes_the_place_of_the_device():
    """`rebuild`: no current until power-on, then the new case's current; knobs of the old device are forgotten."""
    lab = lab_of()
    lab.drive(Playing({"heel_switch": steps_v([(0.3, 0.8), (1.3, 1.8), (2.3, 2.8)], 4.0)}))
    lab.power_on(0)
    lab.command(Command(0, "setting", ("current", 0.02)))
    lab.advance_to(NS_PER_S)
    lab.rebuild(case_of())
    lab.advance_to(2 * NS_PER_S)
    assert lab.origin_ns is None
    assert lab.power_on(2 * NS_PER_S) == 2 * NS_PER_S
    lab.advance_to(3 * NS_PER_S)
    highest_a = [lab.values("current", s * NS_PER_S, 10_000, 100_000).max() for s in range(3)]
    assert highest_a == [0.02, 0.0, 0.03]
    assert lab.power_on(3 * NS_PER_S) == 2 * NS_PER_S  # a second capture looks at a device that lives on


def test_a_run_on_a_live_bench_is_the_run_of_a_resting_one():
    """A walk goes on when a capture begins and an output takes the sensor: a fresh device, the same rows from there."""
    walk = prepare_walk(case_of(strides=2))
    t0_ns, end_ns, rows = 4_321_000_007, 2 * NS_PER_S, []
    for patient in (None, LiveWalk(walk)):
        lab = lab_of(walk.case)
        lab.rebuild(walk.case, is_on=True, patient=patient)
        lab.advance_to(t0_ns - 1)
        lab.drive(Playing({"heel_switch": steps_v([(0.3, 0.9)], 3.0)}, t0_ns=t0_ns))
        assert lab.power_on(t0_ns) == t0_ns
        lab.advance_to(t0_ns + end_ns)
        rows.append(_rows(lab, t0_ns, t0_ns + end_ns))
    assert rows[0] == rows[1]
    assert len(rows[0]) > 1000


def test_a_server_that_has_run_before_gives_the_run_of_a_fresh_one():
    """Supply and relay left off before come on with the device; a setting asked before the capture keeps its time."""
    rows, end_ns, t0_ns = [], 2 * NS_PER_S, 3 * NS_PER_S
    walk = prepare_walk(case_of(strides=2))
    for is_used in (False, True):
        lab = lab_of(walk.case)
        if is_used:
            lab.command(Command(0, "supply", "off"))
            lab.command(Command(0, "supply", 0.0))
            lab.power_on(0)
            lab.advance_to(NS_PER_S)
        lab.rebuild(walk.case, is_on=is_used, patient=LiveWalk(walk) if is_used else None)
        lab.advance_to(t0_ns - NS_PER_MS)
        lab.command_in_run(Command(600 * NS_PER_MS, "setting", ("current", 0.02)))
        on = [Command(t0_ns, "supply", "on"), Command(t0_ns, "supply", 9.0)]
        lab.drive(Playing({"heel_switch": steps_v([(0.3, 0.9)], 3.0)}, on, t0_ns=t0_ns))
        lab.power_on(t0_ns)
        lab.advance_to(t0_ns + end_ns)
        rows.append(_rows(lab, t0_ns, t0_ns + end_ns))
        assert lab.messages(t0_ns, t0_ns + end_ns) == ()
        assert lab.values("current", t0_ns + 650 * NS_PER_MS, 1000, 100_000).max() == 0.02
    assert rows[0] == rows[1]
