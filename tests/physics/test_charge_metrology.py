"""Net charge beside a phase of 9 uC: drawn cards, known truth, and the estimators that do without metrology.

Truth is a pulse train in closed form; the card is that of regulatory.md 5.2 (16 bit, ±10 V, 250 ohm tap, 2 us filter, 1
MS/s), its errors drawn anew in every case. The full numbers are in tests/proof.
"""

from dataclasses import replace

import numpy as np
import pytest
from charge_desk import CARD, FRONT_END, Stimulation, captured

from reports.measures.charge import charge_imbalance, net_charge, phase_charge
from reports.measures.charge_balance import leak_current, net_dc, rate_dependence, slope_charge
from reports.measures.direct_current import dc

CARDS = 6
RUN = {"per": "run"}
RATES_HZ = (20.0, 30.0, 40.0, 50.0, 60.0)


def of_cards(count, table_v=None, **truth):
    """Net charge of each card's run, its U, and the truth, C; the truth is drawn with the card."""
    rows = []
    for seed in range(count):
        draw = np.random.default_rng([seed, 5])
        net_c, leak_a = draw.uniform(-90e-9, 90e-9), draw.uniform(-1e-6, 1e-6)
        record = captured(Stimulation(net_c=net_c, leak_a=leak_a, **truth), 100 + seed, table_v=table_v).record
        found = net_charge(record, RUN)
        rows.append((found.values[0], found.expanded[0], net_c))
    return np.array(rows).T


@pytest.mark.proof
@pytest.mark.parametrize(
    ("name", "truth", "table_v", "most_c"),
    [
        ("both sides of the baseline", {}, None, 2.0e-9),
        ("INL table of 100 uV residual", {}, 100e-6, 0.8e-9),
        ("polarity swap", {"swapped": True}, None, 0.8e-9),
        ("polarity swap and INL table", {"swapped": True}, 100e-6, 0.8e-9),
    ],
)
def test_three_hundred_drawn_cards_lie_inside_their_uncertainty(name, truth, table_v, most_c):
    """Net charge beside 9 uC, 400 pulses at 1 MS/s: U at most 2 nC (0.8 nC with swap and table), 93 % inside it."""
    value, expanded, true = of_cards(300, table_v, **truth)
    error = value - true
    inside = float(np.mean(np.abs(error) <= expanded))
    median, reach = float(np.median(expanded)) * 1e9, float(np.quantile(np.abs(error), 0.95)) * 1e9
    print(
        f"\nnet charge, {name}: U = {median:.2f} nC (most {expanded.max() * 1e9:.2f}), 95 % of the errors within "
        f"{reach:.2f} nC, {100 * inside:.1f} % within U, bias {error.mean() * 1e9:.3f} nC, 300 cards, seeds 100-399"
    )
    assert expanded.max() <= most_c
    assert inside >= 0.93
    assert abs(error.mean()) < median * 1e-9 / 5


@pytest.mark.parametrize(
    ("truth", "table_v", "most_c"),
    [({}, None, 2.0e-9), ({"swapped": True}, 100e-6, 0.8e-9), ({"swapped": True}, None, 0.8e-9)],
    ids=["plain", "swap and table", "swap alone"],
)
def test_net_charge_of_400_pulses_is_known_to_2_nc_and_with_swap_and_table_to_800_pc(truth, table_v, most_c):
    """U as regulatory.md 5.3 derives it, never more, and the true error of every drawn card inside it."""
    value, expanded, true = of_cards(CARDS, table_v, **truth)
    assert expanded.max() <= most_c
    assert np.mean(np.abs(value - true) <= expanded) >= 0.9
    assert expanded.min() > 10e-12, "a card has noise"


def test_estimators_without_a_baseline_are_wrong_by_far():
    """The whole period and a bare window of 1 ms, as regulatory.md 5.2 tried them: offset times time over the tap."""
    card = replace(CARD, offset_bound_v=1.5e-3, inl_bound_v=150e-6, polarity_gain_bound_ratio=0.0)
    seen = captured(Stimulation(net_c=2e-9, leak_a=0.4e-6), 5, replace(FRONT_END, current=card, errors="worst"))
    first = np.round(seen.pulses_s * seen.rate_hz).astype(int) - 100
    period_c, window_c = (
        np.mean([seen.current_a[at : at + n].sum() for at in first]) / seen.rate_hz for n in (24_900, 1000)
    )
    found = net_charge(seen.record, RUN)
    assert period_c == pytest.approx(2e-9 + 24.9e-3 * (1.5e-3 / 250.0 + 0.4e-6), abs=3e-9)
    assert abs(period_c - 2e-9) > 50 * found.expanded[0]
    assert abs(window_c - 2e-9) > 2 * found.expanded[0]
    assert found.values[0] == pytest.approx(2e-9, abs=found.expanded[0])


