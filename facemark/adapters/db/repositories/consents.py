"""Consents."""

from collections.abc import Collection

from sqlalchemy import select

from facemark.adapters.db.bulk import chunks, insert_rows
from facemark.adapters.db.models import ConsentRow
from facemark.adapters.db.repositories.gallery import bump_gallery_version
from facemark.adapters.db.scopes import TenantSession
from facemark.domain.consents import Consent
from facemark.domain.ids import ConsentId, PersonId


class SqlConsents:
    def __init__(self, session: TenantSession) -> None:
        self._session = session

    def record_consent(self, consent: Consent) -> None:
        row = {
            "id": consent.id,
            "person_id": consent.person_id,
            "purpose": consent.purpose,
            "answer": consent.answer,
            "party": consent.party,
            "text_version": consent.text_version,
            "recorded_at": consent.recorded_at,
            "expires_at": consent.expires_at,
        }
        insert_rows(self._session, ConsentRow, [row])
        bump_gallery_version(self._session)

    def list_consents(self, person_ids: Collection[PersonId] | None = None) -> list[Consent]:
        row = ConsentRow
        statement = select(
            row.id,
            row.person_id,
            row.purpose,
            row.answer,
            row.party,
            row.text_version,
            row.recorded_at,
            row.expires_at,
        )
        parts = (
            [statement]
            if person_ids is None
            else [statement.where(row.person_id.in_(chunk)) for chunk in chunks(set(person_ids))]
        )
        found = [
            Consent(ConsentId(record[0]), PersonId(record[1]), *record[2:])
            for part in parts
            for record in self._session.execute(part)
        ]
        return sorted(found, key=lambda c: (c.recorded_at, c.id))
