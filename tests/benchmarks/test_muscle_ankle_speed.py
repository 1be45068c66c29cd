"""How fast the compiled muscle-ankle kernel is, as a ratio to scipy's LSODA on the same equations."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from scenarios.measured import load_measured
from scenarios.patient_file import read_patient
from scenarios.text import Text, Where
from sim.body import layout as at
from sim.body.activation import A_REST, FORCE_100_HZ, KM_REST, R0_LESS_KM, TAU1_REST_S, TAU2_S, TAU_C_S
from sim.body.buffers import make_buffers
from sim.body.compensation import CompensationState
from sim.body.preparation import prepare
from sim.body.recruitment import deep_only
from sim.body.swing import acceleration_rad_s2
from sim.compiled import compiled
from sim.gait.draw import draw_schedule
from sim.gait.leg import leg_at
from sim.gait.walk import Walk
from sim.streams import Streams

SHARE = 0.05
END_RATIO = 0.80
"""Both integrate from the first pulse to 80 % of swing."""


@compiled
def _slopes(t, y, curve, const, t0_s, rate_hz, s_sum, km):
    """y = phi, omega, C_N, F; `s_sum` the explicit pulse sum at t0_s."""
    decay = s_sum * np.exp(-(t - t0_s) / TAU_C_S)
    x = y[2] / (km + y[2])
    leg = leg_at(curve, t * rate_hz, rate_hz, const[at.C_THIGH], const[at.C_SHANK])
    activation = const[at.C_TONIC] + y[3] / FORCE_100_HZ
    out = np.empty(4)
    out[0] = y[1]
    out[1] = acceleration_rad_s2(at.SWING, y[0], y[1], np.sin(y[0]), np.cos(y[0]), leg, activation, 0.0, 0.0, 1, const)
    out[2] = (decay - y[2]) / TAU_C_S
    out[3] = A_REST * SHARE * x - y[3] / (TAU1_REST_S + TAU2_S * x)
    return out


@compiled
def _stance_slopes(t, y, curve, const, t0_s, rate_hz, s_sum, km):
    out = _slopes(t, y, curve, const, t0_s, rate_hz, s_sum, km)
    out[0] = out[1] = 0.0
    return out


def _scene():
    """One stride of the stroke patient, 40 Hz from 300 ms before toe-off; no reflex, no fatigue, no noise."""
    patient = read_patient(Text("stroke_moderate", Where("benchmark", 1, 1)), ())[1]
    ready = prepare(patient, load_measured("winter_a1"), 0.55)
    const = ready.const.copy()
    const[at.C_REFLEX_GAIN] = const[at.C_FATIGUE] = const[at.C_LIMIT] = const[at.C_KNEE_PUSH] = 0.0
    schedule = draw_schedule(patient, load_measured("winter_a1"), Walk(0.55, 1, "none"), Streams(1))
    toe_off = int(schedule.toe_off_ns[0])
    pulses = toe_off + np.arange(-300, 420, 25, dtype=np.int64) * 1_000_000 + 4321
    end = toe_off + int(END_RATIO * (schedule.t0_ns[1] - toe_off)) // 40_000_000 * 40_000_000
    end -= end % 40_000_000
    return ready.cycle, const, schedule, pulses[pulses < end], end


def kernel_run(step_ms: int) -> tuple[Callable[[], None], Callable[[], tuple[float, float]]]:
    """A function that integrates the stride from its first pulse, and one that tells the foot's angle and force."""
    cycle, const, schedule, pulses, end = _scene()
    buffers = make_buffers((cycle,), const[np.newaxis], schedule, CompensationState(), step_ns=step_ms * 1_000_000)
    buffers.stride[:, at.F_THIGH : at.F_DRIVE + 1] = 0.0
    buffers.pulse_ns, buffers.pulse_share = pulses, deep_only(np.full(pulses.size, SHARE))
    buffers.ints[at.I_PULSES] = pulses.size
    first = buffers.ints.copy(), buffers.body.copy()

    def run() -> None:
        buffers.ints[:], buffers.body[:] = first
        buffers.run(end)

    return run, lambda: (float(buffers.body[at.B_PHI]), float(buffers.body[at.B_STIMULATED]))


