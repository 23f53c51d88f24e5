"""Migrations make exactly the mapped schema, go both ways, and refuse what they do not know."""

from multiprocessing import get_context
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.engine import make_url

from facemark.adapters.db.engine import open_owner_engine, parse_url
from facemark.adapters.db.migrate import check_schema, downgrade, is_empty, migrate
from facemark.adapters.db.models import Base
from facemark.adapters.db.store import SqlStore
from facemark.adapters.keys.ring import MasterKeyRing
from facemark.domain.errors import Unavailable
from facemark.testing.cast import found_school
from tests.contracts.filled import found_full_school
from tests.databases import administer, create_database, drop_database


def owner(url: str) -> Engine:
    return open_owner_engine(parse_url(url), begin="BEGIN")


def describe(url: str) -> dict[str, Any]:
    """Everything the database says about its tables, but for Alembic's own."""
    with owner(url).connect() as connection:
        inspector = inspect(connection)
        return {
            table: {
                "columns": [
                    (c["name"], str(c["type"]), c["nullable"], c.get("identity"))
                    for c in inspector.get_columns(table)
                ],
                "primary": inspector.get_pk_constraint(table),
                "unique": _sorted(inspector.get_unique_constraints(table)),
                "foreign": _sorted(inspector.get_foreign_keys(table)),
                "checks": _sorted(inspector.get_check_constraints(table)),
                "indexes": _sorted(inspector.get_indexes(table)),
                "storage": _storage(connection, table),
            }
            for table in inspector.get_table_names()
            if table != "alembic_version"
        }


def _storage(connection: Connection, table: str) -> list[bool]:
    """What the inspector does not tell of SQLite: clustered by primary key, ids never reused."""
    if connection.dialect.name != "sqlite":
        return []
    made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,))
    text = str(made.scalar_one())
    return [words in text for words in ("WITHOUT ROWID", "AUTOINCREMENT")]


def _sorted(things: Any) -> list[Any]:
    """By name; the condition of a partial index is a clause without equality."""
    plain = [
        {**thing, "dialect_options": {k: str(v) for k, v in thing["dialect_options"].items()}}
        if "dialect_options" in thing
        else thing
        for thing in things
    ]
    return sorted(plain, key=lambda thing: str(thing["name"]))


def policies(url: str) -> set[tuple[Any, ...]]:
    if not url.startswith("postgresql"):
        return set()
    with owner(url).connect() as connection:
        return {
            tuple(row)
            for row in connection.exec_driver_sql(
                "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies"
            )
        }


def test_migrating_from_nothing_makes_exactly_the_mapped_schema(url: str, empty_url: str) -> None:
    with owner(empty_url).begin() as connection:
        Base.metadata.create_all(connection)
    assert describe(url) == describe(empty_url)


def test_alembic_finds_nothing_left_to_do(url: str) -> None:
    with owner(url).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_going_down_and_up_again_makes_the_same_schema(url: str) -> None:
    schema, rules = describe(url), policies(url)
    downgrade(url, "base")
    assert describe(url) == {}
    migrate(url)
    assert describe(url) == schema
    assert policies(url) == rules


def test_migrating_again_changes_nothing(url: str, keys: MasterKeyRing) -> None:
    store = SqlStore(url, keys)
    school = found_full_school(store)
    store.close()
    migrate(url)
    check_schema(url)
    store = SqlStore(url, keys)
    with store.read(school.id) as uow:
        assert uow.people.list_people()
    store.close()


def test_a_database_is_empty_until_it_is_migrated(empty_url: str) -> None:
    assert is_empty(empty_url)
    migrate(empty_url)
    assert not is_empty(empty_url)


def test_an_empty_or_older_schema_is_outdated_and_says_who_brings_it_up(
    empty_url: str,
) -> None:
    with pytest.raises(Unavailable, match=r"schema_outdated: .*facemark up"):
        check_schema(empty_url)
    migrate(empty_url)
    downgrade(empty_url, "-1")
    with pytest.raises(Unavailable, match="schema_outdated"):
        check_schema(empty_url)


def test_a_newer_schema_is_neither_used_nor_touched(url: str) -> None:
    with owner(url).begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '29990101_1'")
    before = describe(url)
    for touch in (check_schema, migrate):
        with pytest.raises(Unavailable, match=r"schema_too_new: .*29990101_1"):
            touch(url)
    assert describe(url) == before


def test_a_migration_that_fails_leaves_the_old_schema(empty_url: str) -> None:
    with owner(empty_url).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE session (in_the_way INTEGER)")
    with pytest.raises(Exception, match="session"):
        migrate(empty_url)
    assert list(describe(empty_url)) == ["session"]


def test_a_login_that_may_not_create_the_role_is_told_what_an_administrator_must_do(
    postgres_server: str, postgres_template: str
) -> None:
    assert postgres_template, "its migration made the role"
    login = f"login_{uuid4().hex}"
    url = create_database(postgres_server)
    with administer(url) as connection:
        connection.execute(f"CREATE ROLE {login} LOGIN PASSWORD 'secret'".encode())
        connection.execute(f"GRANT ALL ON SCHEMA public TO {login}".encode())
    parts = make_url(url).set(username=login, password="secret")
    as_login = parts.render_as_string(hide_password=False)
    with pytest.raises(Unavailable, match=r"database_role_missing: .*GRANT facemark_app TO"):
        migrate(as_login)
    with administer(url) as connection:
        connection.execute(f"GRANT facemark_app TO {login}".encode())
    migrate(as_login)
    check_schema(as_login)
    drop_database(postgres_server, url)
    with administer(postgres_server) as connection:
        connection.execute(f"DROP ROLE {login}".encode())


@pytest.mark.slow
def test_processes_that_migrate_at_once_do_it_once(empty_url: str, keys: MasterKeyRing) -> None:
    with get_context("spawn").Pool(3) as pool:
        pool.map(migrate, [empty_url] * 3)
    check_schema(empty_url)
    store = SqlStore(empty_url, keys)
    found_school(store)
    store.close()