def test_a_card_at_its_bounds_shows_what_the_swap_takes_out():
    """Even bend at its bound: 600 uV 4 u^2 (1 - u^2) at 7.5 V, for 600 us over 250 ohm; and 50 ppm of 9 uC."""
    worst = replace(FRONT_END, errors="worst")
    plain = net_charge(captured(Stimulation(), 3, worst).record, RUN)
    swapped = net_charge(captured(Stimulation(swapped=True), 3, worst).record, RUN)
    u = 7.5 / 10.0
    own_c = 600e-6 * 4 * u**2 * (1 - u**2) * 600e-6 / 250.0 + 50e-6 * 9e-6
    assert plain.values[0] == pytest.approx(own_c, rel=0.02)
    assert plain.expanded[0] < abs(plain.values[0]) < 1.2 * plain.expanded[0], "two bounds at once reach beyond 95 %"
    assert abs(swapped.values[0]) < 0.05 * own_c
    (note,) = swapped.notes
    assert float(note.split(" nC")[0].split()[-1]) == pytest.approx(own_c * 1e9, abs=0.05)
    assert swapped.method.startswith("polarity swap (n = 200 + 200 pulses)")


def test_a_relay_that_sticks_gives_no_number():
    """The leads were to be swapped and the pulses kept their polarity: no value, and the check cannot pass."""
    record = captured(Stimulation(n=40, swapped=True), 3).record
    straight = {name: np.abs(column) if name == "phase1_a" else column for name, column in record.pulses.items()}
    found = net_charge(replace(record, pulses=straight), RUN)
    assert found.values.size == 0
    assert found.lost_s is not None and "no pulse changed its polarity" in found.lost_because


@pytest.mark.parametrize(("tail_s", "seen_to_flow"), [(0.3e-3, False), (0.6e-3, True)])
def test_passive_recharge_is_followed_behind_its_window(tail_s, seen_to_flow):
    """A capacitor's discharge of 9 uC: what flows behind the window is fitted where it shows, else bounded."""
    ideal = replace(CARD, inl_bound_v=1e-9, polarity_gain_bound_ratio=0.0)
    seen = captured(Stimulation(tail_s=tail_s, leak_a=0.5e-6), 11, replace(FRONT_END, current=ideal))
    found = net_charge(seen.record, RUN)
    raw_c = float(np.mean(seen.record.pulses["net_c"]))
    assert ("tail fitted behind the window" in found.method) is seen_to_flow
    assert abs(found.values[0]) <= found.expanded[0] < 0.5e-9
    if seen_to_flow:
        assert abs(found.values[0]) < 0.3 * abs(raw_c)


def test_a_filter_shorter_than_a_sample_carries_edge_aliasing():
    """Without a filter each edge is known to a sample only: I/fs/sqrt(12) an edge, four edges a pulse, in every U."""
    bare = captured(Stimulation(), 2, replace(FRONT_END, filter_tau_s=0.0)).record
    one, run = net_charge(bare, {"per": "pulse"}), net_charge(bare, RUN)
    (edges,) = (part.standard for part in one.budget if part.name == "edge aliasing")
    assert edges == pytest.approx(4 * 30e-3 * 1e-6 / 12**0.5, rel=0.01)
    filtered = net_charge(captured(Stimulation(), 2).record, RUN)
    assert run.expanded[0] > 1.5 * filtered.expanded[0]


def test_a_drift_under_the_pulses_cancels():
    """20 V an hour, 5.6 mV a second: a level that is 12 ms old is off by 70 uV, 0.25 nC in a window of 0.9 ms."""
    card = replace(CARD, drift_per_hour_v=20.0, inl_bound_v=1e-9, polarity_gain_bound_ratio=0.0)
    record = captured(Stimulation(n=200), 4, replace(FRONT_END, current=card, errors="worst")).record
    found = net_charge(record, RUN)
    late = float(np.nanmean(record.pulses["net_c"]))
    assert abs(late) > 0.2e-9
    assert abs(found.values[0]) < 0.1 * abs(late)
    assert abs(found.values[0]) <= found.expanded[0]


