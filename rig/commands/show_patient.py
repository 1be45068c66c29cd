"""`stimrig show PATIENT`: every parameter of a class with its unit, how people differ, and where it comes from."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rig.commands.console import say, say_json, table

COLUMNS = ("parameter", "value", "distribution", "source")


def is_patient(name: str) -> bool:
    """True where `name` is a patient that ships or lies beside, or the path of a patient file."""
    from rig.commands.context import here
    from scenarios.places import named_files

    return name in named_files("patients", here().beside) or (name.endswith(".yaml") and Path(name).is_file())


def show_patient(name: str, *, as_json: bool) -> int:
    """Print the parameter table of a patient.

    Raises:
        ScenarioError: the file does not read.
    """
    from rig.commands.context import here
    from scenarios.patient_class import read_patient_class
    from scenarios.text import Text, Where, plain

    beside = (Path.cwd(),) if name.endswith(".yaml") else here().beside
    stated = plain(read_patient_class(Text(name, Where("show", 1, 1)), beside).table)
    rows = parameter_rows(stated)
    if as_json:
        header = {key: stated[key] for key in ("name", "why", "note") if key in stated}
        say_json({**header, "parameters": rows})
        return 0
    title = stated.get("title", "")
    say(f"{stated['name']}: {title['value'] if isinstance(title, Mapping) else title}")
    for key in ("why", "note"):
        if key in stated:
            say(f"{key}: {stated[key]}")
    say("")
    for line in table([tuple(row[column] for column in COLUMNS) for row in rows], COLUMNS):
        say(line)
    return 0


def parameter_rows(stated: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row a parameter: those of the body, then those of training and recovery with a dotted name."""
    rows: list[dict[str, str]] = []
    for key, value in stated.items():
        if key in {"schema", "name", "why", "note", "source", "origin", "title"}:
            continue
        if isinstance(value, Mapping) and "value" not in value:
            rows += [{**row, "parameter": f"{key}.{row['parameter']}"} for row in parameter_rows(value)]
            continue
        told = value if isinstance(value, Mapping) else {"value": value}
        rows.append(
            {
                "parameter": key,
                "value": str(told["value"]),
                "distribution": distribution_text(told.get("distribution")),
                "source": str(told.get("source", "")),
            }
        )
    return rows


def distribution_text(described: Any) -> str:
    """`normal, SD 12 kg, 45 kg to 120 kg, 0.5 with leg_length`."""
    if not isinstance(described, Mapping):
        return "fixed"
    if described["kind"] == "mixture":
        parts = [f"{part['share']} {distribution_text(part)}" for part in described["parts"]]
        words = ["; ".join(parts)]
    elif described["kind"] == "uniform":
        words = [f"uniform, {described['from']} to {described['to']}"]
    else:
        words = [described["kind"]]
    if "value" in described:
        words.append(described["value"])
    if "mean" in described:
        words.append(f"mean {described['mean']}")
    if "sd" in described:
        words.append(f"SD {described['sd']}")
    if "cv" in described:
        words.append(f"CV {described['cv']}")
    if "low" in described or "high" in described:
        words.append(f"{described.get('low', '...')} to {described.get('high', '...')}")
    if "with" in described:
        words.append(f"{described['correlation']} with {described['with']}")
    return ", ".join(words)
