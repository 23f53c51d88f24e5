"""Photos from strangers: bytes in, an upright frame out, or a coded refusal."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

from facemark.domain.errors import InvalidInput
from facemark.domain.faces import Frame

MAX_BYTES = 25 * 1024 * 1024
# Measured: 25 million pixels cost at most 1.6 s of one core and 630 MB, 50 million twice that.
MAX_PIXELS = 25_000_000
_FORMATS = ("JPEG", "PNG", "WEBP")
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow's parsers let out when the bytes lie; found by fuzzing, see the test.
_PARSER_ERRORS = (
    OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, OverflowError,
    AttributeError, struct.error, zlib.error,
)  # fmt: skip
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class PillowDecoder:
    """JPEG, PNG and WebP only; of an animation the first picture. Touches no Pillow setting."""

    def decode(self, data: bytes) -> Frame:
        if len(data) > MAX_BYTES:
            raise _too_large(f"the file has {len(data) / 1e6:.0f} MB")
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise _too_large(f"the image has {image.width} by {image.height} pixels")
                turn = _UPRIGHT.get(_orientation(image))
                upright = image if turn is None else image.transpose(turn)
                return np.ascontiguousarray(np.asarray(_as_rgb(upright), np.uint8)[:, :, ::-1])
        except _BOMBS as error:
            raise _too_large("the image has far too many pixels") from error
        except _PARSER_ERRORS as error:
            raise InvalidInput(
                "image_unreadable",
                "the file is not a complete JPEG, PNG or WebP image",
                "take the photo again, or save it anew as JPEG",
            ) from error


def _orientation(image: Image.Image) -> int:
    """1 (upright) also when the EXIF block is broken: the picture itself may be fine."""
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except _PARSER_ERRORS:
        return 1


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # Pillow clips 16-bit grey to white instead of scaling it.
        grey = np.asarray(image).astype(np.int64) >> 8
        return Image.fromarray(grey.clip(0, 255).astype(np.uint8)).convert("RGB")
    if "transparency" in image.info:
        return image.convert("RGBA").convert("RGB")
    return image.convert("RGB")


def _too_large(what: str) -> InvalidInput:
    return InvalidInput(
        "image_too_large",
        f"{what}; {MAX_BYTES // 1024**2} MB and {MAX_PIXELS // 1_000_000} megapixels are the limit",
        "send a smaller photo; 2 megapixels are plenty for a face",
    )
