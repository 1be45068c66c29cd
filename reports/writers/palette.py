"""The colours of both reports, readable in light, dark and print; a letter and an icon always stand beside them."""

import re
from importlib.resources import files
from typing import Final

LIGHT: Final = {
    "bg": "#f6f6f3",
    "card": "#ffffff",
    "ink": "#1d2430",
    "soft": "#596270",
    "line": "#e0e2e6",
    "track": "#e9ebee",
    "accent": "#2b5c8a",
    "ok": "#1a7548",
    "warn": "#8f5f00",
    "warn-fill": "#f2c14e",
    "bad": "#b3261e",
    "open": "#6247aa",
    "err": "#8d2463",
    "none": "#5a6370",
    "swing": "#b9cfe4",
    "sensor": "#8fb7a6",
    "stamp": "#fff3d1",
    "stamp-ink": "#5c3d00",
}
DARK: Final = {
    "bg": "#13161b",
    "card": "#1b2027",
    "ink": "#e7eaef",
    "soft": "#a5aebb",
    "line": "#323a46",
    "track": "#2b323d",
    "accent": "#7fb2e5",
    "ok": "#4fc58c",
    "warn": "#e6b450",
    "warn-fill": "#b98a22",
    "bad": "#ff8178",
    "open": "#b9a5ff",
    "err": "#f08cc4",
    "none": "#a0a9b6",
    "swing": "#35506b",
    "sensor": "#3d6b58",
    "stamp": "#4a3a10",
    "stamp-ink": "#ffe3a3",
}


def template(name: str) -> str:
    """Text of a file of `reports/templates`."""
    return files("reports").joinpath("templates", name).read_text("utf-8")


def variables(colours: dict[str, str]) -> str:
    """The colours as CSS custom properties."""
    return "".join(f"--{name}:{value};" for name, value in colours.items())


def print_style(font: str) -> str:
    """The charts' style sheet with the light colours written out, for readers of SVG that know no custom properties."""
    style = re.sub(r"var\(--([a-z-]+)\)", lambda found: LIGHT[found[1]], template("chart.css"))
    return f"text{{font-family:'{font}'}}" + re.sub(r"\s+", " ", style)
