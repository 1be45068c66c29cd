"""Options of `stimrig walk`: what they take, and one clear line for what they do not."""

import numpy as np
import pytest

from rig.commands.walk_alone import Wanted, case_of
from rig.commands.walk_options import read_aid, refuse_picture, refuse_unwritable
from rig.commands.walk_picture import normal_band, periodic_mean, placed
from scenarios.measured import load_measured
from scenarios.plugins import assemble_catalogue
from sim.errors import ScenarioError

CATALOGUE = assemble_catalogue()


def _case(**asked):
    given = {"patient": "stroke_moderate", "speed": "0.55 m/s", "strides": 4, "seed": 1, "device": "none"}
    given |= {"aid": "none", "compensation": "acute", **asked}
    return case_of(Wanted(**given), CATALOGUE, ())


@pytest.mark.parametrize(
    ("text", "stiffness", "angle"),
    [
        ("afo", 22.918, 0.0),
        ("afo 0.8 N m/deg", 0.8 * 180 / np.pi, 0.0),
        ("afo 0.8 N m/deg 2 deg", 0.8 * 180 / np.pi, np.radians(2)),
        ("afo 30 N m/rad, -3 deg", 30.0, np.radians(-3)),
        ("afo 5 deg", 22.918, np.radians(5)),
    ],
)
def test_an_orthosis_of_ones_own(text, stiffness, angle):
    """Stiffness and set angle in any order, told apart by their units."""
    orthosis = _case(aid=text).walk.orthosis
    assert orthosis is not None
    assert orthosis.stiffness_n_m_rad == pytest.approx(stiffness)
    assert orthosis.set_angle_rad == pytest.approx(angle)


def test_no_aid():
    """The default."""
    assert read_aid("none") == "none" and _case().walk.orthosis is None


@pytest.mark.parametrize(
    ("asked", "place", "words"),
    [
        ({"speed": "9 m/s"}, "--speed", "2 m/s"),
        ({"speed": "0.6"}, "--speed", "unit"),
        ({"speed": "0.6 s"}, "--speed", "m/s"),
        ({"strides": -5}, "--strides", "1"),
        ({"strides": 0}, "--strides", "1"),
        ({"patient": "stroke_moderat"}, "--patient", "stroke_moderate"),
        ({"patient": "nobody", "speed": ""}, "--patient", "nobody"),
        ({"device": "odsf"}, "--device", "odfs"),
        ({"aid": "brace"}, "--aid", "afo"),
        ({"aid": "afo 0.8 N m"}, "--aid", "N m/deg"),
        ({"aid": "afo 0.8"}, "--aid", "afo 0.8 N m/deg"),
        ({"aid": "afo 5000 N m/deg"}, "--aid", "600"),
        ({"aid": "afo 0.8 N m/deg 0.9 N m/deg"}, "--aid", "twice"),
        ({"aid": "afo 0.8 N m/deg 400 deg"}, "--aid", "deg"),
        ({"aid": "none 0.8 N m/deg"}, "--aid", "afo"),
        ({"compensation": "some"}, "--compensation", "acute"),
        ({"leg": "middle"}, "--leg", "left"),
        ({"legs": "three"}, "--legs", "both"),
    ],
)
def test_one_clear_line_each(asked, place, words):
    """The option's name, what was asked, what is allowed; one line."""
    with pytest.raises(ScenarioError) as caught:
        _case(**asked)
    said = str(caught.value)
    assert said.startswith(place + ":") and words in said and "\n" not in said, said


def test_the_leg_is_the_affected_one():
    """`--leg right`."""
    assert _case(leg="right").leg == "right" and _case().leg == "left"


def test_files_that_cannot_be_written_are_refused_before_the_walk(tmp_path):
    """A folder, a missing folder, an unknown kind of picture."""
    with pytest.raises(ScenarioError, match=r"--out: .* is a folder"):
        refuse_unwritable((("out", tmp_path),))
    with pytest.raises(ScenarioError, match=r"--cycles: .*there is no folder"):
        refuse_unwritable((("out", None), ("cycles", tmp_path / "no" / "c.csv")))
    refuse_unwritable((("out", tmp_path / "gait.csv"),))
    with pytest.raises(ScenarioError, match=r"--plot: .*'\.bmp'.*\.svg, \.png, \.pdf"):
        refuse_picture(tmp_path / "gait.bmp")
    with pytest.raises(ScenarioError, match="no suffix"):
        refuse_picture(tmp_path / "gait")
    refuse_picture(tmp_path / "gait.SVG")


def test_pulses_stand_where_they_fall():
    """A pulse of the extension belongs to the next stride's 10 %, not to 110 %; those after the walk are left out."""
    strides = {
        "stride": np.array([1.0, 2.0]),
        "t0_s": np.array([2.0, 3.0]),
        "stride_time_s": np.array([1.0, 2.0]),
    }
    pulses = {"t_s": np.array([1.9, 2.5, 3.2, 4.9, 5.1]), "charge_c": np.arange(5.0)}
    found = placed(pulses, strides)
    assert found.stride.tolist() == [1.0, 2.0, 2.0]
    assert found.cycle_pct == pytest.approx([50.0, 10.0, 95.0])
    assert found.charge_c.tolist() == [1.0, 2.0, 3.0]


def test_the_band_holds_both_measured_adults():
    """Winter's and Rajagopal's own curves lie inside, smoothed over 5 % as the band is."""
    scatter = np.radians(1.0) * np.random.default_rng(1).standard_normal((20, 101))
    band = normal_band(dict.fromkeys(("hip_rad", "knee_rad", "ankle_rad"), scatter))
    for name in ("winter_a1", "rajagopal2016"):
        person = load_measured(name)
        for joint, curve in (("hip_rad", person.thigh_rad), ("knee_rad", person.knee_rad)):
            low, high = band[joint]
            shown = periodic_mean(curve)
            assert np.all(low < shown) and np.all(shown < high)
    assert periodic_mean(np.full(101, 0.3)) == pytest.approx(np.full(101, 0.3))


@pytest.mark.parametrize(
    ("device", "kind"),
    [
        ("none", "heel_switch"),
        ("odfs", "heel_switch"),
        ("tilt_trigger", "shank_tilt"),
        ("imu_trigger", "foot_imu"),
        ("implant_four", "heel_switch"),
    ],
)
def test_a_device_gets_the_sensor_that_it_listens_to(device, kind):
    """Nobody has to name it; without a device the heel switch marks the strides."""
    assert _case(device=device).sensor.kind == kind
