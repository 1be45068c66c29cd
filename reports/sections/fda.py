"""The FDA output tables of a run that went through all three test loads."""

from typing import Any

from reports.fda.pages import LOADS, TITLE, cells, note
from reports.fda.table_a import table_a
from reports.fda.table_b import tables_b
from reports.sections.blocks import section, table, text
from reports.verdict import RunResult


def build(run: RunResult) -> dict[str, Any] | None:
    """Tables A and B; None where no mode ran into 500 ohm, 2 kohm and 10 kohm."""
    tables = tables_b(run.cases)
    if not tables:
        return None
    rows = [(row.field, row.value, row.source) for row in table_a(run.cases)]
    blocks = [
        text(
            "Field names follow the FDA guidance of 1999, from memory; compare them with it before you submit. "
            "Each maximum is that of the worst setting that the search over the settings found."
        ),
        table(("Field", "Value", "Source"), rows, title="Table A: basic unit characteristics", widths=(2, 3, 2)),
    ]
    for each in tables:
        blocks.append(text(note(each)))
        lines = [(row.field, *cells(row), row.formula) for row in each.rows]
        title = f"Table B: {each.device}, {each.mode}"
        blocks.append(table(("Field", *LOADS, "Formula"), lines, title=title, widths=(2, 1.7, 1.7, 1.7, 2.4)))
        worst = sorted({f"{row.field}: {row.setting}" for row in each.rows if row.setting})
        if worst:
            blocks.append(text("Worst setting of each field: " + "; ".join(worst) + "."))
    return section(TITLE, *blocks)
