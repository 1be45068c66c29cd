"""What every bench instrument must do, over every transport; `--bench FILE` asks the same of real ones.

    pytest tests/contract/test_instruments.py                          simulated instruments, three transports
    pytest tests/contract/test_instruments.py --bench my.bench.yaml    those of a laboratory

A laboratory needs an oscilloscope, a generator, a supply and a meter, wired as in `scope-and-generator.bench.yaml`.
What is true is what the simulated laboratory holds to the last bit; on real instruments, what was set.
"""

from dataclasses import replace

import numpy as np
import pytest
from visa_bench_stand import stand

from rig.bench_file.drivers import GENERATOR, METER, SCOPE, SUPPLY
from rig.instruments.capture_plan import inputs_of
from rig.instruments.errors import BadReply, InstrumentFault, InvalidCapture, LimitRefused, LinkLost
from rig.instruments.load_check import check_load
from rig.instruments.opening import open_instrument
from rig.instruments.ports import ScopeChannel, Trigger
from sim.electrode.load import Load
from sim.errors import BenchError

KINDS = {"scope": SCOPE, "generator": GENERATOR, "supply": SUPPLY, "meter": METER}


def pytest_generate_tests(metafunc):
    if "bench" in metafunc.fixturenames:
        given = metafunc.config.getoption("--bench")
        transports = ["as it stands"] if given else ["socket", "hislip", "vxi11"]
        metafunc.parametrize("bench", transports, indirect=True, scope="module")


@pytest.fixture(scope="module")
def bench(request, tmp_path_factory):
    made = stand(tmp_path_factory.mktemp("bench"), request.param, request.config.getoption("--bench"))
    yield made
    made.close()


@pytest.fixture
def simulated(bench):
    if bench.opened is None:
        pytest.skip("a real instrument is not broken on purpose")
    return bench


def inputs(bench):
    return {each.role: each for each in inputs_of(bench.laboratory, bench.case, bench.described(SCOPE).name)}


def level_v(bench, share=0.3):
    """Trigger level: a share of the programmed current, V at the tip."""
    wired = inputs(bench)["current"]
    return share * bench.case.device.programmed["current"] * wired.volts_per_unit


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_answers_is_whom_the_bench_file_names(bench, kind):
    """The four fields of `*IDN?` begin as the file says; simulated ones say so by their serial number."""
    identity = getattr(bench, kind).identity()
    assert str(identity).startswith(bench.described(KINDS[kind]).identity)
    assert identity.is_simulated == bench.laboratory.simulated and identity.model and identity.firmware


@pytest.mark.parametrize("kind", KINDS)
def test_another_instrument_is_refused(bench, kind):
    """By model, before anything is written."""
    with pytest.raises(BadReply, match="Acme"):
        bench.open(KINDS[kind], identity="Acme,Universal 1")


def test_a_simulated_instrument_behind_a_real_profile_is_refused(bench):
    """And the other way round."""
    claimed = not bench.laboratory.simulated
    with pytest.raises(BadReply, match="the profile claims"):
        open_instrument(bench.described(SCOPE), bench.resource(SCOPE), simulated=claimed, patience=bench.patience)


def test_what_the_oscilloscope_was_told_it_has_taken(bench):
    """Range, probe and span read back; the rate is the one of the preamble."""
    channel = inputs(bench)["voltage"].channel
    told = bench.scope.configure((channel,), 0.02, Trigger(channel.number, 0.1))
    link = bench.scope.link
    assert link.number(f":CHAN{channel.number}:PROB?") == pytest.approx(channel.probe_ratio)
    assert link.number(f":CHAN{channel.number}:RANG?") == pytest.approx(2.0 * channel.range_v, rel=1e-3)
    assert told.rate_hz > 1e5 and told.segments == 1 and not told.roll


def test_a_setting_that_the_oscilloscope_refuses_is_told(bench):
    """No input takes 10 kV over its screen."""
    with pytest.raises(InstrumentFault):
        bench.scope.configure((ScopeChannel(1, 5000.0),), 0.02, Trigger(1, 0.1))


def test_a_pulse_is_seen_as_it_is(bench):
    """Every sample of current and voltage lies within the stated uncertainty of the truth, edges to a sample."""
    wired = inputs(bench)
    channels = (wired["current"].channel, wired["voltage"].channel)
    bench.walk()
    acquisition = bench.scope.configure(channels, 2e-3, Trigger(channels[0].number, level_v(bench)))
    seen = bench.scope.single(2.0)
    for role in ("current", "voltage"):
        waveform = seen[wired[role].channel.number]
        found = waveform.values_v() / wired[role].volts_per_unit
        part = bench.laboratory.accuracy(role, acquisition.rate_hz)
        if role == "current":
            assert found.max() == pytest.approx(bench.case.device.programmed["current"], rel=0.1)
        if bench.opened is None:
            continue
        truth = _truth(bench, role, waveform)
        within = part.gain_bound_ratio * np.abs(truth) + part.offset_bound + part.inl_bound + 6.0 * part.noise_rms
        wrong = np.flatnonzero(np.abs(found - truth) > within)[3:-3]
        near = truth[wrong[:, None] + np.arange(-3, 4)]  # an edge may lie three samples off: bandwidth and clocks
        assert (
            (found[wrong] >= near.min(axis=1) - within.max()) & (found[wrong] <= near.max(axis=1) + within.max())
        ).all()
        assert wrong.size < 100


