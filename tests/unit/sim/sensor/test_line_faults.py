"""Faults of the line between sensor and device: what each shows, from when to when, in any cut the same bits."""

from itertools import pairwise

import numpy as np
import pytest

from sim.sensor.foot_imu import ROLES, FootImu
from sim.sensor.heel_switch import HeelSwitch
from sim.sensor.shank_tilt import ShankTilt
from sim.sensor.signal_faults import TURNS, FaultySensor, SignalFault, rails
from sim.signal import Signal
from sim.streams import Streams
from sim.timebase import NS_PER_MS, first_sample_at_or_after, sample_period_ns

MS = NS_PER_MS
STREAMS = Streams(11)


class _Counting:
    """A sensor whose sample k is k (role `a`) or -k (role `b`): every change shows."""

    def __init__(self, roles, rate_hz):
        self.roles, self.tracks_foot, self._rate_hz = roles, False, rate_hz

    def horizon_ns(self, _walker):
        return 1 << 60

    def emit(self, t0_ns, t1_ns, _walker):
        period_ns = sample_period_ns(self._rate_hz)
        first, end = (first_sample_at_or_after(t, period_ns) for t in (t0_ns, t1_ns))
        values = np.arange(first, end, dtype=float)
        return {
            role: Signal(values * (k + 1), first * period_ns, self._rate_hz, "V") for k, role in enumerate(self.roles)
        }


def _shown(description, faults, cuts=(0, 1000)):
    """Role -> samples of one second, given out in the blocks between `cuts`, ms."""
    sensor = FaultySensor(_Counting(description.roles, description.rate_hz), description, faults, STREAMS)
    blocks = [sensor.emit(a * MS, b * MS, None) for a, b in pairwise(cuts)]
    return {role: np.concatenate([block[role].samples for block in blocks]) for role in description.roles}


@pytest.mark.parametrize("kind", ["frozen", "nan", "high", "low", "broken", "noise", "spikes"])
@pytest.mark.parametrize("description", [HeelSwitch(), ShankTilt(), FootImu()], ids=lambda d: d.kind)
def test_a_fault_changes_its_span_and_nothing_else_however_time_is_cut(kind, description):
    """Outside [t0, t1) the line carries the sensor to the last bit; any cut of the time axis gives the same samples."""
    fault = SignalFault(kind, 300 * MS, 700 * MS, 0.2, (310 * MS, 600 * MS), (1, -1), 30 * MS)
    whole = _shown(description, (fault,))
    cut = _shown(description, (fault,), (0, 7, 300, 333, 650, 699, 701, 1000))
    t_s = np.arange(int(description.rate_hz)) / description.rate_hz
    outside = (t_s < 0.3) | (t_s >= 0.7)
    low_high = rails(description)
    for number, role in enumerate(description.roles):
        np.testing.assert_array_equal(whole[role], cut[role])
        sound = np.arange(t_s.size, dtype=float) * (number + 1)
        np.testing.assert_array_equal(whole[role][outside], sound[outside])
        inside = whole[role][~outside]
        low, high = low_high[role]
        if kind == "frozen":
            assert (inside == sound[~outside][0] - (number + 1)).all()
        elif kind == "nan":
            assert np.isnan(inside).all()
        else:
            assert (inside >= low).all()
            assert (inside <= high).all()
        if kind in {"high", "low"}:
            assert (inside == (high if kind == "high" else low)).all()


def test_a_broken_lead_hums_at_the_mains():
    """50 Hz around the middle of the range, a tenth of its span high: by the largest line of the spectrum."""
    shown = _shown(ShankTilt(rate_hz=1000.0), (SignalFault("broken", 0, 1000 * MS),))["shank_tilt"]
    spectrum = np.abs(np.fft.rfft(shown - shown.mean()))
    assert np.argmax(spectrum) == 50
    assert spectrum.max() / 500 == pytest.approx(0.1 * 3.0, rel=1e-6)
    assert shown.mean() == pytest.approx(0.0, abs=1e-9)


def test_noise_has_the_asked_size():
    """rms of the difference from the sound line, where nothing is clipped."""
    quiet = FootImu(rate_hz=10_000.0, rate_range_rad_s=1e3, force_range_m_s2=1e4)

    class Zero(_Counting):
        def emit(self, t0_ns, t1_ns, walker):
            found = super().emit(t0_ns, t1_ns, walker)
            return {role: Signal(np.zeros(s.samples.size), s.t0_ns, s.rate_hz, s.unit) for role, s in found.items()}

    sensor = FaultySensor(Zero(ROLES, 10_000.0), quiet, (SignalFault("noise", 0, 1000 * MS, 0.05),), STREAMS)
    shown = sensor.emit(0, 1000 * MS, None)
    gz, ax = shown["foot_imu.gz"].samples, shown["foot_imu.ax"].samples
    assert gz.std() == pytest.approx(0.05 * 2e3, rel=0.03)
    assert abs(np.corrcoef(gz, ax)[0, 1]) < 0.05


@pytest.mark.parametrize("turn", TURNS)
def test_a_turned_sensor_is_a_rotation(turn):
    """Forces and rates turn alike, lengths stay, and the axes keep their hand (determinant +1)."""
    matrix = np.zeros((3, 3))
    for row, (source, sign) in enumerate(TURNS[turn]):
        matrix[row, source] = sign
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3))
    assert np.linalg.det(matrix) == pytest.approx(1.0)
    shown = _shown(FootImu(), (SignalFault("turned", 0, 500 * MS, turn=turn),))
    sound = _shown(FootImu(), ())
    half = slice(0, 50)
    for row, (source, sign) in enumerate(TURNS[turn]):
        for kind in "ag":
            role, was = f"foot_imu.{kind}{'xyz'[row]}", f"foot_imu.{kind}{'xyz'[source]}"
            np.testing.assert_array_equal(shown[role][half], sign * sound[was][half])
            np.testing.assert_array_equal(shown[role][50:], sound[role][50:])
