"""People, groups, guardians and the places they belong to."""

from datetime import date
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from facemark.adapters.db.base import (
    CLUSTERED,
    Base,
    EntityRow,
    TenantRow,
    belongs_to,
    of_institution,
)


class SiteRow(EntityRow, Base):
    __tablename__ = "site"
    __table_args__ = (of_institution(), UniqueConstraint("institution_id", "name"))

    name: Mapped[str]
    zone: Mapped[str]


class GroupRow(EntityRow, Base):
    __tablename__ = "group"
    __table_args__ = (of_institution(), UniqueConstraint("institution_id", "name"))

    name: Mapped[str]


class PersonRow(EntityRow, Base):
    __tablename__ = "person"
    __table_args__ = (of_institution(), UniqueConstraint("institution_id", "external_id"))

    external_id: Mapped[str]
    legal_name: Mapped[str]
    greeting_name: Mapped[str]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]


class MembershipRow(TenantRow, Base):
    __tablename__ = "membership"
    __table_args__ = (
        belongs_to("group_id", "group"),
        belongs_to("person_id", "person"),
        Index(None, "institution_id", "person_id"),
        CLUSTERED,
    )

    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    to_on: Mapped[date | None]


class GuardianRow(EntityRow, Base):
    """The hashes are keyed: they find a contact, they do not reveal it."""

    __tablename__ = "guardian"
    __table_args__ = (
        of_institution(),
        Index(None, "institution_id", "phone_hash"),
        Index(None, "institution_id", "email_hash"),
    )

    name: Mapped[str]
    language: Mapped[str]
    phone_sealed: Mapped[bytes | None]
    email_sealed: Mapped[bytes | None]
    phone_hash: Mapped[bytes | None]
    email_hash: Mapped[bytes | None]


class GuardianshipRow(TenantRow, Base):
    __tablename__ = "guardianship"
    __table_args__ = (
        belongs_to("person_id", "person"),
        belongs_to("guardian_id", "guardian"),
        CLUSTERED,
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    guardian_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int]
