"""How the tests of the command line start stimrig: real processes in a folder of their own."""

import hashlib
import os
import subprocess
import sys
import time

START = [sys.executable, "-c", "import sys, stimrig; sys.exit(stimrig.main())"]

SCENARIO = """\
schema: scenario/1
id: {id}
title: a short walk
seed: {seed}
patient: stroke_moderate
device: odfs
settings: {{current: 30 mA, pulse_width: 300 us, rate: 40 Hz}}
walk: {{speed: 0.6 m/s, strides: {strides}}}
checks:
  latency:
    measure: {{latency: {{from: sensor_off, to: first_pulse}}}}
    at_most: {latency}
    needs: {needs} samples
  width:
    measure: {{pulse_width: {{}}}}
    within: ±20 % of set
"""


def scenario(folder, name="short", strides=5, latency="200 ms", needs=1, seed=11):
    path = folder / f"{name}.scenario.yaml"
    text = SCENARIO.format(id=f"T-{name.upper()}", strides=strides, latency=latency, needs=needs, seed=seed)
    path.write_text(text, encoding="utf-8")
    return path


def environment(**more):
    return {**os.environ, "PYTHONIOENCODING": "", "COLUMNS": "200", **more}


def stimrig(*arguments, cwd, **more):
    return subprocess.run(
        [*START, *map(str, arguments)],
        cwd=cwd,
        env=environment(**more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


def hashes(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def wait_for(condition, process, timeout_s=120):
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        found = condition()
        if found:
            return found
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError("nothing happened in time")


def long_run(place, name, *options):
    """A run that takes minutes, seen to write its waveform."""
    scenario(place, name, strides=8_000)
    process = subprocess.Popen(
        [*START, "run", f"{name}.scenario.yaml", "--out", name, *options],
        cwd=place,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )

    def recorded():
        files = list((place / name).glob("*/cases/*/waveforms.tdms"))
        return files and files[0].stat().st_size > 3_000_000 and files[0].parent.parent.parent

    return process, wait_for(recorded, process)
