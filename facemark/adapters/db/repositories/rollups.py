"""Daily counts, kept in the transaction of the statuses they count."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from facemark.adapters.db.bulk import upsert
from facemark.adapters.db.models import DailyRollupRow
from facemark.adapters.db.scopes import TenantSession
from facemark.domain.attendance import AttendanceStatus
from facemark.domain.ids import GroupId

RollupKey = tuple[GroupId, date, AttendanceStatus]


def add_to_rollup(session: TenantSession, changes: Mapping[RollupKey, int]) -> None:
    """In key order, so that two transactions cannot wait for each other's rows."""
    rows = [
        {"group_id": group, "on_date": on, "status": status, "total": change}
        for (group, on, status), change in sorted(changes.items())
        if change
    ]
    upsert(session, DailyRollupRow, rows, unique=["group_id", "on_date", "status"], change=_add)


def _add(row: type[DailyRollupRow], excluded: Any) -> dict[str, Any]:
    return {"total": row.total + excluded.total}
