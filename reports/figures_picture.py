"""A drawing for a report whose axes are neither strides nor time: a distribution, a curve with its band.

It is made of SVG elements with the classes of `templates/chart.css`, so that HTML and PDF print the same drawing.
"""

from dataclasses import dataclass

from reports.figures_svg import svg_document


@dataclass(frozen=True, slots=True)
class Picture:
    """A finished drawing.

    Attributes:
        title: what is shown.
        alt: one sentence for readers who do not see it.
        size: width and height, px.
        parts: SVG elements; every text in them has passed `figures_svg.svg_text`.
        note: what the reader must know.
    """

    title: str
    alt: str
    size: tuple[float, float]
    parts: tuple[str, ...]
    note: str = ""


def picture_svg(picture: Picture, style: str = "") -> str:
    """The drawing as one ``<svg>``; `style` holds rules for its classes, where the surrounding document has none."""
    return svg_document("plot", picture.size, picture.alt, style, list(picture.parts))
