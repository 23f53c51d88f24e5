"""The people of every test: alice and bob in 4B, charlie in 5A; dana is told about the first two.

Their session is the Monday of a week without a clock change.
"""

from datetime import UTC, date, datetime, time
from uuid import UUID, uuid5

from facemark.domain.ids import GroupId, GuardianId, InstitutionId, PersonId, SessionId, SiteId
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
from facemark.domain.sessions import SessionTimes, build_session
from facemark.services.ports.store import Store, UnitOfWork

_CAST = UUID("5f3d1c2e-7d0a-5a44-8f0e-0c6c3c2f9b10")

MONDAY = date(2026, 3, 2)
JOINED = date(2025, 9, 1)


def cast_id(name: str) -> UUID:
    """The same in every run, so that a failing test fails alike."""
    return uuid5(_CAST, name)


def _person(external_id: str, name: str) -> Person:
    greeting_name = name.partition(" ")[0]
    return Person(PersonId(cast_id(external_id)), external_id, name, greeting_name, JOINED, None)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant of Monday; London keeps UTC in March."""
    return datetime(MONDAY.year, MONDAY.month, MONDAY.day, hour, minute, second, tzinfo=UTC)


SCHOOL = Institution(InstitutionId(0), "Elm School", InstitutionKind.SCHOOL, "en", 15)
COMPANY = Institution(InstitutionId(0), "Fir Ltd", InstitutionKind.COMPANY, "en", 0)

GATE = Site(SiteId(cast_id("gate")), "Main gate", "Europe/London")
CLASS_4B = Group(GroupId(cast_id("4B")), "4B")
CLASS_5A = Group(GroupId(cast_id("5A")), "5A")

ALICE = _person("alice", "Alice Adams")
BOB = _person("bob", "Bob Brown")
CHARLIE = _person("charlie", "Charlie Clark")
PEOPLE = (ALICE, BOB, CHARLIE)

MEMBERSHIPS = (
    Membership(ALICE.id, CLASS_4B.id, JOINED, None),
    Membership(BOB.id, CLASS_4B.id, JOINED, None),
    Membership(CHARLIE.id, CLASS_5A.id, JOINED, None),
)

DANA = Guardian(
    GuardianId(cast_id("dana")), "Dana Adams", "en", "+442079460001", "dana@example.org"
)
GUARDIANSHIPS = (Guardianship(ALICE.id, DANA.id, 1), Guardianship(BOB.id, DANA.id, 1))

SCHOOL_DAY = build_session(
    SessionId(cast_id("monday")),
    GATE.id,
    name="School day",
    times=SessionTimes(MONDAY, time(8, 0), time(15, 0), GATE.zone),
    group_ids=(CLASS_4B.id, CLASS_5A.id),
)


def add_cast(uow: UnitOfWork) -> None:
    uow.sites.add_site(GATE)
    uow.people.add_groups([CLASS_4B, CLASS_5A])
    uow.people.add_people(PEOPLE)
    uow.people.add_memberships(MEMBERSHIPS)
    uow.people.add_guardians([DANA], GUARDIANSHIPS)
    uow.sessions.add_session(SCHOOL_DAY)


def found_school(store: Store, draft: Institution = SCHOOL) -> Institution:
    """A new institution with the whole cast in it. The cast may live in several at once."""
    institution = store.create_institution(draft)
    with store.write(institution.id) as uow:
        add_cast(uow)
        uow.commit()
    return institution
