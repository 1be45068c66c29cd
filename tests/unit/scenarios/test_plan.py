"""The plan: what runs, what is left out and why, what can never pass, how long and how large it is."""

import dataclasses

import pytest
from scipy.stats import beta

from scenarios.binomial import samples_for_percentile, samples_needed, share_lower_bound
from scenarios.estimate import bytes_needed, duration_s, law_stride_time_s
from scenarios.plan import PlanOptions, find_files, load_cases
from sim.errors import CollectedScenarioError, ScenarioError


@pytest.mark.parametrize(("share", "confidence", "n"), [(0.99, 0.95, 299), (0.9, 0.95, 29), (0.8, 0.95, 14)])
def test_samples_for_a_share(share, confidence, n):
    """n is the first at which the Clopper-Pearson lower bound of n of n reaches the share (scipy's beta quantile)."""
    assert samples_needed(share, confidence=confidence) == n
    lower = [beta.ppf(1 - confidence, k, 1) for k in (n - 1, n)]
    assert lower[0] < share <= lower[1]
    assert share_lower_bound(n, n, confidence) == pytest.approx(lower[1])


def test_samples_for_a_percentile():
    """The largest of n is above the 95th percentile with 1 - 0.95^n: 72 for 97.5 %; the smallest below it with 2."""
    assert samples_for_percentile(0.95, above=True) == 72 and samples_for_percentile(0.95, above=False) == 2
    assert 1 - 0.95**72 >= 0.975 > 1 - 0.95**71


def _plan(desk, text, **options):
    desk.path.write_text(text, encoding="utf-8")
    return load_cases([desk.path], desk.catalogue, PlanOptions(**options))


def test_a_share_that_can_never_be_shown_is_a_warning_at_its_line(desk):
    """56 swings are left of 90 strides (before the peel, without the rug's three): 99 % needs 299."""
    plan = _plan(desk, desk.with_("share: 90 %", "share: 99 %"))
    (warning,) = plan.warnings
    assert warning.where == f"{desk.path}:17:3"
    assert "56 of 56 samples would show 94.8 % (95 % confidence), 99 % is asked; 299 are needed" in warning.text
    assert not _plan(desk, desk.text).warnings


WARNINGS = [
    ("needs: 35 samples", "needs: 60 samples", "60 samples are needed, the walk gives at most 59"),
    ("share: 90 %", "share: 100 %", "no number is enough for 100 %"),
    ("speed: 0.9 m/s", "speed: 1.4 m/s", "walks at 0.9 m/s by itself; at 1.4 m/s the gait law is extrapolated"),
    ("checks:", "capture: {keep: none}\nchecks:", "will be NOT RUN: nothing is captured"),
    ("checks:", "capture: {rate: 100 kHz}\nchecks:\n  q: {measure: net_charge, within: ±9 nC}", "is too slow"),
]


@pytest.mark.parametrize(("old", "new", "text"), WARNINGS)
def test_warnings(desk, old, new, text):
    """Each thing that a reader should know beforehand is said once."""
    warnings = _plan(desk, desk.with_(old, new)).warnings
    assert [text in warning.text for warning in warnings] == [True]


def test_a_role_without_terminal_blocks_the_case_by_name(desk):
    """The case is not lost: it is NOT RUN, and the role is named."""
    roles = frozenset({"heel_switch", "current", "contact"})
    plan = _plan(desk, desk.text, bench_roles=roles, bench="lab2")
    assert not plan.cases
    assert [blocked.reason for blocked in plan.blocked] == ["bench `lab2` has no terminal for voltage"]
    assert _plan(desk, desk.text, bench_roles=roles | {"voltage"}).cases
    plan = _plan(desk, desk.text, bench_roles=frozenset({"heel_switch", "current", "voltage"}), bench="lab2")
    assert [blocked.reason for blocked in plan.blocked] == ["bench `lab2` has no terminal for contact"]


