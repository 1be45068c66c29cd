"""With every defect at its stated dose, any cut of the time axis gives the same bytes, lines and messages."""

import dataclasses

import pytest

from scenarios.stimulators import MODELS
from sim.signal import Command
from sim.stimulator.odfs_settings import OdfsSettings

pytestmark = pytest.mark.kernels

LIFTS = ((0.3, 0.7), (0.85, 1.3), (1.31, 1.32), (1.6, 2.4), (4.0, 4.4), (5.2, 5.7))
COMMANDS = (
    Command(150_000_000, "setting", ("level", 0.0)),
    Command(160_000_003, "setting", ("level", 1.0)),
    Command(500_000_001, "setting", ("current", 0.034)),
    Command(1_000_000_000, "supply", 7.0),
    Command(1_900_000_000, "contact", 0.05),
    Command(2_100_000_007, "contact", 1.0),
    Command(2_700_000_000, "supply", 0.0),
    Command(2_900_000_000, "supply", 9.0),
    Command(3_000_000_000, "button", "rearm"),
    Command(4_200_000_011, "fault", ("hang", 0.3)),
    Command(5_400_000_000, "button", "stop"),
)
ALL_ON = dataclasses.replace(
    OdfsSettings(),
    interlock="on",
    shut_off_s=50.0,
    charge_fault_ratio=0.5,
    slew_a=1e-3,
    sensor_check="on",
    time_out_s=1.0,
)


@pytest.mark.parametrize("family", sorted({spec.family for spec in MODELS[0].defects.values()}))
def test_any_cut_gives_the_same_bytes_with_every_defect(Bench, family):
    """Blocks of 3.7 ms, on no grid, against one block of 6 s; defects of one family together."""
    defects = {name: spec.dose for name, spec in MODELS[0].defects.items() if spec.family == family}
    bench = Bench(
        lifts=LIFTS, until_s=6.0, settings=ALL_ON, defects=defects, commands=COMMANDS, clock_error_ratio=37e-6
    )
    whole, cut = bench.run(), bench.run(range(3_700_001, 6_000_000_000, 3_700_001))
    assert cut.rows.tobytes() == whole.rows.tobytes()
    assert cut.pulses.tobytes() == whole.pulses.tobytes()
    assert cut.messages == whole.messages
    assert sorted(cut.lines) == sorted(whole.lines)


def test_every_defect_at_dose_0_is_the_sound_device_with_every_protection_on(Bench):
    """The same commands, all protections on, every defect named with dose 0: not a bit differs."""
    sound = Bench(lifts=LIFTS, until_s=6.0, settings=ALL_ON, commands=COMMANDS).run()
    zero = Bench(
        lifts=LIFTS, until_s=6.0, settings=ALL_ON, commands=COMMANDS, defects=dict.fromkeys(MODELS[0].defects, 0.0)
    ).run()
    assert zero.rows.tobytes() == sound.rows.tobytes()
    assert zero.lines == sound.lines and zero.messages == sound.messages
