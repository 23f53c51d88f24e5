"""Statuses: written in one place, with the rollup that counts them."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from uuid_utils.compat import uuid7

from facemark.adapters.db.bulk import chunks, insert_rows
from facemark.adapters.db.models import (
    MembershipRow,
    PersonRow,
    SessionGroupRow,
    SessionRow,
    StatusRow,
)
from facemark.adapters.db.repositories.rollups import RollupKey, add_to_rollup
from facemark.adapters.db.repositories.sessions import session_unknown
from facemark.adapters.db.scopes import TenantSession
from facemark.domain.attendance import PersonStatus, StatusDecision, StatusSource
from facemark.domain.ids import GroupId, PersonId, SessionId
from facemark.domain.sessions import Session

_STATUS = (
    StatusRow.id,
    StatusRow.person_id,
    StatusRow.group_id,
    StatusRow.source,
    StatusRow.status,
    StatusRow.reason,
    StatusRow.parameters,
    StatusRow.seen_at,
    StatusRow.rule_version,
    StatusRow.decided_at,
)


@dataclass(frozen=True, slots=True)
class _Live:
    """A live row: which one it is, and what the rollup counted it under."""

    id: UUID
    group_id: GroupId | None
    status: PersonStatus


class SqlStatuses:
    def __init__(self, session: TenantSession) -> None:
        self._session = session

    def write_statuses(self, session: Session, statuses: Sequence[PersonStatus]) -> int:
        self._hold_session(session.id)
        people = {s.person_id for s in statuses}
        live = {row.status.person_id: row for row in self._list_live(session.id, people)}
        changed = _choose_changes(statuses, {p: row.status for p, row in live.items()})
        if not changed:
            return 0
        groups = self._find_groups(session, changed.keys())
        old = [(live[p], s.decided_at) for p, s in changed.items() if p in live]
        self._supersede(old)
        rows = [_status_row(s, groups.get(p)) for p, s in changed.items()]
        insert_rows(self._session, StatusRow, rows)
        add_to_rollup(self._session, _count(session, changed, groups, old=[o for o, _ in old]))
        return len(rows)

    def list_statuses(self, session_id: SessionId) -> list[PersonStatus]:
        found = [row.status for row in self._list_live(session_id, None)]
        return sorted(found, key=lambda s: s.person_id)

    def _hold_session(self, session_id: SessionId) -> None:
        """Whoever else writes statuses of this session waits until this transaction has ended."""
        statement = (
            select(SessionRow.id).where(SessionRow.id == session_id).with_for_update(key_share=True)
        )
        if self._session.scalars(statement).one_or_none() is None:
            raise session_unknown(session_id)

    def _list_live(
        self, session_id: SessionId, people: Collection[PersonId] | None
    ) -> Iterable[_Live]:
        statement = select(*_STATUS).where(
            StatusRow.session_id == session_id, StatusRow.superseded_at.is_(None)
        )
        parts = (
            [statement]
            if people is None
            else [statement.where(StatusRow.person_id.in_(c)) for c in chunks(people)]
        )
        return [
            _build_live(session_id, row) for part in parts for row in self._session.execute(part)
        ]

    def _find_groups(
        self, session: Session, people: Collection[PersonId]
    ) -> dict[PersonId, GroupId]:
        """The group that expects each person, as domain.attendance.list_expected says."""
        on = session.on_date
        statement = (
            select(MembershipRow.person_id, MembershipRow.group_id)
            .join(SessionGroupRow, SessionGroupRow.group_id == MembershipRow.group_id)
            .join(PersonRow, PersonRow.id == MembershipRow.person_id)
            .where(
                SessionGroupRow.session_id == session.id,
                MembershipRow.from_on <= on,
                or_(MembershipRow.to_on.is_(None), MembershipRow.to_on >= on),
                PersonRow.joined_on <= on,
                or_(PersonRow.left_on.is_(None), PersonRow.left_on >= on),
            )
            .order_by(SessionGroupRow.position.desc())
        )
        return {
            PersonId(person): GroupId(group)
            for chunk in chunks(people)
            for person, group in self._session.execute(
                statement.where(MembershipRow.person_id.in_(chunk))
            )
        }

    def _supersede(self, rows: Iterable[tuple[_Live, datetime]]) -> None:
        by_moment: dict[datetime, list[UUID]] = {}
        for row, at in rows:
            by_moment.setdefault(at, []).append(row.id)
        for at, ids in by_moment.items():
            for chunk in chunks(ids):
                self._session.execute(
                    update(StatusRow)
                    .where(StatusRow.id.in_(chunk))
                    .values(superseded_at=at)
                    .execution_options(synchronize_session=False)
                )


def _choose_changes(
    statuses: Iterable[PersonStatus], live: dict[PersonId, PersonStatus]
) -> dict[PersonId, PersonStatus]:
    """What has to be written, by person; said twice, the later one holds."""
    changed: dict[PersonId, PersonStatus] = {}
    for status in statuses:
        current = changed.get(status.person_id) or live.get(status.person_id)
        if current is None or _supersedes(status, current):
            changed[status.person_id] = status
    # Said differently and then as before: nothing has changed.
    return {p: s for p, s in changed.items() if p not in live or _supersedes(s, live[p])}


def _supersedes(new: PersonStatus, current: PersonStatus) -> bool:
    if current.source is StatusSource.MANUAL and new.source is StatusSource.RULE:
        return False
    return (new.source, new.decision) != (current.source, current.decision)


def _count(
    session: Session,
    changed: dict[PersonId, PersonStatus],
    groups: dict[PersonId, GroupId],
    *,
    old: Iterable[_Live],
) -> dict[RollupKey, int]:
    totals: Counter[RollupKey] = Counter()
    for row in old:
        if row.group_id is not None:
            totals[row.group_id, session.on_date, row.status.decision.status] -= 1
    for person, status in changed.items():
        if person in groups:
            totals[groups[person], session.on_date, status.decision.status] += 1
    return totals


def _status_row(status: PersonStatus, group: GroupId | None) -> dict[str, Any]:
    decision = status.decision
    return {
        "id": uuid7(),
        "session_id": status.session_id,
        "person_id": status.person_id,
        "group_id": group,
        "source": status.source,
        "status": decision.status,
        "reason": decision.reason,
        "parameters": decision.parameters,
        "seen_at": decision.seen_at,
        "rule_version": decision.rule_version,
        "decided_at": status.decided_at,
    }


def _build_live(session_id: SessionId, row: Any) -> _Live:
    decision = StatusDecision(row.status, row.reason, row.parameters, row.seen_at, row.rule_version)
    person = PersonId(row.person_id)
    status = PersonStatus(session_id, person, row.source, decision, row.decided_at)
    return _Live(row.id, None if row.group_id is None else GroupId(row.group_id), status)
