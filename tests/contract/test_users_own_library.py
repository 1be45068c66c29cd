"""A firmware that is not ours, as a library in a device file: from its terminals to pulses through the electrodes."""

import numpy as np
import pytest
from host_builds import built_for_host

from rig.firmware.plant.firmware_spec import FirmwareSpec
from scenarios.device_file import describe_device, read_device
from scenarios.stimulators import MODELS
from scenarios.text import Text, Where
from sim.electrode.load import NAMED_LOADS
from sim.errors import ScenarioError
from sim.plant import Plant
from sim.signal import Command, Signal, Stimulus
from sim.streams import Streams

HERE = Where("walk.scenario.yaml", 3, 9)
DEVICE = """\
schema: device/1
id: theirs
model: odfs
roles: [heel_switch]
features: [surface]
max_current: 20 mA
firmware: {{library: {library}}}
"""
S = 1_000_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Their library beside their device file."""
    folder = tmp_path_factory.mktemp("theirs")
    library = built_for_host("users_own", folder)
    (folder / "theirs.device.yaml").write_text(DEVICE.format(library=library.name))
    return folder


def device_in(folder):
    """Their device, as a case describes it."""
    known = {spec.name: spec for spec in MODELS}
    return describe_device(read_device(Text(str(folder / "theirs.device.yaml"), HERE), known, ()), None, None)


def test_their_pulses_flow_through_our_electrodes(folder):
    """The heel is up from 0.2 to 0.6 s: ten pulses of 20 mA and 250 us, 40 ms apart, by their own clock."""
    device = device_in(folder)
    plant = Plant(FirmwareSpec(device), device.settings, {}, NAMED_LOADS["500 ohm"], Streams(3), 0.0, 9.0)
    heel = Signal(np.where((np.arange(1000) >= 200) & (np.arange(1000) < 600), 0.0, 5.0), 0, 1000.0, "V")
    try:
        plant.advance(Stimulus(0, S, {"heel_switch": heel}))
        pulses, lines = plant.delivered(), [line for line in plant.lines() if line[1] == "status"]
    finally:
        plant.close()
    assert len(pulses) == 10
    assert pulses["phase1_a"] == pytest.approx(np.full(10, 0.1 * 819 / 4095), rel=1e-9)
    assert pulses["phase1_s"] == pytest.approx(np.full(10, 250e-6), abs=2e-9)
    assert np.diff(pulses["t_s"]) == pytest.approx(np.full(9, 40e-3), abs=2e-9)
    assert [state for t_ns, _, state in lines if t_ns > 0] == [1, 0]


def test_what_they_did_not_foresee_is_said_by_name(folder):
    """Their firmware has no words for settings: a scenario that sets one gets an error and no wrong setting."""
    device = device_in(folder)
    plant = Plant(FirmwareSpec(device), device.settings, {}, NAMED_LOADS["500 ohm"], Streams(3), 0.0, 9.0)
    heel = Signal(np.full(1000, 5.0), 0, 1000.0, "V")
    try:
        with pytest.raises(Exception, match="add `control:`"):
            plant.advance(Stimulus(0, S, {"heel_switch": heel}, (Command(S // 2, "setting", ("rate_hz", 30.0)),)))
    finally:
        plant.close()


def test_a_library_that_is_not_there_is_told_with_its_place(tmp_path):
    """Before anything runs."""
    (tmp_path / "theirs.device.yaml").write_text(DEVICE.format(library="lost.so"))
    with pytest.raises(ScenarioError, match=r"theirs\.device\.yaml:7:\d+.*lost\.so"):
        device_in(tmp_path)
