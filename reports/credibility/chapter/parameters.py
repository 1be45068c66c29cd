"""The parameters of a class: value, unit, source, spread over people; and how the classes differ."""

from typing import Any, Final

from reports.credibility.sensitivity import class_of
from reports.credibility.walks import CLASSES, shipped
from reports.quantities import quantity
from reports.sections.blocks import Block, section, table, text
from scenarios.dataclass_reader import key_and_unit
from scenarios.text import plain

_COMPARED: Final = (
    ("speed_m_s", "Speed"),
    ("knee_peak_rad", "Knee peak"),
    ("thigh_peak_rad", "Thigh peak"),
    ("ankle_toe_off_rad", "Ankle at toe-off"),
    ("residual_drive_ratio", "Drive left"),
    ("passive_torque_n_m", "Passive torque"),
    ("reflex_gain_n_m_s_rad", "Reflex, N·m·s/rad"),
    ("excitability_ratio", "Axons left"),
    ("fatigue_factor", "Fatigue"),
    ("compensation_limit_m", "Most lift"),
    ("hike_ratio", "Hiking"),
)


def build(name: str) -> dict[str, Any]:
    """Tables of the class `name` and of the differences between classes."""
    file = class_of(name)
    rows = []
    for key, node in plain(file.table).items():
        if isinstance(node, dict) and "value" in node and key != "title":
            spread = node.get("distribution", {})
            rows.append((key.replace("_", " "), str(node["value"]), _spread(spread), _plain(node.get("source", ""))))
    return section(
        "Parameters",
        text(
            f"Every parameter of the class {name} as its file states it. “Design choice” marks numbers without a "
            "published source. The spread is that over the people of the class; individuals are drawn from it.",
        ),
        table(("Parameter", "Value", "Spread over people", "Source"), rows, title=name, widths=(1.5, 1.1, 2.1, 3.0)),
        _compared(),
    )


def _spread(node: Any) -> str:
    if not isinstance(node, dict) or not node:
        return "–"
    if node.get("kind") == "mixture":
        return "; ".join(f"{part.get('share', '')} {_spread(part)}" for part in node.get("parts", []))
    rest = [f"{key} {value}" for key, value in node.items() if key not in {"kind", "share"}]
    return ", ".join([str(node.get("kind", "")), *rest])


def _plain(source: Any) -> str:
    words = str(source).replace("`", "").replace("measured/README.md", "the README of the measured cycles")
    return words or "–"


def _compared() -> Block:
    columns = ("Class", *(title for _, title in _COMPARED))
    rows = [(name.replace("_", " "), *(_value(name, field) for field, _ in _COMPARED)) for name in CLASSES]
    widths = (1.9, *(1.0 for _ in _COMPARED))
    return table(columns, rows, title="How the classes differ (– : as the healthy law has it)", widths=widths)


def _value(name: str, field: str) -> str:
    value = getattr(shipped(name), field)
    if value is None:
        return "–"
    if field == "reflex_gain_n_m_s_rad":
        return f"{value:g}"
    _, unit = key_and_unit(field)
    if field.endswith("_ratio"):
        return f"{100 * value:.3g} %"
    return quantity(float(value), unit or "", 3)
