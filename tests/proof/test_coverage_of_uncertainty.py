"""The stated uncertainty holds: fresh cards and fresh pulses, the real finder, the measures of every check.

For each quantity the truth lies in the stated 95 % interval in 93 to 97 % of the captures, within U in at least 93 %;
U is at most 1.3 times the half-width of the 95 % of the errors (in units of U, since the sizes differ a thousandfold);
the bias is below U/5. 100 captures here, 2000 in the proof, where the seed is new each time; STIMRIG_PROOF_SEED=n
repeats one.
"""

import os
import secrets
from dataclasses import replace

import numpy as np
import pytest
from random_captures import CLOCK_PPM, RATE_HZ, drawn, outcomes_of, truths_of
from scipy.stats import binom

from rig.virtual_bench import accuracy_of_card

CAUTIOUS = {"direct current"}
"""Their budget takes a bound at its worst (the noise of the line between two zeros at its ends): at least 93 %."""

STRATA = {
    "1-10 mA": lambda what: abs(what.current_a) < 0.01,
    "10-40 mA": lambda what: 0.01 <= abs(what.current_a) < 0.04,
    "40-130 mA": lambda what: abs(what.current_a) >= 0.04,
    "10-50 us": lambda what: what.width_s < 50e-6,
    "50-200 us": lambda what: 50e-6 <= what.width_s < 200e-6,
    "200-1000 us": lambda what: what.width_s >= 200e-6,
    "symmetric": lambda what: what.waveform == "symmetric",
    "asymmetric": lambda what: what.waveform == "asymmetric",
    "coupled": lambda what: what.waveform == "coupled",
}


def captures(n, seed, **more):
    """Quantity -> list of (capture, outcome); and how many quantities could not be measured."""
    found, absent = {}, 0
    for k in range(n):
        what = drawn((seed, k), **more)
        outcomes = outcomes_of(what)
        absent += len(truths_of(what)) - len(outcomes)
        for name, outcome in outcomes.items():
            found.setdefault(name, []).append((what, outcome))
    return found, absent


def figures(rows):
    """Share in the interval, share within U, U over the 95 % of the errors, bias over U."""
    error, half, expanded = (
        np.array([getattr(outcome, name) for _, outcome in rows]) for name in ("error", "half95", "expanded")
    )
    ratio = np.abs(error) / expanded
    return (
        np.mean(np.abs(error) <= half),
        np.mean(ratio <= 1.0),
        1.0 / np.quantile(ratio, 0.95),
        np.mean(error / expanded),
    )


def line(name, rows):
    """One line of the proof."""
    inside, within, size, bias = figures(rows)
    return (
        f"{name:36s} n {len(rows):5d}  in the 95 % interval {100 * inside:5.1f} %  within U {100 * within:5.1f} %  "
        f"U/error95 {size:4.2f}  bias/U {bias:+.3f}"
    )


def check(name, rows, low=0.93, high=0.97):
    """The claim, as far as n captures can tell: the exact binomial bound of each edge at n, at 99.9 %."""
    inside, within, size, bias = figures(rows)
    n = len(rows)
    least, most = binom.ppf(0.001, n, low) / n, binom.ppf(0.999, n, high) / n
    assert least <= inside and within >= least, line(name, rows)
    if name in CAUTIOUS:
        return
    assert inside <= most, line(name, rows)
    assert size <= 1.3 * (1.0 + 2.0 / n**0.5) and abs(bias) < 0.2 + 1.5 / n**0.5, line(name, rows)


def test_the_truth_lies_in_the_stated_interval():
    """100 captures with a fixed seed: the binomial bounds are wider, the claim is the same."""
    found, absent = captures(100, 1)
    assert absent <= 3
    for name, rows in found.items():
        check(name, rows)


def test_a_card_out_of_its_bounds_is_not_covered():
    """The control: ten times worse than stated, and the intervals no longer hold."""
    wrong = {"phase-1 current": 0, "phase charge": 0, "net charge of a train": 0}
    for k in range(25):
        what = drawn((2, k))
        sound = accuracy_of_card(what.front_end, "current", RATE_HZ, CLOCK_PPM * 1e-6)
        card = what.front_end.current
        ten = replace(
            card,
            gain_bound_ratio=10 * card.gain_bound_ratio,
            inl_bound_v=10 * card.inl_bound_v,
            offset_bound_v=10 * card.offset_bound_v,
        )
        outcomes = outcomes_of(replace(what, front_end=replace(what.front_end, current=ten)), sound)
        for name in wrong:
            wrong[name] += name in outcomes and abs(outcomes[name].error) > outcomes[name].half95
    assert min(wrong.values()) > 0.4 * 25, wrong


def test_without_a_filter_the_edges_are_in_the_budget():
    """A filter of 0.3 us is shorter than a sample: what the edges lose between samples must be in U, else 26 nC of a
    30 mA pulse (regulatory.md 5.2) would be called net charge."""
    found, _ = captures(25, 3, filter_tau_s=0.3e-6)
    for name, rows in found.items():
        _, within, _, _ = figures(rows)
        assert within >= binom.ppf(0.001, len(rows), 0.93) / len(rows), name
    without = [outcome for _, outcome in found["net charge of a pulse"]]
    assert np.median([outcome.expanded for outcome in without]) > 5e-9
    assert all(any(part.name == "edge aliasing" and part.standard > 0.0 for part in o.budget) for o in without)


def test_a_short_gap_before_a_faint_discharge_is_as_uncertain_as_it_is():
    """2 to 4.5 samples behind phase 1 a discharge of 5 to 20 % of it: what undoing the filter has left of phase 1 hides
    where it begins, by up to 0.8 us. Phases of like height leave the U of a longer gap at 50 ns."""
    missed, n = 0, 12
    for k in range(n):
        rng = np.random.default_rng((4, k))
        gap_s, share = rng.uniform(2e-6, 4.5e-6), np.exp(rng.uniform(np.log(0.05), np.log(0.2)))
        what = drawn((4, k, 5), waveform="coupled", gap_s=gap_s, rate_hz=99.0)
        gap = outcomes_of(replace(what, current2_a=-share * what.current_a))["gap"]
        missed += abs(gap.error) > gap.expanded
    assert missed <= binom.ppf(0.999, n, 0.07)
    alike = outcomes_of(drawn((4, 0, 5), waveform="symmetric", gap_s=6e-6, rate_hz=99.0))["gap"]
    assert alike.expanded < 50e-9


@pytest.mark.proof
def test_the_truth_lies_in_the_stated_interval_in_2000_captures(capsys):
    seed = int(os.environ.get("STIMRIG_PROOF_SEED", secrets.randbits(32)))
    found, absent = captures(2000, seed)
    with capsys.disabled():
        print(
            f"\ncoverage of the stated uncertainty, 2000 captures, STIMRIG_PROOF_SEED={seed}, {absent} values withheld"
        )
        for name, rows in found.items():
            print(line(name, rows))
            for stratum, holds in STRATA.items():
                if some := [row for row in rows if holds(row[0])]:
                    print(line(f"    {stratum}", some))
    for name, rows in found.items():
        inside, within, size, bias = figures(rows)
        chance = 2.0 * (0.03 * 0.97 / len(rows)) ** 0.5  # of the count itself: two standard errors at the edge
        assert inside >= 0.93 and within >= 0.93 and abs(bias) < 0.2, name
        assert name in CAUTIOUS or (inside <= 0.97 + chance and size <= 1.3), name
