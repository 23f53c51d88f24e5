"""Face recognition needs a yes, and any no wins."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from facemark.domain.consents import (
    Consent,
    ConsentAnswer,
    ConsentParty,
    ConsentPurpose,
    is_consented,
)
from facemark.domain.ids import ConsentId, PersonId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
YES, NO = ConsentAnswer.GRANTED, ConsentAnswer.WITHDRAWN
GUARDIAN, PERSON = ConsentParty.GUARDIAN, ConsentParty.PERSON


def said(
    answer: ConsentAnswer,
    party: ConsentParty = GUARDIAN,
    *,
    hour: int = 0,
    purpose: ConsentPurpose = ConsentPurpose.FACE,
    expires_at: datetime | None = None,
) -> Consent:
    at = NOON + timedelta(hours=hour)
    person = PersonId(UUID(int=1))
    return Consent(
        ConsentId(UUID(int=hour)), person, purpose, answer, party, "en-1", at, expires_at
    )


def allowed(*records: Consent, now: datetime = NOON + timedelta(days=1)) -> bool:
    return is_consented(records, ConsentPurpose.FACE, now)


def test_silence_is_not_consent() -> None:
    assert not allowed()


def test_a_guardians_yes_is_enough() -> None:
    assert allowed(said(YES))


def test_a_childs_no_outweighs_the_guardians_yes_in_any_order() -> None:
    yes, no = said(YES, GUARDIAN, hour=2), said(NO, PERSON, hour=1)
    assert not allowed(yes, no)
    assert not allowed(no, yes)


def test_the_latest_answer_of_the_same_party_counts() -> None:
    assert allowed(said(NO, hour=1), said(YES, hour=2))
    assert not allowed(said(YES, hour=1), said(NO, hour=2))


def test_a_yes_ends_when_it_expires() -> None:
    until = NOON + timedelta(hours=1)
    assert allowed(said(YES, expires_at=until), now=until - timedelta(seconds=1))
    assert not allowed(said(YES, expires_at=until), now=until)


def test_a_yes_to_something_else_is_not_a_yes_to_recognition() -> None:
    assert not allowed(said(YES, purpose=ConsentPurpose.DISPLAY_PHOTO))
