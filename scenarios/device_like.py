"""`like:` of a device file: it is another device but for what it says itself."""

from pathlib import Path
from typing import Final

from scenarios.fields import as_text
from scenarios.places import find_named
from scenarios.text import Table, read_document
from sim.errors import ScenarioError

_ENTRIES: Final = ("settings", "allowed", "defects", "rated", "modes", "control")
"""Keys whose entries are inherited one by one; under every other key, what the file says stands alone."""
_OWN: Final = ("id", "title", "why", "note", "source")
"""Keys that are never inherited: they speak about one file."""


def with_inherited(table: Table, beside: tuple[Path, ...]) -> Table:
    """`table` with what it inherits, and without `like`.

    `like` names a device or, from the folder of the file that says it, a `*.device.yaml`. An entry of `settings` or
    `control` (and of the settings of `control`) replaces the inherited one whole.

    Raises:
        ScenarioError: no such device, or a circle of them.
    """
    seen: list[Path] = []
    chain = [table]
    while "like" in chain[-1].values:
        node = chain[-1].values["like"]
        here = Path(node.where.file).parent
        path = find_named("devices", as_text(node), (here, *beside), node.where)
        if path.resolve() in seen:
            circle = " -> ".join(each.name for each in (*seen, path))
            raise ScenarioError(str(node.where), f"devices that are like each other: {circle}", "break the circle")
        seen.append(path.resolve())
        chain.append(read_document(path))
    whole = chain[-1].without("like")
    for own in reversed(chain[:-1]):
        whole = _over(whole.without(*_OWN), own.without("like"))
    return whole


def _over(base: Table, own: Table, *, inside: str = "") -> Table:
    """`base` with the keys of `own`; places are those of whoever said a thing."""
    merged = Table(base.keys, base.values, own.where)
    for name, key in own.keys.items():
        value, before = own.values[name], base.values.get(name)
        goes_on = name in _ENTRIES if not inside else inside == "control" and name == "settings"
        if goes_on and isinstance(value, Table) and isinstance(before, Table):
            value = _over(before, value, inside=name)
        merged = merged.replaced(key, value)
    return merged
