"""Guardians and whom they are told about. Contacts are sealed and found by keyed hash."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import or_, select

from facemark.adapters.db.bulk import chunks, insert_new
from facemark.adapters.db.models import GuardianRow, GuardianshipRow
from facemark.adapters.db.scopes import TenantSession
from facemark.adapters.db.vault import Vault
from facemark.domain.ids import GuardianId, PersonId
from facemark.domain.people import Guardian, Guardianship


class SqlGuardians:
    def __init__(self, session: TenantSession, vault: Vault) -> None:
        self._session = session
        self._vault = vault

    def add(self, guardians: Sequence[Guardian], links: Sequence[Guardianship]) -> None:
        insert_new(
            self._session,
            GuardianRow,
            [self._seal(g) for g in guardians],
            unique=["id"],
            returning=GuardianRow.id,
        )
        insert_new(
            self._session,
            GuardianshipRow,
            [
                {
                    "person_id": link.person_id,
                    "guardian_id": link.guardian_id,
                    "position": link.position,
                }
                for link in links
            ],
            unique=["person_id", "guardian_id"],
            returning=GuardianshipRow.person_id,
        )

    def find_by_contact(self, contact: str) -> Guardian | None:
        wanted = self._vault.lookup_hash(contact)
        statement = (
            select(GuardianRow)
            .where(or_(GuardianRow.phone_hash == wanted, GuardianRow.email_hash == wanted))
            .order_by(GuardianRow.id)
            .limit(1)
        )
        row = self._session.scalars(statement).first()
        return self._open(row) if row else None

    def list_by_person(self, person_ids: Collection[PersonId]) -> dict[PersonId, list[Guardian]]:
        by_person: dict[PersonId, list[Guardian]] = defaultdict(list)
        opened: dict[GuardianId, Guardian] = {}
        for chunk in chunks(set(person_ids)):
            statement = (
                select(GuardianshipRow.person_id, GuardianRow)
                .join(GuardianRow, GuardianRow.id == GuardianshipRow.guardian_id)
                .where(GuardianshipRow.person_id.in_(chunk))
                .order_by(GuardianshipRow.position, GuardianRow.id)
            )
            for person, row in self._session.execute(statement):
                guardian = opened.get(GuardianId(row.id)) or self._open(row)
                opened[guardian.id] = guardian
                by_person[PersonId(person)].append(guardian)
        return dict(by_person)

    def _seal(self, guardian: Guardian) -> dict[str, Any]:
        row: dict[str, Any] = {
            "id": guardian.id,
            "name": guardian.name,
            "language": guardian.language,
        }
        for column, contact in (("phone", guardian.phone), ("email", guardian.email)):
            row[f"{column}_sealed"] = row[f"{column}_hash"] = None
            if contact is not None:
                sealed = self._vault.seal(contact.encode(), "guardian", guardian.id, column)
                row[f"{column}_sealed"] = sealed
                row[f"{column}_hash"] = self._vault.lookup_hash(contact)
        return row

    def _open(self, row: GuardianRow) -> Guardian:
        return Guardian(
            GuardianId(row.id),
            row.name,
            row.language,
            self._open_contact(row, "phone", row.phone_sealed),
            self._open_contact(row, "email", row.email_sealed),
        )

    def _open_contact(self, row: GuardianRow, column: str, sealed: bytes | None) -> str | None:
        if sealed is None:
            return None
        return self._vault.open(sealed, "guardian", row.id, column).decode()