def _truth(bench, role, waveform):
    """The laboratory's own values at the instants of the samples, which follow from the trigger's instant: the first
    crossing of the level that left room for a whole record."""
    lab, span_ns = bench.opened.lab, round(waveform.codes.size * waveform.period_s * 1e9)
    level_a = level_v(bench) / inputs(bench)["current"].volts_per_unit
    t_ns, rises = lab.crossings("current", level_a, lab.reached_ns - 100_000_000, lab.reached_ns)
    before_ns = round(-waveform.t0_s * 1e9)
    trigger_ns = [t for t in t_ns[rises].tolist() if t - before_ns + span_ns <= lab.reached_ns][-1]
    return lab.values(role, trigger_ns - before_ns, round(waveform.period_s * 1e9), waveform.codes.size)


def test_segments_carry_the_time_between_pulses(bench):
    """Five segments, begun by pulses at 40 Hz: 25 ms apart, to the jitter of the device and both clocks."""
    channel = inputs(bench)["current"].channel
    bench.walk()
    bench.scope.configure((channel,), 1e-3, Trigger(channel.number, level_v(bench)), 5)
    bench.scope.arm()
    assert bench.scope.link.wait(lambda: not bench.scope.running(), 2.0)
    assert bench.scope.captured() == 5
    tags_s = [bench.scope.waveforms(segment)[channel.number].tag_s for segment in range(1, 6)]
    period_s = 1.0 / bench.case.device.programmed["rate"]
    assert tags_s[0] == 0.0 and np.diff(tags_s) == pytest.approx(period_s, rel=2e-3)


def test_a_roll_shows_the_sensor_line_without_a_gap(bench):
    """The generator's edge, a second long, lies where it was played, to a sample and the time of a message."""
    wired = inputs(bench)["heel_switch.back"]
    rate_hz = 1000.0
    heel = np.full(1400, 2.6)
    heel[200:1200] = 0.0
    bench.generator.load(bench.port("heel_switch"), heel, rate_hz)
    bench.scope.configure((wired.channel,), 2.0, None)
    bench.patience.pause(0.1)
    bench.scope.arm()
    bench.generator.start(bench.port("heel_switch"))
    bench.scope.link.wait(lambda: not bench.scope.running(), 3.0, 0.1)
    waveform = bench.scope.waveforms()[wired.channel.number]
    opened = np.flatnonzero(waveform.values_v() < 1.3)
    assert opened.size * waveform.period_s == pytest.approx(1.0, abs=2e-3)
    assert np.all(np.diff(opened) == 1) and waveform.codes.size * waveform.period_s == pytest.approx(2.0, rel=1e-3)


def test_a_clipped_waveform_gives_no_number(bench):
    """A range that the pulse leaves: InvalidCapture, not a smaller pulse."""
    wired = inputs(bench)["current"]
    small = ScopeChannel(wired.channel.number, 0.5 * level_v(bench, 1.0), 0.0, wired.channel.probe_ratio)
    bench.walk()
    bench.scope.configure((small,), 2e-3, Trigger(small.number, level_v(bench, 0.2)))
    with pytest.raises(InvalidCapture, match="clipped"):
        bench.scope.single(2.0)


def test_a_trigger_that_never_comes_is_waited_for_no_longer_than_told(bench):
    """And the oscilloscope takes commands after it."""
    channel = inputs(bench)["current"].channel
    bench.supply.off(bench.port("supply"))
    bench.scope.configure((channel,), 2e-3, Trigger(channel.number, 0.9 * channel.range_v))
    with pytest.raises(InvalidCapture, match="no trigger"):
        bench.scope.single(0.2)
    assert not bench.scope.running() and bench.scope.link.errors() == ()


def test_a_supply_gives_what_was_set(bench):
    """Set, on, measured within the read-back accuracy of such supplies; off again."""
    output = bench.port("supply")
    bench.supply.set(output, 7.5, 0.4)
    bench.supply.on(output)
    bench.patience.pause(0.2)
    volts, amps = bench.supply.measure(output)
    assert volts == pytest.approx(7.5, abs=0.05) and -0.001 <= amps <= 0.4 and not bench.supply.tripped(output)
    bench.supply.off(output)
    assert not bench.supply.link.switch(f"OUTP? (@{output})")


def test_a_sag_is_one_and_over(bench):
    """The voltage falls for a while, and stands again where it stood."""
    output = bench.port("supply")
    bench.power_on()
    bench.patience.pause(0.5)
    bench.supply.sag(output, 6.5, 0.1)
    bench.patience.pause(0.2)
    assert bench.supply.measure(output)[0] == pytest.approx(9.0, abs=0.05)
    if bench.opened is not None:
        lab = bench.opened.lab
        values = lab.values("supply", lab.reached_ns - 350_000_000, 1_000_000, 350)
        assert values.min() == pytest.approx(6.5, abs=0.1) and 90 <= (values < 7.0).sum() <= 120


