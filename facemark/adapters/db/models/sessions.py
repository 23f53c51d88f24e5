"""Sessions and the groups they expect."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from facemark.adapters.db.base import CLUSTERED, Base, EntityRow, TenantRow, belongs_to


class SessionRow(EntityRow, Base):
    """The instants are kept as resolved at creation; `schedule_id` names what made the row."""

    __tablename__ = "session"
    __table_args__ = (
        belongs_to("site_id", "site"),
        UniqueConstraint("institution_id", "site_id", "on_date", "name", "starts_local"),
        CheckConstraint("opens_at <= starts_at AND starts_at <= cut_off_at", name="opens_first"),
        CheckConstraint("cut_off_at <= ends_at", name="ends_last"),
        Index(None, "institution_id", "ends_at"),
        Index(None, "institution_id", "on_date"),
        Index(
            "ix_session_due",
            "institution_id",
            "cut_off_at",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    site_id: Mapped[UUID]
    schedule_id: Mapped[UUID | None]
    name: Mapped[str]
    on_date: Mapped[date]
    starts_local: Mapped[time]
    ends_local: Mapped[time]
    zone: Mapped[str]
    early_open_min: Mapped[int]
    grace_min: Mapped[int]
    cut_off_min: Mapped[int]
    opens_at: Mapped[datetime]
    starts_at: Mapped[datetime]
    cut_off_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class SessionGroupRow(TenantRow, Base):
    __tablename__ = "session_group"
    __table_args__ = (
        belongs_to("session_id", "session"),
        belongs_to("group_id", "group"),
        CLUSTERED,
    )

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]
