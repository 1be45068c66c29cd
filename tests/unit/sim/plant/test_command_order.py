"""A command acts before the device looks, thinks or switches at the same instant."""

import numpy as np

from sim.kernel import Kernel, Phase
from sim.signal import Command

LIFTS = ((0.3, 0.7),)


def test_kernel_runs_one_instant_up_to_a_phase():
    """`advance_into` handles what lies before t and what at t belongs to the phase or an earlier one, no more."""
    kernel, seen = Kernel(), []
    for t_ns, phase in ((10, Phase.SENSE), (10, Phase.BODY), (9, Phase.RECORD), (11, Phase.BODY), (10, Phase.ACT)):
        kernel.at(t_ns, phase, lambda t_ns=t_ns, phase=phase: seen.append((t_ns, phase)))
    kernel.advance_into(10, Phase.SENSE)
    assert seen == [(9, Phase.RECORD), (10, Phase.BODY), (10, Phase.SENSE)]
    kernel.advance_to(12)
    assert seen[3:] == [(10, Phase.ACT), (11, Phase.BODY)]


def test_a_setting_holds_from_its_instant_for_the_sensor_too(Bench):
    """A debounce time set at t = 0 counts for the whole run, whether the block ends at 1 ns or at the end."""
    for cuts in ((), (1,), (299_999_999, 300_000_001)):
        command = Command(0, "setting", ("debounce", 0.004))
        first = Bench(lifts=LIFTS, until_s=1.0, commands=(command,)).run(cuts).starts_s()[0]
        assert 0.303 <= first <= 0.304 + 5e-6


def test_commands_of_one_instant_act_in_their_order(Bench):
    """Contact 0 and contact 1 at the same instant: the second one stands, and no segment has no length."""
    t_ns = 500_000_000
    commands = (Command(t_ns, "contact", 0.0), Command(t_ns, "contact", 1.0))
    run = Bench(lifts=LIFTS, until_s=1.0, commands=commands).run()
    plain = Bench(lifts=LIFTS, until_s=1.0).run()
    assert run.pulses.tobytes() == plain.pulses.tobytes()
    assert np.all(np.diff(run.rows["t_ns"]) > 0)
