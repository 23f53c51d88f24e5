"""What must be told, the messages that tell it, and every attempt to send one."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from facemark.adapters.db.base import CLUSTERED, Base, EntityRow, TenantRow, belongs_to
from facemark.adapters.db.types import enum_column
from facemark.domain.notices import (
    AbsenceCategory,
    ChannelName,
    MessageState,
    NoticeKind,
    NoticeState,
)


class NoticeRow(EntityRow, Base):
    __tablename__ = "notice"
    __table_args__ = (
        belongs_to("person_id", "person"),
        belongs_to("guardian_id", "guardian"),
        belongs_to("session_id", "session"),
        UniqueConstraint("institution_id", "kind", "person_id", "on_date", "guardian_id"),
    )

    kind: Mapped[NoticeKind] = mapped_column(enum_column(NoticeKind, "kind"))
    category: Mapped[AbsenceCategory] = mapped_column(enum_column(AbsenceCategory, "category"))
    person_id: Mapped[UUID]
    guardian_id: Mapped[UUID]
    session_id: Mapped[UUID]
    on_date: Mapped[date]
    useful_until_at: Mapped[datetime]
    state: Mapped[NoticeState] = mapped_column(enum_column(NoticeState, "state"))


class MessageRow(EntityRow, Base):
    """Contact and text are sealed: together they say whose child was away."""

    __tablename__ = "message"
    __table_args__ = (
        belongs_to("guardian_id", "guardian"),
        Index(None, "institution_id", "state", "send_after_at"),
        Index(None, "institution_id", "created_at"),
    )

    guardian_id: Mapped[UUID]
    channel: Mapped[ChannelName] = mapped_column(enum_column(ChannelName, "channel"))
    to_sealed: Mapped[bytes]
    text_sealed: Mapped[bytes]
    state: Mapped[MessageState] = mapped_column(enum_column(MessageState, "state"))
    created_at: Mapped[datetime]
    send_after_at: Mapped[datetime]
    useful_until_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    leased_by: Mapped[str | None]


class MessageNoticeRow(TenantRow, Base):
    __tablename__ = "message_notice"
    __table_args__ = (
        belongs_to("message_id", "message"),
        belongs_to("notice_id", "notice"),
        CLUSTERED,
    )

    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]


class DeliveryRow(EntityRow, Base):
    __tablename__ = "delivery"
    __table_args__ = (
        belongs_to("message_id", "message"),
        UniqueConstraint("institution_id", "message_id", "attempt"),
    )

    message_id: Mapped[UUID]
    attempt: Mapped[int]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    provider_reference: Mapped[str | None]
    error_code: Mapped[str | None]
