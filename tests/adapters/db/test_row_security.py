"""PostgreSQL keeps institutions apart by itself: as the application's role, without our code."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from psycopg.rows import TupleRow

from facemark.adapters.db.engine import APP_ROLE
from facemark.adapters.db.models import Base
from facemark.adapters.db.statements import TENANTED
from facemark.adapters.db.store import SqlStore
from facemark.adapters.keys.ring import MasterKeyRing
from facemark.domain.people import Institution
from facemark.testing.cast import COMPANY
from tests.contracts.filled import found_full_school
from tests.databases import administer, plain

pytestmark = pytest.mark.postgresql

ALL_TABLES = {t.name for t in Base.metadata.tables.values()}
CONTROL = {"institution", "access_index"}
APPEND_ONLY = {"scan", "consent", "audit_event"}


@pytest.fixture
def backend() -> str:
    return "postgresql"


@pytest.fixture
def schools(store: SqlStore) -> tuple[Institution, Institution]:
    return found_full_school(store), found_full_school(store, COMPANY)


@contextmanager
def as_app(url: str, institution: int | None = None) -> Iterator[psycopg.Connection]:
    with psycopg.connect(plain(url), options=f"-c role={APP_ROLE}", autocommit=True) as connection:
        if institution is not None:
            connection.execute(
                "SELECT set_config('facemark.institution', %s, false)", [str(institution)]
            )
        yield connection


def query(connection: psycopg.Connection, text: str, table: str) -> list[TupleRow]:
    return connection.execute(sql.SQL(text).format(sql.Identifier(table))).fetchall()


def copy_row(url: str, table: str, institution: Institution) -> str:
    """One row of the institution as JSON, read past all policies."""
    key = "id" if table == "institution" else "institution_id"
    statement = sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE {} = %s LIMIT 1").format(
        sql.Identifier(table), sql.Identifier(key)
    )
    with administer(url) as connection:
        row = connection.execute(statement, [institution.id]).fetchone()
    assert row is not None, table
    return json.dumps(row[0])


def insert_row(connection: psycopg.Connection, table: str, row: str) -> None:
    connection.execute(
        sql.SQL("INSERT INTO {0} SELECT * FROM jsonb_populate_record(NULL::{0}, %s)").format(
            sql.Identifier(table)
        ),
        [row],
    )


def test_the_application_is_neither_owner_nor_superuser_nor_exempt(postgres_url: str) -> None:
    with as_app(postgres_url) as connection:
        role = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        owned = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE tableowner = current_user"
        ).fetchone()
    assert role == (False, False, False)
    assert owned == (0,)


def test_the_store_works_as_that_role_and_a_reset_does_not_leave_it(store: SqlStore) -> None:
    with store.engines.write.connect() as connection:
        connection.exec_driver_sql("RESET ROLE")
        assert connection.exec_driver_sql("SELECT current_user").scalar_one() == APP_ROLE


def test_every_table_has_forced_row_security(postgres_url: str) -> None:
    with administer(postgres_url) as connection:
        forced = connection.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
        ).fetchall()
    assert {name for (name,) in forced} == ALL_TABLES


def test_without_an_institution_nothing_is_visible(
    postgres_url: str, schools: tuple[Institution, Institution]
) -> None:
    with as_app(postgres_url) as connection:
        for table in ALL_TABLES:
            assert query(connection, "SELECT count(*) FROM {}", table) == [(0,)], table


def test_with_an_institution_only_its_rows_are_visible(
    postgres_url: str, schools: tuple[Institution, Institution]
) -> None:
    mine, _ = schools
    with as_app(postgres_url, mine.id) as connection:
        for table in TENANTED | {"access_index"}:
            owners = query(connection, "SELECT DISTINCT institution_id FROM {}", table)
            assert owners == [(mine.id,)], table
        assert query(connection, "SELECT id FROM {}", "institution") == [(mine.id,)]


@pytest.mark.parametrize("bound", [True, False])
def test_a_row_of_another_institution_cannot_be_inserted(
    postgres_url: str, schools: tuple[Institution, Institution], bound: object
) -> None:
    mine, other = schools
    with as_app(postgres_url, mine.id if bound else None) as connection:
        for table in sorted(ALL_TABLES):
            row = copy_row(postgres_url, table, other)
            with pytest.raises(InsufficientPrivilege):
                insert_row(connection, table, row)


def test_rows_of_another_institution_are_neither_changed_nor_deleted_nor_taken_over(
    postgres_url: str, schools: tuple[Institution, Institution]
) -> None:
    mine, other = schools
    with as_app(postgres_url, mine.id) as connection:
        for table in sorted(TENANTED - APPEND_ONLY):
            name = sql.Identifier(table)
            theirs = sql.SQL("UPDATE {} SET institution_id = {} WHERE institution_id = {}")
            changed = connection.execute(theirs.format(name, mine.id, other.id))
            assert changed.rowcount == 0, table
            deleted = connection.execute(
                sql.SQL("DELETE FROM {} WHERE institution_id = {}").format(name, other.id)
            )
            assert deleted.rowcount == 0, table


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_facts_can_neither_be_changed_nor_deleted(
    postgres_url: str, schools: tuple[Institution, Institution], table: str
) -> None:
    mine, _ = schools
    with as_app(postgres_url, mine.id) as connection:
        for statement in ("DELETE FROM {}", "UPDATE {} SET institution_id = institution_id"):
            with pytest.raises(InsufficientPrivilege):
                connection.execute(sql.SQL(statement).format(sql.Identifier(table)))


def test_the_platform_sees_control_tables_and_counts_only(
    postgres_url: str, schools: tuple[Institution, Institution]
) -> None:
    with as_app(postgres_url) as connection:
        connection.execute("SET facemark.scope = 'platform'")
        seen = {
            table
            for table in ALL_TABLES
            if query(connection, "SELECT count(*) FROM {}", table) != [(0,)]
        }
    assert seen == CONTROL | {"daily_rollup"}


def test_a_pooled_connection_forgets_its_institution(
    store: SqlStore, schools: tuple[Institution, Institution], keys: MasterKeyRing
) -> None:
    with store.write(schools[0].id) as uow:
        uow.commit()
    with store.engines.write.connect() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM person").scalar_one()
    assert rows == 0
