"""Enrolled face vectors, sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from facemark.adapters.db.base import Base, EntityRow, belongs_to


class TemplateRow(EntityRow, Base):
    __tablename__ = "template"
    __table_args__ = (belongs_to("person_id", "person"), Index(None, "institution_id", "person_id"))

    person_id: Mapped[UUID]
    engine: Mapped[str]
    model_hash: Mapped[str]
    dimensions: Mapped[int]
    created_at: Mapped[datetime]
    sealed: Mapped[bytes]
