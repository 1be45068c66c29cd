"""The reference firmware walks: on this machine and on emulated microcontrollers, with the evidence that it gives.

Truth: the limits of the core profile, which every device must keep; the simulated device has no say here.
"""

import json
from hashlib import sha256

import pytest

from rig.benches import open_bench
from rig.commands.one_case import run_one
from scenarios.plan import PlanOptions, load_cases
from scenarios.plugins import assemble_catalogue
from scenarios.profiles import carrying

CATALOGUE = assemble_catalogue()
DEVICES = ("reference_host", "reference_f405", "reference_f446")
LEVELS = {"reference_host": "firmware-host", "reference_f405": "firmware-image", "reference_f446": "firmware-image"}
SHORT = """\
schema: scenario/1
id: FW-SHORT
title: Three strides with a setting that changes
seed: 7
patient: stroke_moderate
device: reference_host
settings: {current: 30 mA, pulse_width: 300 us, rate: 40 Hz, ramp_up: 200 ms, ramp_down: 200 ms}
load: skin
capture: {effects: false, keep: KEEP}
walk: {terrain: level, speed: 0.9 m/s, strides: 3}
events:
  more: {at: {stride: 3}, do: setting.change, setting: current, value: 32 mA}
checks:
  balance: {measure: {net_charge: {per: train}}, within: ±100 nC}
  latency: {measure: {latency: {from: sensor_off, to: first_pulse}}, at_most: 60 ms, needs: 2 samples}
"""


def case_of(folder, device="", keep="windows"):
    """The short case on a device."""
    path = folder / "short.scenario.yaml"
    path.write_text(SHORT.replace("KEEP", keep))
    (case,) = load_cases((path,), CATALOGUE, PlanOptions(device=device)).cases
    return case


def hashes(folder):
    """File -> hash, of a case folder."""
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("device", DEVICES[:2])
def test_a_firmware_walks_and_the_record_says_which(tmp_path, device):
    """Verdicts and record carry level, image and board; settings were told over its serial line, also in the run."""
    if LEVELS[device] == "firmware-image":
        pytest.importorskip("unicorn")
    result, _ = run_one(case_of(tmp_path, device), open_bench("virtual", CATALOGUE), tmp_path / "c", CATALOGUE)
    assert [str(verdict.outcome) for verdict in result.verdicts] == ["PASS", "PASS"], result.blocked_by
    told = json.loads((tmp_path / "c" / "verdicts.json").read_text())["cases"][0]
    assert (told["hardware"], told["firmware"]["level"]) == (LEVELS[device], LEVELS[device])
    facts = json.loads((tmp_path / "c" / "firmware.json").read_text())["identity"]
    assert facts["told_answer"].startswith("STIMBOX")
    assert len(facts["sha256"]) == 64
    lines = [json.loads(line) for line in (tmp_path / "c" / "events.jsonl").read_text().splitlines()]
    assert [line["detail"] for line in lines if line["kind"] == "uart"][:2] == ["OK", "current 32"]
    pulses = result.record.pulses
    assert pulses["phase1_a"][-15] == pytest.approx(0.032, rel=0.03)


def test_a_case_file_of_a_firmware_repeats_its_case(tmp_path):
    """`case.yaml` names image and board by hash, and gives every file again byte for byte."""
    bench = open_bench("virtual", CATALOGUE)
    run_one(case_of(tmp_path), bench, tmp_path / "first", CATALOGUE)
    (again,) = load_cases((tmp_path / "first" / "case.yaml",), CATALOGUE, PlanOptions()).cases
    run_one(again, bench, tmp_path / "second", CATALOGUE)
    assert hashes(tmp_path / "second") == hashes(tmp_path / "first")


def test_without_a_waveform_the_patient_feels_the_firmware(tmp_path):
    """`keep: none`: pulses come from the plant, and the patient of the replay walks with them."""
    case = case_of(tmp_path, keep="none")
    result, _ = run_one(case, open_bench("virtual", CATALOGUE), tmp_path / "none", CATALOGUE)
    assert len(result.record.pulses["t_s"]) > 60
    assert {str(verdict.outcome) for verdict in result.verdicts} == {"NOT RUN"}


@pytest.mark.proof
@pytest.mark.parametrize("device", DEVICES)
def test_the_core_profile_passes_on_every_device(tmp_path, device):
    """All scenarios of the library that carry the profile: every check PASS, no scenario left out but multi-channel."""
    options = PlanOptions(device=device, leave_out_misfits=True)
    plan = load_cases(carrying("core"), CATALOGUE, options)
    assert {left.case for left in plan.left_out if "does not fit" in left.reason} == {
        "core-channels",
        "core-implant-balance",
    }
    assert len(plan.cases) == 20
    bench, checks = open_bench("virtual", CATALOGUE), 0
    for case in plan.cases:
        result, _ = run_one(case, bench, tmp_path / case.name, CATALOGUE)
        wrong = {verdict.check.id: verdict.reason for verdict in result.verdicts if str(verdict.outcome) != "PASS"}
        assert not wrong, f"{case.id}: {wrong} {result.blocked_by}"
        assert result.hardware == LEVELS[device]
        checks += len(result.verdicts)
    print(f"core profile on {device}: {len(plan.cases)} scenarios, {checks} checks, all PASS")
