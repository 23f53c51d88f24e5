"""Who may sign in, and the machines that may report."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from facemark.adapters.db.base import Base, EntityRow, belongs_to, of_institution
from facemark.adapters.db.types import enum_column
from facemark.domain.accounts import Role
from facemark.domain.scans import Direction


class AccountRow(EntityRow, Base):
    __tablename__ = "account"
    __table_args__ = (of_institution(), UniqueConstraint("institution_id", "login"))

    login: Mapped[str]
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))
    password_hash: Mapped[str | None]
    disabled_at: Mapped[datetime | None]


class DeviceRow(EntityRow, Base):
    __tablename__ = "device"
    __table_args__ = (
        belongs_to("site_id", "site"),
        UniqueConstraint("institution_id", "token_hash"),
    )

    name: Mapped[str]
    site_id: Mapped[UUID]
    direction: Mapped[Direction] = mapped_column(enum_column(Direction, "direction"))
    token_hash: Mapped[bytes]
    revoked_at: Mapped[datetime | None]
