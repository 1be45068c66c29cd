"""Any settings dataclass is a table with units: read, refused and written by the suffixes of its fields."""

from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.dataclass_reader import (
    key_and_unit,
    read_dataclass,
    settings_units,
    settings_values,
    write_dataclass,
)
from scenarios.text import parse_document
from sim.body.patient import Patient
from sim.errors import CollectedScenarioError, ScenarioError
from sim.sensor.heel_switch import HeelSwitch
from sim.stimulator.odfs_settings import OdfsSettings


@dataclass(frozen=True, slots=True)
class Inner:
    gain_ratio: float = 0.5
    stiffness_n_m_rad: float = 1.0


@dataclass(frozen=True, slots=True)
class Outer:
    width_s: float
    pulses: int = 3
    mode: Literal["a", "b"] = "a"
    clock_ppm: float = 30.0
    delay_ns: int = 5
    limit_v: float | None = None
    range_a: tuple[float, float] = (0.0, 1.0)
    heights_m: tuple[float, ...] = ()
    on: bool = False
    inner: Inner = field(default_factory=Inner)
    current_a: float = field(default=0.01, metadata={"bounds": (0.0, 0.1)})

    def __post_init__(self):
        if self.pulses > 10:
            raise ValueError("pulses must not exceed 10")


def test_suffixes_longest_first():
    """`speed_m_s` is a speed and no time; a bare word is a pure number."""
    assert key_and_unit("speed_m_s") == ("speed", "m/s")
    assert key_and_unit("damping_n_m_s_rad") == ("damping", "N m s/rad")
    assert key_and_unit("inertia_kg_m2") == ("inertia", "kg m^2")
    assert key_and_unit("torque_n_m") == ("torque", "N m")
    assert key_and_unit("gain_ratio") == ("gain", "")
    assert key_and_unit("fatigue_factor") == ("fatigue_factor", "")
    assert key_and_unit("a") == ("a", "")


def test_every_kind_of_field():
    """Quantities, counts, words, ppm, ns, optional, tuples, nested tables, and {value, source}."""
    table = parse_document(
        """
width: {value: 300 us, source: a paper, and more words}
pulses: 7
mode: b
clock: 37 ppm
delay: 12 us
limit: 5 V
range: [10 mA, 80 mA]
heights: [5 mm, 1 cm]
on: true
inner: {gain: 20 %, stiffness: {value: 0.4 N m/deg, source: x}}
""".replace("a paper, and more words", "a paper"),
        "f",
    )
    got = read_dataclass(Outer, table)
    assert got == Outer(
        300e-6, 7, "b", 37.0, 12_000, 5.0, (0.01, 0.08), (0.005, 0.01), True, Inner(0.2, got.inner.stiffness_n_m_rad)
    )
    assert got.inner.stiffness_n_m_rad == pytest.approx(22.918, rel=1e-4)
    assert read_dataclass(Outer, {"width": "1 s", "limit": "none"}).limit_v is None


@pytest.mark.parametrize(
    ("table", "problem", "mend"),
    [
        ({"widht": "1 s"}, "unknown key `widht`", "`width`"),
        ({}, "lacks the key `width`", "add"),
        ({"width": "1 s", "pulses": "2.5"}, "not a whole number", "allowed"),
        ({"width": "1 s", "mode": "c"}, "unknown mode `c`", "a, b"),
        ({"width": "1 s", "current": "200 mA"}, "out of bounds", "0 A to 100 mA"),
        ({"width": "1 s", "range": ["1 A"]}, "has 1 values", "write 2"),
        ({"width": "1 s", "range": "1 A"}, "is a list", "[..., ...]"),
        ({"width": "1 s", "pulses": "11"}, "pulses must not exceed 10", "change"),
        ({"width": "1 s", "on": "yes"}, "neither true nor false", "true"),
        ({"width": "1 s", "inner": {"gian": "1"}}, "unknown key `gian` in `inner`", "`gain`"),
        ({"width": "1 s", "inner": "x"}, "`inner` has keys", "gain"),
    ],
)
def test_mistakes_in_a_table(table, problem, mend):
    """Each mistake is one error that names the mend; a dataclass's own `ValueError` becomes one too."""
    with pytest.raises(ScenarioError) as caught:
        read_dataclass(Outer, table, "settings")
    assert not isinstance(caught.value, CollectedScenarioError), str(caught.value)
    assert problem in caught.value.problem
    assert mend in caught.value.mend


def test_a_base_gives_what_the_table_leaves_out():
    """The settings of a scenario change a device's own; `allowed` narrows numbers and words."""
    base = Outer(1.0, 4, "b")
    assert read_dataclass(Outer, {"pulses": "5"}, base=base) == Outer(1.0, 5, "b")
    with pytest.raises(ScenarioError, match="out of bounds; allowed: 1 s to 2 s"):
        read_dataclass(Outer, {"width": "3 s"}, base=base, allowed={"width": (1.0, 2.0)})
    with pytest.raises(ScenarioError, match="unknown mode `a`"):
        read_dataclass(Outer, {"mode": "a"}, base=base, allowed={"mode": frozenset({"b"})})


@given(
    st.builds(
        Outer,
        width_s=st.floats(-1e6, 1e6),
        pulses=st.integers(-5, 10),
        mode=st.sampled_from(["a", "b"]),
        clock_ppm=st.floats(-1e3, 1e3).map(lambda value: round(value, 6)),
        delay_ns=st.integers(-(10**12), 10**12),
        limit_v=st.none() | st.floats(-1e6, 1e6),
        range_a=st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
        heights_m=st.lists(st.floats(0, 1), max_size=4).map(tuple),
        on=st.booleans(),
        inner=st.builds(Inner, st.floats(0, 1), st.floats(-1e3, 1e3)),
        current_a=st.floats(0, 0.1),
    )
)
def test_written_and_read_again_is_the_same(value):
    """`write_dataclass` and `read_dataclass` are inverses, to the last bit."""
    assert read_dataclass(Outer, write_dataclass(value)) == value


@pytest.mark.parametrize("settings", [HeelSwitch(), OdfsSettings(), Patient("x", 0.9)], ids=lambda s: type(s).__name__)
def test_the_real_settings_come_back(settings):
    """The dataclasses that files hold today are written and read without loss."""
    assert read_dataclass(type(settings), write_dataclass(settings)) == settings


def test_units_and_values_of_settings():
    """What events and limits need: key -> SI unit, key -> SI value, ppm as a pure number."""
    assert settings_units(Outer)["clock"] == ""
    assert settings_units(Outer)["width"] == "s"
    assert "mode" not in settings_units(Outer)
    assert settings_values(Outer(2.0))["clock"] == pytest.approx(30e-6)
    assert settings_values(OdfsSettings())["current"] == 0.030
