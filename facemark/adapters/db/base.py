"""What every table has in common: names of constraints, and the institution in every key."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from facemark.adapters.db.types import UtcDateTime, Uuid16
from facemark.domain.ids import InstitutionId

NAMES = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(referred_table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}

CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}
"""For small rows of large tables: the primary key is the table, not a second index beside it."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, TypeEngine[Any]]] = {
        InstitutionId: Integer(),
        UUID: Uuid16(),
        datetime: UtcDateTime(),
    }


class TenantRow:
    """A row of one institution. Sessions add the institution to every statement about such rows."""

    institution_id: Mapped[InstitutionId] = mapped_column(primary_key=True, sort_order=-2)


class EntityRow(TenantRow):
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)


def belongs_to(column: str, table: str, target: str = "id") -> ForeignKeyConstraint:
    """A reference that cannot leave the institution."""
    return ForeignKeyConstraint(
        ["institution_id", column], [f"{table}.institution_id", f"{table}.{target}"]
    )


def of_institution() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["institution_id"], ["institution.id"])
