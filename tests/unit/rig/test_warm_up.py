"""The child that compiles the finder beside the first run."""

import multiprocessing

from rig import warm_up


def test_the_child_ends_well():
    """It sees every path of the finder that a run needs, in a process of its own."""
    child = multiprocessing.get_context("spawn").Process(target=warm_up.compile_finder)
    child.start()
    child.join(240)
    assert child.exitcode == 0


def test_a_warm_cache_starts_no_child(monkeypatch):
    monkeypatch.setattr(warm_up, "is_cold", lambda: False)
    with warm_up.compiling_beside():
        assert not multiprocessing.active_children()


def test_a_cold_cache_starts_one_and_leaves_none(monkeypatch):
    monkeypatch.setattr(warm_up, "is_cold", lambda: True)
    with warm_up.compiling_beside():
        assert len(multiprocessing.active_children()) == 1
    assert not multiprocessing.active_children()
