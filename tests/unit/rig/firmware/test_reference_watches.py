"""What the reference firmware notices at its electrodes, and what it does about it."""

import pytest
from firmware_box import OFF, PROBE1, PROBE2, FirmwareBox

FAULT, HIGH_IMPEDANCE = 1 << 3, 1 << 4


def probes(box: FirmwareBox) -> list[tuple[int, int]]:
    """(width of phase 1, width of phase 2) of every probe."""
    found = []
    for first, gap, second, end in zip(box.edges, box.edges[1:], box.edges[2:], box.edges[3:], strict=False):
        if first[1] == PROBE1 and second[1] == PROBE2:
            assert gap[1] == OFF
            found.append((gap[0] - first[0], end[0] - second[0]))
    return found


@pytest.mark.parametrize("current_ma", [1, 30, 80])
def test_three_low_pulses_end_a_train_and_the_next_step_probes(box: FirmwareBox, current_ma: float) -> None:
    """An open lead: three pulses, a lamp, then one probe of 5 uA a step until the electrode can carry its current."""
    box.set(current=current_ma)
    box.heel_v = 0.2
    box.run(500)
    sound = len(box.pulses())
    box.ohm = 1e9
    box.run(300)
    assert len(box.pulses()) == sound + 3
    assert box.log[-1] == "lead off: stimulation off"
    assert box.lit() & (FAULT | HIGH_IMPEDANCE) == FAULT | HIGH_IMPEDANCE
    box.heel_v = 3.0
    box.run(500)
    box.step(500)
    assert probes(box) == [(300, 300)]
    assert len(box.pulses()) == sound + 3
    box.ohm = 500.0
    box.step(500)
    assert len(probes(box)) == 2
    assert "electrode back: armed again" in box.log
    assert box.pulses()[sound + 3][2] < 50
    assert box.lit() & (FAULT | HIGH_IMPEDANCE) == 0


def test_a_load_that_cannot_carry_the_current_is_not_armed(box: FirmwareBox) -> None:
    """30 mA need less than 4 kohm at 120 V: 4.2 kohm stay off, 3.8 kohm come back."""
    box.heel_v = 0.2
    box.run(400)
    box.ohm = 1e9
    box.run(300)
    box.heel_v = 3.0
    box.run(500)
    sound = len(box.pulses())
    box.ohm = 4200.0
    box.step(400)
    assert len(box.pulses()) == sound
    box.ohm = 3800.0
    box.step(400)
    assert len(box.pulses()) > sound


def test_a_plateau_just_above_the_threshold_goes_on(box: FirmwareBox) -> None:
    """90 % of the set current is the border: 92 % is carried, 88 % is not."""
    for ohm, ends in ((4000.0 / 0.92, False), (4000.0 / 0.88, True)):
        box.ohm = 500.0
        box.heel_v = 0.2
        box.run(400)
        before = len(box.pulses())
        box.ohm = ohm
        box.run(400)
        assert (len(box.pulses()) == before + 3) == ends
        box.heel_v = 3.0
        box.run(600)


def test_a_short_trips_after_three_pulses_and_stays_off(box: FirmwareBox) -> None:
    """Below 50 ohm for three pulses: off, told, and no probe arms it until the short is gone."""
    box.set(current=66)
    box.heel_v = 0.2
    box.run(400)
    sound = len(box.pulses())
    box.ohm = 5.0
    box.run(300)
    assert len(box.pulses()) == sound + 3
    assert box.log[-1] == "overload: stimulation off"
    box.heel_v = 3.0
    box.run(300)
    box.step(400)
    assert len(box.pulses()) == sound + 3
    box.ohm = 500.0
    box.step(400)
    assert len(box.pulses()) > sound + 3


def test_a_weak_current_in_a_ramp_is_no_fault(box: FirmwareBox) -> None:
    """1 mA that ramps from nothing: a few codes of both converters must not look like a lifted or shorted lead."""
    box.set(current=1, ramped="current", ramp_up=2000)
    box.step(2500)
    assert len(box.pulses()) > 100
    assert not any("off" in text for text in box.log)


def weak_phase_2(box: FirmwareBox) -> None:
    """From now on a fifth of the current of phase 2 is missing."""

    def flows(context: object, t_us: int, channel: int) -> int:
        code = box.flows(context, t_us, channel)
        return code * 8 // 10 if channel == 2 and box.edges[-1][1] == 2 else code

    box.hear(flows)


def test_charge_that_stays_behind_ends_the_treatment(box: FirmwareBox) -> None:
    """Phase 2 runs dry: five pulses, then off until armed; a probe is not enough."""
    box.set(charge_fault=10)
    box.heel_v = 0.2
    box.run(400)
    sound = len(box.pulses())
    weak_phase_2(box)
    box.run(400)
    assert len(box.pulses()) == sound + 5
    assert box.log[-1] == "charge fault: stimulation off until re-armed"
    box.heel_v = 3.0
    box.run(300)
    box.step(400)
    assert len(box.pulses()) == sound + 5
    box.hear(box.flows)
    assert box.say("ARM") == "OK"
    box.step(400)
    assert len(box.pulses()) > sound + 5


def test_a_heel_that_goes_up_in_the_extension_of_a_faulty_train_does_not_arm_it(box: FirmwareBox) -> None:
    """The fault comes while the plateau is held: a heel that goes up then begins nothing, not even a probe."""
    box.set(charge_fault=10, extension=2000)
    box.heel_v = 0.2
    box.run(400)
    box.heel_v = 3.0
    box.run(100)
    weak_phase_2(box)
    box.run(400)
    assert box.log[-1] == "charge fault: stimulation off until re-armed"
    count = len(box.edges)
    box.hear(box.flows)
    box.step(400)
    assert len(box.edges) == count


def test_the_lamp_of_the_battery_follows_the_supply(box: FirmwareBox) -> None:
    """Below 85 % of 9 V the lamp is on, above it is off."""
    for supply_v, lit in ((8.0, 0), (7.60, 4), (7.70, 0), (6.1, 4)):
        box.supply_v = supply_v
        box.run(3)
        assert box.lit() == lit, supply_v
