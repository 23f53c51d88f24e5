"""Phone numbers and e-mail addresses in the one form they are stored and looked up in."""

import re
import unicodedata

import phonenumbers

from facemark.domain.errors import InvalidInput

_MAX_PHONE_CHARS = 40
_MAX_EMAIL_CHARS = 254
_MAX_LOCAL_CHARS = 64

_PHONE = re.compile(r"\+?[0-9][0-9 ()./-]*|\+?\([0-9 ()./-]+")
_SPREADSHEET_NUMBER = re.compile(r"[0-9][.,]?[0-9]*[eE]\+?[0-9]+")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9])"
)


def require_phone(text: str, region: str | None = None) -> str:
    """In E.164 form. `region`: ISO country whose national numbers may stand without a prefix.

    Checks that a number can exist by its length, not that it is assigned: plans change faster than
    tables. Raises InvalidInput `phone_invalid` or `phone_needs_country`; never repeats the number.
    """
    number = _plain(text)
    if _SPREADSHEET_NUMBER.fullmatch(number):
        raise _phone_invalid("a spreadsheet has rounded this phone number")
    if len(number) > _MAX_PHONE_CHARS or not _PHONE.fullmatch(number):
        raise _phone_invalid("this is not a phone number")
    if number.startswith("00"):
        number = "+" + number[2:]
    if not number.startswith("+") and region is None:
        raise InvalidInput(
            "phone_needs_country",
            "this phone number has no country prefix",
            "write it like +44 1632 960001, or name the country its numbers belong to",
        )
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException as error:
        raise _phone_invalid("this phone number cannot exist") from error
    if not phonenumbers.is_possible_number(parsed):
        raise _phone_invalid("this phone number has too few or too many digits")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def require_email(text: str) -> str:
    """With the domain in lower case. Raises InvalidInput `email_invalid`.

    ASCII addresses in the form people use: no quotes, comments or bare host names.
    """
    address = text.strip()
    match = _EMAIL.fullmatch(address) if len(address) <= _MAX_EMAIL_CHARS else None
    if match is None or match.start(1) - 1 > _MAX_LOCAL_CHARS:
        raise InvalidInput(
            "email_invalid",
            "this is not an e-mail address",
            "write one address like name@example.org",
        )
    return address[: match.start(1)] + match[1].lower()


def _plain(text: str) -> str:
    """Full-width digits and the dashes and blanks of typesetting become the plain ones."""
    normal = unicodedata.normalize("NFKC", text).strip().lstrip("'")
    return "".join(_plain_char(c) for c in normal)


def _plain_char(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Pd":
        return "-"
    if category == "Cf":
        return ""
    return " " if category == "Zs" else char


def _phone_invalid(what: str) -> InvalidInput:
    return InvalidInput(
        "phone_invalid",
        what,
        "write it like +44 1632 960001; in a spreadsheet format the column as text first",
    )
