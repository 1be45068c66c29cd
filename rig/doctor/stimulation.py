"""Examinations of the stimulating device: current, load, and the effect of everything that can be switched."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from rig.bench_file.fit import load_text
from rig.doctor.finding import Finding, failed, not_here, not_shown, passed
from rig.doctor.visit import RATE_HZ, SETTLED_S, Visit, Walked
from scenarios.quantities import format_quantity

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory
    from sim.electrode.load import Load

_CURRENT_RATIO: Final = 0.10
"""A device keeps its set current within this (design choice: devices state 10 % and less, a wrong tap is a factor)."""
_RAMP_S: Final = 0.3
_EFFECTS: Final = {
    "polarity": "the leads cross",
    "interlock": "its line falls",
    "contact": "the electrode comes off",
    "button.stop": "stop is pressed",
    "button.power": "the device is switched off",
    "supply.relay": "the supply is cut",
}


def stimulates(laboratory: "Laboratory", seen: Visit) -> Iterator[Finding]:
    """A raised heel gives pulses of the set current: heel switch, interlock, device and tap are as the file says."""
    name = "current"
    first = seen.walked[0]
    pulses = _plain(seen, first)
    if pulses.size < 3:
        mend = "follow the chain: heel_switch wire, device on and armed, interlock closed, electrode circuit, tap"
        yield failed(name, f"{pulses.size} pulses in the first raised heel", mend, pulses=float(pulses.size))
        return
    mean_a = float(np.mean(np.abs(pulses["phase1_a"])))
    set_a = seen.case.device.programmed.get("current")
    text = f"{format_quantity(mean_a, 'A')} in {pulses.size} pulses"
    if set_a is None:
        yield not_shown(name, f"{text}; the device states no set current", "compare it with the device's display")
        return
    text += f", set are {format_quantity(set_a, 'A')}"
    if abs(mean_a / set_a - 1.0) > _CURRENT_RATIO:
        tap = laboratory.wire("current")
        through = ", ".join(tap.through) if tap is not None else ""
        mend = f"is the tap in the circuit the one of the file ({through})? Are current and voltage swapped?"
        yield failed(name, text, mend, mean_a=mean_a, set_a=set_a)
    else:
        yield passed(name, text, mean_a=mean_a, set_a=set_a)


def loads(laboratory: "Laboratory", seen: Visit) -> Iterator[Finding]:
    """Voltage over current is the load that the file names, in every resistive position that the device can drive."""
    name = "load check"
    if "voltage" not in seen.values:
        yield not_here(name, "no voltage is captured")
        return
    if seen.case.load.parallel_ohm:
        yield not_shown(name, "the bench holds no plain resistor", "add a position of 500 ohm to the load bank")
    else:
        yield _load(laboratory, seen, seen.case.load, _plain(seen, seen.walked[0]))
    for walked in seen.walked:
        if walked.step.load is not None:
            yield _load(laboratory, seen, walked.step.load, _changed(seen, walked))


def _load(laboratory: "Laboratory", seen: Visit, load: "Load", pulses: NDArray[Any]) -> Finding:
    name = "load check"
    stated_ohm, bound_ratio = _stated(laboratory, load)
    if pulses.size < 2:
        mend = "is this position of the load bank connected?"
        return failed(name, f"{load_text(load)}: {pulses.size} pulses", mend, pulses=float(pulses.size))
    read_ohm = _ratio_ohm(seen, pulses)
    parts = (seen.accuracy["current"].gain_bound_ratio, seen.accuracy["voltage"].gain_bound_ratio, bound_ratio)
    voltage = seen.accuracy["voltage"]
    size_v = stated_ohm * float(np.mean(np.abs(pulses["phase1_a"])))
    allowed = sum(parts) + (voltage.offset_bound + voltage.inl_bound + 2.0 * voltage.noise_rms) / size_v + 0.005
    text = f"{load_text(load)}: reads {format_quantity(read_ohm, 'ohm', 4)}, allowed ± {100.0 * allowed:.1f} %"
    if abs(read_ohm / stated_ohm - 1.0) > allowed:
        factor = read_ohm / stated_ohm
        mend = f"{factor:.3g} times what it should be: wrong tap, wrong probe ratio, swapped channels, or another load"
        return failed(name, text, mend, read_ohm=read_ohm, stated_ohm=stated_ohm)
    return passed(name, text, read_ohm=read_ohm, stated_ohm=stated_ohm)


def _stated(laboratory: "Laboratory", load: "Load") -> tuple[float, float]:
    for fixture in laboratory.fixtures.values():
        for position in fixture.positions if fixture.kind == "load" else ():
            if position.load == load:
                return position.value, position.bound_ratio or fixture.bound_ratio
    return load.resistance_ohm, 0.01


def _ratio_ohm(seen: Visit, pulses: NDArray[Any]) -> float:
    """Voltage over current in the second half of the first phases."""
    current, voltage = seen.values["current"], seen.values["voltage"]
    volts, amperes = 0.0, 0.0
    for pulse in pulses:
        start_s, width_s = float(pulse["t_s"]), float(pulse["phase1_s"])
        a, b = round((start_s + 0.5 * width_s) * RATE_HZ), round((start_s + 0.9 * width_s) * RATE_HZ)
        sign = np.sign(pulse["phase1_a"])
        volts += float(sign * voltage[a : b + 1].sum())
        amperes += float(sign * current[a : b + 1].sum())
    return volts / amperes if amperes else float("inf")


def switches(seen: Visit) -> Iterator[Finding]:
    """Everything that can be switched shows its effect in the captured current, and the device comes back."""
    name = "effect"
    for walked, following in zip(seen.walked, [*seen.walked[1:], None], strict=True):
        role = walked.step.name
        if role in _EFFECTS:
            effect = _effect(seen, walked)
            yield effect
            if role == "interlock" and following is not None and effect.word != "NOT SHOWN":
                yield _comes_back(seen, following)
        elif role == "after":
            pulses = _plain(seen, walked)
            if pulses.size >= 3:
                yield passed(name, "the device stimulates again behind all of it", pulses=float(pulses.size))
            else:
                mend = "something that was switched did not switch back, or the device has to be armed by hand"
                yield failed(name, "the device does not stimulate any more", mend, pulses=float(pulses.size))


def _effect(seen: Visit, walked: Walked) -> Finding:
    role, name = walked.step.name, "effect"
    before, after = _plain(seen, walked), _changed(seen, walked)
    if before.size < 3:
        mend = "it had to stimulate before: look at the lines above"
        return not_shown(name, f"{role}: {before.size} pulses before {_EFFECTS[role]}", mend)
    sign: Callable[[NDArray[Any]], float] = lambda pulses: float(np.sign(np.mean(pulses["phase1_a"])))  # noqa: E731
    if role == "polarity":
        seen_it = after.size >= 2 and sign(after) == -sign(before)
        found = "the first phase changes its sign" if seen_it else "the first phase keeps its sign"
    else:
        seen_it = after.size == 0
        found = "no pulse any more" if seen_it else f"{after.size} pulses still"
    text = f"{role}: {_EFFECTS[role]}: {found}"
    if seen_it:
        return passed(name, text)
    return failed(name, text, f"does the relay of `{role}` click? Is its line the one of the file, and not inverted?")


def _comes_back(seen: Visit, following: Walked) -> Finding:
    """The raised heel behind the one in which the interlock was opened."""
    name, pulses = "effect", _plain(seen, following)
    text = f"interlock: its line is driven again: {pulses.size} pulses in the next raised heel"
    if pulses.size >= 3:
        return passed(name, text, pulses=float(pulses.size))
    mend = "does its relay close again? A device that has seen an open circuit may have to be armed by hand"
    return failed(name, text, mend, pulses=float(pulses.size))


def _plain(seen: Visit, walked: Walked) -> NDArray[Any]:
    """Pulses of a step behind its ramp, before anything is switched."""
    return seen.between(walked.open_s + _RAMP_S, walked.change_s)


def _changed(seen: Visit, walked: Walked) -> NDArray[Any]:
    """Pulses of a step behind what was switched."""
    return seen.between(walked.change_s + SETTLED_S, walked.close_s)
