import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageFile

from facemark.adapters.vision import decoder
from facemark.adapters.vision.decoder import MAX_PIXELS, PillowDecoder
from facemark.domain.errors import InvalidInput

ORIENTATION = 0x0112
RED, GREEN = (255, 0, 0), (0, 255, 0)


def corner_image() -> Image.Image:
    """60 x 40, green, with a red 20 x 20 square in the top left corner."""
    image = Image.new("RGB", (60, 40), GREEN)
    image.paste(RED, (0, 0, 20, 20))
    return image


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_the_three_formats_give_blue_green_red(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}

    frame = PillowDecoder().decode(encoded(corner_image(), kind, **options))

    assert frame.shape == (40, 60, 3)
    assert frame.dtype == np.uint8
    assert frame[5, 5] == pytest.approx((0, 0, 255), abs=8)


@pytest.mark.parametrize(
    ("orientation", "shape", "red_corner"),
    [
        (1, (40, 60), (0, 0)),
        (2, (40, 60), (0, -1)),
        (3, (40, 60), (-1, -1)),
        (4, (40, 60), (-1, 0)),
        (5, (60, 40), (0, 0)),
        (6, (60, 40), (0, -1)),
        (7, (60, 40), (-1, -1)),
        (8, (60, 40), (-1, 0)),
        (99, (40, 60), (0, 0)),
    ],
)
def test_a_phone_photo_stands_upright(
    orientation: int, shape: tuple[int, int], red_corner: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation

    frame = PillowDecoder().decode(encoded(corner_image(), exif=exif))

    assert frame.shape[:2] == shape
    assert tuple(frame[red_corner]) == (0, 0, 255)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "I;16"])
def test_other_pixel_kinds_become_colour(mode: str) -> None:
    grey = np.full((8, 8), 128, np.uint8)
    image = Image.fromarray(grey.astype(np.uint16) << 8 if mode == "I;16" else grey)
    source = image if mode == "I;16" else image.convert(mode)

    frame = PillowDecoder().decode(encoded(source))

    assert frame.shape == (8, 8, 3)
    if mode != "1":
        assert abs(int(frame.mean()) - 128) <= 1


def test_a_palette_with_transparency_is_no_problem() -> None:
    image = corner_image().convert("P")

    frame = PillowDecoder().decode(encoded(image, transparency=bytes(range(200))))

    assert frame.shape == (40, 60, 3)


def test_a_print_format_jpeg_is_read() -> None:
    assert PillowDecoder().decode(encoded(corner_image().convert("CMYK"), "JPEG")).shape[2] == 3


def test_a_pixel_bomb_is_refused_before_it_is_unpacked() -> None:
    for side in (8_000, 12_000, 60_000):
        assert side * side > MAX_PIXELS
        with pytest.raises(InvalidInput) as caught:
            PillowDecoder().decode(_png_header_claiming(side))
        assert caught.value.code == "image_too_large"


def test_a_huge_file_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "MAX_BYTES", 10)

    with pytest.raises(InvalidInput) as caught:
        PillowDecoder().decode(encoded(corner_image()))

    assert caught.value.code == "image_too_large"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        PillowDecoder().decode(encoded(corner_image(), kind))

    assert caught.value.code == "image_unreadable"


@pytest.mark.parametrize("data", [b"", b"not an image", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
def test_nonsense_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        PillowDecoder().decode(data)

    assert caught.value.code == "image_unreadable"


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_a_photo_cut_off_in_transfer_is_refused(kind: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    whole = encoded(Image.fromarray(noise), kind)

    with pytest.raises(InvalidInput) as caught:
        PillowDecoder().decode(whole[: len(whole) // 2])

    assert caught.value.code == "image_unreadable"
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_damaged_bytes_give_a_frame_or_a_coded_refusal_and_nothing_else(kind: str) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010E] = "description"
    rng = np.random.default_rng(3)
    good = encoded(corner_image(), kind, exif=exif)

    for _ in range(400):
        damaged = bytearray(good)
        for position in rng.integers(0, len(good), rng.integers(1, 12)):
            damaged[position] = rng.integers(0, 256)
        assert _outcome(bytes(damaged)) in ("a frame", "image_unreadable", "image_too_large")


def _outcome(data: bytes) -> str:
    try:
        PillowDecoder().decode(data)
    except InvalidInput as refused:
        return refused.code
    return "a frame"


def _png_header_claiming(side: int) -> bytes:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(header))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 0)
        + b"IDAT"
        + struct.pack(">I", zlib.crc32(b"IDAT"))
    )
