"""Examination: the load as the bench's own meter reads it before anything has power."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from rig.doctor.finding import Finding, not_shown, passed
from scenarios.quantities import format_quantity

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory


def load_by_meter(laboratory: "Laboratory", identity: Mapping[str, str]) -> Iterator[Finding]:
    """What the meter read while the bench opened; nothing where none is wired. A wrong load does not open the bench.

    Args:
        laboratory: its bench file.
        identity: of the bench as it stood open.
    """
    name, wire = "load check", laboratory.wire("load.check")
    if wire is None:
        return
    if "load.read_ohm" not in identity:
        mend = "choose a plain resistor for the doctor: a position of 500 ohm"
        yield not_shown(name, f"{wire.instrument} took no reading: the load passes no direct current", mend)
        return
    read_ohm, stated_ohm, bound_ohm = (float(identity[f"load.{word}_ohm"]) for word in ("read", "stated", "bound"))
    text = f"{wire.instrument} reads {format_quantity(read_ohm, 'ohm', 5)} at the load, stated are "
    text += f"{format_quantity(stated_ohm, 'ohm', 5)} ± {format_quantity(bound_ohm, 'ohm', 2)}"
    yield passed(name, text, read_ohm=read_ohm, stated_ohm=stated_ohm)
