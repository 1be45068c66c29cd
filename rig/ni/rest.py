"""The safe state of a card: the interlock first, then the running tasks, then every output where it harms nobody."""

from typing import Final

from rig.ni.errors import CardError
from rig.ni.layout import Layout
from rig.ni.link import Link
from rig.ni.tasks import set_lines, set_outputs
from rig.safe_card import CardOrder, drive_card_safe

FIRST: Final = "interlock"


def safe_lines(layout: Layout) -> dict[str, bool]:
    """Physical line -> safe level, in the order of the bench file's safe state, the interlock first."""
    found: dict[str, bool] = {}
    for lines in sorted((*layout.by_hand.values(), *layout.lines), key=lambda each: _place(layout, each.role)):
        found |= lines.at_rest()
    return found


def safe_outputs(layout: Layout) -> dict[str, float]:
    """Physical analogue output -> V at rest, in the order of the bench file's safe state."""
    ordered = sorted(layout.outputs, key=lambda each: _place(layout, each.role))
    return {output.physical: output.rest_v for output in ordered}


def open_interlock(link: Link, layout: Layout) -> None:
    """Open the interlock by a task of its own: no current flows from here on, whatever still runs.

    Raises:
        BenchError: the card did not take it, even after a reset.
    """
    interlock = layout.by_hand.get(FIRST)
    if interlock is not None:
        _set(link, layout, interlock.at_rest(), {})


def rest(link: Link, layout: Layout) -> None:
    """Put every output where it harms nobody: the lines, then the analogue outputs.

    Raises:
        BenchError: the card did not take it, even after a reset.
    """
    _set(link, layout, safe_lines(layout), safe_outputs(layout))


def _set(link: Link, layout: Layout, levels: dict[str, bool], volts: dict[str, float]) -> None:
    """All lines at once and all outputs at once; where somebody holds them, one by one, after a reset."""
    try:
        set_lines(link, layout.part, levels)
        set_outputs(link, layout.part, volts)
    except CardError:
        drive_card_safe(levels, volts, link.channel)


def _place(layout: Layout, role: str) -> int:
    if role == FIRST:
        return -1
    return layout.order.index(role) if role in layout.order else len(layout.order)


def order_of(layout: Layout, address: str) -> CardOrder:
    """What the guardian does with this card."""
    return CardOrder(layout.part, address, tuple(safe_lines(layout).items()), tuple(safe_outputs(layout).items()))
