"""The audit log."""

from collections.abc import Sequence

from sqlalchemy import select
from uuid_utils.compat import uuid7

from facemark.adapters.db.bulk import insert_rows
from facemark.adapters.db.models import AuditEventRow
from facemark.adapters.db.scopes import TenantSession
from facemark.services.ports.store import AuditEvent


class SqlAudit:
    def __init__(self, session: TenantSession) -> None:
        self._session = session

    def record_audit(self, events: Sequence[AuditEvent]) -> None:
        rows = [
            {
                "id": uuid7(),
                "at": event.at,
                "actor": event.actor,
                "action": event.action,
                "subject": event.subject,
            }
            for event in events
        ]
        insert_rows(self._session, AuditEventRow, rows)

    def list_audit(self, limit: int) -> list[AuditEvent]:
        row = AuditEventRow
        statement = (
            select(row.at, row.actor, row.action, row.subject)
            .order_by(row.at.desc(), row.id.desc())
            .limit(limit)
        )
        return [
            AuditEvent(at, actor, action, subject)
            for at, actor, action, subject in self._session.execute(statement)
        ]
