import pytest
from hypothesis import given
from hypothesis import strategies as st

from facemark.domain.contacts import require_email, require_phone
from facemark.domain.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "region", "stored"),
    [
        ("+44 1632 960001", None, "+441632960001"),
        ("0044 1632 960001", None, "+441632960001"),
        ("0044 1632 960001", "US", "+441632960001"),
        ("01632 960001", "GB", "+441632960001"),
        ("(555) 010-0199", "US", "+15550100199"),
        ("+1-555-010-0199", "GB", "+15550100199"),
        ("'01632960001", "GB", "+441632960001"),
        ("+44\u00a01632\u2013960001", None, "+441632960001"),
        ("+\uff14\uff141632960001", None, "+441632960001"),
        ("\u202a+441632960001\u202c", None, "+441632960001"),
        ("+390612345678", None, "+390612345678"),
    ],
)
def test_a_phone_number_is_stored_in_one_form(text: str, region: str | None, stored: str) -> None:
    assert require_phone(text, region) == stored


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("01632 960001", None, "phone_needs_country"),
        ("12", "GB", "phone_invalid"),
        ("+44", None, "phone_invalid"),
        ("+999 1632 960001", None, "phone_invalid"),
        ("4.41632E+11", None, "phone_invalid"),
        ("4,41632e11", "GB", "phone_invalid"),
        ("ring the aunt", "GB", "phone_invalid"),
        ("1-800-FLOWERS", "US", "phone_invalid"),
        ("01632 960001 ext 4", "GB", "phone_invalid"),
        ("+44 1632 960001, +44 1632 960002", None, "phone_invalid"),
        ("01632 960001", "XX", "phone_invalid"),
        ("9" * 5000, "GB", "phone_invalid"),
        ("", "GB", "phone_invalid"),
    ],
)
def test_what_cannot_be_dialled_is_refused(text: str, region: str | None, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        require_phone(text, region)
    assert refusal.value.code == code
    assert not text or text not in refusal.value.message


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("anna.novak@example.org", "anna.novak@example.org"),
        (" Anna+School@Mail.EXAMPLE.org ", "Anna+School@mail.example.org"),
        ("o'brien@example.co", "o'brien@example.co"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
    ],
)
def test_an_address_keeps_its_name_and_lowers_its_domain(text: str, stored: str) -> None:
    assert require_email(text) == stored


@pytest.mark.parametrize(
    "text",
    [
        "", "anna", "anna@", "@example.org", "anna@example", "anna@example..org",
        ".anna@example.org", "an na@example.org", "anna@example.org,bela@example.org",
        "anna@-example.org", "anna@example.org\nBcc: all@example.org", "anna@127.0.0.1",
        "a" * 65 + "@example.org", "a@" + "b." * 200 + "org", "zoë@example.org",
    ],
)  # fmt: skip
def test_what_is_not_one_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="email_invalid"):
        require_email(text)


@given(st.text(max_size=60) | st.text("+0123456789 ()-.eE@a", max_size=60))
def test_hostile_contacts_are_only_ever_refused(text: str) -> None:
    for check in (require_phone, require_email):
        try:
            stored = check(text)
        except InvalidInput:
            continue
        assert check(stored) == stored
