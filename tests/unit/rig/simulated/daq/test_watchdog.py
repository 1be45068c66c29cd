"""The card's watchdog opens the interlock when its program falls silent, and guards nothing else.

Truth: the current through the plant, asked of the laboratory, not of the card.
"""

import os
import subprocess
import sys
import time

import pytest
from daq_desk import HALF_A, HEEL_UP_V, card_of, host_of
from lab_desk import lab_of

from rig.simulated.clock import RealClock
from rig.simulated.daq.server import CardServer

nidaqmx = pytest.importorskip("nidaqmx")
from nidaqmx.constants import Level, WatchdogAOExpirState  # noqa: E402
from nidaqmx.errors import DaqError  # noqa: E402
from nidaqmx.system.watchdog import AOExpirationState, DOExpirationState, WatchdogTask  # noqa: E402

INTERLOCK = "Dev1/port0/line0"
MS = 1_000_000
WAIT_S = 60.0
OUTPUT_TO_0_V = AOExpirationState("Dev1/ao0", 0.0, WatchdogAOExpirState.VOLTAGE)


@pytest.fixture
def card():
    card = card_of()
    yield card
    card.close()


def _session(card):
    from rig.simulated.daq.in_process import InProcessChannel

    return {"grpc_options": nidaqmx.GrpcSessionOptions(InProcessChannel(host_of(card)), "")}


def _stimulate(session):
    """Close the interlock, lift the heel, let the device begin its life: it stimulates from then on."""
    line, heel, inputs = (nidaqmx.Task(**session) for _ in range(3))
    line.do_channels.add_do_chan(INTERLOCK)
    line.write(True)
    heel.ao_channels.add_ao_voltage_chan("Dev1/ao2")
    heel.write(2.6)
    inputs.ai_channels.add_ai_voltage_chan("Dev1/ai0")
    inputs.timing.cfg_samp_clk_timing(10e3, samps_per_chan=2000)
    inputs.start()
    inputs.wait_until_done()
    heel.write(HEEL_UP_V)
    return line, heel, inputs


def _pulses(card, t0_ns, t1_ns):
    card.lab.clock.wait_until(t1_ns)
    with card.lab.lock:
        card.sync()
        return card.lab.crossings("current", HALF_A, t0_ns, t1_ns)[0].size


def test_a_silent_program_opens_the_interlock_to_the_nanosecond_and_the_current_ends(card):
    """Reset at 100 ms with a time-out of 150 ms: pulses until 250 ms, none after; the heel is still up (AO holds).

    Until the expiration is cleared, writes to the line change nothing.
    """
    session = _session(card)
    line, heel, inputs = _stimulate(session)
    with line, heel, inputs, WatchdogTask("Dev1", timeout=0.150, **session) as guard:
        guard.cfg_watchdog_do_expir_states([DOExpirationState(INTERLOCK, Level.LOW)])
        began_ns = card.lab.clock.now_ns()
        guard.start()
        card.lab.clock.wait_until(began_ns + 100 * MS)
        guard.reset_timer()
        assert _pulses(card, began_ns + 100 * MS, began_ns + 250 * MS) > 2
        assert not guard.expired
        assert _pulses(card, began_ns + 250 * MS + 1, began_ns + 500 * MS) == 0
        assert guard.expired
        assert card.outputs.of(INTERLOCK).changes(began_ns, began_ns + 500 * MS) == [(began_ns + 250 * MS, 0.0)]
        assert card.outputs.of("Dev1/ao2").last == pytest.approx(HEEL_UP_V, abs=1e-3)
        line.write(True)
        assert card.outputs.of(INTERLOCK).last == 0.0
        guard.clear_expiration()
        line.write(True)
        assert card.outputs.of(INTERLOCK).last == 1.0


def test_without_a_watchdog_an_output_holds_what_it_had(card):
    """What analogue output alone does when its program ends: nothing. The device is stimulated on."""
    session = _session(card)
    tasks = _stimulate(session)
    for task in tasks:
        task.close()
    now_ns = card.lab.clock.now_ns()
    assert _pulses(card, now_ns + 200 * MS, now_ns + 700 * MS) > 10


def test_stop_disarms(card):
    """A task that was stopped expires no more."""
    session = _session(card)
    line, heel, inputs = _stimulate(session)
    with line, heel, inputs, WatchdogTask("Dev1", timeout=0.05, **session) as guard:
        guard.cfg_watchdog_do_expir_states([DOExpirationState(INTERLOCK, Level.LOW)])
        guard.start()
        guard.stop()
        now_ns = card.lab.clock.now_ns()
        assert _pulses(card, now_ns + 100 * MS, now_ns + 300 * MS) > 2


