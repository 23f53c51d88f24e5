"""Passes, PINs and cards, and the keys that sign passes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from facemark.adapters.db.base import Base, EntityRow, belongs_to, of_institution
from facemark.adapters.db.types import enum_column
from facemark.domain.credentials import CredentialKind


class CredentialRow(EntityRow, Base):
    """`secret_hash`: keyed hash of a PIN or card number, unique so that it names one person."""

    __tablename__ = "credential"
    __table_args__ = (
        belongs_to("person_id", "person"),
        UniqueConstraint("institution_id", "kind", "secret_hash"),
        Index(None, "institution_id", "person_id"),
    )

    person_id: Mapped[UUID]
    kind: Mapped[CredentialKind] = mapped_column(enum_column(CredentialKind, "kind"))
    key_id: Mapped[str]
    secret_hash: Mapped[bytes | None]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SigningKeyRow(EntityRow, Base):
    """`id` is a UUIDv7 and gives the order of creation."""

    __tablename__ = "signing_key"
    __table_args__ = (of_institution(), UniqueConstraint("institution_id", "key_id"))

    key_id: Mapped[str]
    public: Mapped[bytes]
    private_sealed: Mapped[bytes]
