"""Sets one line of text in any script and draws it as outlines.

Outlines, because a PDF library's own text cannot join Arabic, stack Devanagari or read CFF fonts;
the price is that the text of a card cannot be selected. Direction: a line of one direction, or of
one with words of the other inside, comes out right; deeper nesting (UAX #9) is not attempted.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import uharfbuzz as hb
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.pathobject import PDFPathObject

from facemark.adapters.documents.fonts import FontShelf, LoadedFont, split_clusters

ELLIPSIS = "…"
MISSING = "□"

Direction = Literal["ltr", "rtl"]
_FILL_NON_ZERO = 1


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """Placed relative to the start of its line; positions in ems."""

    font: LoadedFont
    index: int
    x: float
    y: float


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """Shaped text. `width` in ems; `missing`: characters that no font shows, drawn as boxes."""

    glyphs: tuple[Glyph, ...]
    width: float
    direction: Direction
    missing: str


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    text: str
    font: LoadedFont
    direction: Direction


def shape_line(shelf: FontShelf, text: str, *, bold: bool = False) -> Line:
    clusters = split_clusters(text)
    runs, missing = _find_fonts(shelf, clusters, bold=bold)
    glyphs: list[Glyph] = []
    x = 0.0
    for run in _order_visually(runs):
        x = _shape_run(run, x, glyphs)
    return Line(tuple(glyphs), x, runs[0].direction if runs else "ltr", missing)


def _find_fonts(shelf: FontShelf, clusters: Sequence[str], *, bold: bool) -> tuple[list[_Run], str]:
    fonts: list[LoadedFont] = []
    shown: list[str] = []
    missing: dict[str, None] = {}
    for cluster in clusters:
        font = shelf.find(cluster, bold=bold, prefer=fonts[-1] if fonts else None)
        if font is None:
            missing[cluster] = None
        shown.append(cluster if font else MISSING)
        fonts.append(
            font or shelf.find(MISSING, bold=bold, prefer=None) or shelf.default(bold=bold)
        )
    directions = _directions(shown)
    keyed = zip(shown, fonts, directions, strict=True)
    runs = [
        _Run("".join(part[0] for part in parts), font, direction)
        for (font, direction), parts in groupby(keyed, key=lambda part: (part[1], part[2]))
    ]
    return runs, "".join(missing)


def _directions(clusters: Sequence[str]) -> list[Direction]:
    """Neutral characters go with both neighbours where these agree, else with the line."""
    strong = [_strong_direction(cluster) for cluster in clusters]
    base: Direction = next((d for d in strong if d), "ltr")
    before: list[Direction] = []
    for direction in strong:
        before.append(direction or (before[-1] if before else base))
    after: list[Direction] = []
    for direction in reversed(strong):
        after.append(direction or (after[-1] if after else base))
    after.reverse()
    return [b if b == a else base for b, a in zip(before, after, strict=True)]


def _strong_direction(cluster: str) -> Direction | None:
    kind = unicodedata.bidirectional(cluster[0])
    if kind in {"R", "AL"}:
        return "rtl"
    return "ltr" if kind in {"L", "EN", "AN"} else None


def _order_visually(runs: Sequence[_Run]) -> list[_Run]:
    blocks = [list(part) for _, part in groupby(runs, key=lambda run: run.direction)]
    if runs and runs[0].direction == "rtl":
        blocks.reverse()
    return [
        run
        for block in blocks
        for run in (reversed(block) if block[0].direction == "rtl" else block)
    ]


def _shape_run(run: _Run, x: float, glyphs: list[Glyph]) -> float:
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.direction = run.direction
    buffer.guess_segment_properties()
    hb.shape(run.font.font, buffer)
    units = run.font.units
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyphs.append(
            Glyph(run.font, info.codepoint, x + place.x_offset / units, place.y_offset / units)
        )
        x += place.x_advance / units
    return x


def draw_line(canvas: Canvas, line: Line, *, x: float, y: float, size: float) -> None:
    """`x`, `y`: start of the baseline; `size`: an em; all in points."""
    path = canvas.beginPath()
    for glyph in line.glyphs:
        pen = _Pen(path, x + glyph.x * size, y + glyph.y * size, size / glyph.font.units)
        glyph.font.font.draw_glyph_with_pen(glyph.index, pen)
    canvas.drawPath(path, stroke=0, fill=1, fillMode=_FILL_NON_ZERO)


class _Pen:
    """Takes an outline in font units; quadratic curves become the cubic ones that PDF has."""

    def __init__(self, path: PDFPathObject, x: float, y: float, scale: float) -> None:
        self._path, self._x, self._y, self._scale = path, x, y, scale
        self._at = (x, y)

    def _place(self, point: tuple[float, float]) -> tuple[float, float]:
        return self._x + point[0] * self._scale, self._y + point[1] * self._scale

    def moveTo(self, point: tuple[float, float]) -> None:
        self._at = self._place(point)
        self._path.moveTo(*self._at)

    def lineTo(self, point: tuple[float, float]) -> None:
        self._at = self._place(point)
        self._path.lineTo(*self._at)

    def curveTo(self, *points: tuple[float, float]) -> None:
        first, second, end = (self._place(p) for p in points)
        self._path.curveTo(*first, *second, *end)
        self._at = end

    def qCurveTo(self, *points: tuple[float, float]) -> None:
        control, end = (self._place(p) for p in points)
        first = _towards(self._at, control)
        second = _towards(end, control)
        self._path.curveTo(*first, *second, *end)
        self._at = end

    def closePath(self) -> None:
        self._path.close()


def _towards(point: tuple[float, float], control: tuple[float, float]) -> tuple[float, float]:
    """Two thirds of the way: the cubic control point of a quadratic curve."""
    return (
        point[0] + (control[0] - point[0]) * 2 / 3,
        point[1] + (control[1] - point[1]) * 2 / 3,
    )
