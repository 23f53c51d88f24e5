"""Statements that cannot be held to one institution are refused, on both databases."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import (
    Executable,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from facemark.adapters.db.bulk import insert_rows
from facemark.adapters.db.models import (
    Base,
    DailyRollupRow,
    GroupRow,
    InstitutionRow,
    PersonRow,
    TemplateRow,
)
from facemark.adapters.db.scopes import platform_session, tenant_session
from facemark.adapters.db.store import SqlStore
from facemark.domain.errors import Conflict, Refused
from facemark.domain.people import Institution
from facemark.testing.cast import ALICE, CLASS_4B, COMPANY, PEOPLE, found_school

person, scan = (Base.metadata.tables[name] for name in ("person", "scan"))

UNSCOPED: dict[str, Executable] = {
    "text": text("SELECT * FROM person"),
    "core select": select(person),
    "core column": select(person.c.id),
    "core insert": insert(person),
    "core update": update(person).values(greeting_name="X"),
    "core delete": delete(person),
    "core column beside a mapped one": select(PersonRow.id, scan.c.id),
    "core join": select(PersonRow.id).join(scan, scan.c.person_id == PersonRow.id),
    "core cross join": select(PersonRow.id, func.count()).select_from(PersonRow, scan),
    "core subquery": select(PersonRow.id).where(PersonRow.id.in_(select(scan.c.person_id))),
    "core exists": select(PersonRow.id).where(exists(select(scan.c.id))),
    "text condition": select(PersonRow).where(text("1=1) OR (1=1")),
    "text order": select(PersonRow).order_by(text("id")),
    "literal column": select(literal_column("legal_name")).select_from(PersonRow),
    "text in disguise": select(PersonRow).from_statement(text("SELECT * FROM person")),
    "insert from select": insert(PersonRow).from_select(
        ["institution_id", "id"], select(PersonRow.institution_id, PersonRow.id)
    ),
    "insert of written-out values": insert(GroupRow).values(institution_id=1, id=uuid4(), name="X"),
    "moving to another institution": update(PersonRow).values(institution_id=2),
    "moving by column": update(PersonRow).values({PersonRow.institution_id: 2}),
}


@pytest.mark.parametrize("name", UNSCOPED)
def test_an_unscoped_statement_is_refused(store: SqlStore, school: Institution, name: str) -> None:
    with (
        tenant_session(store.engines.write, school.id) as session,
        pytest.raises(Refused, match="statement_unscoped"),
    ):
        session.execute(UNSCOPED[name])


BARE: dict[str, Callable[[Session], Any]] = {
    "connection": lambda s: s.connection(),
    "bulk insert": lambda s: s.bulk_insert_mappings(GroupRow.__mapper__, [{}]),
    "bulk update": lambda s: s.bulk_update_mappings(GroupRow.__mapper__, [{}]),
    "bulk save": lambda s: s.bulk_save_objects([GroupRow()]),
}


@pytest.mark.parametrize("name", BARE)
def test_ways_round_the_statements_of_a_session_are_closed(
    store: SqlStore, school: Institution, name: str
) -> None:
    with (
        tenant_session(store.engines.read, school.id) as session,
        pytest.raises(Refused, match="session_bypassed"),
    ):
        BARE[name](session)


def test_flushing_a_row_of_another_institution_is_refused(
    store: SqlStore, school: Institution
) -> None:
    other = store.create_institution(COMPANY)
    for stamp in (other.id, None):
        with tenant_session(store.engines.write, school.id) as session:
            session.add(GroupRow(institution_id=stamp, id=uuid4(), name="X"))
            with pytest.raises(Conflict, match="other_institution"):
                session.flush()


def test_a_loaded_row_cannot_be_moved_to_another_institution(
    store: SqlStore, school: Institution
) -> None:
    other = store.create_institution(COMPANY)
    with tenant_session(store.engines.write, school.id) as session:
        row = session.scalars(select(PersonRow).where(PersonRow.id == ALICE.id)).one()
        row.institution_id = other.id
        with pytest.raises(Conflict, match="other_institution"):
            session.flush()


def test_bulk_rows_of_another_institution_are_refused(store: SqlStore, school: Institution) -> None:
    other = store.create_institution(COMPANY)
    mine = {"institution_id": school.id, "id": uuid4(), "name": "X"}
    with tenant_session(store.engines.write, school.id) as session:
        for rows in (
            [mine, {**mine, "institution_id": other.id}],
            [{"id": uuid4(), "name": "X"}],
        ):
            with pytest.raises(Conflict, match="other_institution"):
                session.execute(insert(GroupRow), rows)
        with pytest.raises(Conflict, match="other_institution"):
            session.execute(update(GroupRow), [{**mine, "institution_id": other.id}])


def test_a_row_is_not_got_by_a_key_that_names_any_institution(
    store: SqlStore, school: Institution
) -> None:
    other = found_school(store, COMPANY)
    with (
        tenant_session(store.engines.read, school.id) as session,
        pytest.raises(Refused, match="statement_unscoped"),
    ):
        session.get(PersonRow, (other.id, ALICE.id))


def test_rows_stamped_in_bulk_are_the_institutions_own(
    store: SqlStore, school: Institution
) -> None:
    other = store.create_institution(COMPANY)
    with tenant_session(store.engines.write, school.id) as session:
        insert_rows(session, GroupRow, [{"institution_id": other.id, "id": uuid4(), "name": "X"}])
        assert session.scalars(select(GroupRow.name).where(GroupRow.name == "X")).all() == ["X"]


def test_orm_statements_of_every_kind_pass(store: SqlStore, school: Institution) -> None:
    with tenant_session(store.engines.write, school.id) as session:
        members = select(PersonRow.id).where(PersonRow.id == ALICE.id).subquery()
        assert session.scalar(select(func.count()).select_from(PersonRow)) == len(PEOPLE)
        assert session.scalars(select(members.c.id)).all() == [ALICE.id]
        session.execute(update(GroupRow).where(GroupRow.id == CLASS_4B.id).values(name="4C"))
        session.execute(delete(TemplateRow).where(TemplateRow.person_id == ALICE.id))


def test_the_platform_reads_control_tables_and_counts(store: SqlStore, school: Institution) -> None:
    with platform_session(store.engines.read) as session:
        assert session.scalars(select(InstitutionRow.id)).all() == [school.id]
        assert session.scalars(select(DailyRollupRow.total)).all() == []


@pytest.mark.parametrize(
    "statement",
    [
        select(PersonRow),
        select(InstitutionRow.id).where(exists(select(PersonRow.id))),
        insert(GroupRow),
        delete(DailyRollupRow),
    ],
)
def test_the_platform_cannot_reach_into_an_institution(
    store: SqlStore, school: Institution, statement: Executable
) -> None:
    with (
        platform_session(store.engines.write) as session,
        pytest.raises(Refused, match="institution_unbound"),
    ):
        session.execute(statement)


def test_the_platform_writes_no_text_and_flushes_no_tenant_row(
    store: SqlStore, school: Institution
) -> None:
    with platform_session(store.engines.write) as session:
        with pytest.raises(Refused, match="statement_unscoped"):
            session.execute(text("DELETE FROM person"))
        session.add(GroupRow(institution_id=school.id, id=uuid4(), name="X"))
        with pytest.raises(Conflict, match="other_institution"):
            session.flush()
