"""A wiring picture of a laboratory, as SVG: device on the left, fixtures between, terminals on the right."""

from html import escape
from typing import TYPE_CHECKING, Final

from rig.bench_file.instruments import Instrument
from rig.bench_file.table import fixture_text, reach_text, sense_of
from rig.bench_file.wiring import Wire
from scenarios.roles import COMMANDS, FROM_DEVICE, LINES

if TYPE_CHECKING:
    from rig.bench_file.laboratory import Laboratory

_ROW: Final = 26
_HEAD: Final = 46
_ROLE_X: Final = 20
_ROLE_W: Final = 180
_THROUGH_X: Final = 250
_FIXTURE_W: Final = 190
_GAP: Final = 14
_TERMINAL_W: Final = 150
_BOX_W: Final = 250
_TOP: Final = 84

_COLOURS: Final = {
    "measured": ("#e3eefc", "#2b62ad"),
    "driven": ("#fdecd8", "#b5610f"),
    "switched": ("#e6f4e4", "#3a7d34"),
    "told": ("#efe8fa", "#6a46b0"),
    "safety": ("#fde3e3", "#b3261e"),
}
"""What a wire is for -> fill and line."""

_LEGEND: Final = {
    "measured": "read from the device",
    "driven": "sampled signal to the device",
    "switched": "switched by a line",
    "told": "told to the device or a person",
    "safety": "interlock, zero and span",
}


def wiring_picture(laboratory: "Laboratory") -> str:
    """The wiring as an SVG document; the same file gives the same bytes."""
    groups = [(each, laboratory.wires_of(each.name)) for each in laboratory.instruments.values()]
    groups = [(instrument, wires) for instrument, wires in groups if wires]
    columns = max((len(wire.through) for wire in laboratory.wiring), default=0)
    right = _THROUGH_X + max(columns, 1) * (_FIXTURE_W + _GAP) + 40
    width = right + _TERMINAL_W + _BOX_W + 20
    height = _TOP + sum(_HEAD + _ROW * len(wires) for _, wires in groups) + 64
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            ' font-family="Helvetica, Arial, sans-serif" font-size="12">'
        ),
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(_ROLE_X, 30, laboratory.title, size=17, weight="bold"),
        _text(_ROLE_X, 50, _subtitle(laboratory), colour="#666666"),
        _text(_ROLE_X, 74, "role", colour="#666666"),
        _text(_THROUGH_X, 74, "through", colour="#666666"),
        _text(right, 74, "terminal", colour="#666666"),
    ]
    y = _TOP
    for instrument, wires in groups:
        parts += _instrument(instrument, right, y, len(wires))
        for row, wire in enumerate(wires):
            parts += _wire(laboratory, wire, right, y + _HEAD - 12 + _ROW * row)
        y += _HEAD + _ROW * len(wires)
    parts += _legend(y + 36)
    return "\n".join([*parts, "</svg>", ""])


def _subtitle(laboratory: "Laboratory") -> str:
    profile = f", profile {laboratory.profile}" if laboratory.profile else ""
    return f"{laboratory.id}{profile}: {'simulated, nothing of it is real' if laboratory.simulated else 'real'}"


def _instrument(instrument: Instrument, x: int, y: int, rows: int) -> list[str]:
    height = _HEAD + _ROW * rows - 10
    model = instrument.identity.rpartition(",")[2].strip()  # the maker's name would run into the address
    name = f"{instrument.name}: {model or instrument.driver}"
    return [
        (
            f'<rect x="{x - 12}" y="{y}" width="{_TERMINAL_W + _BOX_W}" height="{height}" rx="6" fill="#f6f6f6"'
            ' stroke="#9a9a9a"/>'
        ),
        _text(x, y + 18, name, weight="bold"),
        _text(x + _TERMINAL_W + _BOX_W - 24, y + 18, instrument.address, colour="#666666", anchor="end"),
    ]


def kind_of(laboratory: "Laboratory", wire: Wire) -> str:
    """What a wire is for: `measured, driven, switched, told, safety`."""
    if wire.role in {"interlock", "zero", "span"}:
        return "safety"
    if sense_of(laboratory, wire) == "--":
        return "told"
    if sense_of(laboratory, wire) == "<-" or wire.role in LINES or wire.role in FROM_DEVICE:
        return "measured"
    return "switched" if wire.role in COMMANDS and wire.lines else "driven"


def _wire(laboratory: "Laboratory", wire: Wire, right: int, y: int) -> list[str]:
    fill, line = _COLOURS[kind_of(laboratory, wire)]
    middle = y + _ROW // 2
    sense = sense_of(laboratory, wire)
    dashes = ' stroke-dasharray="5 4"' if sense == "--" else ""
    start, end = _ROLE_X + _ROLE_W, right - 12
    parts = [f'<line x1="{start}" y1="{middle}" x2="{end}" y2="{middle}" stroke="{line}" stroke-width="1.6"{dashes}/>']
    if sense != "--":
        tip, back = (end, -8) if sense == "<-" else (start, 8)
        parts.append(
            f'<path d="M {tip} {middle} l {back} -4.5 l 0 9 z" fill="{line}"/>',
        )
    parts += _box(_ROLE_X, y + 2, _ROLE_W, wire.role, fill, line)
    for column, name in enumerate(wire.through):
        x = _THROUGH_X + column * (_FIXTURE_W + _GAP)
        parts += _box(x, y + 2, _FIXTURE_W, fixture_text(laboratory.fixtures[name]), "#ffffff", line)
    parts.append(_text(right, middle + 4, wire.port or "-", weight="bold"))
    parts.append(_text(right + _TERMINAL_W - 20, middle + 4, reach_text(wire), colour="#444444"))
    return parts


def _legend(y: int) -> list[str]:
    parts: list[str] = []
    x = _ROLE_X
    for kind, text in _LEGEND.items():
        fill, line = _COLOURS[kind]
        parts.append(f'<rect x="{x}" y="{y - 10}" width="14" height="12" rx="3" fill="{fill}" stroke="{line}"/>')
        parts.append(_text(x + 20, y, text, colour="#444444"))
        x += 34 + 6 * len(text)
    return parts


def _box(x: int, y: int, width: int, text: str, fill: str, line: str) -> list[str]:
    return [
        f'<rect x="{x}" y="{y}" width="{width}" height="{_ROW - 5}" rx="4" fill="{fill}" stroke="{line}"/>',
        _text(x + 8, y + 15, text),
    ]


def _text(
    x: int, y: int, text: str, *, size: int = 12, weight: str = "normal", colour: str = "#1a1a1a", anchor: str = "start"
) -> str:
    style = f'font-size="{size}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}"'
    return f'<text x="{x}" y="{y}" {style}>{escape(text)}</text>'
