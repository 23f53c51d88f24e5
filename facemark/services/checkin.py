"""Recording scans: durable first, then the status, in one transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from facemark.domain.attendance import (
    PersonStatus,
    StatusSource,
    decide_status,
    list_expected,
)
from facemark.domain.ids import GroupId, PersonId
from facemark.domain.scans import Scan, ScanOutcome, ScanReceipt
from facemark.domain.sessions import Session
from facemark.services.ports.store import UnitOfWork
from facemark.services.tenant import Tenant

COOL_DOWN_S = 300.0
"""A second scan within this time is kept as evidence and answered "already in"."""

NEW = (ScanOutcome.RECORDED, ScanOutcome.ALREADY_IN)


def record_scans(
    tenant: Tenant, scans: Sequence[Scan], *, cool_down_s: float = COOL_DOWN_S
) -> list[ScanReceipt]:
    """One receipt per scan, in order; when this returns they are durable and the statuses follow.

    Safe to call again with the same scans at any time.
    """
    with tenant.write() as uow:
        receipts = uow.scans.record_scans(scans, cool_down_s)
        new = [s for s, r in zip(scans, receipts, strict=True) if r.outcome in NEW]
        if new:
            _update_statuses(tenant, uow, new)
        uow.commit()
    return receipts


def _update_statuses(tenant: Tenant, uow: UnitOfWork, scans: Sequence[Scan]) -> None:
    first = min(s.device_at for s in scans)
    last = max(s.device_at for s in scans)
    for session in uow.sessions.list_sessions(opens_before=last, ends_after=first):
        seen = {s.person_id for s in scans if session.takes_scan_at(s.device_at)}
        people = expected_people(uow, session, among=seen)
        if people:
            derive_statuses(uow, session, sorted(people), now=tenant.clock.now())


def derive_statuses(
    uow: UnitOfWork, session: Session, expected: Sequence[PersonId], *, now: datetime
) -> None:
    """Write the statuses that follow from the facts for these people, who are expected."""
    scans = group_scans(
        uow.scans.list_scans(expected, since=session.opens_at, until=session.ends_at)
    )
    statuses = [
        PersonStatus(
            session.id,
            person,
            StatusSource.RULE,
            decide_status(session, scans.get(person, ()), now),
            now,
        )
        for person in expected
    ]
    uow.statuses.write_statuses(session, statuses)


def expected_people(
    uow: UnitOfWork, session: Session, among: Collection[PersonId] | None = None
) -> dict[PersonId, GroupId]:
    """Who should attend, each with the group that expects them; `among`: look at these only."""
    if among is None:
        memberships = uow.people.list_memberships(session.group_ids, session.on_date)
    else:
        memberships = uow.people.list_memberships_of(among, session.on_date)
    people = uow.people.list_people({m.person_id for m in memberships})
    return list_expected(session, people, memberships)


def group_scans(scans: Iterable[Scan]) -> dict[PersonId, list[Scan]]:
    grouped: dict[PersonId, list[Scan]] = defaultdict(list)
    for scan in scans:
        grouped[scan.person_id].append(scan)
    return grouped
