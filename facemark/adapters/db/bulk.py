"""Inserting many rows at once, stamped with the session's institution."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from facemark.adapters.db.base import TenantRow
from facemark.adapters.db.scopes import TenantSession

T = TypeVar("T")

CHUNK = 5_000
"""Values in one IN list. SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535."""


def chunks(values: Iterable[T]) -> Iterable[list[T]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def insert_rows(
    session: TenantSession, model: type[TenantRow], rows: Iterable[Mapping[str, Any]]
) -> None:
    """All of them, or an IntegrityError."""
    if stamped := _stamp(session, rows):
        session.execute(insert(model), stamped)


def insert_new(
    session: TenantSession,
    model: type[TenantRow],
    rows: Iterable[Mapping[str, Any]],
    *,
    unique: Sequence[str],
    returning: InstrumentedAttribute[T],
) -> list[T]:
    """Insert those that are not there yet by `unique`; the database says which ones were new.

    `returning` of each new row, in no particular order.
    """
    stamped = _stamp(session, rows)
    if not stamped:
        return []
    statement = (
        _insert(session, model)
        .on_conflict_do_nothing(index_elements=["institution_id", *unique])
        .returning(returning)
    )
    return [*session.scalars(statement, stamped)]


def upsert(
    session: TenantSession,
    model: type[TenantRow],
    rows: Iterable[Mapping[str, Any]],
    *,
    unique: Sequence[str],
    change: Any,
) -> None:
    """`change(current, excluded)` gives the new values of a row that is there already."""
    stamped = _stamp(session, rows)
    if not stamped:
        return
    statement = _insert(session, model)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["institution_id", *unique], set_=change(model, statement.excluded)
        ),
        stamped,
    )


def _insert(session: TenantSession, model: type[TenantRow]) -> Any:
    """Both dialects' inserts offer ON CONFLICT, but share no type that says so."""
    make = postgresql.insert if session.dialect_name == "postgresql" else sqlite.insert
    return make(model)


def _stamp(session: TenantSession, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "institution_id": session.institution} for row in rows]
