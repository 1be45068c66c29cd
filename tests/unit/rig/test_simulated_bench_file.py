"""The shipped simulated bench: the card of the virtual bench, wired as a laboratory would."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest

from rig.bench_file.fit import loads_of
from rig.benches import open_bench, read_bench, split_profile
from rig.card_accuracy import accuracy_of_card
from rig.commands.context import here
from rig.commands.device import case_around
from rig.instrument_file import read_instrument
from scenarios.catalogue import BenchSpec, Catalogue
from scenarios.plugins import assemble_catalogue
from scenarios.ramp import Ramp
from scenarios.roles import COMMANDS, FROM_DEVICE
from sim.electrode.load import NAMED_LOADS, Load
from sim.errors import BenchError, ScenarioError
from sim.front_end_settings import for_device

LAB = read_bench("simulated")
VIRTUAL = open_bench("virtual", assemble_catalogue()).settings


def test_the_card_is_that_of_the_virtual_bench():
    """Bounds of card, taps and probes add up to those of `virtual.bench.yaml`: both give the same verdicts."""
    assert LAB.front_end() == VIRTUAL.front_end
    assert LAB.card_instrument.timebase_ppm == VIRTUAL.timebase_ppm
    assert LAB.simulated_parts.device_clock_ppm == VIRTUAL.device_clock_ppm


@pytest.mark.parametrize("max_current_a", [0.0012, 0.08, 0.1, 0.2])
@pytest.mark.parametrize("role", ["current", "voltage", "current.4"])
def test_the_tap_and_the_budget_are_those_of_the_virtual_bench(role, max_current_a):
    """For every shipped device: the same tap, the same accuracy to the last bit."""
    chosen = LAB.for_device(max_current_a)
    card = for_device(VIRTUAL.front_end, max_current_a)
    assert chosen.front_end() == card
    assert chosen.accuracy(role, 1e6) == accuracy_of_card(card, role, 1e6, VIRTUAL.timebase_ppm * 1e-6)
    assert chosen.wire(role).volts_per_unit == card.volts_per_unit(role)


def test_an_open_tap_has_no_accuracy():
    """Nobody can say A per code before the tap is chosen."""
    with pytest.raises(BenchError, match="tap of `current` is not chosen"):
        LAB.accuracy("current", 1e6)
    with pytest.raises(BenchError, match="no tap of `taps` reads 5e"):
        LAB.for_device(5e3)


def test_it_fulfils_every_command_and_line_of_the_core_scenarios():
    """One channel fully; of the others all but the contact, for which the card has no output left."""
    wanted = {role for role in COMMANDS if not role.startswith("contact.")} | set(FROM_DEVICE) - {"uart"}
    assert LAB.roles >= wanted | {"heel_switch", "supply", "button", "contact"}
    assert LAB.hardware == "simulated-bench"
    assert set(loads_of(LAB)) == {*NAMED_LOADS.values(), Load(series_ohm=5.0)}
    assert {wire.role for wire in LAB.outputs} == {each.role for each in LAB.safe_state}
    assert LAB.safe_state[0].role == "interlock"


def test_a_profile_is_what_stands_behind_the_last_at(tmp_path):
    """A file whose own name has an `@` is still found, and a folder's `@` is no profile."""
    assert split_profile("lab-example@sim") == ("lab-example", "sim")
    assert split_profile("virtual") == ("virtual", "")
    odd = tmp_path / "a@b.bench.yaml"
    odd.write_text("", encoding="utf-8")
    assert split_profile(str(odd)) == (str(odd), "")
    assert split_profile(f"{odd}@sim") == (str(odd), "sim")
    inside = str(Path("home@lab") / "x.bench.yaml")
    assert split_profile(inside) == (inside, "")


def test_profiles_reach_only_benches_that_have_some():
    """`virtual@sim` is refused, and a kind with profiles gets the word."""
    with pytest.raises(ScenarioError, match="kind virtual has no profiles"):
        open_bench("virtual@sim", assemble_catalogue())
    asked = []
    kind = BenchSpec("laboratory", lambda *given: asked.append(given[2:]), profiles=True)
    catalogue = Catalogue(benches={"laboratory": kind})
    open_bench("simulated@sim", catalogue)
    open_bench("simulated", catalogue)
    assert asked == [("sim",), ()]


def test_a_laboratory_is_an_instrument_for_measure():
    """`stimrig measure --instrument` takes card, tap and probe of a laboratory as it takes those of a virtual bench."""
    simulated, virtual = read_instrument("simulated"), read_instrument("virtual")
    assert replace(simulated, id="", title="", note="") == replace(virtual, id="", title="", note="")
    example = read_instrument("lab-example@sim")
    assert example.tap_ohm == 99.98
    assert example.current.gain_bound_ratio == pytest.approx(0.0005 + 0.05 / 99.98)


def test_what_stands_in_the_way_of_a_case_is_told():
    """Load, range, supply and rate of a case against the bench; the case as the library has it runs."""
    case = case_around("odfs", here())
    assert not LAB.why_not(case)
    device = replace(case.device, max_current_a=5e3)
    sag = SimpleNamespace(kind="supply.sag", parameters={"voltage": Ramp(9.0, 40.0, 1.0)})
    short = SimpleNamespace(kind="load.short", parameters={"resistance": 7.0, "channel": "all"})
    fast = replace(case.capture, rate_hz=4e6)
    told = {
        "load 750 ohm is not on this bench": replace(case, load=Load(750.0), load_name=""),
        "load 7 ohm is not on this bench": replace(case, events=(short,)),
        "current of odfs reaches 5 kA, no tap of `taps` fits ±10 V": replace(case, device=device),
        "supply of 40 V is asked, card.ao2 gives 30 V": replace(case, events=(sag,)),
        "2 inputs at 4 MHz are more than a PXIe-6368 takes: 2 MHz each": replace(case, capture=fast),
    }
    assert {LAB.why_not(each): each for each in told.values()} == told


def test_the_identity_names_the_file_and_every_instrument():
    """What goes into the record: hash of the very file, profile, drivers, addresses, dates."""
    example = read_bench("lab-example@sim")
    identity = example.identity()
    assert identity["file_sha256"] == sha256(Path(example.where.file).read_bytes()).hexdigest()
    assert identity["profile"] == "sim" and identity["hardware"] == "simulated-bench"
    assert identity["card.address"] == "sim" and identity["card.calibration_due"] == "2028-02-10"
