"""The circuit in closed form against scipy's integration of the same circuit, and against textbook values."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from sim.electrode.circuit import begin_segment, charge_between, current_at
from sim.electrode.load import NAMED_LOADS, Load
from sim.stimulator.stage import STAGE_DTYPE
from sim.timebase import NEVER


def make_circuit(load: Load, compliance_v: float, contact: float = 1.0, polarity: float = 1.0):
    circuit = np.zeros(1, STAGE_DTYPE)[0]
    circuit["series_ohm"], circuit["parallel_ohm"] = load.series_ohm, load.parallel_ohm
    circuit["load_tau_s"], circuit["tau_s"] = load.tau_s, 1.0
    circuit["contact_ratio"], circuit["compliance_v"], circuit["polarity"] = contact, compliance_v, polarity
    begin_segment(circuit, 0)
    return circuit


def walk_circuit(circuit, switches, end_ns):
    """Segments (start, coefficients) of a list of (instant, wanted current, compliance, contact)."""
    segments = [circuit.copy()]
    for index, (t_ns, level_a, compliance_v, contact) in enumerate(switches):
        until_ns = switches[index + 1][0] if index + 1 < len(switches) else end_ns
        circuit["level_a"], circuit["compliance_v"], circuit["contact_ratio"] = level_a, compliance_v, contact
        begin_segment(circuit, t_ns)
        segments.append(circuit.copy())
        while circuit["change_ns"] < until_ns:
            begin_segment(circuit, int(circuit["change_ns"]))
            segments.append(circuit.copy())
            assert len(segments) < 200
    return segments


def evaluate(segments, t_ns):
    starts = np.array([s["t_ns"] for s in segments])
    out = np.zeros((3, len(t_ns)))
    for j, t in enumerate(t_ns):
        s = segments[int(np.searchsorted(starts, t, "right")) - 1]
        e = math.exp(-(t - s["t_ns"]) * 1e-9 / s["tau_s"])
        out[:, j] = (s["i_a"] + s["i_b_a"] * e, s["v_v"] + s["v_b_v"] * e, s["u_a_v"] + s["u_b_v"] * e)
    return out


def limited_current(u, wanted, compliance_v, r_s, contact):
    """Current of a source that never lifts its terminals beyond the compliance voltage and never sinks."""
    if contact == 0.0 or wanted == 0.0:
        return 0.0
    sign = math.copysign(1.0, wanted)
    return sign * max(0.0, min(abs(wanted), (compliance_v - sign * u) / (r_s / contact)))


switch_lists = st.lists(
    st.tuples(
        st.integers(20_000, 900_000),
        st.sampled_from([0.0, 0.03, -0.03, 0.08, -0.08, 0.002]),
        st.sampled_from([120.0, 60.0, 25.0]),
        st.sampled_from([1.0, 0.5, 0.1, 0.0]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=switch_lists)
def test_circuit_agrees_with_integration_of_its_equation(steps):
    """For any switching, sagging and peeling the closed form is C du/dt = i - u/R_p integrated by scipy, to 1e-6."""
    load = NAMED_LOADS["skin"]
    t, switches = 0, []
    for wait_ns, level_a, compliance_v, contact in steps:
        switches.append((t, level_a, compliance_v, contact))
        t += wait_ns
    segments = walk_circuit(make_circuit(load, 120.0), switches, t)
    u = 0.0
    for index, (t_ns, level_a, compliance_v, contact) in enumerate(switches):
        until_ns = switches[index + 1][0] if index + 1 < len(switches) else t
        share = contact if contact > 0.0 else 1.0
        r_p, c = load.parallel_ohm / share, load.parallel_f * share

        def slope(_, y, level_a=level_a, compliance_v=compliance_v, contact=contact, r_p=r_p, c=c):
            i = limited_current(y[0], level_a, compliance_v, load.series_ohm, contact)
            return [(i - y[0] / r_p) / c]

        at_ns = np.linspace(t_ns, until_ns, 7)[:-1].astype(np.int64)
        span = (until_ns - t_ns) * 1e-9
        truth = solve_ivp(
            slope, (0.0, span), [u], t_eval=np.append((at_ns - t_ns) * 1e-9, span), rtol=1e-9, atol=1e-9, max_step=5e-6
        ).y[0]
        i, v, u_found = evaluate(segments, at_ns)
        np.testing.assert_allclose(u_found, truth[:-1], rtol=1e-6, atol=2e-4)
        i_true = [limited_current(x, level_a, compliance_v, load.series_ohm, contact) for x in truth[:-1]]
        np.testing.assert_allclose(i, i_true, atol=2e-6)
        if contact > 0.0:
            np.testing.assert_allclose(v, i * load.series_ohm / contact + u_found, atol=1e-9)
            assert np.all(np.sign(i) * v <= compliance_v + 1e-3)
        u = float(truth[-1])


@pytest.mark.kernels
def test_nominal_skin_at_30_ma_needs_47_v():
    """I [R_s + R_p (1 - exp(-t/R_p C_p))] of the nominal skin at 30 mA after 300 us is 47 V (12 V + 35.4 V)."""
    circuit = make_circuit(NAMED_LOADS["skin"], 200.0)
    circuit["level_a"] = 0.030
    begin_segment(circuit, 1000)
    e = math.exp(-300e-6 / circuit["tau_s"])
    assert circuit["v_v"] + circuit["v_b_v"] * e == pytest.approx(0.03 * (400 + 3000 * (1 - math.exp(-0.5))), rel=1e-12)
    assert circuit["v_v"] + circuit["v_b_v"] * e == pytest.approx(47.4, abs=0.1)
    assert circuit["change_ns"] == NEVER


@pytest.mark.kernels
def test_clamp_begins_at_the_closed_form_root_and_decays_with_the_parallel_time_constant():
    """60 mA into the nominal skin meets 60 V at -tau ln(1 - 36/180); from there i falls with C (R_s || R_p)."""
    circuit = make_circuit(NAMED_LOADS["skin"], 60.0)
    circuit["level_a"] = 0.060
    begin_segment(circuit, 0)
    root_s = -600e-6 * math.log(1.0 - (60.0 / 0.06 - 400.0) / 3000.0)
    assert circuit["change_ns"] == math.ceil(root_s * 1e9)
    t = int(circuit["change_ns"])
    begin_segment(circuit, t)
    assert circuit["tau_s"] == pytest.approx(0.2e-6 * 400 * 3000 / 3400)
    assert current_at(circuit, t) == pytest.approx(0.060, rel=1e-5)
    assert circuit["i_a"] == pytest.approx(60.0 / 3400.0)
    assert circuit["v_v"] == 60.0 and circuit["v_b_v"] == 0.0


@pytest.mark.kernels
def test_clamp_is_left_when_the_load_allows_the_wanted_current_again():
    """A capacitor charged against the source holds it at its limit only until the wanted current flows once more."""
    circuit = make_circuit(NAMED_LOADS["skin"], 60.0)
    circuit["u_a_v"] = circuit["u_b_v"] = 0.0
    circuit["level_a"] = 0.012
    circuit["u_b_v"] = 57.0
    begin_segment(circuit, 0)
    assert circuit["v_v"] == 60.0  # clamped: 57 V + 4.8 V exceed 60 V
    t = int(circuit["change_ns"])
    assert t < NEVER
    begin_segment(circuit, t)
    assert (circuit["i_a"], circuit["i_b_a"]) == (0.012, 0.0)


@pytest.mark.kernels
def test_a_sagged_source_waits_for_the_capacitor():
    """Where the capacitor holds more than the compliance voltage no current flows, until u has decayed to it."""
    circuit = make_circuit(NAMED_LOADS["skin"], 20.0)
    circuit["u_a_v"], circuit["u_b_v"], circuit["level_a"] = 0.0, 40.0, 0.03
    begin_segment(circuit, 0)
    assert current_at(circuit, 0) == 0.0
    assert circuit["change_ns"] == math.ceil(600e-6 * math.log(2.0) * 1e9)


@pytest.mark.kernels
def test_open_electrode_carries_no_current_and_shows_the_compliance_voltage():
    """Contact 0: i = 0 whatever is wanted; the terminals stand at the highest voltage of the source."""
    circuit = make_circuit(NAMED_LOADS["skin"], 120.0, contact=0.0, polarity=-1.0)
    circuit["level_a"] = 0.03
    begin_segment(circuit, 0)
    assert current_at(circuit, 5000) == 0.0
    assert circuit["v_v"] == -120.0


@pytest.mark.kernels
@pytest.mark.parametrize("name", ["500 ohm", "2 kohm", "10 kohm"])
def test_a_resistor_has_no_memory(name):
    """A pure resistor: v = i R, or i = V / R where that exceeds the compliance voltage; constant in time."""
    ohm = NAMED_LOADS[name].series_ohm
    circuit = make_circuit(NAMED_LOADS[name], 120.0)
    circuit["level_a"] = -0.03
    begin_segment(circuit, 10)
    assert circuit["i_a"] == -min(0.03, 120.0 / ohm)
    assert circuit["v_v"] == pytest.approx(-min(0.03 * ohm, 120.0), rel=1e-15)
    assert circuit["i_b_a"] == circuit["v_b_v"] == 0.0
    assert circuit["change_ns"] == NEVER


@pytest.mark.kernels
def test_half_a_contact_is_twice_the_resistance_and_half_the_capacitance():
    """Area scaling: at contact 1/2 a pulse needs twice the voltage, with the same time constant."""
    whole, half = make_circuit(NAMED_LOADS["skin"], 500.0), make_circuit(NAMED_LOADS["skin"], 500.0, contact=0.5)
    for circuit in (whole, half):
        circuit["level_a"] = 0.03
        begin_segment(circuit, 0)
    assert half["v_v"] == pytest.approx(2 * whole["v_v"]) and half["v_b_v"] == pytest.approx(2 * whole["v_b_v"])
    assert half["tau_s"] == whole["tau_s"]


@pytest.mark.kernels
def test_charge_of_a_segment_is_the_integral_of_its_current():
    """The closed-form charge of a clamped segment equals the trapezoid over 1 ns steps to 1e-9."""
    circuit = make_circuit(NAMED_LOADS["skin"], 30.0)
    circuit["level_a"] = 0.2
    begin_segment(circuit, 0)
    t_ns = np.arange(1000, 30_001)
    current = circuit["i_a"] + circuit["i_b_a"] * np.exp(-t_ns * 1e-9 / circuit["tau_s"])
    trapezoid = float(np.sum((current[1:] + current[:-1]) * 0.5) * 1e-9)
    assert charge_between(circuit, 1000, 30_000) == pytest.approx(trapezoid, rel=1e-9)


@pytest.mark.parametrize("values", [(0.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (500.0, -1.0, 0.0), (500.0, 1.0, float("nan"))])
def test_a_load_that_cannot_be_is_refused(values):
    """R_s must be positive and finite, R_p and C_p not negative."""
    with pytest.raises(ValueError, match="load"):
        Load(*values)
