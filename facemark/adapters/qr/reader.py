"""Reads the QR codes in view.

A first look finds nearly all of them in about a millisecond. What it misses are coarse, small and
blurred ones; a thorough reader then looks at a shrunken, an enlarged and a sharpened picture. That
costs tens of milliseconds whenever no code is in view, so a reader of live video takes the first
look only: the next frame is its second one.
"""

import math
from collections.abc import Iterator
from enum import StrEnum

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from facemark.domain.faces import Frame

Grey = NDArray[np.uint8]

MAX_PIXELS = 8_000_000
"""A larger frame is shrunk to this before it is searched."""

_ENLARGED_PIXELS = 4_000_000
_LEAST_ENLARGEMENT = 1.3
_REDUCTION = 0.6
_UNSHARP_PX = 15


class QrEffort(StrEnum):
    LIVE = "live"
    THOROUGH = "thorough"


class ZxingQrReader:
    """Of the codes in view each text once. Keeps no state: safe to share by threads."""

    def __init__(self, effort: QrEffort = QrEffort.LIVE) -> None:
        self._effort = effort

    def read(self, frame: Frame) -> list[str]:
        if frame.size == 0:
            return []
        grey = _shrink(np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8))
        texts = _decode(grey, first_look=True)
        if texts or self._effort is QrEffort.LIVE:
            return texts
        looks = (_decode(view, first_look=False) for view in _second_looks(grey))
        return next((found for found in looks if found), [])


def _decode(grey: Grey, *, first_look: bool) -> list[str]:
    """Inverted and shrunken variants were tried by the first look; again they find nothing new."""
    found = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]),
        text_mode=zxingcpp.TextMode.Plain,
        try_invert=first_look,
        try_downscale=first_look,
    )
    return list(dict.fromkeys(code.text for code in found))


def _second_looks(grey: Grey) -> Iterator[Grey]:
    """Cheapest first. On drawn scenes with blur, glare and poor contrast the enlarged one brought
    back half of what the first look missed and the sharpened one a tenth.
    """
    yield _scale(grey, _REDUCTION)
    room = math.sqrt(_ENLARGED_PIXELS / grey.size)
    if min(3.0, room) >= _LEAST_ENLARGEMENT:
        yield _scale(grey, min(3.0, room))
    view = _scale(grey, min(2.0, room)) if min(2.0, room) >= _LEAST_ENLARGEMENT else grey
    yield _sharpen(view)


def _scale(grey: Grey, factor: float) -> Grey:
    method = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    size = [max(1, round(side * factor)) for side in grey.shape[::-1]]
    return np.asarray(cv2.resize(grey, size, interpolation=method), np.uint8)


def _shrink(grey: Grey) -> Grey:
    if grey.size <= MAX_PIXELS:
        return grey
    return _scale(grey, math.sqrt(MAX_PIXELS / grey.size))


def _sharpen(grey: Grey) -> Grey:
    blurred = cv2.blur(grey, (_UNSHARP_PX, _UNSHARP_PX))
    return np.asarray(cv2.addWeighted(grey, 3.0, blurred, -2.0, 0.0), np.uint8)
