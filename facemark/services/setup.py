"""Institution, site, groups, people, guardians: entered one at a time."""

from dataclasses import dataclass
from datetime import date

from facemark.domain.errors import InvalidInput, NotFound
from facemark.domain.ids import GroupId, GuardianId, InstitutionId, PersonId, SiteId
from facemark.domain.people import (
    Group,
    Guardian,
    Guardianship,
    Institution,
    InstitutionKind,
    Membership,
    Person,
    Site,
)
from facemark.domain.sessions import load_zone
from facemark.services.ids import new_id
from facemark.services.ports.store import Store, UnitOfWork
from facemark.services.ports.time import Clock
from facemark.services.tenant import Tenant

EVERYONE = "Everyone"
"""The group of people who were entered without one, so that a session can expect them."""

ALWAYS = date(1970, 1, 1)
"""Joining date of people whose date nobody gave: they belong on any day."""


@dataclass(frozen=True, slots=True)
class InstitutionDraft:
    name: str
    kind: InstitutionKind
    zone: str
    language: str = "en"
    hold_min: int = 0


def create_institution(store: Store, draft: InstitutionDraft, clock: Clock) -> Institution:
    """A new tenant with its first site, which bears the institution's name.

    Raises InvalidInput `zone_unknown`, `name_empty`.
    """
    load_zone(draft.zone)
    name = require_name(draft.name)
    institution = store.create_institution(
        Institution(InstitutionId(0), name, draft.kind, draft.language, draft.hold_min)
    )
    tenant = Tenant(store, institution.id, clock, actor="setup")
    with tenant.write() as uow:
        uow.sites.add_site(Site(SiteId(new_id()), name, draft.zone))
        tenant.audit(uow, "institution.created", institution.id)
        uow.commit()
    return institution


@dataclass(frozen=True, slots=True)
class PersonDraft:
    external_id: str
    legal_name: str
    joined_on: date = ALWAYS
    greeting_name: str | None = None
    left_on: date | None = None
    group: str = EVERYONE


def add_person(tenant: Tenant, draft: PersonDraft) -> Person:
    """Raises Conflict `person_exists`, InvalidInput `name_empty`, `left_before_joined`."""
    person = build_person(draft)
    with tenant.write() as uow:
        uow.people.add_people([person])
        group = ensure_groups(uow, [draft.group])[draft.group]
        uow.people.add_memberships([Membership(person.id, group, person.joined_on, person.left_on)])
        tenant.audit(uow, "person.added", person.id)
        uow.commit()
    return person


def build_person(draft: PersonDraft) -> Person:
    legal_name = require_name(draft.legal_name)
    if draft.left_on is not None and draft.left_on < draft.joined_on:
        raise InvalidInput(
            "left_before_joined",
            f"{draft.external_id} would leave on {draft.left_on}, before joining",
            "correct one of the two dates",
        )
    return Person(
        id=PersonId(new_id()),
        external_id=require_name(draft.external_id),
        legal_name=legal_name,
        greeting_name=draft.greeting_name or legal_name.split()[0],
        joined_on=draft.joined_on,
        left_on=draft.left_on,
    )


def ensure_groups(uow: UnitOfWork, names: list[str]) -> dict[str, GroupId]:
    """The groups of these names, created where missing."""
    known = {g.name: g.id for g in uow.people.list_groups()}
    new = [Group(GroupId(new_id()), n) for n in dict.fromkeys(names) if n not in known]
    uow.people.add_groups(new)
    return known | {g.name: g.id for g in new}


def find_group_ids(uow: UnitOfWork, names: tuple[str, ...]) -> tuple[GroupId, ...]:
    """Raises NotFound `group_unknown`."""
    known = {g.name: g.id for g in uow.people.list_groups()}
    for name in names:
        if name not in known:
            raise NotFound(
                "group_unknown",
                f"there is no group called {name!r}",
                "known groups: " + (", ".join(sorted(known)) or "none yet"),
            )
    return tuple(known[name] for name in names)


@dataclass(frozen=True, slots=True)
class GuardianDraft:
    """`phone` in E.164 form, already validated."""

    name: str
    phone: str | None
    email: str | None
    language: str = "en"
    position: int = 1


def add_guardian(tenant: Tenant, external_id: str, draft: GuardianDraft) -> Guardian:
    """Link a guardian to a person; a guardian already known by this contact is shared.

    Raises NotFound `person_unknown`, InvalidInput `contact_missing`.
    """
    with tenant.write() as uow:
        person = uow.people.get_person(external_id)
        guardian = find_or_build_guardian(uow, draft)
        uow.people.add_guardians([guardian], [Guardianship(person.id, guardian.id, draft.position)])
        tenant.audit(uow, "guardian.linked", person.id)
        uow.commit()
    return guardian


def find_or_build_guardian(uow: UnitOfWork, draft: GuardianDraft) -> Guardian:
    contact = draft.phone or draft.email
    if contact is None:
        raise InvalidInput(
            "contact_missing",
            f"{draft.name} has neither phone nor e-mail",
            "give at least one, or nobody can be told",
        )
    known = uow.people.find_guardian_by_contact(contact)
    if known is not None and known.name == draft.name:
        return known
    return Guardian(
        GuardianId(new_id()), require_name(draft.name), draft.language, draft.phone, draft.email
    )


def require_name(text: str) -> str:
    """Trimmed; raises InvalidInput `name_empty`."""
    name = text.strip()
    if not name:
        raise InvalidInput("name_empty", "a name or id is empty", "give at least one character")
    return name
