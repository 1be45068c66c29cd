"""The output stage that a firmware switches, against the one that switches itself and against closed forms."""

import math
from typing import Any

import numpy as np
import pytest

from sim.electrode.load import NAMED_LOADS, Load
from sim.stimulator.clock import DeviceClock
from sim.stimulator.output import Output
from sim.stimulator.program import PulseDefects, PulseProgram
from sim.stimulator.switched_kernel import LONGEST_GAP_NS
from sim.stimulator.switched_output import SwitchedOutput
from sim.streams import Streams

MS = 1_000_000
SKIN = NAMED_LOADS["skin"]
PURE = Load(500.0)
PROGRAM = PulseProgram(
    current_a=0.03, pulse_width_s=300e-6, rate_hz=40.0, gap_s=100e-6, recharge_ratio=0.25, jitter_s=5e-6
)
CHANGES: tuple[tuple[int, dict[str, Any]], ...] = (
    (120 * MS, {"contact_ratio": 0.2}),
    (130 * MS, {"contact_ratio": 0.0}),
    (170 * MS, {"contact_ratio": 0.7, "polarity": -1.0}),
    (210 * MS + 40_000, {"load": NAMED_LOADS["2 kohm"]}),
    (260 * MS, {"load": SKIN, "compliance_v": 20.0}),
)
END_NS = 400 * MS


def own_switches(load: Load, changes: tuple[tuple[int, dict[str, Any]], ...]) -> tuple[np.ndarray, np.ndarray]:
    """Rows and pulses of a stage that switches itself: a train with a ramp and jitter, from 50 ms on."""
    with np.errstate(over="ignore"):
        output = Output(load, DeviceClock(30e-6, 1234), Streams(3))
        output.begin(0)
        output.load_program(PROGRAM, PulseDefects(), 0)
        output.set_circuit(0, compliance_v=120.0)
        output.start_train(50 * MS, 0.2)
        for t_ns, change in changes:
            output.set_circuit(t_ns, **change)
        output.catch_up(END_NS)
        return output.take_rows(), output.take_pulses()


def switched(load: Load, drives: list[tuple[int, float]], changes, cuts_ns: tuple[int, ...] = ()) -> Any:
    """Rows and pulses of the other stage, driven at `drives`; what has come is taken at each of `cuts_ns`."""
    output = SwitchedOutput(load, 5e-6, 120.0)
    output.begin(0)
    output.set_circuit(0, compliance_v=120.0)
    rows, pulses = [], []
    steps: list[tuple[int, int, Any]] = [
        *((t_ns, 1, change) for t_ns, change in changes),
        *((t_ns, 2, level) for t_ns, level in drives),
        *((t_ns, 0, None) for t_ns in (*cuts_ns, END_NS)),
    ]
    for t_ns, kind, what in sorted(steps, key=lambda step: step[:2]):
        if kind == 1:
            output.set_circuit(t_ns, **what)
        elif kind == 2:
            output.drive(t_ns, what)
        else:
            output.catch_up(t_ns)
            rows.append(output.take_rows())
            pulses.append(output.take_pulses())
    return np.concatenate(rows), np.concatenate(pulses)


@pytest.fixture(name="drives", scope="module")
def _drives() -> list[tuple[int, float]]:
    """What the stage that switches itself asks of its source: read off at a resistor, where nothing else happens."""
    rows, _ = own_switches(PURE, ())
    return [(int(row["t_ns"]), float(row["i_a"])) for row in rows[1:]]


