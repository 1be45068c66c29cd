"""A plant of several channels: each has its own output and electrodes, and gives its pulses in turn."""

import dataclasses

import numpy as np
import pytest

from scenarios.stimulators import MODELS
from sim.electrode.load import NAMED_LOADS, Load
from sim.errors import ModelError
from sim.plant import Plant
from sim.signal import Command, Signal, Stimulus
from sim.stimulator.implant_four import ImplantSettings
from sim.streams import Streams

IMPLANT = next(model for model in MODELS if model.name == "implant_four")
SETTINGS = ImplantSettings(
    current_1_a=1e-3, current_2_a=8e-4, current_3_a=6e-4, current_4_a=4e-4, jitter_s=0.0, pulse_width_s=200e-6
)


def _run(settings=SETTINGS, channels=4, load=NAMED_LOADS["implant"], commands=(), defects=None, until_s=1.2):
    plant = Plant(IMPLANT, settings, defects or {}, load, Streams(3), channels=channels)
    samples = np.full(round(until_s * 1e4), 2.6)
    samples[1000:9000] = 0.05  # the heel is up from 0.1 to 0.9 s
    with np.errstate(over="ignore"):
        stimulus = Stimulus(0, round(until_s * 1e9), {"heel_switch": Signal(samples, 0, 1e4, "V")}, tuple(commands))
        edges = plant.advance(stimulus)
        return edges, plant.delivered()


def _of(pulses, channel):
    return pulses[pulses["channel"] == channel]


def test_channels_take_turns():
    """Channel k gives each of its pulses k - 1 staggers after channel 1, with its own current; in time order."""
    edges, pulses = _run()
    assert len(edges.channels) == 4
    assert np.all(np.diff(pulses["t_s"]) >= 0.0)
    first = _of(pulses, 1)
    for channel, current_a in enumerate((1e-3, 8e-4, 6e-4, 4e-4), 1):
        own = _of(pulses, channel)
        assert own.size == first.size > 20
        np.testing.assert_allclose(own["t_s"] - first["t_s"], (channel - 1) * 2e-3, atol=1e-9)
        np.testing.assert_allclose(own["phase1_a"], current_a, rtol=1e-9)


def test_what_other_channels_do_changes_no_bit_of_the_first():
    """A plant of one channel and a plant of four give the same segments on channel 1."""
    alone, _ = _run(channels=1)
    among, _ = _run(channels=4)
    assert alone.channels[0].tobytes() == among.channels[0].tobytes()


def test_a_channel_without_current_is_silent():
    """0 mA switches a channel off: no pulse, no segment with a current."""
    edges, pulses = _run(dataclasses.replace(SETTINGS, current_3_a=0.0))
    assert _of(pulses, 3).size == 0
    assert np.all(edges.channels[2]["i_a"] == 0.0) and np.all(edges.channels[2]["i_b_a"] == 0.0)
    assert _of(pulses, 4).size > 20


def test_passive_recovery_returns_what_the_double_layer_holds():
    """Net charge of a pulse from rest: the leak through R_p and what exp(-T/tau) leaves, in closed form.

    With R_p far above R_s: the capacitor holds Q after phase 1, of which exp(-T/(R_s C)) is left after a short of T.
    """
    load = Load(series_ohm=2000.0, parallel_ohm=1e9, parallel_f=0.5e-6)
    settings = dataclasses.replace(SETTINGS, ramp_up_s=0.0, recovery_s=3e-3)
    pulse = _of(_run(settings, load=load)[1], 1)[0]
    charge_c = 1e-3 * 200e-6
    assert pulse["charge1_c"] == pytest.approx(charge_c, rel=1e-9)
    assert pulse["net_c"] == pytest.approx(charge_c * np.exp(-3e-3 / 1e-3), rel=1e-3)


def test_a_recovery_that_fails_leaves_the_charge_behind():
    """`short_recovery_2`: channel 2 alone keeps its phase charge; the others are balanced to 1 %."""
    pulses = _run(defects={"short_recovery_2": 1.0})[1]
    for channel in (1, 2, 3, 4):
        ratio = np.abs(_of(pulses, channel)["net_c"] / _of(pulses, channel)["charge1_c"])[0]
        assert ratio > 0.99 if channel == 2 else ratio < 0.01


def test_a_lifted_electrode_silences_its_own_channel_only():
    """Contact of channel 2 lost: it stops within four pulses and says so; the others go on."""
    lift = Command(500_000_000, "contact", 0.0, channel=2)
    plant = Plant(IMPLANT, SETTINGS, {}, NAMED_LOADS["implant"], Streams(3), channels=4)
    samples = np.full(12_000, 2.6)
    samples[1000:9000] = 0.05
    with np.errstate(over="ignore"):
        plant.advance(Stimulus(0, 1_200_000_000, {"heel_switch": Signal(samples, 0, 1e4, "V")}, (lift,)))
        pulses, said = plant.delivered(), [text for _, text in plant.messages()]
    assert _of(pulses, 2)["t_s"].max() < 0.5
    assert all(_of(pulses, channel)["t_s"].max() > 0.9 for channel in (1, 3, 4))
    assert said == ["channel 2: lead off: stimulation off"]


def test_polarity_and_load_of_one_channel():
    """A command that names a channel turns that one round; one that names none turns all."""
    one = _run(commands=[Command(1, "polarity", -1, channel=4)])[1]
    assert np.all(_of(one, 4)["phase1_a"] < 0.0) and np.all(_of(one, 1)["phase1_a"] > 0.0)
    every = _run(commands=[Command(1, "polarity", -1)])[1]
    assert np.all(every["phase1_a"] < 0.0)


def test_a_channel_that_is_not_there_is_told():
    """A command for channel 3 of a device with two is an error of the model, by number."""
    with pytest.raises(ModelError, match="channel 3 of a device with 2"):
        _run(channels=2, commands=[Command(1, "contact", 0.5, channel=3)])


def test_settings_that_do_not_fit_into_a_period_are_refused():
    """Four channels 6 ms apart need 18 ms; at 60 Hz there are 16.7."""
    with pytest.raises(ValueError, match=r"implant_four: 4 channels that are 6 ms apart"):
        ImplantSettings(stagger_s=6e-3, rate_hz=60.0, recovery_s=3e-3)
