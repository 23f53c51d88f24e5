"""Scans, and when somebody was there to see them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from facemark.adapters.db.base import (
    CLUSTERED,
    Base,
    EntityRow,
    TenantRow,
    belongs_to,
    of_institution,
)
from facemark.adapters.db.types import enum_column
from facemark.domain.scans import Direction, ScanMethod


class ScanRow(EntityRow, Base):
    """`earlier_at`: the scan it followed within the cool-down, so that a repeat answers alike."""

    __tablename__ = "scan"
    __table_args__ = (
        belongs_to("person_id", "person"),
        belongs_to("device_id", "device"),
        Index(None, "institution_id", "person_id", "device_at"),
        Index(None, "institution_id", "device_at"),
        CLUSTERED,
    )

    person_id: Mapped[UUID]
    method: Mapped[ScanMethod] = mapped_column(enum_column(ScanMethod, "method"))
    direction: Mapped[Direction] = mapped_column(enum_column(Direction, "direction"))
    device_at: Mapped[datetime]
    received_at: Mapped[datetime]
    source: Mapped[str]
    device_id: Mapped[UUID | None]
    sequence: Mapped[int | None]
    similarity: Mapped[float | None]
    threshold: Mapped[float | None]
    payload_hash: Mapped[bytes]
    earlier_at: Mapped[datetime | None]


class PresenceRow(TenantRow, Base):
    __tablename__ = "presence"
    __table_args__ = (
        of_institution(),
        CheckConstraint("from_at <= to_at", name="forwards"),
        Index(None, "institution_id", "to_at"),
        CLUSTERED,
    )

    source: Mapped[str] = mapped_column(primary_key=True)
    from_at: Mapped[datetime] = mapped_column(primary_key=True)
    to_at: Mapped[datetime]
