"""A fresh, migrated database per test, on SQLite and on PostgreSQL. Neither is ever skipped.

Migrating takes seconds, so it is done once; each test gets a copy of the result.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

# A plugin of every run, so database libraries are imported by the tests that need them.
if TYPE_CHECKING:
    import psycopg

    from facemark.adapters.db.store import SqlStore
    from facemark.adapters.keys.ring import MasterKeyRing
    from facemark.domain.people import Institution

# What a test loses in a power cut can be made again.
FAST = ("fsync", "synchronous_commit", "full_page_writes")


def plain(url: str) -> str:
    """As libpq reads it."""
    return _change(url, drivername="postgresql")


def _change(url: str, **parts: Any) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).set(**parts).render_as_string(hide_password=False)


def _name(url: str) -> str:
    from sqlalchemy.engine import make_url

    return make_url(url).database or ""


@contextmanager
def administer(url: str) -> Iterator[psycopg.Connection]:
    """As the owner, outside transactions, bound by nothing."""
    import psycopg

    with psycopg.connect(plain(url), autocommit=True) as connection:
        yield connection


def create_database(server: str, template: str | None = None) -> str:
    from psycopg import sql

    name = f"facemark_{uuid4().hex}"
    origin = sql.SQL("TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
    with administer(server) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), origin))
    return _change(server, database=name)


def drop_database(server: str, url: str) -> None:
    from psycopg import sql

    name = sql.Identifier(_name(url))
    with administer(server) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """TEST_DATABASE_URL, or a server that all workers of this run share."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    from facemark.testing.postgres import start_postgres, stop_postgres

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    # Not below pytest's own folder: it is closed to the user PostgreSQL runs as.
    data_dir = Path(tempfile.gettempdir()) / f"facemark-pg-{run[:12]}"
    url = start_postgres(data_dir, keep=False)
    with administer(url) as connection:
        for setting in FAST:
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
    yield url
    stop_postgres(data_dir)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    from facemark.adapters.db.migrate import migrate

    url = create_database(postgres_server)
    migrate(url)
    yield _name(url)
    drop_database(postgres_server, url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from facemark.adapters.db.migrate import migrate

    path = tmp_path_factory.mktemp("template") / "facemark.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'facemark.db')}"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    url = create_database(postgres_server, postgres_template)
    yield url
    drop_database(postgres_server, url)


@pytest.fixture
def empty_url(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database in which nothing was ever set up."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    url = create_database(server)
    yield url
    drop_database(server, url)


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest) -> str:
    fixture = "sqlite_url" if backend == "sqlite" else "postgres_url"
    return str(request.getfixturevalue(fixture))


@pytest.fixture(scope="session")
def keys() -> MasterKeyRing:
    from facemark.adapters.keys.master import MasterKey
    from facemark.adapters.keys.ring import MasterKeyRing

    return MasterKeyRing(MasterKey.generate())


@pytest.fixture
def store(url: str, keys: MasterKeyRing) -> Iterator[SqlStore]:
    from facemark.adapters.db.store import SqlStore

    store = SqlStore(url, keys)
    yield store
    store.close()


@pytest.fixture
def school(store: SqlStore) -> Institution:
    """With the whole cast in it."""
    from facemark.testing.cast import found_school

    return found_school(store)
