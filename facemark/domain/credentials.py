"""What a person carries or knows instead of a face: a QR pass, a PIN, a card number."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from facemark.domain.ids import CredentialId, PersonId


class CredentialKind(StrEnum):
    PASS = "pass"  # noqa: S105 - a kind of credential, not a secret
    PIN = "pin"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class Credential:
    """`key_id` names the signing key of a pass and is empty for the other kinds."""

    id: CredentialId
    person_id: PersonId
    kind: CredentialKind
    key_id: str
    issued_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
