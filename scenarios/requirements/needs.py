"""`needs.json` of sphinx-needs: the needs of its current version whose type is a requirement.

Source: sphinx-needs documentation, "needs.json" (keys `versions`, `current_version`, `needs`, and of a need `id, title,
content, type`).
"""

import json
from pathlib import Path
from typing import Any

from scenarios.requirements.rows import Rows, read_text
from sim.errors import ScenarioError


def read_needs(path: Path, rows: Rows) -> None:
    """Add every need whose type names a requirement (`req`, `sysreq`, `requirement`).

    Raises:
        ScenarioError: no JSON, no needs file, or one without a requirement.
    """
    text = read_text(path)
    try:
        document: Any = json.loads(text)
    except ValueError as error:
        raise ScenarioError(str(path), f"is no JSON: {error}", "export it with `sphinx-build -b needs`") from None
    needs = _needs(document, path)
    wanted = {name: need for name, need in needs.items() if "req" in str(need.get("type", "")).lower()}
    if not wanted:
        kinds = ", ".join(sorted({str(need.get("type", "")) for need in needs.values()})) or "none"
        raise ScenarioError(str(path), "holds no need whose type is a requirement", f"its types: {kinds}")
    for name, need in wanted.items():
        body = need.get("content") or need.get("description") or ""
        texts = {str(key).lower(): str(value) for key, value in need.items() if isinstance(value, str)}
        rows.add(texts | {"id": str(need.get("id", name)), "text": str(body)}, f"{path}: {name}")


def _needs(document: Any, path: Path) -> dict[str, dict[str, Any]]:
    needs: Any = None
    try:
        versions = document["versions"]
        needs = versions[document.get("current_version") or next(iter(versions))]["needs"]
    except (KeyError, TypeError, AttributeError, StopIteration):
        pass
    if not isinstance(needs, dict) or not all(isinstance(need, dict) for need in needs.values()):
        mend = "it has `versions: {<version>: {needs: {...}}}`; export it with `sphinx-build -b needs`"
        raise ScenarioError(str(path), "is no needs.json of sphinx-needs", mend)
    return needs
