"""QR passes: issued, printed, checked at the door, revoked."""

from dataclasses import dataclass
from datetime import datetime

from facemark.domain.credentials import Credential, CredentialKind
from facemark.domain.errors import NotFound, Refused
from facemark.domain.ids import CredentialId, PersonId
from facemark.domain.people import Person
from facemark.services.ids import new_id
from facemark.services.ports.passes import IdCard, PassSigner
from facemark.services.ports.store import SigningKey, UnitOfWork
from facemark.services.tenant import Tenant


@dataclass(frozen=True, slots=True)
class IssuedPass:
    """`text` is what the QR code holds."""

    person: Person
    credential: Credential
    text: str
    card: IdCard


def issue_pass(
    tenant: Tenant,
    external_id: str,
    signer: PassSigner,
    *,
    expires_at: datetime | None = None,
) -> IssuedPass:
    """A new pass; the person's earlier ones stay valid until they are revoked.

    Raises NotFound `person_unknown`.
    """
    with tenant.write() as uow:
        person = uow.people.get_person(external_id)
        key = _signing_key(uow, signer)
        credential = Credential(
            CredentialId(new_id()),
            person.id,
            CredentialKind.PASS,
            key.key_id,
            issued_at=tenant.clock.now(),
            expires_at=expires_at,
            revoked_at=None,
        )
        uow.credentials.add_credentials([credential])
        tenant.audit(uow, "pass.issued", credential.id)
        text = signer.sign(key, tenant.institution, credential.id)
        card = IdCard(
            institution=uow.institution.name,
            name=person.legal_name,
            external_id=person.external_id,
            group=_group_name(uow, person, tenant.clock.now()),
            pass_text=text,
        )
        uow.commit()
    return IssuedPass(person, credential, text, card)


def _group_name(uow: UnitOfWork, person: Person, now: datetime) -> str:
    """The first of the person's groups today, by name; empty when there is none."""
    groups = {g.id: g.name for g in uow.people.list_groups()}
    memberships = uow.people.list_memberships_of([person.id], now.date())
    return min((groups[m.group_id] for m in memberships), default="")


def _signing_key(uow: UnitOfWork, signer: PassSigner) -> SigningKey:
    keys = uow.credentials.list_signing_keys()
    if keys:
        return keys[0]
    key = signer.create_key()
    uow.credentials.add_signing_key(key)
    return key


def find_holder(tenant: Tenant, text: str, signer: PassSigner) -> PersonId:
    """Whose pass this is.

    Raises InvalidInput `pass_unreadable`; Refused `pass_forged`, `pass_revoked`, `pass_expired`.
    """
    with tenant.read() as uow:
        public = {key.key_id: key.public for key in uow.credentials.list_signing_keys()}
        pass_id = signer.verify(text, tenant.institution, public)
        credential = uow.credentials.find_credential(pass_id)
    if credential is None or credential.kind is not CredentialKind.PASS:
        raise _revoked("it is not in our records")
    if credential.revoked_at is not None:
        raise _revoked(f"it was revoked at {credential.revoked_at:%Y-%m-%d %H:%M} UTC")
    if credential.expires_at is not None and credential.expires_at <= tenant.clock.now():
        raise Refused(
            "pass_expired",
            f"this pass ended at {credential.expires_at:%Y-%m-%d %H:%M} UTC",
            "ask the office for a new one",
        )
    return credential.person_id


def _revoked(why: str) -> Refused:
    return Refused(
        "pass_revoked", f"this pass is no longer valid: {why}", "ask the office for a new one"
    )


def revoke_passes(tenant: Tenant, external_id: str) -> int:
    """Revoke all passes of a person that still work; returns how many.

    Raises NotFound `person_unknown`, `pass_unknown` when there is none to revoke.
    """
    now = tenant.clock.now()
    with tenant.write() as uow:
        person = uow.people.get_person(external_id)
        valid = [
            c
            for c in uow.credentials.list_credentials(person.id)
            if c.kind is CredentialKind.PASS and c.revoked_at is None
        ]
        if not valid:
            raise NotFound(
                "pass_unknown",
                f"{external_id} has no pass that could be revoked",
                "issue one with `facemark pass issue`",
            )
        for credential in valid:
            uow.credentials.revoke_credential(credential.id, now)
            tenant.audit(uow, "pass.revoked", credential.id)
        uow.commit()
    return len(valid)