@pytest.mark.parametrize(
    ("do", "told"),
    [
        (
            lambda guard: guard._interpreter.cfg_watchdog_ao_expir_states(guard._handle, "Dev1/ao0", [0.0], [10322]),
            "lines only",
        ),
        (lambda guard: guard.start(), "guards no line"),
        (lambda guard: setattr(guard, "timeout", 60.0), "Maximum Value: 34"),
        (lambda guard: setattr(guard, "expir_trig_dig_edge_src", "/Dev1/PFI0"), "does not simulate"),
    ],
    ids=["analogue outputs", "nothing guarded", "too long", "expiration trigger"],
)
def test_what_the_timer_cannot_is_refused(card, do, told):
    """As on an X series card: digital lines, up to 34 s; anything else is an error, never silence."""
    with WatchdogTask("Dev1", timeout=1.0, **_session(card)) as guard, pytest.raises(DaqError, match=told):
        do(guard)


def test_one_timer_a_card(card):
    """A second watchdog is refused while the first runs."""
    session = _session(card)
    with WatchdogTask("Dev1", **session) as first, WatchdogTask("Dev1", **session) as second:
        for guard in (first, second):
            guard.cfg_watchdog_do_expir_states([DOExpirationState(INTERLOCK, Level.LOW)])
        first.start()
        with pytest.raises(DaqError) as refused:
            second.start()
        assert refused.value.error_code == -50103


def test_on_the_wall_clock_it_expires_although_nobody_calls():
    """Nobody asks the card or the laboratory for anything; the line falls all the same."""
    card = card_of(lab_of(clock=RealClock()))
    host = host_of(card)
    from rig.simulated.daq.in_process import InProcessChannel

    session = {"grpc_options": nidaqmx.GrpcSessionOptions(InProcessChannel(host), "")}
    with nidaqmx.Task(**session) as line, WatchdogTask("Dev1", timeout=0.1, **session) as guard:
        line.do_channels.add_do_chan(INTERLOCK)
        line.write(True)
        guard.cfg_watchdog_do_expir_states([DOExpirationState(INTERLOCK, Level.LOW)])
        assert card.outputs.of(INTERLOCK).last == 1.0
        guard.start()
        _until(lambda: card.outputs.of(INTERLOCK).last == 0.0)
    host.close()
    card.close()


KILLED = """
import os, sys, grpc
from nidaqmx import GrpcSessionOptions, Task
from nidaqmx.constants import Level
from nidaqmx.system.watchdog import DOExpirationState, WatchdogTask
session = {"grpc_options": GrpcSessionOptions(grpc.insecure_channel(sys.argv[1]), "")}
line = Task(**session)
line.do_channels.add_do_chan("Dev1/port0/line0")
line.write(True)
guard = WatchdogTask("Dev1", timeout=float(sys.argv[2]), **session)
guard.cfg_watchdog_do_expir_states([DOExpirationState("Dev1/port0/line0", Level.LOW)])
guard.start()
print("live", flush=True)
sys.stdin.readline()
os._exit(9)
"""


@pytest.mark.parametrize("timeout_s", [0.2, 30.0], ids=["expires by itself", "falls when the next program comes"])
def test_a_killed_program_does_not_take_its_watchdog_with_it(timeout_s):
    """Its tasks are released at once, its watchdog runs on: the interlock opens, the next program may begin."""
    card = card_of(lab_of(clock=RealClock()))
    host = host_of(card)
    with CardServer(host) as server:
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, server.address.removeprefix("grpc://"), str(timeout_s)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ,
        )
        with child:
            assert child.stdout.readline().strip() == b"live"
            child.stdin.write(b"\n")
            child.stdin.flush()
            assert child.wait(WAIT_S) == 9
        _until(lambda: len(host.tasks) == 1)
        if timeout_s < 1.0:
            _until(lambda: card.outputs.of(INTERLOCK).last == 0.0)
        else:
            assert card.outputs.of(INTERLOCK).last == 1.0
        from rig.simulated.daq.in_process import InProcessChannel

        session = {"grpc_options": nidaqmx.GrpcSessionOptions(InProcessChannel(host), "")}
        with WatchdogTask("Dev1", timeout=20.0, **session) as guard, nidaqmx.Task(**session) as line:
            assert card.outputs.of(INTERLOCK).last == 0.0
            guard.cfg_watchdog_do_expir_states([DOExpirationState(INTERLOCK, Level.LOW)])
            guard.start()
            line.do_channels.add_do_chan(INTERLOCK)
            line.write(True)
            assert card.outputs.of(INTERLOCK).last == 1.0
    card.close()


def _until(condition):
    ends_s = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < ends_s
        time.sleep(0.005)