def test_a_protection_that_trips_is_told_and_keeps_the_output_off(bench):
    """Over-voltage protection below the set voltage: the output goes off by itself, and does not come on again."""
    output = bench.port("supply")
    bench.supply.off(output)
    bench.supply.set(output, 9.0, 0.4)
    bench.supply.protect(output, 5.0)
    bench.supply.on(output)
    bench.patience.pause(0.2)
    assert bench.supply.tripped(output)
    with pytest.raises(InstrumentFault):
        bench.supply.on(output)
    bench.supply.off(output)
    bench.supply.protect(output, 13.0)
    bench.supply.clear_protection(output)
    bench.power_on()
    assert not bench.supply.tripped(output)


@pytest.mark.parametrize(
    ("kind", "ask"),
    [
        ("supply", lambda bench: bench.supply.set(bench.port("supply"), 99.0, 0.1)),
        ("supply", lambda bench: bench.supply.set(bench.port("supply"), 9.0, 99.0)),
        ("supply", lambda bench: bench.supply.set(bench.port("supply"), float("nan"), 0.1)),
        ("supply", lambda bench: bench.supply.set(3, 1.0, 0.1)),
        ("supply", lambda bench: bench.supply.change(bench.port("supply"), -1.0)),
        ("generator", lambda bench: bench.generator.load(1, np.full(100, 50.0), 1e3)),
        ("generator", lambda bench: bench.generator.load(1, np.zeros(2_000_000), 1e3)),
        ("generator", lambda bench: bench.generator.load(1, np.zeros(3), 1e3)),
        ("generator", lambda bench: bench.generator.hold(2, 1.0)),
    ],
    ids=["voltage", "current", "no number", "other output", "negative", "too high", "too long", "too short", "unwired"],
)
def test_what_lies_beyond_the_limits_is_refused_before_anything_is_written(simulated, kind, ask):
    """LimitRefused, and the instrument has heard nothing."""
    instrument = simulated.server(KINDS[kind]).instrument
    heard = len(instrument.log)
    with pytest.raises(LimitRefused):
        ask(simulated)
    assert len(instrument.log) == heard


def test_an_arbitrary_waveform_is_played_as_it_was_given(simulated):
    """Every point of a ramp with a step appears at the device's input, to the rounding that the driver states."""
    values = np.concatenate([np.linspace(0.5, 2.5, 200), np.full(50, 1.0), np.full(50, 0.5)])
    output, lab = simulated.port("heel_switch"), simulated.opened.lab
    error_v = simulated.generator.load(output, values, 1000.0)
    start_ns = lab.clock.now_ns()
    simulated.generator.start(output)
    simulated.patience.pause(0.4)
    simulated.scope.running()
    seen = lab.values("heel_switch", start_ns + 500_000, 1_000_000, values.size)
    assert np.abs(seen - values).max() <= error_v + 0.02 and error_v < 1e-4


def test_a_waveform_can_be_loaded_again(bench):
    """The name exists already: the generator would refuse it (+785)."""
    for level in (1.0, 2.0):
        bench.generator.load(bench.port("heel_switch"), np.linspace(0.0, level, 100), 1e3)
    assert bench.generator.link.errors() == ()


def test_the_load_is_the_one_of_the_bench_file(bench):
    """The meter reads it within its bound; nothing but the meter drives it meanwhile."""
    bench.supply.off(bench.port("supply"))
    reading = check_load(bench.laboratory, bench.case, bench.meter)
    assert reading is not None and abs(reading.read_ohm - reading.stated_ohm) <= reading.bound_ohm


def test_another_load_is_a_fault_of_the_rig(simulated):
    """The case asks for 2 kohm, the bench holds something else."""
    simulated.supply.off(simulated.port("supply"))
    with pytest.raises(BenchError, match="stated is"):
        check_load(simulated.laboratory, replace(simulated.case, load=Load(2000.0)), simulated.meter)


def test_safe_state_switches_every_output_off(bench):
    """Twice is fine; the instruments say so themselves."""
    bench.power_on()
    bench.generator.hold(bench.port("heel_switch"), 2.6)
    for driver in (*bench.drivers, *bench.drivers):
        driver.safe_state()
    assert not bench.supply.link.switch(f"OUTP? (@{bench.port('supply')})")
    assert not bench.generator.link.switch(f"OUTP{bench.port('heel_switch')}?")


@pytest.mark.parametrize("kind", KINDS)
def test_after_a_lost_link_a_fresh_one_works(simulated, kind):
    """The connection is cut: LinkLost; reopened, the same instrument answers."""
    driver, server = getattr(simulated, kind), simulated.server(KINDS[kind])
    server.drop()
    with pytest.raises(LinkLost):
        driver.link.query("*OPC?")
    driver.reopen()
    assert driver.link.query("*OPC?") == "1" and not server.instrument.crashes
