"""Conclusions: one live status per person and session, and the daily counts made of them."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from facemark.adapters.db.base import CLUSTERED, Base, EntityRow, TenantRow, belongs_to
from facemark.adapters.db.types import StringMap, enum_column
from facemark.domain.attendance import AttendanceStatus, ReasonCode, StatusSource

LIVE = "superseded_at IS NULL"


class StatusRow(EntityRow, Base):
    """`group_id`: who expected the person when it was decided, so that the rollup can be undone.

    `code`: the institution's own word for the status, if it has one.
    """

    __tablename__ = "status"
    __table_args__ = (
        belongs_to("session_id", "session"),
        belongs_to("person_id", "person"),
        belongs_to("group_id", "group"),
        Index(
            "uq_status_live",
            "institution_id",
            "session_id",
            "person_id",
            unique=True,
            sqlite_where=text(LIVE),
            postgresql_where=text(LIVE),
        ),
        CLUSTERED,
    )

    session_id: Mapped[UUID]
    person_id: Mapped[UUID]
    group_id: Mapped[UUID | None]
    source: Mapped[StatusSource] = mapped_column(enum_column(StatusSource, "source"))
    status: Mapped[AttendanceStatus] = mapped_column(enum_column(AttendanceStatus, "status"))
    code: Mapped[str | None]
    reason: Mapped[ReasonCode] = mapped_column(enum_column(ReasonCode, "reason"))
    parameters: Mapped[Mapping[str, str]] = mapped_column(StringMap)
    seen_at: Mapped[datetime | None]
    rule_version: Mapped[int]
    decided_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class DailyRollupRow(TenantRow, Base):
    """How many live statuses of a kind a group has on a date, over all its sessions."""

    __tablename__ = "daily_rollup"
    __table_args__ = (
        belongs_to("group_id", "group"),
        Index(None, "institution_id", "on_date"),
        CLUSTERED,
    )

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    status: Mapped[AttendanceStatus] = mapped_column(
        enum_column(AttendanceStatus, "status"), primary_key=True
    )
    total: Mapped[int]
