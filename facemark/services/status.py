"""A day as people see it: every session, every group, everybody expected, and why."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from facemark.domain.attendance import (
    AttendanceStatus,
    PersonStatus,
    decide_status,
    find_untaken_groups,
    list_expected,
)
from facemark.domain.ids import GroupId, SessionId
from facemark.domain.people import Institution, Person
from facemark.domain.sessions import Session
from facemark.domain.wording import explain_status
from facemark.services.ports.store import UnitOfWork
from facemark.services.tenant import Tenant


@dataclass(frozen=True, slots=True)
class PersonLine:
    """`status` EXPECTED covers both "not seen yet" and "register not taken"."""

    external_id: str
    name: str
    status: AttendanceStatus
    reason: str
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class GroupView:
    name: str
    register_taken: bool
    people: tuple[PersonLine, ...]


@dataclass(frozen=True, slots=True)
class SessionView:
    id: SessionId
    name: str
    zone: str
    starts_at: datetime
    cut_off_at: datetime
    ends_at: datetime
    groups: tuple[GroupView, ...]

    def counts(self) -> dict[AttendanceStatus, int]:
        statuses = [line.status for group in self.groups for line in group.people]
        return {status: statuses.count(status) for status in AttendanceStatus}


@dataclass(frozen=True, slots=True)
class DayView:
    institution: Institution
    on_date: date
    sessions: tuple[SessionView, ...]


def list_day(tenant: Tenant, on_date: date) -> DayView:
    """All sessions of a local date, by start. Facts are read, nothing is settled."""
    with tenant.read() as uow:
        sessions = uow.sessions.list_sessions(on_date=on_date)
        views = tuple(view_session(uow, session) for session in sessions)
        return DayView(uow.institution, on_date, views)


def list_latest_day(tenant: Tenant) -> DayView | None:
    """The most recent day that has a session; None when there is none at all."""
    with tenant.read() as uow:
        sessions = uow.sessions.list_sessions()
    if not sessions:
        return None
    return list_day(tenant, max(s.on_date for s in sessions))


def view_session(uow: UnitOfWork, session: Session) -> SessionView:
    """One session inside a transaction that is open already."""
    memberships = uow.people.list_memberships(session.group_ids, session.on_date)
    people = {p.id: p for p in uow.people.list_people({m.person_id for m in memberships})}
    expected = list_expected(session, people.values(), memberships)
    settled = {s.person_id: s for s in uow.statuses.list_statuses(session.id)}
    untaken = find_untaken_groups(
        expected, settled, watched=uow.scans.was_watched(session.opens_at, session.ends_at)
    )
    names = {g.id: g.name for g in uow.people.list_groups()}
    members: dict[GroupId, list[PersonLine]] = defaultdict(list)
    for person_id, group in expected.items():
        line = _line(session, people[person_id], settled.get(person_id))
        members[group].append(line)
    groups = tuple(
        GroupView(
            names[g], g not in untaken, tuple(sorted(members[g], key=lambda p: p.external_id))
        )
        for g in sorted(members, key=lambda g: names[g])
    )
    return SessionView(
        session.id,
        session.name,
        session.times.zone,
        session.starts_at,
        session.cut_off_at,
        session.ends_at,
        groups,
    )


def _line(session: Session, person: Person, status: PersonStatus | None) -> PersonLine:
    decision = status.decision if status else decide_status(session, (), session.opens_at)
    return PersonLine(
        person.external_id,
        person.legal_name,
        decision.status,
        explain_status(decision),
        decision.seen_at,
    )
