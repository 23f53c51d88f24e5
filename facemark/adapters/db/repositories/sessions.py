"""Sessions."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from facemark.adapters.db.bulk import chunks, insert_new, insert_rows
from facemark.adapters.db.models import SessionGroupRow, SessionRow
from facemark.adapters.db.scopes import TenantSession
from facemark.domain.errors import Conflict, NotFound
from facemark.domain.ids import GroupId, SessionId, SiteId
from facemark.domain.sessions import Session, SessionTimes


class SqlSessions:
    def __init__(self, session: TenantSession) -> None:
        self._session = session

    def add_session(self, session: Session) -> None:
        new = insert_new(
            self._session,
            SessionRow,
            [_session_row(session)],
            unique=["site_id", "on_date", "name", "starts_local"],
            returning=SessionRow.id,
        )
        if not new:
            raise Conflict(
                "session_exists",
                f"{session.name!r} at {session.times.starts_local:%H:%M} on {session.on_date} "
                "exists already at this site",
                "choose another name or time",
            )
        groups = enumerate(dict.fromkeys(session.group_ids))
        insert_rows(
            self._session,
            SessionGroupRow,
            [{"session_id": session.id, "group_id": g, "position": i} for i, g in groups],
        )

    def get_session(self, session_id: SessionId) -> Session:
        row = self._session.scalars(
            select(SessionRow).where(SessionRow.id == session_id)
        ).one_or_none()
        if row is None:
            raise session_unknown(session_id)
        return self._build([row])[0]

    def list_sessions(
        self,
        *,
        opens_before: datetime | None = None,
        ends_after: datetime | None = None,
        on_date: date | None = None,
    ) -> list[Session]:
        statement = select(SessionRow).order_by(SessionRow.starts_at, SessionRow.id)
        if opens_before is not None:
            statement = statement.where(SessionRow.opens_at <= opens_before)
        if ends_after is not None:
            statement = statement.where(SessionRow.ends_at >= ends_after)
        if on_date is not None:
            statement = statement.where(SessionRow.on_date == on_date)
        return self._build(self._session.scalars(statement))

    def list_due(self, now: datetime) -> list[Session]:
        statement = (
            select(SessionRow)
            .where(SessionRow.settled_at.is_(None), SessionRow.cut_off_at < now)
            .order_by(SessionRow.cut_off_at, SessionRow.id)
        )
        return self._build(self._session.scalars(statement))

    def mark_settled(self, session_id: SessionId, at: datetime) -> None:
        marked = self._session.scalars(
            update(SessionRow)
            .where(SessionRow.id == session_id)
            .values(settled_at=at)
            .returning(SessionRow.id)
            .execution_options(synchronize_session=False)
        ).all()
        if not marked:
            raise session_unknown(session_id)

    def _build(self, rows: Iterable[SessionRow]) -> list[Session]:
        found = list(rows)
        groups: dict[UUID, list[GroupId]] = defaultdict(list)
        for chunk in chunks(row.id for row in found):
            statement = (
                select(SessionGroupRow.session_id, SessionGroupRow.group_id)
                .where(SessionGroupRow.session_id.in_(chunk))
                .order_by(SessionGroupRow.position)
            )
            for session_id, group_id in self._session.execute(statement):
                groups[session_id].append(GroupId(group_id))
        return [_build_session(row, tuple(groups[row.id])) for row in found]


def session_unknown(session_id: SessionId) -> NotFound:
    return NotFound(
        "session_unknown",
        f"there is no session {session_id}",
        "list the sessions to see which there are",
    )


def _session_row(session: Session) -> dict[str, Any]:
    times = session.times
    return {
        "id": session.id,
        "site_id": session.site_id,
        "name": session.name,
        "on_date": times.on_date,
        "starts_local": times.starts_local,
        "ends_local": times.ends_local,
        "zone": times.zone,
        "early_open_min": times.early_open_min,
        "grace_min": times.grace_min,
        "cut_off_min": times.cut_off_min,
        "opens_at": session.opens_at,
        "starts_at": session.starts_at,
        "cut_off_at": session.cut_off_at,
        "ends_at": session.ends_at,
    }


def _build_session(row: SessionRow, group_ids: tuple[GroupId, ...]) -> Session:
    return Session(
        id=SessionId(row.id),
        site_id=SiteId(row.site_id),
        name=row.name,
        times=SessionTimes(
            row.on_date,
            row.starts_local,
            row.ends_local,
            row.zone,
            row.early_open_min,
            row.grace_min,
            row.cut_off_min,
        ),
        opens_at=row.opens_at,
        starts_at=row.starts_at,
        cut_off_at=row.cut_off_at,
        ends_at=row.ends_at,
        group_ids=group_ids,
    )
