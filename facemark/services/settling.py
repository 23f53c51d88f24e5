"""Settling a session: derive everybody's status, and owe each absentee's guardian a notice.

Work goes in chunks, each a transaction of its own with the statuses and the notices they make
necessary, so that no writer holds the database for long and a kill between two chunks costs
nothing: settling again continues where it stopped and finds nothing to do where it was done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from facemark.domain.attendance import AttendanceStatus, find_untaken_groups
from facemark.domain.ids import GroupId, PersonId, SessionId
from facemark.domain.notices import ChannelName
from facemark.domain.sessions import Session
from facemark.services.checkin import derive_statuses, expected_people
from facemark.services.notifying import Settlement, Told, owe_absence_notices
from facemark.services.ports.store import UnitOfWork
from facemark.services.tenant import Tenant

CHUNK = 250
"""People per transaction, so that none lasts over 100 ms."""

GIVE_UP_AFTER = timedelta(days=2)
"""The worker leaves a session alone that nobody took by then; a person can still settle it."""


@dataclass(frozen=True, slots=True)
class SettleOptions:
    """`untaken_as_absent`: the officer says a silent register really means absentees."""

    channels: Sequence[ChannelName] = (ChannelName.CONSOLE,)
    untaken_as_absent: bool = False


@dataclass(frozen=True, slots=True)
class SettleReport:
    """What became of one session. `untaken`: names of the groups whose register nobody took."""

    session_id: SessionId
    session_name: str
    counts: Mapping[AttendanceStatus, int]
    untaken: tuple[str, ...]
    notices: int
    messages: int
    unreachable: int


def settle_due(
    tenant: Tenant, *, at: datetime | None = None, options: SettleOptions | None = None
) -> list[SettleReport]:
    """Settle every session past its cut-off that is not settled yet, as of `at` (default: now)."""
    moment = at or tenant.clock.now()
    with tenant.read() as uow:
        due = uow.sessions.list_due(moment)
    if at is None:
        due = [s for s in due if moment - s.ends_at < GIVE_UP_AFTER]
    return [settle_session(tenant, s, at=moment, options=options) for s in due]


def settle_session(
    tenant: Tenant, session: Session, *, at: datetime, options: SettleOptions | None = None
) -> SettleReport:
    """Derive the statuses of all expected people as of `at` and owe the notices.

    Groups whose register nobody took are left as they are and reported.
    """
    options = options or SettleOptions()
    with tenant.read() as uow:
        expected = expected_people(uow, session)
        untaken = _find_untaken(uow, session, expected, at=at, options=options)
        names = {g.id: g.name for g in uow.people.list_groups()}
    ids = sorted(p for p, group in expected.items() if group not in untaken)
    settlement = Settlement(session, at, options.channels)
    told = Told()
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        with tenant.write() as uow:
            derive_statuses(uow, session, chunk, now=at)
            told += owe_absence_notices(uow, settlement, chunk)
            uow.commit()
    if not untaken:
        _mark_settled(tenant, session, at)
    return SettleReport(
        session.id,
        session.name,
        _count(tenant, session),
        tuple(sorted(names[g] for g in untaken)),
        told.notices,
        told.messages,
        told.unreachable,
    )


def _find_untaken(
    uow: UnitOfWork,
    session: Session,
    expected: Mapping[PersonId, GroupId],
    *,
    at: datetime,
    options: SettleOptions,
) -> frozenset[GroupId]:
    if options.untaken_as_absent:
        return frozenset()
    until = min(at, session.ends_at)
    scans = uow.scans.list_scans(None, since=session.opens_at, until=until)
    return find_untaken_groups(
        expected,
        {s.person_id for s in scans},
        watched=uow.scans.was_watched(session.opens_at, until),
    )


def _mark_settled(tenant: Tenant, session: Session, at: datetime) -> None:
    with tenant.write() as uow:
        uow.sessions.mark_settled(session.id, at)
        tenant.audit(uow, "session.settled", session.id)
        uow.commit()


def _count(tenant: Tenant, session: Session) -> Mapping[AttendanceStatus, int]:
    with tenant.read() as uow:
        statuses = [s.decision.status for s in uow.statuses.list_statuses(session.id)]
    return {status: statuses.count(status) for status in AttendanceStatus if status in statuses}
