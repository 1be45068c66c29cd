"""The reference firmware under the sanitizer of undefined behaviour: overflow, shifts, alignment, ranges."""

import subprocess
import sys
from pathlib import Path

import pytest

from rig.firmware.building import toolchain
from rig.firmware.building.build_cache import built_once, hash_of
from rig.firmware.building.builds import HOST, REFERENCE, source_files, sources_hash
from sim.errors import BenchError

WALK = """
import random, sys
from pathlib import Path
from firmware_box import FirmwareBox

box = FirmwareBox(Path(sys.argv[1]))
dice = random.Random(3)
box.run(100)
SETTINGS = {
    "current": (0, 1, 30, 80), "level": (0, 2, 50, 100), "pulse_width": (10, 11, 300, 1000), "rate": (1, 40, 60.5, 100),
    "gap": (0, 100, 1000), "waveform": ("symmetric", "asymmetric"), "recharge": (5, 33.3, 100),
    "ramped": ("pulse_width", "current"), "ramp_up": (0, 1, 200, 10000), "ramp_down": (0, 1, 200, 10000),
    "extension": (0, 1, 200, 10000), "time_out": (100, 4000, 60000), "debounce": (0, 10, 200), "slew": (0, 0.001, 80),
    "watchdog": (5, 50, 4000),
    "overload": (0, 50, 1000), "charge_fault": (0, 10, 100), "sensor_check": ("off", "on"), "shut_off": (0, 30, 36000),
    "lead_off": (0, 90, 100), "lead_off_pulses": (1, 3, 100), "low_battery": (0, 85, 100),
}
for _ in range(60):
    for _ in range(4):
        name = dice.choice(sorted(SETTINGS))
        box.say(f"SET {name} {dice.choice(SETTINGS[name])}")
    box.ohm = dice.choice([0.01, 5.0, 500.0, 500.0, 500.0, 5000.0, 1e9])
    box.supply_v = dice.choice([0.0, 5.0, 9.0, 9.0, 20.0])
    box.heel_v = dice.choice([-3.0, 0.2, 0.2, 3.0, 9.0])
    box.lib.host_button(dice.randrange(2), dice.random() < 0.4)
    box.run(dice.choice([1, 130, 700]))
    noise = bytes(dice.randrange(256) for _ in range(dice.randrange(60)))
    box.lib.host_receive(noise, len(noise))
    box.say("STATUS")
assert len(box.pulses()) > 100, len(box.pulses())
for _, code1, width1, _, code2, width2 in box.pulses():
    assert abs(code1 * width1 - code2 * width2) * 2 <= code2
"""


def test_nothing_undefined_happens_in_a_walk_through_all_settings(tmp_path: Path) -> None:
    """Random settings, loads, buttons and noise, in a child that the sanitizer aborts at the first offence."""
    if sys.platform != "linux":
        pytest.skip("gcc's sanitizer comes with Linux")
    try:
        compiler = toolchain.find_host_compiler()
    except BenchError as error:
        pytest.skip(str(error))
    if compiler.family != "gcc":
        pytest.skip("zig's sanitizer is no library that Python can load")
    flags = ("-fsanitize=undefined", "-fno-sanitize-recover=undefined", "-fno-sanitize=alignment", "-static-libubsan")
    sources = [REFERENCE / path for path in source_files("firmware", "host") if path.suffix == ".c"]
    key = hash_of([compiler.version, sources_hash(HOST), *flags])
    library = built_once(
        "sanitized",
        key,
        toolchain.library_suffix(),
        lambda out: toolchain.compile_host_library(
            sources, out, (REFERENCE / "firmware", REFERENCE / "host"), (*flags, "-O1"), compiler
        ),
    )
    script = tmp_path / "walk.py"
    script.write_text(f"import sys\nsys.path.insert(0, {str(Path(__file__).parents[3] / 'helpers')!r})\n{WALK}")
    ended = subprocess.run([sys.executable, str(script), str(library)], capture_output=True, check=False, timeout=600)
    assert ended.returncode == 0, ended.stderr.decode()[-2000:]
