"""What every streaming bench must do, whatever is behind it; unchanged on hardware: `tox -e hardware -- --bench FILE`.

The load is a resistor of 500 ohm in the bench's load bank, so that voltage over current is known without the bench.
"""

import math

import numpy as np
import pytest
from streaming_desk import streaming_bench, streaming_case

from rig.late_loop import late
from rig.walks import prepare_walk
from sim.errors import BenchError
from sim.signal import Stimulus
from sim.world import BlockLimits

KINDS = ["virtual", "card in process", "card behind grpc"]
_STEPS_NS = 2_500_000_000


def pytest_generate_tests(metafunc):
    """The kinds of bench in CI; with `--bench FILE` that bench alone, marked as hardware."""
    if "kind" in metafunc.fixturenames:
        own = str(metafunc.config.getoption("--bench", default=""))
        kinds = [pytest.param(own, marks=pytest.mark.hardware)] if own else KINDS
        metafunc.parametrize("kind", kinds, scope="module")


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return streaming_case(tmp_path_factory.mktemp("case"))


@pytest.fixture(scope="module")
def bench(kind, case):
    if kind == "card behind grpc":  # kernels are compiled before a call with a deadline waits for them
        with streaming_bench("card in process", case) as first:
            first.open(case)
            walked(first, case, 100_000_000)
            first.zero_span()
            first.close()
    with streaming_bench(kind, case) as found:
        yield found


def walked(bench, case, until_ns=_STEPS_NS):
    """(stimulus, capture) of every block of a walk, without its pulses, drained."""
    described = bench.describe()
    limits = BlockLimits(min(described.max_block_ns, 500_000_000))
    world = late(prepare_walk(case).world(limits), described.look_ahead_ns, limits)
    blocks, settled_ns = [], 0
    while not world.done and (not blocks or blocks[-1][1].t1_ns < until_ns):
        stimulus = world.advance(settled_ns)
        capture = bench.exchange(stimulus)
        settled_ns = max(0, capture.t1_ns - 2_000_000)
        blocks.append((stimulus, capture))
    return blocks


@pytest.fixture(scope="module")
def run(bench, case):
    """One walk on an opened bench: capabilities, blocks, accuracy, readings before; the bench is left safe."""
    before = bench.describe()
    bench.open(case)
    spans = dict(bench.zero_span())
    blocks = walked(bench, case)
    bench.safe_state()
    found = before, blocks, dict(bench.accuracy()), spans, dict(bench.identity())
    bench.close()
    return found


def test_an_exchange_before_open_is_an_error(kind, case):
    """Nothing is captured by a bench that is not open."""
    with streaming_bench(kind, case) as closed, pytest.raises(BenchError, match="not open"):
        closed.exchange(Stimulus(0, 1_000_000))


def test_capabilities_are_known_before_open_and_stay(run, bench):
    """`describe` needs no hardware, and what it says of time holds afterwards."""
    before, *_ = run
    after = bench.describe()
    assert before.closed_loop and before.gapless and before.max_block_ns > 0 and before.look_ahead_ns >= 0
    assert (after.max_block_ns, after.look_ahead_ns, after.roles) == (
        before.max_block_ns,
        before.look_ahead_ns,
        before.roles,
    )
    assert {"current", "voltage", "heel_switch"} <= before.roles


def test_blocks_come_in_order_and_hold_what_their_time_asks_for(run):
    """Each capture begins where the one before ended; its samples are those of its span on the absolute grid."""
    _, blocks, *_ = run
    reached = 0
    for _, capture in blocks:
        assert capture.t0_ns == reached and capture.t1_ns >= capture.t0_ns and not capture.quality.gaps
        reached = capture.t1_ns
        for signal in capture.waveforms.values():
            first, last = (-(-t_ns // signal.period_ns) for t_ns in (capture.t0_ns, capture.t1_ns))
            assert signal.samples.size == last - first and signal.t0_ns == first * signal.period_ns
            assert signal.samples.dtype == np.int16
    assert reached >= _STEPS_NS


def test_the_lag_is_constant_and_the_one_that_is_stated(run):
    """Once the clock runs, a capture ends `look_ahead` before its stimulus, always."""
    described, blocks, *_ = run
    lags = {stimulus.t1_ns - capture.t1_ns for stimulus, capture in blocks if capture.t1_ns > 0}
    assert lags == {described.look_ahead_ns}


def test_every_captured_role_states_what_it_is_worth(run):
    """Accuracy of every waveform, in its unit, with a range that the codes keep to."""
    _, blocks, accuracy, _, identity = run
    roles = set(blocks[-1][1].waveforms)
    assert {"current", "voltage"} <= roles <= set(accuracy)
    for role in ("current", "voltage"):
        part, signal = accuracy[role], blocks[-1][1].waveforms[role]
        assert part.unit == signal.unit and part.lsb == signal.scale
        assert part.range > 0.0 and part.noise_rms > 0.0 and part.rate_hz == signal.rate_hz
        assert np.abs(signal.values()).max() <= part.range * (1.0 + 1e-9)
    assert identity["bench"]


def test_zero_and_span_are_within_what_is_stated(run):
    """A bench that can short its inputs reads zero and its reference source within its own budget."""
    _, _, accuracy, spans, _ = run
    for role, reading in spans.items():
        part = accuracy[role]
        assert abs(reading.zero) <= part.offset_bound + 4.0 * reading.zero_noise
        allowed = part.gain_bound_ratio * reading.reference + 2.0 * part.inl_bound + reading.reference_bound
        assert abs(reading.span - reading.zero - reading.reference) <= allowed + 4.0 * reading.span_noise


def test_voltage_over_current_is_the_resistor(run):
    """500 ohm, within the gain of probe and tap and the noise that is left in the mean over all pulses."""
    _, blocks, accuracy, *_ = run
    current, voltage = (
        np.concatenate([c.waveforms[role].values() for _, c in blocks if role in c.waveforms])
        for role in ("current", "voltage")
    )
    on = np.abs(current) > 0.5 * np.abs(current).max()
    on[:-3] &= on[3:]
    on[3:] &= on[:-3]
    assert on.sum() > 1000, "the device answers the steps"
    ratio = float(np.sum(voltage[on] * current[on]) / np.sum(current[on] ** 2))
    bound = accuracy["voltage"].gain_bound_ratio + accuracy["current"].gain_bound_ratio
    assert abs(ratio / 500.0 - 1.0) <= bound + 4.0 / math.sqrt(on.sum())


def test_safe_state_and_close_twice_are_fine_and_it_opens_again(run, bench, case):
    """Nobody must count how often a bench was made safe; a second run finds it free and gives the same samples."""
    _, blocks, *_ = run
    bench.safe_state()
    bench.safe_state()
    bench.close()
    bench.close()
    bench.open(case)
    again = walked(bench, case, 60_000_000)
    bench.close()
    with pytest.raises(BenchError):
        bench.exchange(Stimulus(0, 1_000_000))
    assert [capture.t1_ns for _, capture in again] == [capture.t1_ns for _, capture in blocks[: len(again)]]
    assert bench.describe().hardware == "bench" or _same_samples(blocks, again)


def _same_samples(blocks, again):
    """True where the first captures of two runs hold the same codes."""
    pairs = zip(blocks, again, strict=False)
    return all(
        np.array_equal(signal.samples, b.waveforms[role].samples)
        for (_, a), (_, b) in pairs
        for role, signal in a.waveforms.items()
    )