def test_what_the_bench_itself_says_blocks_the_case(desk):
    """A load that the load bank does not hold, a range: the bench's own line is the reason, the case is NOT RUN."""
    plan = _plan(desk, desk.text, why_not=lambda case: f"load {case.load_name} is not on this bench", bench="lab2")
    assert [blocked.reason for blocked in plan.blocked] == ["bench `lab2`: load skin is not on this bench"]
    assert _plan(desk, desk.text, why_not=lambda case: "").cases


def test_filters_say_what_they_leave_out(desk):
    """-k by case, --req by check; a case whose checks are all gone is left out too."""
    text = desk.with_("    needs:", "    verifies: [SRS-1]\n    needs:").replace(
        "checks:", "matrix: {walk.speed: [0.6 m/s, 0.9 m/s]}\nchecks:"
    )
    plan = _plan(desk, text, name_filter="0.6")
    assert [case.id for case in plan.cases] == ["SCN-TEST[walk.speed=0.6 m/s]"]
    assert [left.reason for left in plan.left_out] == ["not selected by -k 0.6"]
    plan = _plan(desk, text, requirement_filter="SRS-*")
    assert [[check.id for check in case.checks] for case in plan.cases] == [["latency"], ["latency"]]
    plan = _plan(desk, text, requirement_filter="HAZ-*")
    assert not plan.cases
    assert [left.reason for left in plan.left_out if not left.check] == ["no check is left"] * 2


def test_many_files_are_read_and_their_mistakes_told_together(desk):
    """A folder is searched through; two bad files give one error with both."""
    for name, old, new in (("a", "0.9 m/s, str", "90 m/s, str"), ("b", "60 ms", "60"), ("c", "SCN-TEST", "SCN-C")):
        (desk.folder / f"{name}.scenario.yaml").write_text(desk.with_(old, new), encoding="utf-8")
    with pytest.raises(CollectedScenarioError) as caught:
        load_cases([desk.folder], desk.catalogue)
    assert [error.where.split("/")[-1] for error in caught.value.errors] == [
        "a.scenario.yaml:7:31",
        "b.scenario.yaml:14:14",
    ]
    for name in "ab":
        (desk.folder / f"{name}.scenario.yaml").write_text(desk.text, encoding="utf-8")
    with pytest.raises(ScenarioError, match="the case id `SCN-TEST` is taken by"):
        load_cases([desk.folder], desk.catalogue)


def test_names_of_the_library_are_paths_too():
    """`demo-pass` and `SCN-DEMO-PASS` mean the shipped file; a near miss names the nearest."""
    assert find_files(["demo-pass"]) == find_files(["SCN-DEMO-PASS"])
    with pytest.raises(ScenarioError, match="did you mean `demo-pass`"):
        find_files(["demo-pas"])
    with pytest.raises(ScenarioError, match="no such file or folder"):
        find_files(["no/such.scenario.yaml"])


def test_space_and_time(desk):
    """Time is strides times the patient's stride time; space is 2 bytes a sample and channel, or 1 GB/h of windows."""
    case = desk.load(desk.text).cases[0]
    seconds = duration_s(case)
    assert seconds == pytest.approx(90 * law_stride_time_s(0.9, case.patient.leg_length_m) + 6, rel=1e-9)
    full = dataclasses.replace(case, capture=dataclasses.replace(case.capture, keep="full"))
    none = dataclasses.replace(case, capture=dataclasses.replace(case.capture, keep="none"))
    assert bytes_needed(full) - bytes_needed(none) == pytest.approx(14.4e9 / 3600 * seconds)
    assert bytes_needed(case) - bytes_needed(none) == pytest.approx(2e9 / 3600 * seconds)


def test_the_stride_time_law_meets_its_data():
    """Comfortable walking of young adults: 1.245 m/s, cadence 117.5 steps/min, leg 0.88 m (BMClab H2A): within 5 %."""
    assert 120.0 / law_stride_time_s(1.245, 0.88) == pytest.approx(117.5, rel=0.05)
