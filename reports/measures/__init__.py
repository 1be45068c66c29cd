"""The built-in measures, as the entry point `stimrig.measures` gives them: one table a family."""

from typing import Final

from reports.measures.direct_current import RESIDUAL_VOLTAGE
from reports.measures.gait_specs import COMPARED, DETECTION
from reports.measures.implant import IMPLANT
from reports.measures.outcome_specs import OUTCOMES
from reports.measures.pulse_specs import PULSES
from reports.measures.safety_specs import SAFETY
from reports.measures.timing_specs import TIMING
from scenarios.catalogue import MeasureSpec
from scenarios.channels import of_channels

MEASURES: Final[tuple[MeasureSpec, ...]] = (
    *map(of_channels, (*TIMING, *DETECTION, *PULSES, RESIDUAL_VOLTAGE, *IMPLANT, *SAFETY)),
    *OUTCOMES,
    *COMPARED,
)
"""Every built-in measure."""
