"""Units: the table agrees with pint, texts come back as they went out, and nothing without a unit gets in."""

import math
import subprocess
import sys

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.quantities import exact_quantity, format_quantity, parse_quantity
from scenarios.unit_table import UNITS, dimension_of
from sim.errors import ScenarioError

GOOD = [
    ("60 ms", "s", 0.06),
    ("60ms", "s", 0.06),
    ("0.06 s", "s", 0.06),
    ("6e1 ms", "s", 0.06),
    (".06 s", "s", 0.06),
    ("1.5 min", "s", 90.0),
    ("300 us", "s", 300e-6),
    ("300 µs", "s", 300e-6),
    ("300 μs", "s", 300e-6),
    ("±100 nC", "C", 100e-9),
    ("+/-100 nC", "C", 100e-9),
    ("± 100 nC", "C", 100e-9),
    ("-103 nC", "C", -103e-9),
    ("90 %", "", 0.9),
    ("0.9", "", 0.9),
    ("30 ppm", "", 30e-6),
    ("2 mA/V", "A/V", 2e-3),
    ("0.9 m/s", "m/s", 0.9),
    ("3.6 km/h", "m/s", 1.0),
    ("12 mm", "m", 0.012),
    ("1 MHz", "Hz", 1e6),
    ("2 kohm", "ohm", 2000.0),
    ("2 kΩ", "ohm", 2000.0),
    ("0.2 uF", "F", 0.2e-6),
    ("90 deg", "rad", math.pi / 2),
    ("0.4 N m/deg", "N m/rad", 0.4 * 180 / math.pi),
    ("0.4 N*m/deg", "N m/rad", 0.4 * 180 / math.pi),
    ("0.5 N m s/rad", "N m s/rad", 0.5),
    ("25 cm^2", "m^2", 25e-4),
    ("25 cm²", "m^2", 25e-4),
    ("72 kg", "kg", 72.0),
    ("2 inch", "m", 0.0508),  # from here on by pint
    ("1 A*s", "C", 1.0),
    ("3 mile/hour", "m/s", 1.34112),
]


@pytest.mark.parametrize(("text", "unit", "value"), GOOD)
def test_texts_of_the_field_have_their_si_value(text, unit, value):
    """Each way in which people write a quantity gives its SI value; powers of ten to the last bit."""
    assert parse_quantity(text, unit) == pytest.approx(value, rel=1e-15)


def test_powers_of_ten_are_exact():
    """`60 ms` is the same float as 0.06: decimals are scaled before they become binary."""
    for number in range(1, 1000):
        assert parse_quantity(f"{number} ms", "s") == float(f"{number}e-3")
        assert parse_quantity(f"{number / 10} nC", "C") == float(f"{number / 10}e-9")


@pytest.fixture(scope="module")
def registry():
    return pint.UnitRegistry()


@pytest.mark.parametrize("name", sorted(UNITS))
def test_the_table_agrees_with_pint(name, registry):
    """Every factor and dimension of the table, against an independent library."""
    known = UNITS[name]
    spelt = {"%": "percent", "": "dimensionless"}.get(name, name).replace("N m", "N*m").replace("m s", "m*s")
    si = (
        {"": "dimensionless"}.get(known.si, known.si)
        .replace("N m", "N*m")
        .replace("m s", "m*s")
        .replace("kg m", "kg*m")
    )
    spelt = spelt.replace("kg m", "kg*m")
    expected = registry.Quantity(1.0, registry.Unit(spelt)).to(registry.Unit(si)).magnitude
    assert float(known.decimal) * known.factor == pytest.approx(expected, rel=1e-12)
    assert known.dimension == dimension_of(known.si)


