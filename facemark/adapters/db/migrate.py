"""Bringing a database to this version's schema. Only the supervisor does; others check."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.engine import URL

from facemark.adapters.db.engine import open_owner_engine, parse_url
from facemark.adapters.db.errors import coded_errors
from facemark.adapters.db.statistics import seed_statistics
from facemark.domain.errors import Unavailable

_MIGRATIONS = str(Path(__file__).parent / "migrations").replace("%", "%%")

_MIGRATION_LOCK = 0xFACE
"""Any number, the same in every process."""


def migrate(url: str) -> None:
    """To the newest schema, in one transaction; nothing happens to one that is up to date.

    Raises Unavailable `schema_too_new`.
    """
    with _changing(parse_url(url)) as connection:
        if _current_revision(connection) != _newest_revision():
            _check_known(connection)
            command.upgrade(_config(connection), "head")
            if connection.dialect.name == "sqlite":
                seed_statistics(connection)


def downgrade(url: str, revision: str) -> None:
    """Back to an older schema, or to none by "base". Loses what the older one has no place for."""
    with _changing(parse_url(url)) as connection:
        _check_known(connection)
        command.downgrade(_config(connection), revision)


def check_schema(url: str) -> None:
    """Raises Unavailable `schema_outdated` or `schema_too_new`."""
    with _looking(parse_url(url)) as connection:
        _check_known(connection)
        if _current_revision(connection) != _newest_revision():
            raise Unavailable(
                "schema_outdated",
                "the database was made by an older version of FaceMark",
                "stop everything that uses it, make a backup, and start `facemark up`, "
                "which brings it up to date",
            )


def is_empty(url: str) -> bool:
    """True when nothing was ever set up there."""
    with _looking(parse_url(url)) as connection:
        return not inspect(connection).get_table_names()


def _check_known(connection: Connection) -> None:
    current = _current_revision(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if current is not None and current not in known:
        raise Unavailable(
            "schema_too_new",
            f"the database was made by a newer version of FaceMark (schema {current})",
            "install that version again, or restore a backup from before the update",
        )


def _current_revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _newest_revision() -> str | None:
    return _scripts().get_current_head()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", _MIGRATIONS)
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _looking(url: URL) -> Iterator[Connection]:
    engine = open_owner_engine(url, begin="BEGIN")
    with coded_errors(), engine.connect() as connection:
        yield connection


@contextmanager
def _changing(url: URL) -> Iterator[Connection]:
    """Of several processes migrating at once, one works and the others find it done."""
    engine = open_owner_engine(url, begin="BEGIN IMMEDIATE")
    with coded_errors(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        yield connection
        if connection.dialect.name == "sqlite":
            _check_references(connection)


def _check_references(connection: Connection) -> None:
    """Foreign keys are off while tables are rebuilt; a broken one must not be committed."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise Unavailable(
            "migration_failed",
            f"rows of {broken[0]} would refer to nothing in {broken[2]}",
            "the database is unchanged; report this with your version of FaceMark",
        )
