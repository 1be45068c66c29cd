"""The status line and the lamps of a device say what its electrodes show, at the exact instant."""

import numpy as np
import pytest

from sim.signal import Command

pytestmark = pytest.mark.kernels


def _changes(run, line):
    return [(t_ns, state) for t_ns, role, state in run.lines if role == line]


def test_every_line_says_how_it_stood_at_the_start(Bench):
    """All five lines begin with their state at 0."""
    run = Bench(lifts=(), until_s=0.5).run()
    assert [(t_ns, state) for t_ns, _, state in run.lines] == [(0, 0)] * 5


def test_the_status_line_spans_the_train(Bench):
    """On not after the first pulse, off within a period after the last: the ramp has run down by then."""
    run = Bench().run()
    (_, _), (on_ns, on), (off_ns, off) = _changes(run, "status")
    assert (on, off) == (1, 0)
    assert 0.0 <= run.starts_s()[0] - on_ns * 1e-9 <= 0.0251
    assert 0.0 < off_ns * 1e-9 - run.starts_s()[-1] <= 0.0251
    assert _changes(run, "indicator.output") == _changes(run, "status")


def test_the_stop_button_takes_the_status_line_with_it(Bench):
    """Off at the nanosecond of the press."""
    run = Bench(commands=(Command(800_000_000, "button", "stop"),)).run()
    assert _changes(run, "status")[-1] == (800_000_000, 0)


def test_the_flag_follows_the_plateau(Bench):
    """A peeled electrode: the flag rises at the end of the first pulse that falls short, and falls with a good one."""
    commands = (Command(800_000_000, "contact", 0.05), Command(1_400_000_000, "contact", 1.0))
    run = Bench(lifts=((0.5, 1.0), (1.6, 2.2)), until_s=4.0, commands=commands).run()
    low = run.pulses[np.abs(run.pulses["phase1_a"]) < 0.027]
    (_, _), (up_ns, _), (down_ns, _) = _changes(run, "indicator.high_impedance")
    assert up_ns * 1e-9 == pytest.approx(low["t_s"][0] + low["phase1_s"][0], abs=2e-9)
    good = run.pulses[run.starts_s() > 1.6][0]
    assert down_ns * 1e-9 == pytest.approx(good["t_s"] + good["phase1_s"], abs=2e-9)
    fault = _changes(run, "indicator.fault")
    assert [state for _, state in fault] == [0, 1, 0]
    assert fault[1][0] * 1e-9 == pytest.approx(low["t_s"][-1] + low["phase1_s"][-1], abs=2e-9)


def test_the_battery_lamp_follows_the_supply(Bench):
    """Low below 85 % of 9 V; dark without power, as every other line."""
    commands = tuple(
        Command(t_ms * 1_000_000, "supply", v) for t_ms, v in ((200, 7.6), (400, 7.7), (600, 7.0), (800, 5.0))
    )
    run = Bench(commands=commands).run()
    assert _changes(run, "indicator.low_battery") == [
        (0, 0), (200_000_000, 1), (400_000_000, 0), (600_000_000, 1), (800_000_000, 0),
    ]  # fmt: skip
    assert _changes(run, "status")[-1] == (800_000_000, 0)


def test_any_cut_gives_the_same_lines(Bench):
    """Blocks of 7 ms and one block: the same changes at the same instants."""
    commands = (Command(800_000_000, "contact", 0.05), Command(1_400_000_000, "contact", 1.0))
    bench = Bench(lifts=((0.5, 1.0), (1.6, 2.2)), until_s=3.0, commands=commands)
    whole, cut = bench.run(), bench.run(range(7_000_000, 3_000_000_000, 7_000_000))
    assert sorted(cut.lines) == sorted(whole.lines)
