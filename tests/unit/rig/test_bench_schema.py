"""The JSON Schema of bench files: it takes what the loader takes, and sees a slip as one types."""

import json

import jsonschema
import pytest
import yaml

from scenarios.places import SHIPPED, named_files

SCHEMA = jsonschema.Draft202012Validator(json.loads((SHIPPED / "schemas" / "bench-1.json").read_text(encoding="utf-8")))
LAB = named_files("benches")["lab-example"].read_text(encoding="utf-8")

SLIPS = {
    "unknown key": ("simulated: true\n", "simulatd: true\n"),
    "unknown driver": ("driver: ni.daqmx", "driver: ni.daqmxx"),
    "unknown kind of fixture": ("kind: tap", "kind: tapp"),
    "unknown role": ("  status:           card", "  statsu:           card"),
    "value without a unit": ("value: 99.98 ohm", "value: "),
    "range without a unit": ("through: tap, range: 10 V", "through: tap, range: 10"),
    "no date": ("done: 2026-02-10", "done: 10.2.2026"),
    "a wire without a terminal": ("{to: card.ai0, through: tap, range: 10 V}", "{through: tap, range: 10 V}"),
    "a profile that changes more": ("    note: the same bench", "    fixtures: {}\n    note: the same bench"),
    "no safe state": ("safe_state:", "safe:"),
    "a range without its noise": ("        noise: {value: 315 uV, note: random noise rms at ±10 V}\n", ""),
}


@pytest.mark.parametrize("loader", [yaml.SafeLoader, yaml.BaseLoader])
@pytest.mark.parametrize("name", sorted(named_files("benches")))
def test_every_shipped_bench_fits(name, loader):
    """Whether an editor types the scalars or not."""
    text = named_files("benches")[name].read_text(encoding="utf-8")
    assert not list(SCHEMA.iter_errors(yaml.load(text, loader)))


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_seen(name):
    """One slip in the example and the schema, as an editor uses it, refuses it."""
    old, new = SLIPS[name]
    assert LAB.count(old) == 1
    assert list(SCHEMA.iter_errors(yaml.load(LAB.replace(old, new), yaml.BaseLoader)))
