"""Recording consent; a no destroys what the yes allowed, in the same transaction."""

from dataclasses import dataclass
from datetime import datetime

from facemark.domain.consents import (
    Consent,
    ConsentAnswer,
    ConsentParty,
    ConsentPurpose,
    is_consented,
)
from facemark.domain.errors import Refused
from facemark.domain.ids import ConsentId
from facemark.domain.people import Person
from facemark.services.ids import new_id
from facemark.services.ports.store import UnitOfWork
from facemark.services.tenant import Tenant


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    purpose: ConsentPurpose
    answer: ConsentAnswer
    party: ConsentParty
    text_version: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsentReceipt:
    """`destroyed_templates`: how many face templates the answer made go."""

    consent: Consent
    destroyed_templates: int


def record_consent(tenant: Tenant, external_id: str, draft: ConsentDraft) -> ConsentReceipt:
    """Append the answer. Anything but a yes to FACE deletes the person's templates at once.

    Raises NotFound `person_unknown`.
    """
    with tenant.write() as uow:
        person = uow.people.get_person(external_id)
        consent = Consent(
            ConsentId(new_id()),
            person.id,
            draft.purpose,
            draft.answer,
            draft.party,
            draft.text_version,
            tenant.clock.now(),
            draft.expires_at,
        )
        uow.consents.record_consent(consent)
        destroyed = _destroy_if_refused(uow, consent)
        tenant.audit(uow, f"consent.{draft.purpose}.{draft.answer}", person.id)
        uow.commit()
    return ConsentReceipt(consent, destroyed)


def _destroy_if_refused(uow: UnitOfWork, consent: Consent) -> int:
    if consent.purpose is not ConsentPurpose.FACE or consent.answer is ConsentAnswer.GRANTED:
        return 0
    return uow.templates.delete_templates(consent.person_id)


def require_face_consent(uow: UnitOfWork, person: Person, now: datetime) -> None:
    """Raises Refused `consent_missing`."""
    records = uow.consents.list_consents([person.id])
    if not is_consented(records, ConsentPurpose.FACE, now):
        raise Refused(
            "consent_missing",
            f"there is no valid consent to face recognition for {person.external_id}",
            "record it first (`facemark consent record`), or use the QR pass, which is equal",
        )