def lsoda_run(tolerance: float) -> Callable[[], tuple[float, float]]:
    """The same with `solve_ivp`, restarted at every pulse and at toe-off."""
    cycle, const, schedule, pulses, end = _scene()
    moving = int(schedule.t0_ns[1] - schedule.t0_ns[0] - schedule.pause_ns[0])
    start = int(schedule.t0_ns[1]) - moving
    rate = 1e9 / moving
    toe_off = int(schedule.toe_off_ns[0])
    cuts = sorted({*pulses.tolist(), toe_off, end})

    def run() -> tuple[float, float]:
        y, s_sum, last = np.zeros(4), 0.0, None
        for t, stop in pairwise(cuts):
            if t == toe_off:
                leg = leg_at(cycle.base, (t - start) / moving, rate, const[at.C_THIGH], const[at.C_SHANK])
                y[0], y[1] = const[at.C_ANKLE_TOE_OFF] + shift(y[3]) + leg[0], leg[1]
            if t in felt:
                s_sum += (
                    1.0 if last is None else 1.0 + (KM_REST + R0_LESS_KM - 1.0) * np.exp(-(t - last) * 1e-9 / TAU_C_S)
                )
                last = t
            slopes = _slopes if t >= toe_off else _stance_slopes
            t0, t1 = (t - start) * 1e-9, (stop - start) * 1e-9
            arguments = (cycle.base, const, t0, rate, s_sum, KM_REST)
            solved = solve_ivp(slopes, (t0, t1), y, "LSODA", args=arguments, rtol=tolerance, atol=tolerance * 1e-2)
            y = solved.y[:, -1].copy()
            s_sum *= np.exp(-(t1 - t0) / TAU_C_S)
        return float(y[0]), float(y[3])

    felt = set(pulses.tolist())

    def shift(force: float) -> float:
        from sim.body.ankle import dorsiflexor_torque_n_m

        pull = dorsiflexor_torque_n_m(const[at.C_ANKLE_TOE_OFF], 0.0, force / FORCE_100_HZ, const[at.C_FORCE])
        return min(pull / const[at.C_TOE_OFF_STIFFNESS], np.radians(8.0))

    return run


def _shortest_s(run: Callable[[], object], repeats: int) -> float:
    import timeit

    return min(timeit.repeat(run, number=1, repeat=repeats))


def test_kernel_agrees_with_lsoda_and_is_much_faster():
    """Foot angle and force at 80 % of swing agree with LSODA at 1e-10 to 1e-5; the ratio of times is printed.

    Both run at the loosest setting that reaches an error of 1e-5 (rad, and relative force): LSODA by its tolerance, the
    kernel by its step. The step that stimrig uses is far finer than that; its ratio is printed too.
    """
    truth = lsoda_run(1e-10)()
    fine, _ = ours_at(at.STEP_NS // 1_000_000, truth)
    angle, force = fine[1]
    assert angle == pytest.approx(truth[0], abs=1e-5)
    assert force == pytest.approx(truth[1], rel=1e-5)
    coarse = next(found for step in (10, 8, 5, 4, 2, 1) if (found := ours_at(step, truth))[1] <= 1e-5)
    for tolerance in (1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 3e-7, 1e-7):
        run = lsoda_run(tolerance)
        if (error := _error(run(), truth)) <= 1e-5:
            break
    theirs = _shortest_s(run, 20)
    print(f"\nLSODA {theirs * 1e3:.2f} ms (rtol {tolerance:g}, error {error:.1e})")
    for name, ((kernel, _), off) in (
        (f"at its own {at.STEP_NS // 1_000_000} ms", (fine, _error(fine[1], truth))),
        ("at equal error", coarse),
    ):
        ours = _shortest_s(kernel, 300)
        print(f"kernel {name}: {ours * 1e6:.0f} us (error {off:.1e}): {theirs / ours:.0f} times faster (asked: 80)")


def ours_at(step_ms: int, truth: tuple[float, float]) -> tuple[tuple[Callable[[], None], tuple[float, float]], float]:
    """The kernel at a step, what it gives, and its error."""
    kernel, state = kernel_run(step_ms)
    kernel()
    return (kernel, state()), _error(state(), truth)


def _error(found: tuple[float, float], truth: tuple[float, float]) -> float:
    return max(abs(found[0] - truth[0]), abs(found[1] / truth[1] - 1.0))
