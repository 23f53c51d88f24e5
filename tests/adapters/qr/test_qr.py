from uuid import UUID

import cv2
import numpy as np
import pytest

from facemark.adapters.keys.signing import Ed25519PassSigner
from facemark.adapters.qr.drawing import build_symbol, render_qr_png, render_qr_svg
from facemark.adapters.qr.reader import MAX_PIXELS, QrEffort, ZxingQrReader
from facemark.domain.faces import Frame
from facemark.domain.ids import CredentialId, InstitutionId
from facemark.services.ports.vision import QrReader

READER: QrReader = ZxingQrReader(QrEffort.THOROUGH)
LIVE: QrReader = ZxingQrReader()


def decode_png(png: bytes) -> Frame:
    image = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, np.uint8)


def shrink(image: Frame, factor: float) -> Frame:
    return np.asarray(
        cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
    )


def make_pass() -> str:
    signer = Ed25519PassSigner()
    return signer.sign(signer.create_key(), InstitutionId(1), CredentialId(UUID(int=7)))


@pytest.mark.parametrize("reader", [READER, LIVE], ids=["thorough", "live"])
def test_a_drawn_pass_reads_back_at_any_quarter_turn(reader: QrReader) -> None:
    text = make_pass()
    image = decode_png(render_qr_png(text))
    for turns in range(4):
        assert reader.read(np.ascontiguousarray(np.rot90(image, turns))) == [text]


def test_every_code_in_view_is_read_once() -> None:
    one, two = (decode_png(render_qr_png(t)) for t in ("Anna", "Bela"))
    assert sorted(LIVE.read(np.hstack([one, two, one]))) == ["Anna", "Bela"]


@pytest.mark.parametrize("shape", [(0, 0, 3), (1, 1, 3), (40, 0, 3), (2, 900, 3), (360, 640, 3)])
def test_a_frame_without_a_code_yields_nothing(shape: tuple[int, ...]) -> None:
    assert READER.read(np.full(shape, 200, np.uint8)) == []


def test_a_frame_beyond_the_bound_is_still_read() -> None:
    image = decode_png(render_qr_png("Anna"))
    frame = np.full((3400, 3400, 3), 255, np.uint8)
    frame[100 : 100 + image.shape[0], 100 : 100 + image.shape[1]] = image
    assert frame.shape[0] * frame.shape[1] > MAX_PIXELS
    assert LIVE.read(frame) == ["Anna"]


def test_a_second_look_reads_a_small_blurred_pass_that_the_first_misses() -> None:
    text = "FM1.k3Y_." + "AZgL7tR4qk2M9vXc" + "BdEfGh." + "nPz5" * 21 + "QA"
    small = shrink(decode_png(render_qr_png(text)), 0.2)
    blurred = np.asarray(cv2.GaussianBlur(small, (0, 0), 0.9), np.uint8)
    assert LIVE.read(blurred) == []
    assert READER.read(blurred) == [text]


def test_names_of_any_script_survive_a_code() -> None:
    text = "Zoë Ångström · 李小龍 · محمد"
    assert READER.read(decode_png(render_qr_png(text))) == [text]


def test_a_dirty_pass_still_reads() -> None:
    text = make_pass()
    image = decode_png(render_qr_png(text)).copy()
    middle = image.shape[0] // 2
    image[middle - 40 : middle + 40, middle - 40 : middle + 40] = 90
    assert READER.read(image) == [text]


def test_a_pass_makes_a_symbol_of_45_modules_with_a_full_quiet_zone() -> None:
    text = make_pass()
    symbol = build_symbol(text)
    assert symbol.symbol_size(border=0) == (45, 45)
    assert symbol.error in {"M", "Q", "H"}
    image = decode_png(render_qr_png(text))
    assert image.shape[:2] == (530, 530)
    assert image[:40].min() == 255
    assert image[:, -40:].min() == 255


def test_the_svg_states_the_same_size() -> None:
    svg = render_qr_svg(make_pass()).decode()
    assert svg.startswith("<?xml")
    assert 'viewBox="0 0 53 53"' in svg
    assert 'fill="#fff"' in svg
