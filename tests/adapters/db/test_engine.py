"""How connections behave when the machine is in the way: locked, full, read-only, gone."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from facemark.adapters.db.engine import parse_url
from facemark.adapters.db.migrate import check_schema, is_empty
from facemark.adapters.db.store import SqlStore
from facemark.adapters.keys.ring import MasterKeyRing
from facemark.domain.errors import InvalidInput, Unavailable
from facemark.domain.people import Institution
from facemark.services.ports.store import AuditEvent
from facemark.testing.cast import at, found_school

EVENT = AuditEvent(at(9), "cli", "tested", "x" * 1_000)


@pytest.fixture
def impatient(sqlite_url: str, keys: MasterKeyRing) -> Iterator[SqlStore]:
    store = SqlStore(f"{sqlite_url}?timeout=0.01", keys)
    yield store
    store.close()


def write_event(store: SqlStore, school: Institution, times: int = 1) -> None:
    with store.write(school.id) as uow:
        uow.audit.record_audit([EVENT] * times)
        uow.commit()


def count_events(store: SqlStore, school: Institution) -> int:
    with store.read(school.id) as uow:
        return len(uow.audit.list_audit(1_000_000))


def path_of(url: str) -> Path:
    return Path(parse_url(url).database or "")


@pytest.mark.parametrize(
    ("pragma", "reading", "writing"),
    [
        ("journal_mode", "wal", "wal"),
        ("synchronous", 2, 2),
        ("foreign_keys", 1, 1),
        ("busy_timeout", 5_000, 5_000),
        ("query_only", 1, 0),
    ],
)
def test_sqlite_connections_are_set_up_for_durability(
    sqlite_url: str, keys: MasterKeyRing, pragma: str, reading: object, writing: object
) -> None:
    with closing(SqlStore(sqlite_url, keys)) as store:
        for engine, wanted in ((store.engines.read, reading), (store.engines.write, writing)):
            with engine.connect() as connection:
                assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == wanted


def test_a_locked_database_is_busy_and_works_again_afterwards(
    impatient: SqlStore, sqlite_url: str
) -> None:
    school = found_school(impatient)
    with closing(sqlite3.connect(path_of(sqlite_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="database_busy"):
            write_event(impatient, school)
        assert count_events(impatient, school) == 0
        other.execute("ROLLBACK")
    write_event(impatient, school)
    assert count_events(impatient, school) == 1


def test_a_full_disk_is_said_and_nothing_is_lost_when_there_is_room_again(
    impatient: SqlStore,
) -> None:
    school = found_school(impatient)
    write_event(impatient, school)
    engine = impatient.engines.write

    def limit(connection: sqlite3.Connection, record: object) -> None:
        connection.execute("PRAGMA max_page_count=1").close()

    engine.dispose()
    event.listen(engine, "connect", limit)
    with pytest.raises(Unavailable, match="database_unwritable"):
        write_event(impatient, school, times=1_000)
    event.remove(engine, "connect", limit)
    engine.dispose()
    assert count_events(impatient, school) == 1
    write_event(impatient, school)
    assert count_events(impatient, school) == 2


def test_a_read_only_database_is_read_but_not_written(sqlite_url: str, keys: MasterKeyRing) -> None:
    with closing(SqlStore(sqlite_url, keys)) as store:
        school = found_school(store)
    path = path_of(sqlite_url)
    with closing(SqlStore(f"sqlite:///file:{path}?mode=ro&uri=true", keys)) as store:
        assert count_events(store, school) == 0
        with pytest.raises(Unavailable, match="database_unwritable"):
            write_event(store, school)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="database_unwritable"):
        is_empty(f"sqlite:///{tmp_path / 'missing' / 'facemark.db'}")


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "facemark.db"
    path.write_bytes(b"This is a letter, not a database. " * 100)
    with pytest.raises(Unavailable, match="database_damaged"):
        check_schema(f"sqlite:///{path}")


def test_a_server_that_does_not_answer_is_said_without_the_password(
    tmp_path: Path, keys: MasterKeyRing
) -> None:
    url = f"postgresql://officer:hunter2@/facemark?host={tmp_path}"
    with pytest.raises(Unavailable, match="database_unreachable") as caught:
        check_schema(url)
    assert "hunter2" not in str(caught.value)
    with closing(SqlStore(url, keys)) as store, pytest.raises(Unavailable):
        store.list_institutions()


def test_a_database_that_the_server_does_not_have_is_said(postgres_server: str) -> None:
    missing = postgres_server.replace("/postgres?", "/no_such_database?")
    with pytest.raises(Unavailable, match="database_unreachable"):
        check_schema(missing)


@pytest.mark.parametrize(
    "url", ["postgresql://u@h/d", "postgres://u@h/d", "postgresql+psycopg://u@h/d"]
)
def test_all_usual_spellings_of_a_postgresql_url_are_taken(url: str) -> None:
    assert parse_url(url).render_as_string() == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    "url",
    ["", "facemark.db", "mysql://u@h/d", "sqlite://", "sqlite:///:memory:", "postgresql+x://"],
)
def test_a_url_that_cannot_work_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"database_url_invalid: .*sqlite:////"):
        parse_url(url)
