"""Integer time, named streams and the order of phases."""

import functools
import itertools
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import CollectedScenarioError, ModelError, ScenarioError
from sim.kernel import Kernel, Phase
from sim.noise import INVERSE_NORMAL, hash64, normal_at
from sim.streams import Streams, case_seed
from sim.timebase import first_sample_at_or_after, ns_from_s, s_from_ns, sample_period_ns


@given(st.integers(0, 10**13))
def test_nanoseconds_survive_the_way_through_seconds(t_ns):
    """An hour in ns has 42 bits: a double keeps it exactly."""
    assert ns_from_s(s_from_ns(t_ns)) == t_ns


@given(st.integers(-(10**12), 10**12), st.sampled_from([1_000, 10_000, 100_000, 7]))
def test_first_sample_is_the_least_index_not_before(t_ns, period_ns):
    index = first_sample_at_or_after(t_ns, period_ns)
    assert index * period_ns >= t_ns > (index - 1) * period_ns


@pytest.mark.parametrize("rate_hz", [3.0, 44_100.0, 2e9, 0.3])
def test_a_rate_without_a_whole_period_is_refused(rate_hz):
    with pytest.raises(ValueError, match="whole multiple"):
        sample_period_ns(rate_hz)


def test_phases_keep_their_order_whatever_the_order_of_creation():
    """120 orders of creation, one order of events at one instant (design.md section 4)."""
    for order in itertools.permutations(Phase):
        kernel, log = Kernel(), list[Phase]()
        for phase in order:
            kernel.at(5, phase, functools.partial(log.append, phase))
        kernel.advance_to(6)
        assert log == sorted(Phase)


def test_a_block_is_half_open():
    """What stands exactly at the end of a block belongs to the next one."""
    kernel, log = Kernel(), []
    kernel.at(10, Phase.ACT, lambda: log.append("end"))
    kernel.advance_to(10)
    assert not log and kernel.reached_ns == 10
    kernel.advance_to(11)
    assert log == ["end"]


def test_an_event_in_the_past_is_an_error():
    kernel = Kernel()
    kernel.at(10, Phase.ACT, lambda: kernel.at(9, Phase.ACT, lambda: None))
    with pytest.raises(ModelError, match="1 ns in the past"):
        kernel.advance_to(20)


def test_a_new_stream_shifts_no_other():
    """A stream depends on the seed and its own name, not on who else has drawn."""
    alone = Streams(7).generator("gait.stride_time").random(4)
    streams = Streams(7)
    streams.generator("a new part").random(100)
    assert np.array_equal(streams.generator("gait.stride_time").random(4), alone)
    assert not np.array_equal(Streams(8).generator("gait.stride_time").random(4), alone)


def test_streams_and_case_seeds_are_the_same_in_every_process():
    """The same numbers under another hash seed; the literals pin them for good."""
    code = (
        "from sim.streams import Streams, case_seed\n"
        "print(Streams(7).key('a'), case_seed(3, 1, (('walk.speed', '0.6 m/s'), ('leg', 'left'))))"
    )
    outs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outs == {f"{Streams(7).key('a')} {case_seed(3, 1, (('leg', 'left'), ('walk.speed', '0.6 m/s')))}\n"}


@pytest.mark.kernels
def test_counter_noise_is_standard_normal_and_has_no_memory():
    """Mean, standard deviation and lag-1 correlation of 4000 neighbours within 4 standard errors."""
    n = 4_000
    with np.errstate(over="ignore"):
        z = np.array([normal_at(np.uint64(99), i, INVERSE_NORMAL) for i in range(n)], float)
    assert abs(z.mean()) < 4 / n**0.5
    assert abs(z.std() - 1.0) < 4 / (2 * n) ** 0.5
    assert abs(np.mean(z[1:] * z[:-1])) < 4 / n**0.5


@pytest.mark.kernels
def test_hash_matches_the_published_mixer():
    """SplitMix64 seeded with 0 gives 0xE220A8397B1DCDAF first (Steele, Lea & Flood 2014; Vigna's reference code)."""
    with np.errstate(over="ignore"):
        assert int(hash64(np.uint64(0x9E3779B97F4A7C15))) == 0xE220A8397B1DCDAF


@pytest.mark.parametrize(
    "error",
    [
        ModelError("ankle", 1.5, "NaN"),
        ScenarioError("a.yaml:3:4", "speed 90 m/s", "allowed 0.2 to 2 m/s"),
        CollectedScenarioError((ScenarioError("a:1:1", "x"), ScenarioError("a:2:1", "y"))),
    ],
)
def test_errors_survive_pickle_and_simpy(error):
    """SimPy and multiprocessing rebuild an exception from its args; the text must not change."""
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert str(type(error)(*error.args)) == str(error)
