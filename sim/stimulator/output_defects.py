"""The seeded defects of an output stage, each with the dose that some check must see."""

import math
from typing import Final

from sim.stimulator.defect_spec import DefectSpec

_ANY: Final = -math.inf

TIMING_DEFECTS: Final = (
    DefectSpec("missing_pulses", "", "timing", 0.05, "share of the pulses that do not come", most=1.0),
    DefectSpec(
        "double_pulse", "", "timing", 0.05, "share of the pulses with a second one a fifth of a period later", most=1.0
    ),
    DefectSpec("width_error", "", "timing", 0.25, "both phases are wider by this share of the set width", -0.9, 1.0),
    DefectSpec("width2_error", "", "timing", 0.25, "phase 2 is wider by this share, at the same current", -0.9, 1.0),
    DefectSpec("gap_error", "s", "timing", 40e-6, "the gap between the phases is longer by this much", -1e-3, 1e-3),
    DefectSpec("rate_error", "", "timing", 0.25, "pulses come faster by this share of the set rate", -0.9, 1.0),
    DefectSpec("jitter", "s", "timing", 2e-3, "a pulse begins up to this much after its place", most=10e-3),
)
"""When pulses come, and how long they last."""

CHARGE_DEFECTS: Final = (
    DefectSpec("net_charge", "C", "charge", 250e-9, "charge that every pulse leaves behind", _ANY),
    DefectSpec("dc_leak", "A", "charge", 30e-6, "steady current while powered", _ANY),
    DefectSpec("imbalance", "", "charge", 0.03, "phase 2 brings back more charge by this share", -1.0, 1.0),
    DefectSpec("ramp_imbalance", "", "charge", 0.1, "phase 2 brings back more by this share, in ramps only", -1.0, 1.0),
    DefectSpec(
        "step_imbalance",
        "",
        "charge",
        0.05,
        "phase 2 brings back more by this share in the first five pulses after the set current or width has changed",
        -1.0,
        1.0,
        needs=("an event that changes the current or the width inside a train",),
    ),
    DefectSpec(
        "rate_net_charge",
        "C",
        "charge",
        200e-9,
        "charge that every pulse leaves behind at 40 Hz, in proportion to the rate",
        _ANY,
    ),
    DefectSpec(
        "cut_last_pulse", "", "charge", 1.0, "the last pulse of a train lacks this share of its phase 2", most=1.0
    ),
    DefectSpec(
        "supply_imbalance",
        "",
        "charge",
        0.3,
        "phase 2 brings back less by this share of what the supply has lost",
        -10.0,
        10.0,
        needs=("an event that changes the supply",),
    ),
)
"""What stays on the electrodes."""

SHAPE_DEFECTS: Final = (
    DefectSpec("width_drift", "", "output", 0.5, "relative growth of both pulse widths per minute of run", _ANY),
    DefectSpec("current_error", "", "output", 0.25, "the current is greater by this share of what is set", -1.0, 2.0),
    DefectSpec("current_offset", "A", "output", 8e-3, "the current is greater by this much", -0.2, 0.2),
    DefectSpec("current_drift", "", "output", 0.5, "relative growth of the current per minute of run", _ANY),
    DefectSpec(
        "warm_up", "", "output", 0.3, "what the current lacks when the run starts; time constant 30 s", _ANY, 1.0
    ),
    DefectSpec("overshoot", "", "output", 0.25, "more current by this share in the first eighth of a phase", -0.9, 2.0),
    DefectSpec("droop", "", "output", 0.3, "a plateau falls by this share from its start to its end", -0.9, 0.9),
    DefectSpec(
        "soft_source",
        "S",
        "output",
        1e-4,
        "output conductance beside the source, unseen by the device: the current falls with the load",
        most=1e-2,
        needs=("a load above 1 kohm",),
    ),
    DefectSpec(
        "over_voltage",
        "",
        "output",
        4.0,
        "the source reaches this much more than its highest voltage, as a share of it",
        most=10.0,
        needs=("an open circuit",),
    ),
    DefectSpec(
        "coarse_steps",
        "A",
        "output",
        5e-3,
        "the current can only be a multiple of this",
        most=0.1,
        needs=("events that change the current in small steps",),
    ),
    DefectSpec(
        "step_back",
        "A",
        "output",
        6e-3,
        "in every second band of 5 mA the current is this much less than set",
        most=0.1,
        needs=("events that change the current in small steps",),
    ),
    DefectSpec(
        "current_floor",
        "A",
        "output",
        2e-3,
        "the current is never less than this, not even at the lowest setting",
        most=0.1,
        needs=("a setting at its minimum",),
    ),
    DefectSpec(
        "supply_current",
        "",
        "output",
        1.5,
        "the current follows the supply, by this share of its change",
        -10.0,
        10.0,
        needs=("an event that changes the supply",),
    ),
    DefectSpec(
        "supply_width",
        "",
        "output",
        1.5,
        "the pulse width follows the supply, by this share of its change",
        -10.0,
        10.0,
        needs=("an event that changes the supply",),
    ),
    DefectSpec(
        "supply_rate",
        "",
        "output",
        1.5,
        "the rate follows the supply, by this share of its change",
        -10.0,
        10.0,
        needs=("an event that changes the supply",),
    ),
)
"""How strong and how true the pulses are."""

RAMP_DEFECTS: Final = (
    DefectSpec("ramp_error", "", "ramp", 0.5, "ramps last longer by this share; -1 = no ramp at all", -1.0, 10.0),
    DefectSpec("ramp_steps", "", "ramp", 0.5, "ramps go in steps of this share of the plateau", most=1.0),
    DefectSpec("ramp_dent", "", "ramp", 0.2, "half-way up a ramp this share of the plateau is missing", most=0.6),
    DefectSpec("ramp_floor", "", "ramp", 0.8, "ramps begin and end at this share of the plateau", most=1.0),
)
"""How a train comes and goes."""

OUTPUT_DEFECTS: Final = (*TIMING_DEFECTS, *CHARGE_DEFECTS, *SHAPE_DEFECTS, *RAMP_DEFECTS)
"""What every output stage can have."""
