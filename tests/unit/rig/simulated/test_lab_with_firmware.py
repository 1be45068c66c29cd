"""A laboratory whose device has a firmware: the same process, the same end of it, faults by name; what it counts as."""

import pytest

from reports.evidence import Evidence
from reports.verdict import Outcome
from rig.simulated.lab import Lab
from rig.simulated.lab_control import LabControl
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from sim.errors import BenchError

CATALOGUE = assemble_catalogue()
MS = 1_000_000


@pytest.fixture(name="lab")
def _lab():
    """The reference firmware, built for this machine, on the bench for a moment."""
    (case,) = load_cases(("core-stop",), CATALOGUE, PlanOptions(device="reference_host")).cases
    lab = Lab(case, CATALOGUE.models)
    yield lab
    lab.close()


def test_a_laboratory_runs_a_firmware_and_lets_it_go(lab):
    """It lives from power-on, says who it is, and its process ends with the laboratory; a new life has a new one."""
    lab.power_on(0)
    lab.advance_to(20 * MS)
    assert lab.firmware_facts()["identity"]["told_answer"].startswith("STIMBOX")
    first = lab._plant.model.process
    lab.rebuild(lab.case, is_on=True)
    lab.advance_to(40 * MS)
    assert lab._plant.model.process is not first
    with pytest.raises(BenchError):  # the first one has been ended
        first.ask(ask="facts")
    lab.close()
    lab.close()
    assert lab.firmware_facts() == {}


def test_faults_of_a_microcontroller_reach_it_by_name(lab):
    """A seeded defect is refused before it is under way; garbage on its line is answered by the firmware."""
    lab.power_on(0)
    lab.advance_to(10 * MS)
    control = LabControl(lab)
    with pytest.raises(BenchError, match="no seeded defect 'late_start'"):
        control.fault("late_start", 0.1)
    control.fault("firmware.adc_reference", 0.9)
    control.fault("firmware.clock", 0.01)
    lab.advance_to(20 * MS)


@pytest.mark.parametrize(
    ("hardware", "behind", "counts"),
    [
        ("simulated-bench", "", "virtual"),
        ("simulated-bench", "firmware-host", "firmware-host"),
        ("simulated-bench", "firmware-image", "firmware-image"),
        ("firmware-host", "firmware-host", "firmware-host"),
        ("bench", "", "bench"),
    ],
)
def test_a_simulated_bench_counts_as_what_runs_behind_it(hardware, behind, counts):
    """formats.md section 2, `min_evidence`."""
    evidence = Evidence("c", "k", Outcome.PASS, "measured", hardware, (), behind=behind)
    assert evidence.level == counts
