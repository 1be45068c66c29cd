"""A firmware that crashes or hangs in the middle of a walk, from the command line to the exit code."""

import pytest
from command_desk import scenario, stimrig

from rig.firmware.building.builds import HOST, Patch, build_variant

TICK = "void fw_tick(void) {\n"
COUNTS = "  static volatile uint32_t told;\n"
CRASH = "  if (++told == 6000) *(volatile int *)(uintptr_t)(told - 6000) = 1;\n"
HANG = "  if (++told == 6000) {\n    for (;;) told = told;\n  }\n"


@pytest.mark.proof
@pytest.mark.parametrize(("wrong", "word"), [(CRASH, "SIGSEGV"), (HANG, "hang")], ids=["crash", "hang"])
def test_a_firmware_that_fails_in_mid_walk_is_an_error_of_the_run(tmp_path, wrong, word):
    """Exit code 3, one red line with the end, the line of the source and the last drives; the report is written."""
    patch = Patch("firmware/firmware.c", TICK, TICK + COUNTS + wrong)
    library = build_variant((patch,), HOST)
    told = stimrig("run", scenario(tmp_path), "--device", library, "--out", tmp_path / "runs", cwd=tmp_path)
    assert told.returncode == 3, told.stdout + told.stderr
    for each in (word, "firmware/firmware.c:", "last drives: +", "end of its serial log"):
        assert each in told.stdout
    assert "Traceback" not in told.stdout + told.stderr
    assert (next((tmp_path / "runs").glob("*-*")) / "report.html").is_file()
