from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemark.domain.errors import InvalidInput
from facemark.domain.ids import CredentialId, InstitutionId
from facemark.domain.passes import PassText, parse_pass, signed_bytes, write_pass

PASS_ID = CredentialId(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))
PASS = PassText("k3Y_", PASS_ID, bytes(range(64)))
TEXT = write_pass(PASS)

passes = st.builds(
    PassText,
    st.from_regex(r"[A-Za-z0-9_-]{1,16}", fullmatch=True),
    st.uuids().map(CredentialId),
    st.binary(min_size=64, max_size=64),
)


@given(passes)
def test_a_written_pass_reads_back_as_it_was(parts: PassText) -> None:
    assert parse_pass(write_pass(parts)) == parts


def test_a_pass_with_a_usual_key_id_fits_a_qr_code_of_45_modules() -> None:
    version_7_level_m_bytes = 122
    assert len(TEXT) <= version_7_level_m_bytes
    assert TEXT.startswith("FM1.k3Y_.")


def test_the_blanks_a_hand_scanner_adds_are_ignored() -> None:
    assert parse_pass(f" {TEXT}\r\n") == PASS


def test_a_pass_has_exactly_one_spelling() -> None:
    accepted = []
    for place in range(len(TEXT)):
        for char in "ABCQgw_-=. \x00é":
            other = TEXT[:place] + char + TEXT[place + 1 :]
            try:
                accepted.append((other, parse_pass(other)))
            except InvalidInput:
                continue
    assert all(write_pass(parts) == text for text, parts in accepted)
    assert not [text for text, parts in accepted if parts == PASS and text != TEXT]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.org/",
        TEXT[:-1],
        TEXT + "A",
        TEXT.replace("FM1", "FM2"),
        TEXT.replace("FM1", "fm1"),
        TEXT.replace(".", ":"),
        TEXT.replace("k3Y_", ""),
        TEXT.replace("k3Y_", "k" * 17),
        TEXT + "=",
        TEXT + " " * 300,
        "FM1." * 1_000_000,
        "\ud800" * 120,
    ],
    ids=range(13),
)
def test_what_is_not_a_pass_is_called_unreadable(text: str) -> None:
    with pytest.raises(InvalidInput, match="pass_unreadable"):
        parse_pass(text)


@given(st.text(max_size=400) | st.text("FM1.abcAB_-=", max_size=150))
def test_hostile_text_is_never_anything_but_unreadable(text: str) -> None:
    with pytest.raises(InvalidInput, match="pass_unreadable"):
        parse_pass(text)


def test_a_key_id_that_would_not_read_back_is_not_written() -> None:
    with pytest.raises(ValueError, match="key id"):
        write_pass(PassText("a.b", PASS_ID, bytes(64)))


def test_what_is_signed_differs_by_institution_key_and_pass() -> None:
    other = CredentialId(UUID(int=1))
    signed = {
        signed_bytes(InstitutionId(1), "ab", PASS_ID),
        signed_bytes(InstitutionId(2), "ab", PASS_ID),
        signed_bytes(InstitutionId(1), "abc", PASS_ID),
        signed_bytes(InstitutionId(1), "ab", other),
    }
    assert len(signed) == 4
