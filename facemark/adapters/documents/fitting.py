"""Makes a text fit its place: smaller first, then over more lines, and only then cut short."""

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from facemark.adapters.documents.fonts import FontShelf, split_clusters
from facemark.adapters.documents.lettering import ELLIPSIS, Line, draw_line, shape_line

LINE_HEIGHT = 1.25
"""In ems: room for the marks above and below that many scripts have."""


@dataclass(frozen=True, slots=True)
class TextPlace:
    """Where a text may go. `width` and sizes in points; sizes from the wished to the smallest."""

    width: float
    sizes: Sequence[float]
    lines: int = 1
    bold: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class FittedText:
    """Lines that read from the right keep to the right edge of `width`."""

    size: float
    width: float
    lines: tuple[Line, ...]
    missing: str

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LINE_HEIGHT

    def draw(self, canvas: Canvas, *, x: float, top: float) -> None:
        for number, line in enumerate(self.lines):
            baseline = top - (number * LINE_HEIGHT + 1.0) * self.size
            indent = self.width - line.width * self.size if line.direction == "rtl" else 0.0
            draw_line(canvas, line, x=x + indent, y=baseline, size=self.size)


def fit_text(shelf: FontShelf, text: str, place: TextPlace) -> FittedText:
    lines: list[Line] = []
    for size in place.sizes:
        lines = [
            shape_line(shelf, t, bold=place.bold) for t in _wrap(shelf, text, place, size=size)
        ]
        if len(lines) <= place.lines and all(line.width * size <= place.width for line in lines):
            return _fitted(place, size, lines)
    return _cut(shelf, text, place)


def _wrap(shelf: FontShelf, text: str, place: TextPlace, *, size: float) -> list[str]:
    """Greedy, between words."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        width = shape_line(shelf, joined, bold=place.bold).width * size
        if lines and width > place.width:
            lines.append(word)
        else:
            lines[-1:] = [joined]
    return lines


def _cut(shelf: FontShelf, text: str, place: TextPlace) -> FittedText:
    size = place.sizes[-1]
    wrapped = _wrap(shelf, text, place, size=size)
    kept, rest = wrapped[: place.lines - 1], wrapped[place.lines - 1 :]
    lines = [_shorten(shelf, t, place) for t in (*kept, " ".join(rest)) if t]
    return _fitted(place, size, lines)


def _shorten(shelf: FontShelf, text: str, place: TextPlace) -> Line:
    room = place.width / place.sizes[-1]
    whole = shape_line(shelf, text, bold=place.bold)
    if whole.width <= room:
        return whole
    clusters = split_clusters(text)
    low, high = 0, len(clusters) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if _ellipsised(shelf, clusters[:middle], place).width <= room:
            low = middle
        else:
            high = middle - 1
    return _ellipsised(shelf, clusters[:low], place)


def _ellipsised(shelf: FontShelf, clusters: Sequence[str], place: TextPlace) -> Line:
    return shape_line(shelf, "".join(clusters).rstrip() + ELLIPSIS, bold=place.bold)


def _fitted(place: TextPlace, size: float, lines: Sequence[Line]) -> FittedText:
    missing = dict.fromkeys(char for line in lines for char in line.missing)
    return FittedText(size, place.width, tuple(lines), "".join(missing))
