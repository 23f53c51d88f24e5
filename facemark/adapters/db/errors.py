"""What a database refuses, as errors a user can act on."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from facemark.domain.errors import (
    Conflict,
    FaceMarkError,
    InvalidInput,
    NotFound,
    Refused,
    Unavailable,
)

_SQLITE_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_SQLITE_UNWRITABLE = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PERM,
)
_SQLITE_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_PG_BUSY = ("40001", "40P01", "55P03", "57014", "53300")
_PG_UNREACHABLE = ("08", "28", "3D", "57P")
_PG_READ_ONLY = "25006"
_PG_UNWRITABLE = ("53100", "53200", _PG_READ_ONLY, "58030")
_PG_ROW_SECURITY = "42501"
_PG_UNIQUE, _PG_FOREIGN_KEY = "23505", "23503"


@contextmanager
def coded_errors() -> Iterator[None]:
    """Around a unit of work; whatever leaves it is coded or a programming error."""
    try:
        yield
    except PoolTimeout as error:
        raise _busy() from error
    except DBAPIError as error:
        raise translate(error) from error


@contextmanager
def refused_writes() -> Iterator[None]:
    """Around a unit of work for queries."""
    try:
        yield
    except DBAPIError as error:
        plain = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_READONLY
        if plain or getattr(error.orig, "sqlstate", None) == _PG_READ_ONLY:
            raise Refused(
                "write_in_read_unit",
                "something was to be written in a unit of work for reading",
                "open the unit with Store.write",
            ) from error
        raise


def translate(error: DBAPIError) -> Exception:
    """The coded error for `error`, or `error` itself where nothing is known about it."""
    if isinstance(error, IntegrityError):
        return _refused_row(error)
    if isinstance(error.orig, sqlite3.Error):
        return _from_sqlite(error.orig) or error
    return _from_postgresql(error) or error


def _from_sqlite(error: sqlite3.Error) -> FaceMarkError | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _SQLITE_BUSY:
        return _busy()
    if code in _SQLITE_UNWRITABLE:
        return _unwritable(str(error))
    if code in _SQLITE_DAMAGED:
        return Unavailable(
            "database_damaged",
            f"the database file is damaged or is not one ({error})",
            "restore the newest backup",
        )
    return None


def _from_postgresql(error: DBAPIError) -> FaceMarkError | None:
    state = getattr(error.orig, "sqlstate", None)
    lost = state is None and isinstance(error, OperationalError)
    if lost or (state or "").startswith(_PG_UNREACHABLE):
        return _unreachable(str(error.orig).strip())
    if state in _PG_BUSY:
        return _busy()
    if state in _PG_UNWRITABLE:
        return _unwritable(str(error.orig).strip())
    if state == _PG_ROW_SECURITY:
        return other_institution(str(error.orig).strip())
    return None


def _refused_row(error: IntegrityError) -> FaceMarkError:
    detail = str(error.orig).strip()
    state = getattr(error.orig, "sqlstate", None)
    extended = getattr(error.orig, "sqlite_errorcode", None)
    if state == _PG_FOREIGN_KEY or extended == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
        return NotFound(
            "reference_unknown",
            f"a row names something this institution does not have ({_first_line(detail)})",
            "store what it refers to first",
        )
    unique = (sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
    if state == _PG_UNIQUE or extended in unique:
        return Conflict(
            "already_recorded",
            f"this is recorded already ({_first_line(detail)})",
            "look at what is there before recording it again",
        )
    return InvalidInput(
        "value_refused",
        f"the database refuses a value ({_first_line(detail)})",
        "give a value the field allows",
    )


def _first_line(detail: str) -> str:
    # PostgreSQL's second line quotes the row, which may hold names.
    return detail.partition("\n")[0]


def _busy() -> Unavailable:
    return Unavailable(
        "database_busy",
        "another process held the database for too long",
        "try again; nothing was stored by this attempt",
    )


def _unwritable(detail: str) -> Unavailable:
    return Unavailable(
        "database_unwritable",
        f"the database cannot be written ({_first_line(detail)})",
        "free space on its disk and check that its folder is writable; nothing was stored",
    )


def _unreachable(detail: str) -> Unavailable:
    return Unavailable(
        "database_unreachable",
        f"the database does not answer ({_first_line(detail)})",
        "check that it runs and that FACEMARK_DATABASE_URL names it",
    )


def other_institution(detail: str) -> Conflict:
    return Conflict(
        "other_institution",
        f"a row of another institution cannot be touched here ({_first_line(detail)})",
        "open a unit of work for that institution",
    )