@pytest.mark.parametrize("changes", [(), CHANGES], ids=["steady", "changing"])
def test_switched_at_the_same_instants_it_gives_the_same_bytes(drives, changes) -> None:
    """Every segment is bit-equal to that of the stage that switches itself; its pulses agree to rounding.

    Through lost contact, crossed leads, another load and a source at its limit.
    """
    own_rows, own_pulses = own_switches(SKIN, changes)
    rows, pulses = switched(SKIN, drives, changes)
    assert rows.tobytes() == own_rows.tobytes()
    assert len(pulses) == len(own_pulses) > 5
    for name in ("t_s", "phase1_s", "gap_s", "phase2_s", "end_s"):
        assert pulses[name].tobytes() == own_pulses[name].tobytes()
    for name in ("phase1_a", "phase2_a", "charge1_c", "charge2_c"):
        np.testing.assert_allclose(pulses[name], own_pulses[name], rtol=1e-9, atol=1e-15)


def test_any_cut_gives_the_same_bytes(drives) -> None:
    """Also in the middle of a pulse, and one instant before a switch."""
    cuts_ns = (1, 57 * MS, drives[5][0] - 1, drives[5][0], drives[6][0] + 7, 333 * MS)
    whole = switched(SKIN, drives, CHANGES)
    cut = switched(SKIN, drives, CHANGES, cuts_ns)
    assert whole[0].tobytes() == cut[0].tobytes()
    assert whole[1].tobytes() == cut[1].tobytes()


def one_pulse(load: Load, current_a: float, compliance_v: float = 120.0) -> SwitchedOutput:
    """A symmetric pulse of 200 us with a gap of 100 us, at 1 ms; its first phase has just begun."""
    output = SwitchedOutput(load, 5e-6, compliance_v)
    output.begin(0)
    output.drive(MS, current_a)
    return output


def test_current_and_voltage_follow_the_circuit() -> None:
    """v(t) = I (R_s + R_p (1 - exp(-t / R_p C_p))), and the charge is I w, exactly as the closed form has it."""
    output = one_pulse(SKIN, 0.02)
    t_s = 150e-6
    expected_v = 0.02 * (SKIN.series_ohm + SKIN.parallel_ohm * (1.0 - math.exp(-t_s / SKIN.tau_s)))
    assert output.current_at(MS + 150_000) == pytest.approx(0.02, rel=1e-12)
    assert output.voltage_at(MS + 150_000) == pytest.approx(expected_v, rel=1e-12)
    assert output.open_pulse_ns == MS
    output.drive(MS + 200_000, 0.0)
    output.drive(MS + 300_000, -0.02)
    output.drive(MS + 500_000, 0.0)
    pulse = output.take_pulses()[0]
    assert output.open_pulse_ns is None
    assert pulse["charge1_c"] == pytest.approx(4e-6, rel=1e-12)
    assert pulse["net_c"] == pytest.approx(0.0, abs=1e-18)
    assert (pulse["phase1_s"], pulse["gap_s"], pulse["phase2_s"]) == pytest.approx((200e-6, 100e-6, 200e-6))


def test_a_source_at_its_limit_gives_what_ohm_says() -> None:
    """10 kohm at 120 V carry 12 mA, whatever is asked; a sagging supply takes the rest in the middle of the phase."""
    output = one_pulse(NAMED_LOADS["10 kohm"], 0.05)
    assert output.current_at(MS + 1000) == pytest.approx(0.012)
    assert output.voltage_at(MS + 1000) == pytest.approx(120.0)
    output.set_circuit(MS + 100_000, compliance_v=60.0)
    assert output.current_at(MS + 100_001) == pytest.approx(0.006)
    output.drive(MS + 200_000, 0.0)
    output.catch_up(MS + 200_000 + LONGEST_GAP_NS + 1)
    assert output.take_pulses()[0]["charge1_c"] == pytest.approx(12e-3 * 100e-6 + 6e-3 * 100e-6)


def test_crossed_leads_are_not_seen_from_inside() -> None:
    """The device measures its own current: the sign at the load is the rig's business."""
    output = one_pulse(PURE, 0.02)
    output.set_circuit(MS + 1000, polarity=-1.0)
    assert output.current_at(MS + 2000) == pytest.approx(0.02)
    assert output.voltage_at(MS + 2000) == pytest.approx(10.0)
    assert output.take_rows()[-1]["i_a"] == pytest.approx(-0.02)


