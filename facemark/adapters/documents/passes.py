"""Passes as pictures and ID cards as PDF, for a card printer or as A4 sheets to cut."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from facemark.adapters.documents.cards import HEIGHT, WIDTH, CardFace, draw_card
from facemark.adapters.documents.fonts import FontShelf
from facemark.adapters.qr.drawing import render_qr_png, render_qr_svg
from facemark.domain.errors import InvalidInput
from facemark.services.ports.passes import CardDocument, CardLayout, IdCard
from facemark.services.ports.vision import ImageDecoder

_COLUMNS, _ROWS = 2, 5
_MARK_GAP, _MARK_LENGTH = 1.5 * mm, 5 * mm
_PHOTO_PX = (360, 450)
"""20 pixels a millimetre at the printed 18 x 22.5 mm."""


class PdfPassRenderer:
    """The PDF is the same bytes for the same cards. `own_fonts`: a folder asked before ours."""

    def __init__(self, decoder: ImageDecoder, own_fonts: Path | None = None) -> None:
        self._decoder = decoder
        self._own_fonts = own_fonts

    def render_png(self, pass_text: str) -> bytes:
        return render_qr_png(pass_text)

    def render_svg(self, pass_text: str) -> bytes:
        return render_qr_svg(pass_text)

    def render_cards(self, cards: Sequence[IdCard], layout: CardLayout) -> CardDocument:
        if not cards:
            raise InvalidInput(
                "cards_empty", "there is no card to print", "choose at least one person"
            )
        out = io.BytesIO()
        size = A4 if layout is CardLayout.A4 else (WIDTH, HEIGHT)
        canvas = Canvas(out, pagesize=size, pageCompression=1, invariant=True)
        canvas.setTitle(cards[0].institution)
        missing = self._draw_pages(canvas, cards, layout)
        canvas.save()
        return CardDocument(out.getvalue(), missing)

    def _draw_pages(
        self, canvas: Canvas, cards: Sequence[IdCard], layout: CardLayout
    ) -> dict[str, str]:
        shelf = FontShelf(self._own_fonts)
        missing: dict[str, str] = {}
        per_page = _COLUMNS * _ROWS if layout is CardLayout.A4 else 1
        for number, card in enumerate(cards):
            place = number % per_page
            canvas.saveState()
            if layout is CardLayout.A4:
                canvas.translate(*_corner(place))
            if unprintable := draw_card(canvas, shelf, self._prepare(card)):
                missing[card.external_id] = unprintable
            canvas.restoreState()
            if place == per_page - 1 or number == len(cards) - 1:
                if layout is CardLayout.A4:
                    _draw_crop_marks(canvas)
                canvas.showPage()
        return missing

    def _prepare(self, card: IdCard) -> CardFace:
        return CardFace(card, self._prepare_photo(card))

    def _prepare_photo(self, card: IdCard) -> ImageReader | None:
        """Re-encoded from pixels: place and time hidden in a photo's file do not travel along."""
        if card.photo is None:
            return None
        try:
            frame = self._decoder.decode(card.photo)
        except InvalidInput as error:
            raise InvalidInput(
                error.code, f"photo of {card.external_id}: {error.message}", error.hint
            ) from error
        picture = Image.fromarray(np.ascontiguousarray(frame[:, :, ::-1]))
        out = io.BytesIO()
        ImageOps.fit(picture, _PHOTO_PX, centering=(0.5, 0.4)).save(out, "JPEG", quality=90)
        out.seek(0)
        return ImageReader(out)


def _corner(place: int) -> tuple[float, float]:
    """Lower left of a card on the sheet, first row on top."""
    row, column = divmod(place, _COLUMNS)
    left, bottom = _sheet_margins()
    return left + column * WIDTH, bottom + (_ROWS - 1 - row) * HEIGHT


def _sheet_margins() -> tuple[float, float]:
    return (A4[0] - _COLUMNS * WIDTH) / 2, (A4[1] - _ROWS * HEIGHT) / 2


def _draw_crop_marks(canvas: Canvas) -> None:
    """Outside the cards only, in the margin: nothing of them is left after cutting."""
    left, bottom = _sheet_margins()
    near, far = _MARK_GAP, _MARK_GAP + _MARK_LENGTH
    canvas.setStrokeColorRGB(0, 0, 0)
    canvas.setLineWidth(0.25)
    for column in range(_COLUMNS + 1):
        x = left + column * WIDTH
        canvas.line(x, bottom - near, x, bottom - far)
        canvas.line(x, A4[1] - bottom + near, x, A4[1] - bottom + far)
    for row in range(_ROWS + 1):
        y = bottom + row * HEIGHT
        canvas.line(left - near, y, left - far, y)
        canvas.line(A4[0] - left + near, y, A4[0] - left + far, y)
