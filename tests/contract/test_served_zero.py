"""Zero and span on a card that somebody serves are those of the case that runs, whatever ran there before."""

import math
from dataclasses import replace

from streaming_desk import bench_behind_grpc, streaming_bench, streaming_case


def zeros_of(bench, case):
    """role -> (zero, its noise) before `case`."""
    bench.open(case)
    try:
        return {role: (each.zero, each.zero_noise) for role, each in bench.zero_span().items()}
    finally:
        bench.close()


def test_the_first_zero_of_a_run_shows_the_errors_of_its_own_case(tmp_path, monkeypatch):
    """A server that has run seed 5 reads for seed 6 what a fresh card of seed 6 reads; the two seeds differ."""
    monkeypatch.setattr("rig.ni.reference._READINGS", 4096)  # 5 uV of noise are left, the offsets are 100 uV apart
    five = streaming_case(tmp_path)
    six = replace(five, seed=6)
    with streaming_bench("card in process", six) as fresh:
        expected = zeros_of(fresh, six)
    with bench_behind_grpc(five) as served:
        before, found = zeros_of(served, five), zeros_of(served, six)
    for role, (zero, noise) in expected.items():
        limit = 6.0 * math.hypot(noise, found[role][1])
        assert abs(found[role][0] - zero) < limit
        assert abs(before[role][0] - zero) > limit
    assert expected
