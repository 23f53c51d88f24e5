"""The only place where engines are made and connections are set up."""

from dataclasses import dataclass
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from facemark.domain.errors import InvalidInput

APP_ROLE = "facemark_app"
"""Owns nothing and cannot bypass row level security; every connection of the product runs as it."""

BUSY_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Engines:
    """Readers never wait for a writer; on SQLite they are another pool that cannot write."""

    read: Engine
    write: Engine

    def dispose(self) -> None:
        self.read.dispose()
        self.write.dispose()


def parse_url(text: str) -> URL:
    """Raises InvalidInput `database_url_invalid`."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise _invalid_url("it cannot be parsed") from error
    if url.drivername == "sqlite":
        if not url.database or url.database == ":memory:":
            raise _invalid_url("it names no file")
        return url
    if url.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    raise _invalid_url(f"{url.drivername} is not supported")


def _invalid_url(reason: str) -> InvalidInput:
    return InvalidInput(
        "database_url_invalid",
        f"the database URL is not usable: {reason}",
        "write sqlite:////absolute/path/facemark.db or postgresql://user@host/database",
    )


def open_engines(url: URL) -> Engines:
    if url.get_backend_name() == "sqlite":
        return Engines(
            read=_sqlite_engine(url, begin="BEGIN", pragmas=("query_only=ON",)),
            write=_sqlite_engine(url, begin="BEGIN IMMEDIATE", pragmas=()),
        )
    write = create_engine(
        _as_app_role(url), pool_pre_ping=True, connect_args={"prepare_threshold": 5}
    )
    # One snapshot for the whole unit, as SQLite gives it.
    read = write.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(read, write)


def open_owner_engine(url: URL, *, begin: str) -> Engine:
    """For migrations: the role that owns the tables, one connection, foreign keys off on SQLite.

    Batch migrations rebuild tables; with foreign keys on, dropping the old one would take the
    rows that refer to it along.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, begin=begin, pragmas=("foreign_keys=OFF",), poolclass=NullPool)
    return create_engine(url, poolclass=NullPool, connect_args={"options": _options(url, "")})


def _sqlite_engine(url: URL, *, begin: str, pragmas: tuple[str, ...], **arguments: Any) -> Engine:
    timeout = {} if "timeout" in url.query else {"timeout": BUSY_TIMEOUT_S}
    engine = create_engine(url, connect_args=timeout, **arguments)

    @event.listens_for(engine, "connect")
    def _set_up(connection: SqliteConnection, record: object) -> None:
        # The driver would begin on its own, and always deferred.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", *pragmas):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _as_app_role(url: URL) -> URL:
    return url.update_query_dict({"options": _options(url, f"-c role={APP_ROLE}")})


def _options(url: URL, more: str) -> str:
    """libpq start-up options; unlike SET ROLE they are what a RESET goes back to."""
    given = url.query.get("options", "")
    parts = [given] if isinstance(given, str) else [*given]
    return " ".join(filter(None, (*parts, "-c timezone=UTC", more)))
