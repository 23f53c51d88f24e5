"""People, groups and memberships."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute

from facemark.adapters.db.bulk import chunks, insert_new
from facemark.adapters.db.models import GroupRow, MembershipRow, PersonRow
from facemark.adapters.db.repositories.gallery import bump_gallery_version
from facemark.adapters.db.repositories.guardians import SqlGuardians
from facemark.adapters.db.scopes import TenantSession
from facemark.adapters.db.vault import Vault
from facemark.domain.errors import Conflict, NotFound
from facemark.domain.ids import GroupId, PersonId
from facemark.domain.people import Group, Guardian, Guardianship, Membership, Person

_PERSON = (
    PersonRow.id,
    PersonRow.external_id,
    PersonRow.legal_name,
    PersonRow.greeting_name,
    PersonRow.joined_on,
    PersonRow.left_on,
)


class SqlPeople:
    def __init__(self, session: TenantSession, vault: Vault) -> None:
        self._session = session
        self._guardians = SqlGuardians(session, vault)

    def add_people(self, people: Sequence[Person]) -> None:
        rows = [_person_row(p) for p in people]
        with self._session.begin_nested():
            taken = self._first_taken(PersonRow, rows, "external_id")
            if taken is not None:
                raise Conflict(
                    "person_exists",
                    f"there is a person with the id {taken} already",
                    "choose another id, or leave this person out",
                )

    def get_person(self, external_id: str) -> Person:
        found = self.find_people([external_id])
        if external_id not in found:
            raise NotFound(
                "person_unknown",
                f"there is no person with the id {external_id}",
                "check the spelling, or add the person first",
            )
        return found[external_id]

    def find_people(self, external_ids: Collection[str]) -> dict[str, Person]:
        found: dict[str, Person] = {}
        for chunk in chunks(set(external_ids)):
            statement = select(*_PERSON).where(PersonRow.external_id.in_(chunk))
            for row in self._session.execute(statement):
                found[row.external_id] = Person(PersonId(row[0]), *row[1:])
        return found

    def list_people(self, ids: Collection[PersonId] | None = None) -> list[Person]:
        statement = select(*_PERSON)
        parts = (
            [statement]
            if ids is None
            else [statement.where(PersonRow.id.in_(chunk)) for chunk in chunks(set(ids))]
        )
        rows = (row for part in parts for row in self._session.execute(part))
        people = (Person(PersonId(row[0]), *row[1:]) for row in rows)
        # Sorted here: the databases disagree about the order of letters.
        return sorted(people, key=lambda p: p.external_id)

    def add_groups(self, groups: Sequence[Group]) -> None:
        rows = [{"id": g.id, "name": g.name} for g in groups]
        with self._session.begin_nested():
            taken = self._first_taken(GroupRow, rows, "name")
            if taken is not None:
                raise Conflict(
                    "group_exists",
                    f"there is a group called {taken!r} already",
                    "choose another name",
                )

    def list_groups(self) -> list[Group]:
        rows = self._session.execute(select(GroupRow.id, GroupRow.name))
        return sorted((Group(GroupId(i), name) for i, name in rows), key=lambda g: g.name)

    def add_memberships(self, memberships: Sequence[Membership]) -> None:
        rows = [
            {
                "person_id": m.person_id,
                "group_id": m.group_id,
                "from_on": m.from_on,
                "to_on": m.to_on,
            }
            for m in memberships
        ]
        with self._session.begin_nested():
            new = insert_new(
                self._session,
                MembershipRow,
                rows,
                unique=["group_id", "person_id", "from_on"],
                returning=MembershipRow.person_id,
            )
            if len(new) < len(memberships):
                raise Conflict(
                    "membership_exists",
                    "somebody is in this group from this day already",
                    "leave the membership out, or let it begin on another day",
                )
            bump_gallery_version(self._session)

    def list_memberships(self, group_ids: Collection[GroupId], on: date) -> list[Membership]:
        return self._memberships(MembershipRow.group_id, group_ids, on)

    def list_memberships_of(self, person_ids: Collection[PersonId], on: date) -> list[Membership]:
        return self._memberships(MembershipRow.person_id, person_ids, on)

    def _memberships(
        self, column: InstrumentedAttribute[UUID], ids: Collection[UUID], on: date
    ) -> list[Membership]:
        row = MembershipRow
        statement = select(row.person_id, row.group_id, row.from_on, row.to_on).where(
            row.from_on <= on, or_(row.to_on.is_(None), row.to_on >= on)
        )
        return [
            Membership(PersonId(person), GroupId(group), from_on, to_on)
            for chunk in chunks(set(ids))
            for person, group, from_on, to_on in self._session.execute(
                statement.where(column.in_(chunk))
            )
        ]

    def add_guardians(self, guardians: Sequence[Guardian], links: Sequence[Guardianship]) -> None:
        self._guardians.add(guardians, links)

    def find_guardian_by_contact(self, contact: str) -> Guardian | None:
        return self._guardians.find_by_contact(contact)

    def list_guardians(self, person_ids: Collection[PersonId]) -> dict[PersonId, list[Guardian]]:
        return self._guardians.list_by_person(person_ids)

    def _first_taken(
        self, model: type[GroupRow] | type[PersonRow], rows: Sequence[Mapping[str, Any]], name: str
    ) -> str | None:
        """Insert; the first `name` that somebody has already, as the database saw it."""
        new = set(insert_new(self._session, model, rows, unique=[name], returning=model.id))
        return next((row[name] for row in rows if row["id"] not in new), None)


def _person_row(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "external_id": person.external_id,
        "legal_name": person.legal_name,
        "greeting_name": person.greeting_name,
        "joined_on": person.joined_on,
        "left_on": person.left_on,
    }
