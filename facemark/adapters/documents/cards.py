"""One ID card, 85.6 x 54 mm (ID-1 of ISO/IEC 7810): whose it is on the left, the pass right."""

from dataclasses import dataclass

from reportlab.lib.colors import HexColor, white
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from facemark.adapters.documents.fitting import FittedText, TextPlace, fit_text
from facemark.adapters.documents.fonts import FontShelf
from facemark.adapters.qr.drawing import QUIET_ZONE, build_symbol
from facemark.services.ports.passes import IdCard

WIDTH = 85.6 * mm
HEIGHT = 54 * mm

QR_BOX = 34 * mm
"""With its quiet zone; the symbol of a usual pass is 28.9 mm wide, 0.64 mm a module."""

_BAND = 10 * mm
_MARGIN = 4 * mm
_TEXT_WIDTH = WIDTH - QR_BOX - 2 * mm - 2 * _MARGIN
_PHOTO_WIDTH, _PHOTO_HEIGHT = 18 * mm, 22.5 * mm
_GAP = 2 * mm
_SEAM = 1.02
"""Rows of modules overlap by a fiftieth: viewers show hairlines between rows that only touch."""

_BAND_COLOUR = HexColor("#1d3557")
_TEXT_COLOUR = HexColor("#111111")
_QUIET_COLOUR = HexColor("#444444")

_TITLE = TextPlace(WIDTH - 2 * _MARGIN, (11, 10, 9, 8, 7), bold=True)
_NAME = TextPlace(_TEXT_WIDTH, (14, 13, 12, 11, 10, 9, 8), lines=2, bold=True)
_DETAIL = TextPlace(_TEXT_WIDTH, (10, 9, 8, 7))
_BESIDE_PHOTO = TextPlace(_TEXT_WIDTH - _PHOTO_WIDTH - _GAP, (10, 9, 8, 7, 6), lines=2)


@dataclass(frozen=True, slots=True)
class CardFace:
    """A card ready to draw; `photo` already upright and of the frame's shape."""

    card: IdCard
    photo: ImageReader | None


def draw_card(canvas: Canvas, shelf: FontShelf, face: CardFace) -> str:
    """Draws with the origin at the card's lower left; returns the characters no font could show."""
    card = face.card
    texts = [_draw_band(canvas, shelf, card.institution)]
    _draw_pass(canvas, card.pass_text)
    canvas.setFillColor(_TEXT_COLOUR)
    if face.photo is None:
        texts += _draw_texts(canvas, shelf, card)
    else:
        texts += _draw_texts_with_photo(canvas, shelf, card, face.photo)
    return "".join(dict.fromkeys(char for text in texts for char in text.missing))


def _draw_band(canvas: Canvas, shelf: FontShelf, institution: str) -> FittedText:
    canvas.setFillColor(_BAND_COLOUR)
    canvas.rect(0, HEIGHT - _BAND, WIDTH, _BAND, stroke=0, fill=1)
    title = fit_text(shelf, institution, _TITLE)
    canvas.setFillColor(white)
    title.draw(canvas, x=_MARGIN, top=HEIGHT - (_BAND - title.height) / 2)
    return title


def _draw_texts(canvas: Canvas, shelf: FontShelf, card: IdCard) -> list[FittedText]:
    name = fit_text(shelf, card.name, _NAME)
    group = fit_text(shelf, card.group, _DETAIL)
    number = fit_text(shelf, card.external_id, _DETAIL)
    top = HEIGHT - _BAND - 6 * mm
    name.draw(canvas, x=_MARGIN, top=top)
    canvas.setFillColor(_QUIET_COLOUR)
    group.draw(canvas, x=_MARGIN, top=top - name.height - _GAP)
    number.draw(canvas, x=_MARGIN, top=_MARGIN + number.height)
    return [name, group, number]


def _draw_texts_with_photo(
    canvas: Canvas, shelf: FontShelf, card: IdCard, photo: ImageReader
) -> list[FittedText]:
    top = HEIGHT - _BAND - 3 * mm
    canvas.drawImage(photo, _MARGIN, top - _PHOTO_HEIGHT, _PHOTO_WIDTH, _PHOTO_HEIGHT)
    name = fit_text(shelf, card.name, _NAME)
    group = fit_text(shelf, card.group, _BESIDE_PHOTO)
    number = fit_text(shelf, card.external_id, _BESIDE_PHOTO)
    beside = _MARGIN + _PHOTO_WIDTH + _GAP
    name.draw(canvas, x=_MARGIN, top=top - _PHOTO_HEIGHT - 1.5 * mm)
    canvas.setFillColor(_QUIET_COLOUR)
    group.draw(canvas, x=beside, top=top)
    number.draw(canvas, x=beside, top=top - _PHOTO_HEIGHT + number.height)
    return [name, group, number]


def _draw_pass(canvas: Canvas, text: str) -> None:
    matrix = build_symbol(text).matrix
    module = QR_BOX / (len(matrix) + 2 * QUIET_ZONE)
    left = WIDTH - QR_BOX - 2 * mm + QUIET_ZONE * module
    top = (HEIGHT - _BAND + QR_BOX) / 2 - QUIET_ZONE * module
    path = canvas.beginPath()
    for row, cells in enumerate(matrix):
        for start, length in _dark_runs(bytes(cells)):
            bottom = top - (row + 1) * module
            path.rect(left + start * module, bottom, length * module, module * _SEAM)
    canvas.setFillColorRGB(0, 0, 0)
    canvas.drawPath(path, stroke=0, fill=1, fillMode=1)


def _dark_runs(cells: bytes) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    start = 0
    for part in cells.replace(b"\x00", b" ").split(b" "):
        if part:
            runs.append((start, len(part)))
        start += len(part) + 1
    return runs
