"""Every check of the catalogue has a limit, controls and a scenario; the core profile is run as a whole."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from scenarios.limit_set import read_limit_sets
from scenarios.plan import load_cases
from scenarios.plugins import assemble_catalogue
from scenarios.profiles import carrying

SETS = read_limit_sets()
COUNTS = {"TIM": 15, "CHG": 14, "OUT": 14, "SAF": 16, "GAI": 10}
"""Letters of a family -> how many checks the catalogue of checks has of it: 69 in all."""
CORE = {
    *("TIM-01", "TIM-02", "TIM-04", "TIM-05", "TIM-06", "TIM-07", "TIM-08", "TIM-09", "TIM-10", "TIM-12", "TIM-13"),
    *("CHG-01", "CHG-02", "CHG-03", "CHG-04", "CHG-05", "CHG-06", "CHG-08", "CHG-10", "CHG-12"),
    *("OUT-01", "OUT-02", "OUT-04", "OUT-05", "OUT-06", "OUT-07", "OUT-08", "OUT-09", "OUT-10", "OUT-11", "OUT-12"),
    *("SAF-01", "SAF-02", "SAF-03", "SAF-05", "SAF-06", "SAF-07", "SAF-08", "SAF-09", "SAF-12", "SAF-13"),
    *("GAI-01", "GAI-02", "GAI-03", "GAI-04", "GAI-05", "GAI-06"),
}
"""The 47 checks of the core profile (limits/README.md)."""


def _checks(names):
    """Ids without their variant."""
    return {name.partition("/")[0] for name in names}


def test_every_check_of_the_catalogue_has_a_limit():
    """From TIM-01 on without a hole."""
    every = {f"{letters}-{number:02d}" for letters, count in COUNTS.items() for number in range(1, count + 1)}
    assert _checks(SETS) == every


def test_the_profile_core_is_that_of_the_catalogue():
    """A variant may stand apart, as that of the maker's own claim does."""
    assert _checks(name for name, entry in SETS.items() if "core" in entry.profiles) == CORE
    assert len(CORE) == 47


def test_the_scenarios_of_the_profile_do_all_of_it():
    """`stimrig run --profile core` judges every check of the profile at least once."""
    cases = load_cases(carrying("core"), assemble_catalogue()).cases
    done = _checks(check.limit_id for case in cases for check in case.checks if check.limit_id)
    assert sorted(CORE - done) == []


@pytest.mark.parametrize("letters", COUNTS)
def test_every_limit_has_its_controls(letters):
    """A positive, a negative and an inconclusive case in a module `test_controls_*.py` beside this one."""
    controls: set[str] = set()
    for path in sorted(Path(__file__).parent.glob("test_controls_*.py")):
        spec = spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        controls |= set(module.CONTROLS)
    assert sorted(name for name in SETS if name.startswith(letters) and name not in controls) == []
