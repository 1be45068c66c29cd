"""`stimrig sensitivity` as a project uses it, with a device model of its own."""

import json

import pytest
from command_desk import SCENARIO

from rig.commands.app import main

PLUGIN = '''\
"""A device of our own: the reference device that falls asleep."""

from stimrig import DefectSpec, device
from sim.stimulator.odfs import Odfs
from sim.stimulator.odfs_settings import OdfsSettings

SLEEPY = DefectSpec("sleepy", "s", "timing", 0.4, "a train goes on for this much longer", ladder=(0.1, 0.2, 0.4))


class Sleepy(Odfs):
    DEFECTS = {**Odfs.DEFECTS, "sleepy": SLEEPY}

    def hold_s(self):
        return super().hold_s() + self.doses["sleepy"]


@device("sleepy", OdfsSettings, {"sleepy": SLEEPY, "late_start": Odfs.DEFECTS["late_start"], "rust": "A"})
def build(*parts):
    """A device that falls asleep."""
    return Sleepy(*parts)
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sensitivity")
    (folder / "sleepy.py").write_text(PLUGIN, encoding="utf-8")
    (folder / "stimrig.toml").write_text('plugins = ["sleepy.py"]\n')
    (folder / "devices").mkdir()
    (folder / "devices" / "sleepy.device.yaml").write_text(
        "schema: device/1\nid: sleepy\nmodel: sleepy\nroles: [heel_switch]\nfeatures: [surface]\nmax_current: 80 mA\n"
    )
    (folder / "scenarios").mkdir()
    text = SCENARIO.format(id="T-SLEEPY", seed=3, strides=4, latency="60 ms", needs=1)
    text = text.replace("device: odfs", "device: sleepy")
    (folder / "scenarios" / "t.scenario.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_matrix_says_what_the_checks_of_a_project_see(project, monkeypatch, capsys):
    """The latency check sees a late start and not a late end: exit 6, the unseen one first, four files."""
    monkeypatch.chdir(project)
    assert main(["sensitivity", "scenarios", "--out", "runs", "--json"]) == 6
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "stimrig/sensitivity/1"
    assert [(row["name"], row["seen"]) for row in document["defects"]] == [("sleepy", False), ("late_start", True)]
    late = document["defects"][1]
    assert {row["check"] for row in late["seen_by"]} == {"latency"}
    assert all(0.0 < row["dose"] <= 0.08 for row in late["seen_by"])
    (folder,) = (project / "runs").glob("*-sensitivity-*")
    assert sorted(path.name for path in folder.iterdir()) == [
        "sensitivity.csv", "sensitivity.html", "sensitivity.json", "sensitivity.md",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "code", "text"),
    [
        (["--defects", "late_strat"], 4, "late_start"),
        (["--defects", "rust"], 4, "no dose is stated for rust"),
        (["--family", "rmap"], 4, "there is no family `rmap`"),
        (["--family", "ramp"], 5, "no seeded defect"),
    ],
)
def test_what_cannot_be_searched_is_told_with_the_mend(project, monkeypatch, capsys, options, code, text):
    """Unknown defect, family, missing dose: bad input; nothing of a family: nothing selected."""
    monkeypatch.chdir(project)
    assert main(["sensitivity", "scenarios", *options]) == code
    assert text in capsys.readouterr().err
