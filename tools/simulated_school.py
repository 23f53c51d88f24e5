"""A made-up school on an ordinary morning, entered through the real services.

Nobody in it exists; the phone numbers are from the range kept for fiction.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from facemark.bootstrap import App
from facemark.domain.ids import ScanId
from facemark.domain.people import InstitutionKind, Person
from facemark.domain.scans import Direction, Scan, ScanMethod
from facemark.domain.sessions import Session, SessionTimes, load_zone
from facemark.jobs.rounds import run_round
from facemark.services.checkin import record_scans
from facemark.services.ids import new_id
from facemark.services.sessions import add_session
from facemark.services.setup import (
    GuardianDraft,
    InstitutionDraft,
    PersonDraft,
    add_guardian,
    add_person,
    create_institution,
)
from facemark.services.tenant import Tenant

NAME = "Alder School (simulated)"
GROUPS = ("4A", "4B", "5A", "5B", "6A", "6B")
GROUP_SIZE = 12
UNTAKEN = "6B"
GIVEN = [
    "Amina",
    "Ben",
    "Chloé",
    "Dmitri",
    "Elif",
    "Farah",
    "George",
    "Hana",
    "Idris",
    "Jonas",
    "Keiko",
    "Luca",
    "Maya",
    "Nikhil",
    "Olga",
    "Pablo",
    "Quinn",
    "Rosa",
    "Samir",
    "Tess",
    "Umar",
    "Vera",
    "Wen",
    "Ximena",
    "Yusuf",
    "Zoë",
]
FAMILY = [
    "Abara",
    "Brandt",
    "Castillo",
    "Dvořák",
    "Eriksen",
    "Fontaine",
    "Galloway",
    "Haddad",
    "Ivanova",
    "Jensen",
    "Kaur",
    "Lindqvist",
    "Moreau",
    "Nowak",
    "Okafor",
    "Petrov",
    "Quispe",
    "Rossi",
    "Sato",
    "Tanaka",
    "Usman",
    "Vance",
    "Wójcik",
    "Xu",
    "Yilmaz",
    "Zhang",
]
SEED = 7
WITHOUT_GUARDIAN = 3
"""The place in each class of the one nobody has entered a guardian for."""


@dataclass(frozen=True, slots=True)
class Fate:
    """`minutes`: arrival after the start, negative for before; None: did not come."""

    minutes: int | None
    method: ScanMethod


def zone_with_morning(now: datetime) -> str:
    """A time zone in which it is between nine and ten now, so that the first lesson is running."""
    offset = (9 - now.hour + 11) % 24 - 11
    return f"Etc/GMT{-offset:+d}"


def found_simulated_school(app: App) -> None:
    """People, guardians, a session, its scans, and one round of the worker."""
    chance = random.Random(SEED)  # noqa: S311  (the same made-up morning each time)
    zone = zone_with_morning(app.clock.now())
    draft = InstitutionDraft(NAME, InstitutionKind.SCHOOL, zone)
    institution = create_institution(app.store, draft, app.clock)
    tenant = app.tenant(institution.id, "simulation")
    today = app.clock.now().astimezone(load_zone(zone)).date()
    people = [_enter(tenant, *entry, joined=today) for entry in _roster(chance)]
    times = SessionTimes(today, time(8, 0), time(15, 0), zone, early_open_min=30)
    session = add_session(tenant, times, name="Morning registration")
    record_scans(tenant, list(_scans(people, session, chance)))
    run_round(app, worker="simulation")


def _roster(chance: random.Random) -> Iterator[tuple[int, str, str]]:
    pairs = [(g, f) for g in GIVEN for f in FAMILY]
    for number, (given, family) in enumerate(chance.sample(pairs, len(GROUPS) * GROUP_SIZE)):
        yield number, f"{given} {family}", GROUPS[number // GROUP_SIZE]


def _enter(
    tenant: Tenant, number: int, name: str, group: str, *, joined: date
) -> tuple[Person, str]:
    draft = PersonDraft(f"S{number + 1:03d}", name, joined - timedelta(days=60), group=group)
    person = add_person(tenant, draft)
    if number % 12 != WITHOUT_GUARDIAN:
        phone = f"+4479460{number:05d}"
        family = name.rpartition(" ")[2]
        add_guardian(tenant, person.external_id, GuardianDraft(f"Mx {family}", phone, None))
    return person, group


def _scans(
    people: list[tuple[Person, str]], session: Session, chance: random.Random
) -> Iterator[Scan]:
    for person, group in people:
        fate = _draw_fate(chance)
        if group == UNTAKEN or fate.minutes is None:
            continue
        at = session.starts_at + timedelta(minutes=fate.minutes, seconds=chance.randrange(60))
        yield Scan(
            ScanId(new_id()),
            person.id,
            fate.method,
            Direction.IN,
            at,
            min(at + timedelta(seconds=1), datetime.now(UTC)),
            "main door",
            similarity=round(chance.uniform(0.55, 0.85), 3)
            if fate.method is ScanMethod.FACE
            else None,
            threshold=0.41 if fate.method is ScanMethod.FACE else None,
        )


def _draw_fate(chance: random.Random) -> Fate:
    method = chance.choices([ScanMethod.FACE, ScanMethod.PASS], [4, 1])[0]
    minutes = chance.choices(
        [-chance.randint(1, 25), chance.randint(1, 4), chance.randint(6, 22), None],
        [72, 6, 8, 14],
    )[0]
    return Fate(minutes, method)
