"""Sessions bound to one institution, or to none, for their whole life.

The institution is added to every ORM statement, and statements it cannot be added to are refused.
On PostgreSQL row level security holds the same line a second time.
"""

from typing import Any, NoReturn

from sqlalchemy import Connection, Engine, event, func, literal, select
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    with_loader_criteria,
)

from facemark.adapters.db.base import TenantRow
from facemark.adapters.db.errors import other_institution
from facemark.adapters.db.models import DailyRollupRow
from facemark.adapters.db.statements import TENANTED, check_rows, check_visible, find_tables
from facemark.domain.errors import Refused
from facemark.domain.ids import InstitutionId

PLATFORM_READABLE = frozenset({DailyRollupRow.__tablename__})
"""Tenanted tables that a platform session may read, because they only hold counts."""

_PLATFORM_HIDDEN = TENANTED - PLATFORM_READABLE


class ScopedSession(Session):
    """Every statement passes the scope; the connection underneath is not given out."""

    def __init__(self, bind: Engine | Connection, settings: dict[str, str]) -> None:
        # Statements change rows behind the identity map's back; what is read is always read anew.
        super().__init__(bind, autoflush=False, execution_options={"populate_existing": True})
        self._settings = settings

    def _refuse(self, *arguments: Any, **options: Any) -> NoReturn:
        raise Refused(
            "session_bypassed",
            "a bare connection or an old bulk method would not be held to one institution",
            "execute ORM statements on the session, or use facemark.adapters.db.bulk",
        )

    connection = bulk_insert_mappings = bulk_update_mappings = bulk_save_objects = _refuse

    @property
    def dialect_name(self) -> str:
        return self.get_bind().dialect.name

    def check(self, state: ORMExecuteState) -> None:
        raise NotImplementedError


class TenantSession(ScopedSession):
    def __init__(self, bind: Engine | Connection, institution: InstitutionId) -> None:
        super().__init__(bind, {"facemark.institution": str(institution)})
        self.institution = institution
        self._criteria = with_loader_criteria(
            TenantRow, lambda row: row.institution_id == institution, include_aliases=True
        )

    def check(self, state: ORMExecuteState) -> None:
        check_visible(state)
        check_rows(state, self.institution)
        if not state.is_insert:
            state.statement = state.statement.options(self._criteria)


class PlatformSession(ScopedSession):
    """Sees the control tables only."""

    def __init__(self, bind: Engine | Connection) -> None:
        super().__init__(bind, {"facemark.scope": "platform"})

    def check(self, state: ORMExecuteState) -> None:
        check_visible(state)
        tables = find_tables(state.statement)
        hidden = tables & (_PLATFORM_HIDDEN if state.is_select else TENANTED)
        if hidden:
            raise _needs_institution(", ".join(sorted(hidden)))


def tenant_session(bind: Engine | Connection, institution: InstitutionId) -> TenantSession:
    return TenantSession(bind, institution)


def platform_session(bind: Engine | Connection) -> PlatformSession:
    return PlatformSession(bind)


def _needs_institution(tables: str) -> Refused:
    return Refused(
        "institution_unbound",
        f"{tables} can only be reached within one institution",
        "open a unit of work for the institution",
    )


@event.listens_for(ScopedSession, "do_orm_execute", propagate=True)
def _check_statement(state: ORMExecuteState) -> None:
    if isinstance(state.session, ScopedSession):
        state.session.check(state)


@event.listens_for(ScopedSession, "before_flush", propagate=True)
def _check_flush(session: Session, context: UOWTransaction, instances: object) -> None:
    bound = session.institution if isinstance(session, TenantSession) else None
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, TenantRow) and (bound is None or row.institution_id != bound):
            raise other_institution(f"{type(row).__name__} of institution {row.institution_id}")


@event.listens_for(ScopedSession, "after_begin", propagate=True)
def _bind_scope(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Tell row level security for this transaction only; pooled connections keep nothing."""
    if isinstance(session, ScopedSession) and connection.dialect.name == "postgresql":
        settings = session._settings.items()
        connection.execute(
            select(*(func.set_config(k, v, literal(value=True)) for k, v in settings))
        )