BAD = [
    ("60", "s", "no unit", "60 ms"),
    ("0", "C", "no unit", "0 nC"),
    ("60 Hz", "s", "a rate, a time is asked for", "60 ms"),
    ("60 Hz", "rad/s", "a rate, an angular velocity is asked for", "deg/s"),
    ("5 deg", "", "an angle, a pure number is asked for", "90 %"),
    ("5 %", "rad", "a pure number, an angle is asked for", "5 deg"),
    ("5 rpm", "Hz", "not a rate", "40 Hz"),
    ("5 W", "N m", "a power, a torque is asked for", "N m"),
    ("60 kelvin", "s", "a time is asked for", "60 ms"),
    ("60 m s s", "s", "a time is asked for", "60 ms"),
    ("60 blah", "s", "unknown unit `blah`", "60 ms"),
    ("60 m**99999", "s", "unknown unit", "60 ms"),
    ("60 ms; import os", "s", "unknown unit", "60 ms"),
    ("", "s", "nothing is written", "60 ms"),
    ("ms", "s", "no number", "60 ms"),
    ("nan s", "s", "not a finite number", "60 ms"),
    ("-inf s", "s", "not a finite number", "60 ms"),
    ("1e400 s", "s", "not a finite number", "60 ms"),
    ("1e9999 s", "s", "not a finite number", "60 ms"),
    ("1 000 s", "s", "no number with a unit", "60 ms"),
    ("1.2.3 s", "s", "no number with a unit", "60 ms"),
    ("1,5 s", "s", "no number with a unit", "decimal point"),
    ("±-5 nC", "C", "cannot be negative", "100 nC"),
    (">= 5 mm", "m", "no number", "at_least"),
    ("5" * 200, "m", "no quantity", "5 mm"),
]


@pytest.mark.parametrize(("text", "unit", "problem", "mend"), BAD)
def test_what_is_no_quantity_is_refused_with_its_mend(text, unit, problem, mend):
    """Missing units, wrong dimensions, NaN and infinities never become numbers."""
    with pytest.raises(ScenarioError) as caught:
        parse_quantity(text, unit, "x.yaml:1:2")
    assert caught.value.where == "x.yaml:1:2"
    assert problem in caught.value.problem
    assert mend in caught.value.mend


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["s", "A", "C", "m", "V", "Hz", "m/s", "rad", "", "N m/rad", "kg m^2"]),
)
def test_the_exact_text_comes_back_to_the_last_bit(value, unit):
    """What `case.yaml` holds is read as the same float."""
    assert parse_quantity(exact_quantity(value, unit), unit) == value


@given(st.floats(1e-11, 1e11), st.sampled_from(["s", "A", "C", "m", "V", "Hz", "F", "m/s", "rad"]), st.integers(2, 9))
def test_the_text_for_people_comes_back_within_its_digits(value, unit, digits):
    """A formatted quantity parses, and differs by no more than the rounding of its digits."""
    text = format_quantity(value, unit, digits)
    assert parse_quantity(text, unit) == pytest.approx(value, rel=0.501 * 10 ** (1 - digits))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0582, "s", "58.2 ms"),
        (-103e-9, "C", "-103 nC"),
        (0.99996, "s", "1 s"),
        (999.6e-6, "s", "1 ms"),
        (1e6, "Hz", "1 MHz"),
        (0.9, "m/s", "0.9 m/s"),
        (0.1, "rad", "5.73 deg"),
        (22.918, "N m/rad", "22.9 N m/rad"),
        (1234, "", "1234"),
        (0.952, "", "0.952"),
        (0.0, "A", "0 A"),
        (math.inf, "s", "infinite"),
        (math.nan, "s", "none"),
    ],
)
def test_people_read_engineering_prefixes(value, unit, text):
    """Three digits and a prefix; rounding up carries into the next prefix; no exponents."""
    assert format_quantity(value, unit) == text


def test_pint_and_pydantic_stay_out_of_a_common_load():
    """A scenario of common units is read without importing pint, which alone takes longer than the rest."""
    code = (
        "import sys; import scenarios.plan, scenarios.plugins, scenarios.settings_file, scenarios.json_schema;"
        "from scenarios.quantities import parse_quantity; parse_quantity('60 ms', 's');"
        "print([name for name in ('pint', 'pydantic', 'matplotlib', 'polars') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
