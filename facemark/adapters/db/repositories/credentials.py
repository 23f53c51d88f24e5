"""Credentials and signing keys."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from facemark.adapters.db.bulk import insert_rows
from facemark.adapters.db.models import CredentialRow, SigningKeyRow
from facemark.adapters.db.scopes import TenantSession
from facemark.adapters.db.vault import Vault
from facemark.domain.credentials import Credential
from facemark.domain.errors import NotFound
from facemark.domain.ids import CredentialId, PersonId
from facemark.services.ports.store import SigningKey


class SqlCredentials:
    def __init__(self, session: TenantSession, vault: Vault) -> None:
        self._session = session
        self._vault = vault

    def add_credentials(self, credentials: Sequence[Credential]) -> None:
        rows = [
            {
                "id": c.id,
                "person_id": c.person_id,
                "kind": c.kind,
                "key_id": c.key_id,
                "issued_at": c.issued_at,
                "expires_at": c.expires_at,
                "revoked_at": c.revoked_at,
            }
            for c in credentials
        ]
        insert_rows(self._session, CredentialRow, rows)

    def find_credential(self, credential_id: CredentialId) -> Credential | None:
        statement = select(CredentialRow).where(CredentialRow.id == credential_id)
        row = self._session.scalars(statement).one_or_none()
        return _build_credential(row) if row else None

    def list_credentials(self, person_id: PersonId) -> list[Credential]:
        statement = (
            select(CredentialRow)
            .where(CredentialRow.person_id == person_id)
            .order_by(CredentialRow.issued_at.desc(), CredentialRow.id.desc())
        )
        return [_build_credential(row) for row in self._session.scalars(statement)]

    def revoke_credential(self, credential_id: CredentialId, at: datetime) -> None:
        credential = self.find_credential(credential_id)
        if credential is None:
            raise NotFound(
                "credential_unknown",
                f"there is no credential {credential_id}",
                "list the person's credentials to see which there are",
            )
        self._session.execute(
            update(CredentialRow)
            .where(CredentialRow.id == credential_id, CredentialRow.revoked_at.is_(None))
            .values(revoked_at=at)
            .execution_options(synchronize_session=False)
        )

    def add_signing_key(self, key: SigningKey) -> None:
        row = {
            "id": uuid7(),
            "key_id": key.key_id,
            "public": key.public,
            "private_sealed": self._vault.seal(key.private, "signing_key", key.key_id),
        }
        insert_rows(self._session, SigningKeyRow, [row])

    def list_signing_keys(self) -> list[SigningKey]:
        rows = self._session.scalars(select(SigningKeyRow).order_by(SigningKeyRow.id.desc()))
        return [
            SigningKey(
                row.key_id,
                row.public,
                self._vault.open(row.private_sealed, "signing_key", row.key_id),
            )
            for row in rows
        ]


def _build_credential(row: CredentialRow) -> Credential:
    return Credential(
        CredentialId(row.id),
        PersonId(row.person_id),
        row.kind,
        row.key_id,
        row.issued_at,
        row.expires_at,
        row.revoked_at,
    )
