"""Column types: what goes in comes out, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from facemark.adapters.db.bulk import insert_rows
from facemark.adapters.db.errors import coded_errors
from facemark.adapters.db.models import GroupRow
from facemark.adapters.db.scopes import tenant_session
from facemark.adapters.db.store import SqlStore
from facemark.adapters.db.types import StringMap, UtcDateTime, Uuid16
from facemark.domain.errors import InvalidInput
from facemark.domain.people import Institution
from facemark.services.ports.store import AuditEvent
from facemark.testing.cast import at

SQLITE = sqlite.dialect()
INSTANTS = (
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 3, 0, 0, 2, tzinfo=timezone(timedelta(hours=2))),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
)


def test_instants_keep_every_microsecond_and_sort_as_time_does(
    store: SqlStore, school: Institution
) -> None:
    events = [AuditEvent(instant, "a", "b", "c") for instant in INSTANTS]
    with store.write(school.id) as uow:
        uow.audit.record_audit(events[::-1])
        found = [event.at for event in uow.audit.list_audit(10)]
    assert found == sorted(INSTANTS, reverse=True)
    assert all(instant.tzinfo is UTC for instant in found)


def test_a_naive_instant_is_refused(store: SqlStore, school: Institution) -> None:
    naive = at(9).replace(tzinfo=None)
    with store.write(school.id) as uow, pytest.raises(StatementError, match="naive"):
        uow.audit.record_audit([AuditEvent(naive, "a", "b", "c")])
    with store.read(school.id) as uow, pytest.raises(StatementError, match="naive"):
        uow.sessions.list_due(naive)


def test_ids_take_sixteen_bytes_in_sqlite() -> None:
    bind = Uuid16().bind_processor(SQLITE)
    assert bind is not None
    assert bind(UUID(int=1)) == bytes(15) + b"\x01"


def test_ids_sort_by_their_bytes(store: SqlStore, school: Institution) -> None:
    ids = [uuid4() for _ in range(20)] + [UUID(int=0), UUID(int=2**128 - 1)]
    rows = [{"id": i, "name": str(i)} for i in ids]
    with tenant_session(store.engines.write, school.id) as session:
        insert_rows(session, GroupRow, rows)
        found = session.scalars(
            select(GroupRow.id).where(GroupRow.id.in_(ids)).order_by(GroupRow.id)
        ).all()
    assert found == sorted(ids, key=lambda i: i.bytes)


@given(st.datetimes(timezones=st.just(UTC)))
def test_any_instant_survives_its_integer(instant: datetime) -> None:
    stored = UtcDateTime().bind_processor(SQLITE)(instant)
    assert isinstance(stored, int)
    assert UtcDateTime().result_processor(SQLITE, None)(stored) == instant


@given(st.dictionaries(st.text(), st.text()))
def test_any_mapping_survives_and_equal_ones_are_equal_text(mapping: dict[str, str]) -> None:
    stored = StringMap().process_bind_param(mapping, SQLITE)
    turned = dict(reversed(mapping.items()))
    assert StringMap().process_bind_param(turned, SQLITE) == stored
    assert StringMap().process_result_value(stored, SQLITE) == mapping


def test_the_database_itself_refuses_a_value_outside_its_enumeration(
    store: SqlStore, school: Institution
) -> None:
    with store.engines.write.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL facemark.scope = 'platform'")
        with pytest.raises(InvalidInput, match="value_refused"), coded_errors():
            connection.exec_driver_sql("UPDATE institution SET kind = 'zoo'")
