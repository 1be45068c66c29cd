"""The built-in measures, as the entry point `stimrig.measures` gives them: one table a family."""

from typing import Final

from reports.measures.charge_balance import CHARGE_BALANCE
from reports.measures.direct_current import RESIDUAL_VOLTAGE
from reports.measures.following import follows_setting
from reports.measures.gait_specs import COMPARED, DETECTION
from reports.measures.implant import IMPLANT
from reports.measures.leakage import IMPORTED
from reports.measures.outcome_specs import OUTCOMES
from reports.measures.output_specs import OUTPUT, TOGETHER
from reports.measures.pulse_specs import PULSES
from reports.measures.safety_specs import SAFETY
from reports.measures.timing_specs import ENABLE, TIMING
from scenarios.catalogue import MeasureSpec
from scenarios.channels import of_channels

_OF_A_CHANNEL: Final = (
    *TIMING,
    *DETECTION,
    *PULSES,
    *CHARGE_BALANCE,
    RESIDUAL_VOLTAGE,
    *IMPLANT,
    *SAFETY,
    *OUTPUT,
)

MEASURES: Final[tuple[MeasureSpec, ...]] = (
    *(of_channels(follows_setting(spec)) for spec in _OF_A_CHANNEL),
    ENABLE,
    *IMPORTED,
    *TOGETHER,
    *OUTCOMES,
    *COMPARED,
)
"""Every built-in measure."""
