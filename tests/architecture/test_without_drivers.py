"""Everything virtual works where nidaqmx, pyvisa, grpc and serial are missing."""

import subprocess
import sys
from pathlib import Path

BLOCKED = """\
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"nidaqmx", "pyvisa", "pyvisa_py", "grpc", "serial", "pyserial"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
"""
RUN = (
    BLOCKED
    + """\
import rig, stimrig, rig.benches, rig.runner, rig.virtual_bench, rig.commands.app, rig.pytest_plugin
for arguments in (
    ["list", "benches"],
    ["schema", "bench"],
    ["plan", "short.scenario.yaml"],
    ["run", "short.scenario.yaml", "--out", "runs"],
):
    code = rig.commands.app.main(arguments)
    print("code", code, *arguments, file=sys.stderr)
print([m for m in ("nidaqmx", "pyvisa", "grpc", "serial") if m in sys.modules], file=sys.stderr)
"""
)
SCENARIO = """\
schema: scenario/1
id: SCN-SHORT
title: Three strides
seed: 1
patient: stroke_moderate
device: odfs
walk: {speed: 0.6 m/s, strides: 3}
capture: {effects: false}
checks: {width: {measure: {pulse_width: {}}, within: ±20 %% of set}}
""".replace("%%", "%")


def test_commands_without_hardware_need_no_driver(tmp_path: Path) -> None:
    """They do what they always do, without a word about what is missing; no driver comes in by the back door."""
    (tmp_path / "short.scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=tmp_path, capture_output=True, text=True, timeout=250, check=False
    )
    told = done.stderr.splitlines()
    assert done.returncode == 0, done.stderr
    assert [line for line in told if line.startswith("code")] == [
        "code 0 list benches",
        "code 0 schema bench",
        "code 0 plan short.scenario.yaml",
        "code 0 run short.scenario.yaml --out runs",
    ]
    assert told[-1] == "[]"
    assert "nidaqmx" not in done.stderr
