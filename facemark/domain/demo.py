"""A made-up institution and its plausible days. Nobody in it exists.

Phone numbers are from the range that Ofcom keeps for fiction. The same plan and date always draw
the same day, so that a restarted simulation repeats itself instead of adding to itself.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from facemark.domain.people import InstitutionKind

MARK = "(simulated)"
"""Stands in the name of every simulated institution, and in no other's."""

GIVEN = (
    *("Amina", "Ben", "Chloé", "Dmitri", "Elif", "Farah", "George", "Hana", "Idris", "Jonas"),
    *("Keiko", "Luca", "Maya", "Nikhil", "Olga", "Pablo", "Quinn", "Rosa", "Samir", "Tess"),
    *("Umar", "Vera", "Wen", "Ximena", "Yusuf", "Zoë"),
)
FAMILY = (
    *("Abara", "Brandt", "Castillo", "Dvořák", "Eriksen", "Fontaine", "Galloway", "Haddad"),
    *("Ivanova", "Jensen", "Kaur", "Lindqvist", "Moreau", "Nowak", "Okafor", "Petrov", "Quispe"),
    *("Rossi", "Sato", "Tanaka", "Usman", "Vance", "Wójcik", "Xu", "Yilmaz", "Zhang"),
)

USUALLY_ABSENT = 0.05
OFTEN_ABSENT = 0.25
OFTEN_ABSENT_EVERY = 17
"""One person in so many is absent that often."""
WAVE_FACTOR = 4.0
WEEKDAY_FACTORS = (1.3, 0.9, 0.85, 0.9, 1.25, 1.0, 1.0)
LATE = 0.07
FRIDAY = 5


class DemoKind(StrEnum):
    SCHOOL = "school"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class DemoShift:
    """When some of the groups attend, in local hours; an end before the start is the next day."""

    name: str
    starts: int
    ends: int
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoPlan:
    kind: InstitutionKind
    name: str
    zone: str
    group_size: int
    live_name: str
    guardian: str
    shifts: tuple[DemoShift, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(group for shift in self.shifts for group in shift.groups)


SCHOOL = DemoPlan(
    InstitutionKind.SCHOOL,
    f"Alder School {MARK}",
    "Europe/London",
    20,
    "Morning registration",
    "Mx {family}",
    (DemoShift("Morning registration", 8, 15, ("4A", "4B", "5A", "5B", "6A", "6B")),),
)
COMPANY = DemoPlan(
    InstitutionKind.COMPANY,
    f"Birch Works {MARK}",
    "Europe/London",
    40,
    "Start of shift",
    "Team lead {group}",
    (
        DemoShift("Early shift", 6, 14, ("Press", "Paint", "Assembly 1", "Assembly 2")),
        DemoShift("Late shift", 14, 22, ("Assembly 3", "Assembly 4", "Packing")),
        DemoShift("Night shift", 22, 6, ("Foundry", "Warehouse", "Dispatch")),
    ),
)
PLANS = {DemoKind.SCHOOL: SCHOOL, DemoKind.COMPANY: COMPANY}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """`number` counts from 0; `phone` is E.164 of the person who is told."""

    number: int
    external_id: str
    name: str
    group: str
    guardian: str
    phone: str


def draw_people(plan: DemoPlan) -> list[DemoPerson]:
    """The same people every time, by group."""
    rng = random.Random(plan.name)  # noqa: S311 - a made-up school guards nothing
    names = [(given, family) for given in GIVEN for family in FAMILY]
    rng.shuffle(names)
    people = []
    for number, group in enumerate(g for g in plan.groups for _ in range(plan.group_size)):
        given, family = names[number]
        told = plan.groups.index(group) if plan.kind is InstitutionKind.COMPANY else number
        people.append(
            DemoPerson(
                number,
                f"{plan.kind[0].upper()}{number + 1:03}",
                f"{given} {family}",
                group,
                plan.guardian.format(family=family, group=group),
                f"+44207946{told:04}",
            )
        )
    return people


def draw_arrivals(plan: DemoPlan, people: Sequence[DemoPerson], day: date) -> dict[int, float]:
    """Minutes after the start, by a person's number; who is missing is absent that day.

    Mondays and Fridays lose more, a few people are often absent, and now and then a wave of illness
    goes through a group.
    """
    rng = random.Random(f"{plan.name} {day.isoformat()}")  # noqa: S311 - as above
    wave = plan.groups[(day.toordinal() // 10) % len(plan.groups)]
    arrivals = {}
    for person in people:
        chance = USUALLY_ABSENT if person.number % OFTEN_ABSENT_EVERY else OFTEN_ABSENT
        chance *= WEEKDAY_FACTORS[day.weekday()] * (WAVE_FACTOR if person.group == wave else 1.0)
        late = rng.random() < LATE
        minutes = rng.uniform(6.5, 14.0) if late else rng.uniform(-18.0, 0.0)
        if rng.random() >= chance:
            arrivals[person.number] = minutes
    return arrivals


def list_past_workdays(today: date, count: int) -> list[date]:
    """The last `count` days from Monday to Friday before `today`, newest first."""
    days: list[date] = []
    day = today
    while len(days) < count:
        day -= timedelta(days=1)
        if day.isoweekday() <= FRIDAY:
            days.append(day)
    return days
