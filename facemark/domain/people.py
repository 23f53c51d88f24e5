"""Who is attended for, where they belong, and who is told."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from facemark.domain.ids import GroupId, GuardianId, InstitutionId, PersonId, SiteId


class InstitutionKind(StrEnum):
    SCHOOL = "school"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Institution:
    """A tenant. `hold_min`: minutes a notice waits before it is sent, so that it can be stopped."""

    id: InstitutionId
    name: str
    kind: InstitutionKind
    language: str
    hold_min: int


@dataclass(frozen=True, slots=True)
class Site:
    """A place with an IANA time zone."""

    id: SiteId
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class Group:
    """A class or a team."""

    id: GroupId
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """Someone attended for. `external_id` is the institution's own unique id.

    Belongs from `joined_on` to `left_on`, both included; `left_on` None means still here.
    """

    id: PersonId
    external_id: str
    legal_name: str
    greeting_name: str
    joined_on: date
    left_on: date | None

    def belongs_on(self, day: date) -> bool:
        return self.joined_on <= day and (self.left_on is None or day <= self.left_on)


@dataclass(frozen=True, slots=True)
class Membership:
    """A person is in a group from `from_on` to `to_on`, both included; None: no end is known."""

    person_id: PersonId
    group_id: GroupId
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who is told. `phone` in E.164 form; at least one of phone and email is given."""

    id: GuardianId
    name: str
    language: str
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class Guardianship:
    """Guardian of a person; `position` 1 is told first."""

    person_id: PersonId
    guardian_id: GuardianId
    position: int
