"""Consents, append-only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from facemark.adapters.db.base import Base, EntityRow, belongs_to
from facemark.adapters.db.types import enum_column
from facemark.domain.consents import ConsentAnswer, ConsentParty, ConsentPurpose


class ConsentRow(EntityRow, Base):
    __tablename__ = "consent"
    __table_args__ = (belongs_to("person_id", "person"), Index(None, "institution_id", "person_id"))

    person_id: Mapped[UUID]
    purpose: Mapped[ConsentPurpose] = mapped_column(enum_column(ConsentPurpose, "purpose"))
    answer: Mapped[ConsentAnswer] = mapped_column(enum_column(ConsentAnswer, "answer"))
    party: Mapped[ConsentParty] = mapped_column(enum_column(ConsentParty, "party"))
    text_version: Mapped[str]
    recorded_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
