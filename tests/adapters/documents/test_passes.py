from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from uuid import UUID

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from facemark.adapters.documents.passes import PdfPassRenderer
from facemark.adapters.keys.signing import Ed25519PassSigner
from facemark.adapters.qr.reader import QrEffort, ZxingQrReader
from facemark.adapters.vision.decoder import PillowDecoder
from facemark.domain.errors import InvalidInput
from facemark.domain.faces import Frame
from facemark.domain.ids import CredentialId, InstitutionId
from facemark.services.ports.passes import CardLayout, IdCard, PassRenderer

PRINTER: PassRenderer = PdfPassRenderer(PillowDecoder())
MM_PER_POINT = 25.4 / 72


@cache
def sign_pass(number: int) -> str:
    signer = Ed25519PassSigner()
    return signer.sign(signer.create_key(), InstitutionId(1), CredentialId(UUID(int=number)))


def make_card(number: int = 1, name: str = "Anna Nováková") -> IdCard:
    return IdCard("St Mary's School", name, f"S-{number}", "7B", sign_pass(number))


def render_pages(pdf: bytes, dpi: int = 150) -> list[Frame]:
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.render(scale=dpi / 72).to_numpy()[:, :, :3] for page in document]
    document.close()
    return [np.ascontiguousarray(page, np.uint8) for page in pages]


def page_sizes_mm(pdf: bytes) -> list[tuple[float, float]]:
    document = pypdfium2.PdfDocument(pdf)
    sizes = [page.get_size() for page in document]
    document.close()
    return [(round(w * MM_PER_POINT, 1), round(h * MM_PER_POINT, 1)) for w, h in sizes]


def make_photo(colour: tuple[int, int, int]) -> bytes:
    out = BytesIO()
    Image.new("RGB", (300, 400), colour).save(out, "JPEG", exif=_exif_with_a_place())
    return out.getvalue()


def _exif_with_a_place() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = "taken-at-home"
    return exif


def test_a_card_has_the_size_of_a_bank_card_and_its_pass_reads_back() -> None:
    document = PRINTER.render_cards([make_card()], CardLayout.CARD)
    assert page_sizes_mm(document.pdf) == [(85.6, 54.0)]
    assert ZxingQrReader().read(render_pages(document.pdf)[0]) == [sign_pass(1)]


def test_the_printed_symbol_is_at_least_25_mm_wide_inside_a_white_quiet_zone() -> None:
    dpi = 300
    page = render_pages(PRINTER.render_cards([make_card()], CardLayout.CARD).pdf, dpi)[0]
    below_band = page[int(11 / 25.4 * dpi) :, int(47 / 25.4 * dpi) :].min(axis=2)
    columns = np.flatnonzero(below_band.min(axis=0) < 100)
    rows = np.flatnonzero(below_band.min(axis=1) < 100)
    module = (columns[-1] - columns[0] + 1) / 45
    assert (columns[-1] - columns[0]) / dpi * 25.4 >= 25
    assert columns[0] >= 3.9 * module
    assert below_band.shape[1] - columns[-1] >= 3.9 * module
    assert rows[0] >= 3.9 * module
    assert below_band.shape[0] - rows[-1] >= 3.9 * module


def test_a_sheet_holds_ten_cards_and_an_eleventh_starts_another() -> None:
    document = PRINTER.render_cards([make_card(n) for n in range(1, 12)], CardLayout.A4)
    assert page_sizes_mm(document.pdf) == [(210.0, 297.0)] * 2
    first, second = render_pages(document.pdf)
    reader = ZxingQrReader(QrEffort.THOROUGH)
    assert sorted(reader.read(first)) == sorted(sign_pass(n) for n in range(1, 11))
    assert reader.read(second) == [sign_pass(11)]


def test_crop_marks_stand_only_outside_the_cards() -> None:
    dpi = 150
    page = render_pages(PRINTER.render_cards([make_card()], CardLayout.A4).pdf, dpi)[0]
    left, top = (210 - 2 * 85.6) / 2 / 25.4 * dpi, (297 - 5 * 54) / 2 / 25.4 * dpi
    margin = page[: int(top) - 2]
    assert margin.min() < 150
    middle_of_last_card = page[int(top + 4.2 * 54 / 25.4 * dpi) : int(-top), int(left) : int(-left)]
    assert middle_of_last_card.min() == 255


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Ångström",
        "محمد عبد الله الخوارزمي",
        "שרה לוי (Sara)",
        "李小龍",
        "김민준",
        "प्रियंका शर्मा",
        "Nguyễn Thị Minh Khai",
        "สมชาย ใจดี",
        "Владимир",
        "தமிழ்ச்செல்வி",
        "",
        "\u202eabc\u200d",
    ],
)
def test_names_of_the_worlds_scripts_print_without_a_missing_character(name: str) -> None:
    document = PRINTER.render_cards([make_card(1, name)], CardLayout.CARD)
    assert document.unprintable == {}


def test_a_character_no_font_shows_is_named_and_the_pass_still_reads() -> None:
    document = PRINTER.render_cards([make_card(1, "Anna \U0001f9ff")], CardLayout.CARD)
    assert document.unprintable == {"S-1": "\U0001f9ff"}
    assert ZxingQrReader().read(render_pages(document.pdf)[0]) == [sign_pass(1)]


def test_an_overlong_name_stays_clear_of_the_pass() -> None:
    names = ["Wolfeschlegelsteinhausenbergerdorff" * 8, "Hubert Blaine Adolph " * 20]
    for name in names:
        card = replace(make_card(1, name), photo=make_photo((200, 30, 30)), group=name)
        document = PRINTER.render_cards([card], CardLayout.CARD)
        assert ZxingQrReader().read(render_pages(document.pdf)[0]) == [sign_pass(1)]


def test_a_photo_is_printed_only_where_one_is_given_and_without_its_hidden_data() -> None:
    red = make_photo((220, 20, 20))
    assert b"taken-at-home" in red
    with_photo = PRINTER.render_cards([replace(make_card(), photo=red)], CardLayout.CARD)
    without = PRINTER.render_cards([make_card()], CardLayout.CARD)

    def share_of_red(pdf: bytes) -> float:
        page = render_pages(pdf)[0].astype(int)
        return float(((page[:, :, 2] > 180) & (page[:, :, 1] < 80)).mean())

    assert share_of_red(with_photo.pdf) > 0.05
    assert share_of_red(without.pdf) == 0
    assert b"taken-at-home" not in with_photo.pdf


def test_a_broken_photo_names_whose_it_is() -> None:
    with pytest.raises(InvalidInput, match=r"image_unreadable.*S-1"):
        PRINTER.render_cards([replace(make_card(), photo=b"not a photo")], CardLayout.CARD)


def test_no_card_at_all_is_refused() -> None:
    with pytest.raises(InvalidInput, match="cards_empty"):
        PRINTER.render_cards([], CardLayout.A4)


def test_the_same_cards_give_the_same_file() -> None:
    first, second = (PRINTER.render_cards([make_card()], CardLayout.CARD).pdf for _ in range(2))
    assert first == second


def test_an_unusable_file_among_the_own_fonts_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no font")
    (tmp_path / "broken.ttf").write_bytes(b"\x00" * 100)
    printer = PdfPassRenderer(PillowDecoder(), tmp_path)
    assert printer.render_cards([make_card()], CardLayout.CARD).unprintable == {}
