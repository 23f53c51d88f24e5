"""Consent as append-only facts; the latest statement of each party decides, any objection wins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from facemark.domain.ids import ConsentId, PersonId


class ConsentPurpose(StrEnum):
    FACE = "face"
    SNAPSHOT = "snapshot"
    DISPLAY_PHOTO = "display_photo"


class ConsentAnswer(StrEnum):
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ConsentParty(StrEnum):
    """Who spoke. Staff who type in a paper form record the party that signed it."""

    PERSON = "person"
    GUARDIAN = "guardian"


@dataclass(frozen=True, slots=True)
class Consent:
    """Who agreed to what text, for whom, when, until when. `expires_at` None: until withdrawn."""

    id: ConsentId
    person_id: PersonId
    purpose: ConsentPurpose
    answer: ConsentAnswer
    party: ConsentParty
    text_version: str
    recorded_at: datetime
    expires_at: datetime | None


def is_consented(records: Iterable[Consent], purpose: ConsentPurpose, now: datetime) -> bool:
    """True when at least one party's latest answer is an unexpired yes and nobody's is a no."""
    latest: dict[ConsentParty, Consent] = {}
    for record in sorted(records, key=lambda r: (r.recorded_at, r.id)):
        if record.purpose is purpose:
            latest[record.party] = record
    if any(r.answer is not ConsentAnswer.GRANTED for r in latest.values()):
        return False
    return any(r.expires_at is None or now < r.expires_at for r in latest.values())
