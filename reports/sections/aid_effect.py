"""Effect of the aid, acute and adapted: what it does by itself, and what people leave of it."""

import math
from dataclasses import dataclass
from typing import Any, Final

from reports.quantities import quantity
from reports.sections.blocks import Block, section, table, text
from reports.verdict import CaseResult, RunResult
from rig.aid_effect import EXPOSURE, WALKS, AidEffect, Spread, why_no_effect

_WHAT: Final = (
    "Modelled. The patient was walked three times more over the same strides, the same floor and the same noise: "
    "without the aid, adapted to that; with the captured pulses and the orthosis, every stride compensated as without "
    "them (acute: what the aid does by itself); and with them after at least 60 strides of getting used to them "
    "(adapted)."
)
_WHY: Final = (
    "People lower the hip again when the foot comes up. An adapted patient therefore shows little more clearance and "
    "much less hip hike: after an orthosis was taken off, hike rose by 5.0 mm and clearance fell by 1.2 mm (Cruz and "
    "Dhaher 2009, n = 9). Judge an aid by both columns. A fault of the device hurts more after adaptation, because the "
    "lift that would have saved the step is gone."
)
_LIMITS: Final = (
    "Pulses stay at the instants at which they were captured, with all that events did to them. Walking speed is an "
    "input, no effect on it is predicted. "
    "Trip exposure is the share of unseen obstacles (exponential heights, mean 8 mm: design choice) that are higher "
    "than the toes: it compares the same patient, and counts no falls. A walk of fewer than 60 strides is repeated "
    "until the patient has adapted, so that in a very short one a single odd step weighs heavily."
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A quantity of the table: shown number = SI value x factor."""

    quantity: str
    label: str
    factor: float
    unit: str
    scatter: bool = True
    change_unit: str = ""

    def change(self, value: float) -> str:
        """A difference, signed; of shares in percentage points."""
        return "–" if math.isnan(value) else self.number(value) + (self.change_unit or self.unit)

    def number(self, value: float) -> str:
        return f"{round(self.factor * value, 1) or 0.0:.1f}".replace("-", "−")

    def shown(self, value: float) -> str:
        return "–" if math.isnan(value) else self.number(value) + self.unit

    def with_scatter(self, spread: Spread) -> str:
        if not self.scatter or math.isnan(spread.sd):
            return self.shown(spread.mean)
        both = f"{self.number(spread.mean)} ± {self.number(spread.sd)}"
        return f"({both}){self.unit}" if self.unit == "°" else both + self.unit


_DEGREES: Final = 180.0 / math.pi
_ROWS: Final = (
    _Row("mtc_m", "Clearance in swing", 1e3, " mm"),
    _Row("early_swing_min_m", "Early-swing minimum", 1e3, " mm"),
    _Row("ankle_ic_rad", "Ankle at contact (dorsiflexion +)", _DEGREES, "°"),
    _Row("eversion_ic_rad", "Eversion at contact", _DEGREES, "°"),
    _Row("hip_hike_m", "Hip hike", 1e3, " mm"),
    _Row("steppage_rad", "Steppage (thigh)", _DEGREES, "°"),
    _Row("circumduction_m", "Circumduction (outward)", 1e2, " cm"),
    _Row("scuff", "Scuffs per 100 strides", 1e2, "", scatter=False),
    _Row("stumble", "Stumbles per 100 strides", 1e2, "", scatter=False),
    _Row(EXPOSURE, "Trip exposure", 1e2, " %", scatter=False, change_unit=" points"),
)
_COLUMNS: Final = ("", "Without the aid", "Acute", "Adapted", "Acute change", "Adapted change")


def build(run: RunResult) -> dict[str, Any] | None:
    """One table a case; None where no case has an effect to tell."""
    cases = [case for case in run.cases if case.record is not None]
    if not any(case.record is not None and case.record.effect is not None for case in cases):
        return None
    silent = [f"{case.case.id}: {reason}" for case in cases if (reason := _reason(case))]
    blocks = [_table(case.case.id, case.record.effect) for case in cases if case.record and case.record.effect]
    rest = [text("Not told: " + "; ".join(silent) + ".")] if silent else []
    return section("Effect of the aid: acute and adapted (modelled)", text(_WHAT, _WHY, _LIMITS), *blocks, *rest)


def _reason(case: CaseResult) -> str:
    if case.record is None or case.record.effect is not None:
        return ""
    return why_no_effect(case.record) or "the record holds none"


def _table(name: str, effect: AidEffect) -> Block:
    rows = [_cells(effect, row) for row in _ROWS if _told(effect, row.quantity)]
    speed = quantity(effect.speed_m_s, "m/s", 3)
    title = f"{name}: {effect.aid}, {effect.strides} strides at {speed}, {effect.adapting_strides} to adapt"
    return table(_COLUMNS, rows, title=title, widths=(2.2, 1.6, 1.6, 1.6, 1.2, 1.2))


def _told(effect: AidEffect, name: str) -> bool:
    """Whether the quantity is known, and used: a patient without steppage needs no row of zeros for it."""
    means = [effect.mean(name, walk) for walk in WALKS]
    unused = name in {"steppage_rad", "circumduction_m"} and not any(means)
    return not unused and not all(math.isnan(mean) for mean in means)


def _cells(effect: AidEffect, row: _Row) -> tuple[str, ...]:
    found = [row.with_scatter(effect.walks[walk][row.quantity]) for walk in WALKS]
    changes = [row.change(effect.change(row.quantity, walk)) for walk in WALKS[1:]]
    return row.label, *found, *(_signed(change) for change in changes)


def _signed(shown: str) -> str:
    return shown if shown.startswith(("−", "–", "0.0")) else f"+{shown}"
