"""Can this statement be held to one institution? If that cannot be seen, it is refused."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Executable, Table
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import Insert, Update
from sqlalchemy.sql.elements import ClauseElement, ColumnClause, TextClause
from sqlalchemy.sql.visitors import ExternallyTraversible

from facemark.adapters.db.errors import other_institution
from facemark.adapters.db.models import Base
from facemark.domain.errors import Refused
from facemark.domain.ids import InstitutionId

TENANTED = frozenset(
    table.name
    for table in Base.metadata.tables.values()
    if "institution_id" in table.primary_key.columns
)
"""Names of the tables whose rows belong to one institution."""


def check_visible(state: ORMExecuteState) -> None:
    """Refuse SQL text, and tables named without their mapped class."""
    if not state.is_orm_statement:
        raise _refused("it does not go through the mapped classes")
    parts = [*_walk(state.statement)]
    for part in parts:
        if isinstance(part, TextClause) or _is_literal(part):
            raise _refused("it contains SQL text")
        if _is_bare_column(part):
            raise _refused(f"it names {part} without its mapped class")
    if bare := _bare_tables(parts):
        raise _refused(f"it names {', '.join(sorted(bare))} without its mapped class")


def find_tables(statement: Executable) -> set[str]:
    return {part.name for part in _walk(statement) if isinstance(part, Table)}


def _walk(statement: Executable) -> Iterator[object]:
    if not isinstance(statement, ExternallyTraversible):
        raise _refused(f"{type(statement).__name__} cannot be looked into")
    return visitors.iterate(statement)


def check_rows(state: ORMExecuteState, institution: InstitutionId) -> None:
    """Refuse inserted and updated rows of another institution, or whose institution is hidden."""
    statement = state.statement
    if isinstance(statement, Insert) and not state.parameters:
        raise _refused("its rows are not given as parameters")
    if isinstance(statement, Insert | Update) and state.parameters:
        for row in _rows(state.parameters):
            if row.get("institution_id") != institution:
                raise other_institution(f"institution {row.get('institution_id')}")
    if isinstance(statement, Update) and _sets_institution(statement):
        raise _refused("it would move rows to another institution")


def _rows(parameters: Any) -> Sequence[Mapping[str, Any]]:
    return [parameters] if isinstance(parameters, Mapping) else parameters


def _sets_institution(statement: Update) -> bool:
    return any(getattr(key, "key", key) == "institution_id" for key in statement._values or ())


def _is_literal(part: object) -> bool:
    return isinstance(part, ColumnClause) and part.is_literal and part.name != "*"


def _is_bare_column(part: object) -> bool:
    return isinstance(part, ColumnClause) and isinstance(part.table, Table) and not _is_mapped(part)


def _is_mapped(part: ClauseElement) -> bool:
    return "parententity" in part._annotations


def _bare_tables(parts: Iterable[object]) -> set[str]:
    """An ORM statement mentions a bare table beside each of its mapped columns."""
    bare: set[str] = set()
    mapped: set[str] = set()
    for part in parts:
        if isinstance(part, Table):
            (mapped if _is_mapped(part) else bare).add(part.name)
        elif isinstance(part, ColumnClause) and _is_mapped(part):
            mapped.add(part._annotations["parententity"].mapper.local_table.name)
    return bare - mapped


def _refused(reason: str) -> Refused:
    return Refused(
        "statement_unscoped",
        f"a statement cannot be held to one institution: {reason}",
        "write it with the mapped classes, or insert through facemark.adapters.db.bulk",
    )
