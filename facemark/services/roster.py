"""Bringing people and guardians in from a CSV file: the whole file, or nothing of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from facemark.domain.errors import InvalidInput
from facemark.domain.ids import PersonId
from facemark.domain.people import Guardian, Guardianship, Membership, Person
from facemark.domain.roster import RosterFile, RosterGuardian, RosterRow
from facemark.services.ports.store import UnitOfWork
from facemark.services.setup import (
    ALWAYS,
    EVERYONE,
    GuardianDraft,
    PersonDraft,
    build_person,
    ensure_groups,
    find_or_build_guardian,
)
from facemark.services.tenant import Tenant


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`known`: people who were there already; they and their groups are left as they are."""

    added: int
    known: int
    guardians: int


def import_roster(tenant: Tenant, roster: RosterFile) -> ImportReport:
    """Add the people who are not there yet, and every guardian; doing it again adds nothing.

    Raises InvalidInput `roster_has_problems` when the file has any.
    """
    if roster.problems:
        raise InvalidInput(
            "roster_has_problems",
            f"the file has {len(roster.problems)} problem(s), so nothing was imported",
            "correct the lines that are named and import it again",
        )
    with tenant.write() as uow:
        known = uow.people.find_people([row.external_id for row in roster.rows])
        new = [row for row in roster.rows if row.external_id not in known]
        people = {row.external_id: build_person(_person_draft(row)) for row in new}
        uow.people.add_people(list(people.values()))
        _add_memberships(uow, new, people.values())
        ids = {who: person.id for who, person in (known | people).items()}
        guardians = _add_guardians(uow, roster.rows, ids)
        tenant.audit(uow, "roster.imported", len(people))
        uow.commit()
    return ImportReport(len(people), len(known), guardians)


def _person_draft(row: RosterRow) -> PersonDraft:
    return PersonDraft(
        external_id=row.external_id,
        legal_name=row.legal_name,
        joined_on=row.joined_on or ALWAYS,
        greeting_name=row.greeting_name,
        left_on=row.left_on,
        group=row.group or EVERYONE,
    )


def _add_memberships(uow: UnitOfWork, rows: Sequence[RosterRow], people: Iterable[Person]) -> None:
    groups = ensure_groups(uow, [row.group or EVERYONE for row in rows])
    uow.people.add_memberships(
        [
            Membership(p.id, groups[row.group or EVERYONE], p.joined_on, p.left_on)
            for row, p in zip(rows, people, strict=True)
        ]
    )


def _add_guardians(uow: UnitOfWork, rows: Sequence[RosterRow], ids: dict[str, PersonId]) -> int:
    """How many different guardians the file names; one contact and name is one guardian."""
    found: dict[tuple[str, str | None, str | None], Guardian] = {}
    links = []
    for row in rows:
        for position, told in enumerate(row.guardians, start=1):
            key = (told.name, told.phone, told.email)
            if key not in found:
                found[key] = find_or_build_guardian(uow, _guardian_draft(row, told, position))
            links.append(Guardianship(ids[row.external_id], found[key].id, position))
    uow.people.add_guardians(list(found.values()), links)
    return len(found)


def _guardian_draft(row: RosterRow, told: RosterGuardian, position: int) -> GuardianDraft:
    name = told.name or f"Guardian of {row.greeting_name or row.legal_name}"
    return GuardianDraft(name, told.phone, told.email, told.language or "en", position)
