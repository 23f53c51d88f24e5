"""Who did what, append-only; opaque ids, never names or values."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from facemark.adapters.db.base import Base, EntityRow, of_institution


class AuditEventRow(EntityRow, Base):
    """`id` is a UUIDv7 and settles the order of events of the same instant."""

    __tablename__ = "audit_event"
    __table_args__ = (of_institution(), Index(None, "institution_id", "at", "id"))

    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
