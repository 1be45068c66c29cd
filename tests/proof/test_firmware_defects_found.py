"""Every defect of the firmware catalogue, built and run through the library's scenarios; the sound firmware beside it.

One line a defect: its build, the check that found it, the value against its limit, or why nothing can find it.
"""

import pytest
from firmware_defects import cases_of, defects, find, finding_in, judged

pytestmark = pytest.mark.proof
DEFECTS = defects()
TRIED = sorted({(scenario, defect.build) for defect in DEFECTS.values() for scenario in defect.tried})
FOUND = {}


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_a_defect_is_found_or_its_reason_holds(name, tmp_path):
    """FAIL of a check, or ERROR of a device that cannot even be set; what is announced as missed is missed."""
    defect = DEFECTS[name]
    finding = find(defect, tmp_path)
    is_found = finding is not None and finding.verdict in {"FAIL", "ERROR"}
    FOUND[name] = is_found
    if is_found:
        told = f"{finding.verdict} {finding.case} {finding.check}: {finding.shown[:90]}"
    else:
        told = f"NOT FOUND: {defect.missed}"
    print(f"\nfirmware defect {name} ({defect.build}): {told}")
    assert is_found == (not defect.missed), finding


@pytest.mark.parametrize(("scenario", "build"), TRIED)
def test_the_sound_firmware_passes_the_same_scenarios(scenario, build, tmp_path):
    """Negative control: no check of any of them blames the reference firmware."""
    for number, case in enumerate(cases_of(scenario, build)):
        assert finding_in(judged(case, tmp_path / str(number))) is None, case.id


def test_what_the_catalogue_comes_to():
    """At least 92 % of all mistakes; those that were looked for and those written unseen are told apart."""
    if len(FOUND) < len(DEFECTS):
        pytest.skip("not all of the catalogue was run")
    known = [name for name, defect in DEFECTS.items() if not defect.blind]
    blind = [defect.blind == "found" for defect in DEFECTS.values() if defect.blind]
    print(f"\nfirmware defects found: {sum(FOUND.values())} of {len(FOUND)}")
    print(f"of those that were looked for: {sum(FOUND[name] for name in known)} of {len(known)}")
    print(f"of those written unseen, by the library as it then was: {sum(blind)} of {len(blind)}")
    assert sum(FOUND.values()) >= 0.92 * len(FOUND)
