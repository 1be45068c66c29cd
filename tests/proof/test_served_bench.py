"""A run against `stimrig serve` from another process is the run of the bench in this one, byte for byte."""

import hashlib
import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import scenarios

pytest.importorskip("nidaqmx")
pytest.importorskip("grpc")

pytestmark = pytest.mark.proof

SCENARIO = """\
schema: scenario/1
id: SCN-SERVED
title: Two strides
seed: 5
patient: stroke_moderate
device: odfs
walk: {speed: 0.6 m/s, strides: 2}
capture: {effects: false}
events:
  softer: {at: {stride: 2}, do: setting.change, setting: current, value: 25 mA}
checks: {width: {measure: {pulse_width: {}}, within: ±20 % of set}}
"""
COMMAND = "import sys; from rig.commands.app import main; sys.exit(main(sys.argv[1:]))"


def _stimrig(*arguments, **rest):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-c", COMMAND, *arguments], text=True, env=env, **rest)


def _run_on(folder, bench):
    """Digest of waveforms, pulses, strides and events of a run on `bench`, and its readings of zero and span.

    These are taken when the wall clock comes to it, so their noise is that of another instant each time.
    """
    done = _stimrig(
        "run", str(folder / "served.scenario.yaml"), "--bench", bench, "--out", str(folder / "runs"), "--keep", "full",
        stdout=subprocess.PIPE,
    )  # fmt: skip
    told, _ = done.communicate(timeout=600)
    assert done.returncode == 0, told
    case = next(Path(told.splitlines()[-1]).glob("cases/*"))
    files = {name: (case / name).read_bytes() for name in ("waveforms.tdms", "pulses.parquet", "strides.parquet")}
    events = [json.loads(line) for line in (case / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    spans = events[-1]["detail"].pop("zero_span")
    files["events"] = json.dumps([each for each in events if each["kind"] != "zero_span"]).encode()
    return {name: hashlib.sha256(each).hexdigest() for name, each in files.items()}, spans


def _alike(found, expected):
    """True where zero and span agree within six standard deviations of their noise."""
    return all(
        abs(found[when][role][what] - each[what]) < 6.0 * math.hypot(found[when][role][noise], each[noise])
        for when in ("before", "after")
        for role, each in expected[when].items()
        for what, noise in (("zero", "zero_noise"), ("span", "span_noise"))
    )


@pytest.mark.timeout(1200)
def test_a_run_over_the_network_is_the_run_in_this_process(tmp_path, capsys):
    """Card over gRPC, settings over the control port, a wall clock at a tenth of its speed: twice the same bytes."""
    (tmp_path / "served.scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    shipped = Path(scenarios.__file__).parent / "benches" / "simulated.bench.yaml"
    text = shipped.read_text(encoding="utf-8").replace("prefill: 3,", "prefill: 10,")  # 1 s of the wall clock
    assert "prefill: 10" in text
    (tmp_path / "here.bench.yaml").write_text(text, encoding="utf-8")
    expected, readings = _run_on(tmp_path, str(tmp_path / "here.bench.yaml"))
    served = _stimrig(
        "serve", "--daq", "--bench", "simulated", "--speed", "0.1", "--json", stdout=subprocess.PIPE
    )  # fmt: skip
    try:
        places = json.loads(served.stdout.readline())["places"]
        text = text.replace("    address: sim\n", f"    address: {places['card']['grpc']}\n")
        text = text.replace("device.simulated, address: sim", f"device.simulated, address: {places['control']['tcp']}")
        (tmp_path / "served.bench.yaml").write_text(text, encoding="utf-8")
        found = [_run_on(tmp_path, str(tmp_path / "served.bench.yaml")) for _ in range(2)]
    finally:
        served.send_signal(signal.SIGTERM)
        served.communicate(timeout=60)
    assert [files for files, _ in found] == [expected, expected]
    assert readings["before"] and all(_alike(spans, readings) for _, spans in found)
    with capsys.disabled():
        print(f"\na run over gRPC and TCP equals the run in process: {len(expected)} files of 2 runs, byte for byte")
