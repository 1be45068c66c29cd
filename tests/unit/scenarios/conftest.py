"""A small catalogue of its own and a scenario that reads, so that these tests need no measure of `reports`."""

from pathlib import Path

import pytest

from scenarios.catalogue import Catalogue, MeasureSpec, Parameter
from scenarios.events import EVENTS
from scenarios.load import LoadedFile, LoadOptions, load_file
from scenarios.plugins import Found, catalogue_of
from scenarios.stimulators import MODELS

PATIENT = """\
schema: patient/1
title: A patient for tests
speed: {value: 0.9 m/s, source: design choice}
body_mass: 80 kg
stance: 62 %
"""

SCENARIO = """\
schema: scenario/1
id: SCN-TEST
title: A walk
seed: 7
patient: tester
device: odfs
walk: {terrain: level, speed: 0.9 m/s, strides: 90}
events:
  rug:  {at: {stride: 20, phase: 60 %}, do: terrain.rug, height: 12 mm}
  peel: {at: {stride: 60}, do: electrode.peel, contact: {from: 100 %, to: 5 %, over: 1.5 s}}
checks:
  latency:
    measure: {latency: {from: sensor_off}}
    at_most: 60 ms
    during: {until: peel}
    needs: 35 samples
  clearance:
    measure: {min_toe_clearance: {per: swing}}
    at_least: 5 mm
    share: 90 %
    during: {until: peel, except: {event: rug, strides: 2}}
"""


def _compute(record, parameters):
    raise AssertionError("no test of the loader measures")


def _measure(name, unit, quantity="measured", sample="stride", parameters=(), **rest):
    return MeasureSpec(name, unit, quantity, _compute, sample, parameters, **rest)


MEASURES = (
    _measure(
        "latency",
        "s",
        parameters=(
            Parameter("from", choices=("sensor_off", "heel_off")),
            Parameter("to", choices=("first_pulse",), default="first_pulse"),
        ),
    ),
    _measure("net_charge", "C", sample="pulse", requires=("current",)),
    _measure("phase_current", "A", sample="pulse", requires=("current",), setting="current"),
    _measure("phase_voltage", "V", sample="pulse", requires=("voltage",)),
    _measure("missing_pulses", "", sample="occurrence", occurrences=True),
    _measure("radio_delay", "s", requires=("feature:radio",)),
    _measure("trip_exposure", "", "modelled", "run", (Parameter("height", "m", many=True, bounds=(0.0, 0.2)),)),
    _measure("min_toe_clearance", "m", "modelled", "swing", (Parameter("per", choices=("swing",), default="swing"),)),
)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return catalogue_of(Found(spec, "test") for spec in (*MEASURES, *EVENTS, *MODELS))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's folder: a patient of his own, and `.git` so that no `stimrig.toml` above is found."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "patients").mkdir()
    (tmp_path / "patients" / "tester.yaml").write_text(PATIENT, encoding="utf-8")
    return tmp_path


class Desk:
    """Writes a scenario into the user's folder and loads it."""

    text = SCENARIO

    def __init__(self, folder: Path, catalogue: Catalogue) -> None:
        self.folder, self.catalogue = folder, catalogue
        self.path = folder / "walk.scenario.yaml"

    def load(self, text: str | bytes, options: LoadOptions | None = None) -> LoadedFile:
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_file(self.path, self.catalogue, options)

    def load_path(self) -> LoadedFile:
        return load_file(self.path, self.catalogue)

    def with_(self, old: str, new: str) -> str:
        assert old in self.text
        return self.text.replace(old, new)


@pytest.fixture
def desk(folder: Path, catalogue: Catalogue) -> Desk:
    return Desk(folder, catalogue)