def test_regression_tells_leak_from_net_charge_on_drawn_cards():
    """I = leak + f Q at 20 to 60 Hz: slope, intercept and their sum within U of the truth; nothing off the line."""
    inside = []
    for seed in range(6):
        draw = np.random.default_rng([seed, 9])
        net_c, leak_a = draw.uniform(-20e-9, 20e-9), draw.uniform(-2e-6, 2e-6)
        record = captured(Stimulation(n=40, rates_hz=RATES_HZ, net_c=net_c, leak_a=leak_a), seed).record
        slope, leak, both = (measure(record, {}) for measure in (slope_charge, leak_current, net_dc))
        off = rate_dependence(record, {})
        inside += [
            abs(slope.values[0] - net_c) <= slope.expanded[0],
            abs(leak.values[0] - leak_a) <= leak.expanded[0],
            abs(both.values[0] - 60.0 * abs(net_c) - abs(leak_a)) <= both.expanded[0],
            *(np.abs(off.values) <= off.expanded),
        ]
        assert leak.expanded[0] < 20e-9
        assert "regression of the mean current over 5 rates" in both.method
    assert np.mean(inside) >= 0.93


def test_net_charge_that_grows_with_the_rate_lies_off_the_line():
    """Q = a f gives I = a f^2: the residuals of a parabola about its best line, far beyond their U."""
    record = captured(Stimulation(n=40, rates_hz=RATES_HZ, rate_slope_c=1e-9), 3).record
    off = rate_dependence(record, {})
    assert off.values.size == 5
    assert np.sign(off.values).tolist() == [1, -1, -1, -1, 1]
    assert np.all(np.abs(off.values) > 10 * off.expanded)


def test_fewer_than_five_rates_make_no_regression():
    """Three rates: the leak stays unknown as an intercept; net d.c. falls back on window and level, and says so."""
    record = captured(Stimulation(n=20, rates_hz=(30.0, 40.0, 50.0), net_c=10e-9, leak_a=1e-6), 3).record
    assert leak_current(record, {}).values.size == 0
    both = net_dc(record, {})
    assert both.values[0] == pytest.approx(1.5e-6, abs=both.expanded[0])
    assert "3 of 5 rates" in both.method


def test_zero_takes_the_offset_out_of_direct_current():
    """With 150 uV over 250 ohm, 0.6 uA: corrected to some nanoamperes; without a zero the bound stays in U."""
    worst = replace(FRONT_END, errors="worst")
    with_zero = dc(captured(Stimulation(n=20, leak_a=0.4e-6), 6, worst).record, {})
    without = dc(captured(Stimulation(n=20, leak_a=0.4e-6), 6, worst, takes_zero=False).record, {})
    assert with_zero.values[0] == pytest.approx(0.4e-6, abs=with_zero.expanded[0]) and with_zero.expanded[0] < 20e-9
    assert without.values[0] == pytest.approx(1.0e-6, abs=20e-9) and without.expanded[0] > 0.6e-6
    assert "zero taken" in with_zero.method and "no zero" in without.method


def test_an_inl_table_corrects_amplitude_and_charge():
    """The card's own bend as its table: what is left of a phase of 9 uC is gain, not INL."""
    card = replace(CARD, gain_bound_ratio=1e-9, polarity_gain_bound_ratio=0.0, inl_bound_v=6e-3)
    front = replace(FRONT_END, current=card, errors="worst")
    bent, straight = (captured(Stimulation(n=60), 8, front, table_v=table) for table in (None, 50e-6))
    errors = [float(np.median(phase_charge(seen.record, {}).values)) / 9e-6 - 1.0 for seen in (bent, straight)]
    assert abs(errors[0]) > 2e-4 and abs(errors[1]) < 0.05 * abs(errors[0])
    imbalance = charge_imbalance(straight.record, RUN)
    assert imbalance.values[0] == pytest.approx(0.0, abs=imbalance.expanded[0]) and imbalance.expanded[0] < 1e-4
