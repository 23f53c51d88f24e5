"""Control tables (institution, access index) and what each institution has exactly once."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from facemark.adapters.db.base import Base, TenantRow, of_institution
from facemark.adapters.db.types import enum_column
from facemark.domain.ids import InstitutionId
from facemark.domain.people import InstitutionKind


class InstitutionRow(Base):
    """Ids are never given out twice, not even after the newest institution was deleted."""

    __tablename__ = "institution"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[InstitutionId] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str]
    kind: Mapped[InstitutionKind] = mapped_column(enum_column(InstitutionKind, "kind"))
    language: Mapped[str]
    hold_min: Mapped[int]


class AccessKind(StrEnum):
    LOGIN = "login"
    DEVICE = "device"


class AccessRow(Base):
    """Which institution a login or device token belongs to, before anything else is known."""

    __tablename__ = "access_index"

    kind: Mapped[AccessKind] = mapped_column(enum_column(AccessKind, "kind"), primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    institution_id: Mapped[InstitutionId] = mapped_column(ForeignKey("institution.id"), index=True)
    subject_id: Mapped[UUID]


class DataKeyRow(TenantRow, Base):
    __tablename__ = "data_key"
    __table_args__ = (of_institution(),)

    key_id: Mapped[int] = mapped_column(primary_key=True)
    master_key_id: Mapped[str]
    wrapped: Mapped[bytes]


class GalleryVersionRow(TenantRow, Base):
    """Raised in the transaction that changes templates, consents or memberships."""

    __tablename__ = "gallery_version"
    __table_args__ = (of_institution(),)

    version: Mapped[int]