def test_a_phase_that_nothing_follows_is_a_pulse_of_its_own() -> None:
    """It is known a longest gap after its end, and its end is that of the phase; then the rig may go on."""
    output = one_pulse(PURE, 0.02)
    output.drive(MS + 200_000, 0.0)
    output.catch_up(MS + 200_000 + LONGEST_GAP_NS)
    assert output.open_pulse_ns == MS
    assert len(output.take_pulses()) == 0
    output.catch_up(MS + 200_000 + LONGEST_GAP_NS + 1)
    pulse = output.take_pulses()[0]
    assert output.open_pulse_ns is None
    assert (pulse["net_c"], pulse["end_s"], pulse["phase2_s"]) == pytest.approx((4e-6, 1.2e-3, 0.0))


def test_two_phases_of_one_direction_are_two_pulses() -> None:
    """A bridge that closes the same switch twice: neither phase balances the other."""
    output = one_pulse(PURE, -0.02)
    for t_us, level in ((200, 0.0), (300, -0.02), (500, 0.0), (2500, 0.01), (2600, 0.0), (2700, -0.01), (2800, 0.0)):
        output.drive(MS + t_us * 1000, level)
    pulses = output.take_pulses()
    assert pulses["net_c"] == pytest.approx([-4e-6, -4e-6, 0.0], abs=1e-18)
    assert pulses["t_s"] == pytest.approx([1e-3, 1.3e-3, 3.5e-3])


def test_a_probe_is_no_pulse() -> None:
    """5 uA move the voltage that the device measures, and nothing that the patient could feel is reported."""
    output = SwitchedOutput(PURE, 5e-6, 120.0)
    output.begin(0)
    output.drive(MS, 5e-6)
    assert output.voltage_at(MS + 1000) == pytest.approx(2.5e-3)
    output.drive(MS + 100_000, -5e-6)
    output.drive(MS + 200_000, 0.0)
    assert len(output.take_pulses()) == 0
    assert output.open_pulse_ns is None
    assert len(output.take_rows()) == 4


def test_a_drive_that_flickers_grows_its_tables() -> None:
    """Ten thousand switches in one pulse are all there; the charge is their sum."""
    output = one_pulse(PURE, 0.001)
    for k in range(1, 10_000):
        output.drive(MS + k * 100, 0.001 if k % 2 == 0 else 0.002)
    output.drive(MS + 1_000_000, 0.0)
    output.drive(MS + 1_100_000, -0.001)
    output.drive(MS + 1_200_000, 0.0)
    assert len(output.take_rows()) == 10_000 + 4
    assert output.take_pulses()[0]["charge1_c"] == pytest.approx(1.5e-6, rel=1e-9)


def test_a_drive_that_lasts_too_long_is_cut_until_it_goes_off_or_turns_round() -> None:
    """A one-shot of 1 ms: 20 mA for 5 ms bring 20 uC, another level nothing; each new drive has its own millisecond."""
    output = SwitchedOutput(PURE, 5e-6, 120.0, phase_limit_s=1e-3)
    output.begin(0)
    drives = ((1.0, 0.02), (3.0, 0.03), (6.0, 0.0), (7.0, 0.02), (7.5, 0.03), (9.0, -0.03), (10.0, 0.0))
    for t_ms, level in drives:
        output.drive(round(t_ms * MS), level)
    output.catch_up(20 * MS)
    pulses = output.take_pulses()
    assert pulses["t_s"] == pytest.approx([1e-3, 7e-3])
    assert pulses["phase1_s"] == pytest.approx([1e-3, 1e-3])
    assert pulses["charge1_c"] == pytest.approx([20e-6, 25e-6], rel=1e-9)
    assert pulses["charge2_c"] == pytest.approx([0.0, -30e-6], rel=1e-9)
    assert output.current_at(20 * MS) == 0.0
    output.drive(21 * MS, 5e-6)
    assert output.current_at(30 * MS) == 5e-6
