"""The simulated laboratory: the virtual bench's plant, whoever cuts its time and whatever lies before its power-on."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_desk import CATALOGUE, Playing, case_of, lab_of, steps_v

from rig.plant_of_case import plant_of_case
from rig.walks import prepare_walk
from sim.electrode.load import NAMED_LOADS
from sim.errors import BenchError
from sim.signal import Command
from sim.timebase import NS_PER_MS, NS_PER_S
from sim.world import BlockLimits

END_NS = 1_300 * NS_PER_MS
OPEN = [(0.3, 0.9)]
COMMANDS = (
    Command(450_000_000, "contact", 0.7),
    Command(520_000_001, "setting", ("current", 0.02)),
    Command(600_000_000, "supply", 7.0),
    Command(700_000_000, "load", NAMED_LOADS["500 ohm"]),
    Command(800_000_000, "polarity", -1),
    Command(820_000_000, "button", "stop"),
)


def _driven(cuts_ns=(), t0_ns=0, **rest):
    lab = lab_of(**rest)
    moved = tuple(Command(c.t_ns + t0_ns, c.target, c.value, c.channel) for c in COMMANDS)
    lab.drive(Playing({"heel_switch": steps_v(OPEN, 2.0)}, moved, t0_ns=t0_ns))
    assert lab.power_on(t0_ns) == t0_ns
    for cut_ns in sorted({*cuts_ns, t0_ns + END_NS}):
        lab.advance_to(cut_ns)
    return lab


def _seen(lab, t0_ns=0):
    rows = lab.edges(t0_ns, t0_ns + END_NS, with_running=False).channels[0].copy()
    rows["t_ns"] -= t0_ns
    lines = [(t_ns - t0_ns, *rest) for t_ns, *rest in lab.lines(t0_ns, t0_ns + END_NS)]
    told = [(t_ns - t0_ns, text) for t_ns, text in lab.messages(t0_ns, t0_ns + END_NS)]
    return rows.tobytes(), lines, told


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, END_NS), max_size=30))
def test_any_cut_of_time_gives_the_same_edges(cuts_ns):
    """Edges, lines and messages do not know where `advance_to` was called, to the last bit."""
    assert _seen(_driven(cuts_ns)) == _seen(_driven())


def test_the_instant_of_power_on_shifts_everything_and_changes_nothing():
    """A device that is switched on later lives the same life, later: whole ns are only added."""
    t0_ns = 1_234_567_891
    lab = _driven(t0_ns=t0_ns)
    assert _seen(lab, t0_ns) == _seen(_driven())
    assert not np.any(lab.values("current", 0, NS_PER_MS, 1234))


def test_a_walk_gives_the_edges_of_the_virtual_benchs_plant():
    """The stimuli of a closed loop, played through a driver in other blocks: the same rows, bit for bit."""
    case = case_of(strides=3)
    world, plant = prepare_walk(case).world(BlockLimits()), plant_of_case(case, CATALOGUE.models, "test")
    rows, samples, commands = [], [], []
    while not world.done:
        stimulus = world.advance(plant.settled_ns)
        rows.append(plant.advance(stimulus).channels[0])
        world.add_pulses(plant.delivered())
        samples.append(stimulus.signals["heel_switch"].samples)
        commands.extend(stimulus.commands)
    lab = lab_of(case)
    lab.drive(Playing({"heel_switch": np.concatenate(samples)}, commands))
    lab.power_on(0)
    for t_ns in range(0, world.end_ns, 3_700_001):
        lab.advance_to(t_ns)
    lab.advance_to(world.end_ns)
    assert lab.edges(0, world.end_ns, with_running=False).channels[0].tobytes() == np.concatenate(rows).tobytes()
    assert np.array_equal(lab.values("heel_switch", 0, 100_000, 20_000), np.concatenate(samples)[:20_000])


def test_exact_values_are_the_closed_form_of_the_circuit():
    """A balanced pulse through 400 ohm + 3 kohm || 0.2 uF: the charging curve of phase 1 and zero current after it."""
    lab = _driven()
    start_ns = int(lab.edges(0, END_NS, with_running=False).channels[0]["t_ns"][1])
    width_ns = int(lab.crossings("current", 0.015, start_ns + 1, END_NS)[0][0]) - start_ns
    v = lab.values("voltage", start_ns, 1000, width_ns // 1000)
    t_s = np.arange(v.size) * 1e-6
    np.testing.assert_allclose(v, 0.03 * (400 + 3000 * (1 - np.exp(-t_s / 600e-6))), rtol=1e-12)
    assert np.all(lab.values("current", start_ns, 1000, v.size) == 0.03)


def test_a_balanced_pulse_is_the_closed_form_of_two_phases():
    """Charges I w and -I w of a whole pulse, and its voltages: the capacitor charges, leaks in the gap, charges back.

    u1 = I R_p (1 - exp(-w/tau)) at the end of phase 1, u1 exp(-g/tau) after the gap, and phase 2 pulls it to
    u2 = -I R_p + (u1 exp(-g/tau) + I R_p) exp(-w/tau). Load: 400 ohm + 3 kohm || 0.2 uF.
    """
    lab = _driven()
    t_ns, rising = lab.crossings("current", 0.015, 0, END_NS)
    back_ns, up = lab.crossings("current", -0.015, 0, END_NS)
    start_ns, mid_ns = (int(edge) for edge in t_ns[:2])
    second_ns, end_ns = (int(edge) for edge in back_ns[:2])
    assert (rising[:2].tolist(), up[:2].tolist()) == ([True, False], [False, True])
    tau_s, w_s, g_s, w2_s = 600e-6, *((b - a) * 1e-9 for a, b in pairwise((start_ns, mid_ns, second_ns, end_ns)))
    current_a = lab.values("current", start_ns, 1, end_ns - start_ns)
    assert current_a[: mid_ns - start_ns].sum() * 1e-9 == pytest.approx(0.03 * w_s, rel=1e-12)
    assert abs(current_a.sum()) * 1e-9 <= 0.03 * 1e-9  # the phases differ by 1 ns at most: the device's clock
    u1_v = 90.0 * (1 - np.exp(-w_s / tau_s))
    left_v = u1_v * np.exp(-g_s / tau_s)
    u2_v = -90.0 + (left_v + 90.0) * np.exp(-w2_s / tau_s)
    asked_ns = (mid_ns - 1, mid_ns, second_ns - 1, second_ns, end_ns - 1, end_ns)
    found_v = [lab.values("voltage", t, 1, 1)[0] for t in asked_ns]
    assert found_v == pytest.approx([12.0 + u1_v, u1_v, left_v, left_v - 12.0, u2_v - 12.0, u2_v], abs=5e-4)


def test_crossings_are_the_first_ns_on_the_other_side():
    """Each crossing is checked against the values of the ns itself and of the one before it."""
    lab = _driven()
    for role, level in (("current", 0.01), ("voltage", 17.3), ("voltage", -3.3), ("heel_switch", 1.0)):
        found_ns, rising = lab.crossings(role, level, 0, END_NS)
        assert found_ns.size > 0
        for t_ns, up in zip(found_ns.tolist(), rising.tolist(), strict=True):
            before, at = lab.values(role, t_ns - 1, 1, 2)
            assert (before < level <= at) if up else (at < level <= before)
        cut_ns = int(found_ns[found_ns.size // 2])
        halves = [lab.crossings(role, level, a, b)[0] for a, b in ((0, cut_ns), (cut_ns, END_NS))]
        assert np.array_equal(np.concatenate(halves), found_ns)


def test_a_sagging_supply_clips_the_output():
    """Compliance follows the supply: 120 V at 9 V are 93.3 V at 7 V, and below 6 V there is nothing."""
    lab = lab_of()
    lab.drive(Playing({"heel_switch": steps_v([(0.3, 3.0)], 4.0)}))
    lab.command(Command(0, "load", NAMED_LOADS["10 kohm"]))
    lab.command(Command(0, "setting", ("lead_off_ratio", 0.0)))
    lab.power_on(0)
    for t_ns, supply_v in ((800 * NS_PER_MS, 7.0), (1_100 * NS_PER_MS, 5.9)):
        lab.command(Command(t_ns, "supply", supply_v))
    lab.advance_to(2 * NS_PER_S)
    highest_v = [lab.values("voltage", s * NS_PER_MS, 1000, 250_000).max() for s in (550, 820, 1120)]
    assert highest_v == pytest.approx([120.0, 120.0 * 7.0 / 9.0, 0.0])
    assert lab.values("supply", 0, 500 * NS_PER_MS, 4).tolist() == [9.0, 9.0, 7.0, 5.9]


def test_a_command_that_cannot_be_is_refused_and_changes_nothing():
    """A setting out of bounds, an unknown defect, a button of another device: said at once, the device lives on."""
    lab = _driven()
    for command in (
        Command(0, "setting", ("current", 5.0)),
        Command(0, "setting", ("volume", 1.0)),
        Command(0, "fault", ("no such defect", 1.0)),
        Command(0, "button", "bell"),
        Command(0, "contact", 1.5),
        Command(0, "supply", "half"),
        Command(0, "load", "500 ohm"),
        Command(0, "polarity", 0.5),
        Command(0, "weather", 1.0),
        Command(0, "contact", 1.0, channel=9),
    ):
        with pytest.raises(BenchError):
            lab.command(command)
    lab.advance_to(END_NS + NS_PER_MS)


def test_what_is_not_lived_or_not_known_is_an_error():
    """No zero is ever made up: the future, a role that nobody has, and the forgotten past."""
    lab = _driven()
    for ask in (
        lambda: lab.values("current", END_NS, 1, 1),
        lambda: lab.edges(0, END_NS + 1),
        lambda: lab.values("colour", 0, 1, 1),
    ):
        with pytest.raises(BenchError):
            ask()


def test_no_contact_brings_current_past_an_open_interlock():
    """The relay is in series with the electrodes: open, another contact meanwhile, closed: the newest contact."""
    changes = (
        Command(500_000_000, "interlock", 0),
        Command(600_000_000, "contact", 0.8),
        Command(700_000_000, "interlock", 1),
    )
    lab = lab_of()
    lab.drive(Playing({"heel_switch": steps_v([(0.3, 1.2)], 2.0)}, changes))
    lab.command(Command(0, "setting", ("lead_off_ratio", 0.0)))
    lab.power_on(0)
    lab.advance_to(NS_PER_S)
    parts = [lab.values("current", t_ns * NS_PER_MS, 1000, 90_000) for t_ns in (400, 500, 600, 700)]
    assert [part.max() for part in parts] == [0.03, 0.0, 0.0, 0.03]
    ohm = lab.values("voltage", 700 * NS_PER_MS, 1000, 90_000)[parts[3] == 0.03].min() / 0.03
    assert ohm == pytest.approx(400 / 0.8, rel=3e-3)  # a sample stands up to 1 us behind the edge
