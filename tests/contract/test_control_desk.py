"""The desk of controls itself, shown with two checks of the library; the pattern that every family follows."""

import pytest
from control_desk import WANTED, Control, cases, seeded, shown, sound, unfired, with_strides, worse_card

SHOWN = {
    "net_charge": Control("SCN-DEFECTS-CHARGE", {"net_charge": 0.3e-6}, worse_card(1000.0)),
    "lead_off": Control("SCN-DEFECTS-PROTECTION", {"no_lead_off": 1.0}, unfired("peel")),
}


@pytest.mark.parametrize(("check", "case"), cases(SHOWN))
def test_the_desk_shows_a_check_from_three_sides(check, case):
    """A seeded defect fails it, the sound device passes it, a doubtful record is neither."""
    found = shown(check, SHOWN[check], case)
    assert found.outcome == WANTED[case], found.reason


def test_one_run_serves_every_check():
    """The desk keeps its records: the second call gives the very same object."""
    assert sound("SCN-DEFECTS-CHARGE") is seeded("SCN-DEFECTS-CHARGE")
    assert seeded("SCN-DEFECTS-CHARGE", net_charge=0.3e-6) is seeded("SCN-DEFECTS-CHARGE", net_charge=0.3e-6)


def test_a_shortened_walk_ends_where_its_last_stride_ends():
    """Nothing after the last stride stays: no pulse, no train, no stride."""
    record = sound("SCN-DEFECTS-CHARGE")
    short = with_strides(record, 3)
    end_s = short.span_s[1]
    assert short.strides["stride"].tolist() == [1.0, 2.0, 3.0]
    assert end_s == pytest.approx(record.strides["t0_s"][3], abs=1e-9)
    assert short.pulses["t_s"].max() < end_s < record.pulses["t_s"].max()
