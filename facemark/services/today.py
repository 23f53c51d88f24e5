"""The day at a glance: one session, who is missing from it and what their guardians were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from facemark.domain.attendance import AttendanceStatus
from facemark.domain.ids import PersonId, SessionId
from facemark.domain.notices import ChannelName, Message, MessageState
from facemark.domain.people import Institution
from facemark.domain.scans import Scan, ScanMethod
from facemark.domain.sessions import Session, local_date
from facemark.services.ports.store import UnitOfWork
from facemark.services.status import SessionView, view_session
from facemark.services.tenant import Tenant

LAST_SCANS = 8
LOOK_BACK = (timedelta(minutes=2), timedelta(minutes=20), timedelta(days=2))
"""How far to look for the last scans, so that a full house is not read for eight of them."""
MESSAGES_FOR = timedelta(days=1)
"""A message made this long after a session's opening is counted as being about that session."""


@dataclass(frozen=True, slots=True)
class SessionChoice:
    id: SessionId
    name: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class Telling:
    """`state` and `channel` are None together: no message has been made."""

    has_guardian: bool
    state: MessageState | None = None
    channel: ChannelName | None = None


@dataclass(frozen=True, slots=True)
class LastScan:
    name: str
    at: datetime
    method: ScanMethod
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Today:
    """`view` None: the day has no session. `telling` is keyed by external id, absentees only."""

    institution: Institution
    on_date: date
    zone: str
    now: datetime
    sessions: tuple[SessionChoice, ...]
    view: SessionView | None
    telling: dict[str, Telling]
    scans: tuple[LastScan, ...]
    has_people: bool

    @property
    def is_current(self) -> bool:
        return self.on_date == local_date(self.now, self.zone)


def view_today(
    tenant: Tenant, *, on_date: date | None = None, session_id: SessionId | None = None
) -> Today:
    """Without a date: today where the institution is, else the last day that had a session.

    Without a session, or with one of another day: the one that opened last.
    """
    now = tenant.clock.now()
    with tenant.read() as uow:
        zone = uow.sites.list_sites()[0].zone
        day = on_date or _choose_day(uow, local_date(now, zone))
        sessions = uow.sessions.list_sessions(on_date=day)
        session = _choose_session(sessions, session_id, now)
        view = view_session(uow, session) if session else None
        return Today(
            institution=uow.institution,
            on_date=day,
            zone=session.times.zone if session else zone,
            now=now,
            sessions=tuple(SessionChoice(s.id, s.name, s.starts_at) for s in sessions),
            view=view,
            telling=_tell(uow, session, view) if session and view else {},
            scans=_last_scans(uow, session, now) if session else (),
            has_people=bool(view and view.groups) or bool(uow.people.list_groups()),
        )


def _choose_day(uow: UnitOfWork, today: date) -> date:
    if uow.sessions.list_sessions(on_date=today):
        return today
    earlier = [s.on_date for s in uow.sessions.list_sessions() if s.on_date < today]
    return max(earlier, default=today)


def _choose_session(
    sessions: Sequence[Session], wanted: SessionId | None, now: datetime
) -> Session | None:
    for session in sessions:
        if session.id == wanted:
            return session
    opened = [s for s in sessions if s.opens_at <= now]
    return opened[-1] if opened else next(iter(sessions), None)


def _tell(uow: UnitOfWork, session: Session, view: SessionView) -> dict[str, Telling]:
    ids = _absentees(uow, view)
    guardians = uow.people.list_guardians(ids.keys())
    messages = _messages_about(uow, session)
    return {
        external_id: _telling(messages.get(person), has_guardian=person in guardians)
        for person, external_id in ids.items()
    }


def _telling(message: Message | None, *, has_guardian: bool) -> Telling:
    if message is None:
        return Telling(has_guardian)
    return Telling(has_guardian, message.state, message.channel)


def _absentees(uow: UnitOfWork, view: SessionView) -> dict[PersonId, str]:
    absent = [
        line.external_id
        for group in view.groups
        for line in group.people
        if line.status is AttendanceStatus.ABSENT
    ]
    return {p.id: p.external_id for p in uow.people.find_people(absent).values()}


def _messages_about(uow: UnitOfWork, session: Session) -> dict[PersonId, Message]:
    since, until = session.opens_at, session.opens_at + MESSAGES_FOR
    messages = [m for m in uow.notices.list_messages() if since <= m.created_at < until]
    about = uow.notices.list_notice_people([m.id for m in messages])
    return {p: m for m in messages for p in about.get(m.id, ())}


def _last_scans(uow: UnitOfWork, session: Session, now: datetime) -> tuple[LastScan, ...]:
    scans = _find_last_scans(uow, session, until=min(now, session.ends_at))
    last = scans[: -LAST_SCANS - 1 : -1]
    names = {p.id: p.legal_name for p in uow.people.list_people({s.person_id for s in last})}
    return tuple(
        LastScan(names[s.person_id], s.device_at, s.method, s.similarity)
        for s in last
        if s.person_id in names
    )


def _find_last_scans(uow: UnitOfWork, session: Session, *, until: datetime) -> list[Scan]:
    """At least `LAST_SCANS` where there are so many, by device time."""
    scans: list[Scan] = []
    for span in LOOK_BACK:
        scans = uow.scans.list_scans(None, since=max(until - span, session.opens_at), until=until)
        if len(scans) >= LAST_SCANS:
            break
    return scans
