"""The measures of what a pulse is made of, as the catalogue lists them."""

from typing import Final

from reports.measures.charge import charge_imbalance, net_charge, phase_charge, train_charge
from reports.measures.direct_current import dc
from reports.measures.pulse_shape import interphase_gap, phase_current, pulse_width
from scenarios.catalogue import MeasureSpec, Parameter

_CURRENT: Final = ("current",)
_PHASE: Final = Parameter("phase", choices=("1", "2"), default="1", summary="which phase of the pulse")
_PULSES: Final = Parameter(
    "pulses", choices=("plateau", "all"), default="plateau", summary="pulses on the plateau only, or the ramps too"
)
_PER: Final = Parameter(
    "per",
    choices=("pulse", "train", "run"),
    default="train",
    summary="of every pulse, a train's mean, or the run's plateau pulses, leads swapped or not",
)
_PHASE_CHARGE: Final = ("phase_charge",)

PULSES: Final[tuple[MeasureSpec, ...]] = (
    MeasureSpec(
        "pulse_width",
        "s",
        "measured",
        pulse_width,
        "pulse",
        (_PHASE, _PULSES),
        _CURRENT,
        summary="width of a phase between its 50 % crossings",
        setting="pulse_width",
    ),
    MeasureSpec(
        "interphase_gap",
        "s",
        "measured",
        interphase_gap,
        "pulse",
        (_PULSES,),
        _CURRENT,
        summary="from the end of phase 1 to the start of phase 2",
        setting="gap",
    ),
    MeasureSpec(
        "phase_current",
        "A",
        "measured",
        phase_current,
        "pulse",
        (_PULSES,),
        _CURRENT,
        summary="current of phase 1, the first pulse's polarity positive",
        setting="current",
    ),
    MeasureSpec(
        "phase_charge",
        "C",
        "measured",
        phase_charge,
        "pulse",
        (_PHASE,),
        _CURRENT,
        summary="magnitude of the charge of a phase",
    ),
    MeasureSpec(
        "net_charge",
        "C",
        "measured",
        net_charge,
        "per",
        (_PER,),
        _CURRENT,
        summary="charge left behind by a pulse, or its mean over a train or the run",
        references=_PHASE_CHARGE,
    ),
    MeasureSpec(
        "train_charge",
        "C",
        "measured",
        train_charge,
        "train",
        (),
        _CURRENT,
        summary="sum of the net charges of a train",
    ),
    MeasureSpec(
        "charge_imbalance",
        "",
        "measured",
        charge_imbalance,
        "per",
        (_PER,),
        _CURRENT,
        summary="net charge over phase charge",
    ),
    MeasureSpec(
        "dc",
        "A",
        "measured",
        dc,
        "run",
        (),
        _CURRENT,
        summary="mean current while no pulse flows",
        continuous=True,
    ),
)
"""What a pulse is made of."""
