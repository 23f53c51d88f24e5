"""What one institution has is neither seen nor changed from another, by any table or method.

Both hold the same cast under the same ids, so that nothing but the institution tells them apart.
"""

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any, get_type_hints
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import aliased

from facemark.adapters.db.base import TenantRow
from facemark.adapters.db.models import Base, PersonRow, TemplateRow
from facemark.adapters.db.scopes import tenant_session
from facemark.adapters.db.store import SqlStore
from facemark.domain.errors import NotFound, Unavailable
from facemark.domain.ids import CredentialId, DeviceId, MessageId, PersonId
from facemark.domain.people import Institution, Membership, Person
from facemark.services.ports.store import UnitOfWork
from facemark.testing.cast import (
    ALICE,
    CLASS_4B,
    CLASS_5A,
    COMPANY,
    DANA,
    MONDAY,
    PEOPLE,
    SCHOOL_DAY,
    at,
    cast_id,
)
from tests.contracts.filled import found_full_school
from tests.contracts.test_faces import SMALL
from tests.contracts.test_notices import LEASE_S

TENANT_ROWS = sorted(
    (m.class_ for m in Base.registry.mappers if issubclass(m.class_, TenantRow)),
    key=lambda row: row.__name__,
)
EVERYBODY = [p.id for p in PEOPLE]
BOUNDS = {"since": at(0), "until": at(23)}
ANY = CredentialId(UUID(int=1))
KIOSK = DeviceId(cast_id("kiosk"))

# What each question must answer in an institution that has nothing; NotFound where it must raise.
QUESTIONS: dict[str, tuple[Callable[[UnitOfWork], object], object]] = {
    "sites.list_sites": (lambda u: u.sites.list_sites(), []),
    "people.get_person": (lambda u: u.people.get_person("alice"), NotFound),
    "people.find_people": (lambda u: u.people.find_people(["alice"]), {}),
    "people.list_people": (lambda u: u.people.list_people(), []),
    "people.list_groups": (lambda u: u.people.list_groups(), []),
    "people.list_memberships": (
        lambda u: u.people.list_memberships([CLASS_4B.id, CLASS_5A.id], MONDAY),
        [],
    ),
    "people.list_memberships_of": (
        lambda u: u.people.list_memberships_of(EVERYBODY, MONDAY),
        [],
    ),
    "people.find_guardian_by_contact": (
        lambda u: u.people.find_guardian_by_contact(DANA.phone or ""),
        None,
    ),
    "people.list_guardians": (lambda u: u.people.list_guardians(EVERYBODY), {}),
    "sessions.get_session": (lambda u: u.sessions.get_session(SCHOOL_DAY.id), NotFound),
    "sessions.list_sessions": (lambda u: u.sessions.list_sessions(), []),
    "sessions.list_due": (lambda u: u.sessions.list_due(at(23)), []),
    "scans.list_scans": (lambda u: u.scans.list_scans(EVERYBODY, **BOUNDS), []),
    "scans.was_watched": (lambda u: u.scans.was_watched(at(0), at(23)), False),
    "statuses.list_statuses": (lambda u: u.statuses.list_statuses(SCHOOL_DAY.id), []),
    "consents.list_consents": (lambda u: u.consents.list_consents(), []),
    "templates.list_templates": (lambda u: u.templates.list_templates(SMALL), []),
    "templates.count_templates": (lambda u: u.templates.count_templates(), {}),
    "templates.gallery_version": (lambda u: u.templates.gallery_version(), 0),
    "credentials.find_credential": (lambda u: u.credentials.find_credential(ANY), None),
    "credentials.list_credentials": (lambda u: u.credentials.list_credentials(ALICE.id), []),
    "credentials.list_signing_keys": (lambda u: u.credentials.list_signing_keys(), []),
    "notices.list_messages": (lambda u: u.notices.list_messages(), []),
    "notices.list_notice_people": (
        lambda u: u.notices.list_notice_people([MessageId(ANY)]),
        {ANY: []},
    ),
    "notices.list_deliveries": (lambda u: u.notices.list_deliveries(MessageId(ANY)), []),
    "devices.get_device": (lambda u: u.devices.get_device(KIOSK), NotFound),
    "devices.find_by_token": (lambda u: u.devices.find_by_token(b"t" * 32), None),
    "devices.list_devices": (lambda u: u.devices.list_devices(), []),
    "audit.list_audit": (lambda u: u.audit.list_audit(10), []),
}


def list_questions() -> set[str]:
    """Every reading method of every repository of the port."""
    asking = ("get_", "find_", "list_", "count_", "was_", "gallery_")
    repositories = {
        name: get_type_hints(member.fget)["return"]
        for name, member in inspect.getmembers(UnitOfWork, lambda m: isinstance(m, property))
        if name != "institution"
    }
    return {
        f"{name}.{method}"
        for name, port in repositories.items()
        for method, _ in inspect.getmembers(port, inspect.isfunction)
        if method.startswith(asking)
    }


@pytest.fixture
def schools(store: SqlStore) -> tuple[Institution, Institution]:
    return found_full_school(store), found_full_school(store, COMPANY)


def count(store: SqlStore, institution: Institution) -> dict[str, int]:
    with tenant_session(store.engines.read, institution.id) as session:
        return {
            row.__name__: session.scalar(select(func.count()).select_from(row)) or 0
            for row in TENANT_ROWS
        }


def test_every_table_is_filled_and_shows_only_rows_of_the_bound_institution(
    store: SqlStore, schools: tuple[Institution, Institution]
) -> None:
    for institution in schools:
        with tenant_session(store.engines.read, institution.id) as session:
            for row in TENANT_ROWS:
                owners = set(session.scalars(select(row.institution_id)))
                assert owners == {institution.id}, row.__name__


def test_no_table_shows_anything_of_another_institution_by_alias_join_or_subquery(
    store: SqlStore, schools: tuple[Institution, Institution]
) -> None:
    mine, other = schools
    somebody = aliased(PersonRow)
    with tenant_session(store.engines.read, mine.id) as session:
        for row in TENANT_ROWS:
            twin: Any = aliased(row)
            asked = (
                select(twin.institution_id),
                select(select(row.institution_id).subquery().c.institution_id),
                select(select(row.institution_id).cte().c.institution_id),
                select(row.institution_id).join(
                    somebody, somebody.institution_id == other.id, isouter=True
                ),
                select(PersonRow.institution_id).where(
                    select(row.institution_id)
                    .where(row.institution_id == other.id)
                    .correlate(None)
                    .exists()
                ),
            )
            for statement in asked:
                assert other.id not in set(session.scalars(statement)), (row, str(statement))
            assert not session.scalars(asked[-1]).all()


def test_the_questions_below_are_all_there_are() -> None:
    assert set(QUESTIONS) == list_questions()


def test_no_method_answers_from_another_institution(store: SqlStore) -> None:
    found_full_school(store)
    empty = store.create_institution(COMPANY)
    with store.read(empty.id) as uow:
        for name, (ask, answer) in QUESTIONS.items():
            if answer is NotFound:
                with pytest.raises(NotFound):
                    ask(uow)
            else:
                assert ask(uow) == answer, name


def test_ids_of_another_institution_are_unknown_here(store: SqlStore) -> None:
    full = found_full_school(store)
    empty = store.create_institution(COMPANY)
    with store.read(full.id) as uow:
        credential = uow.credentials.list_credentials(ALICE.id)[0]
        message = uow.notices.list_messages()[0]
        delivery = uow.notices.list_deliveries(message.id)[0]
    with store.write(empty.id) as uow:
        assert uow.credentials.find_credential(credential.id) is None
        assert uow.notices.list_deliveries(message.id) == []
        assert uow.notices.list_notice_people([message.id]) == {message.id: []}
        with pytest.raises(NotFound):
            uow.notices.finish_delivery(delivery.id, delivery, message.state)
        with pytest.raises(NotFound):
            uow.credentials.revoke_credential(credential.id, at(9))
        with pytest.raises(NotFound):
            uow.sessions.mark_settled(SCHOOL_DAY.id, at(9))
        with pytest.raises(NotFound):
            uow.statuses.write_statuses(SCHOOL_DAY, [])


def test_changing_everything_here_changes_nothing_there(
    store: SqlStore, schools: tuple[Institution, Institution]
) -> None:
    mine, other = schools
    before = count(store, other)
    with store.write(mine.id) as uow:
        assert uow.templates.delete_templates(ALICE.id) == 1
        assert len(uow.notices.claim_messages(at(9), lease_s=LEASE_S, limit=9, worker="w")) == 1
        assert uow.notices.expire_messages(at(9) + timedelta(days=1)) == 0
        uow.sessions.mark_settled(SCHOOL_DAY.id, at(9))
        uow.commit()
    assert count(store, other) == before
    with store.write(other.id) as uow:
        assert uow.sessions.list_due(at(23)) == [SCHOOL_DAY]
        assert len(uow.notices.claim_messages(at(9), lease_s=LEASE_S, limit=9, worker="w")) == 1


def test_unbounded_updates_and_deletes_stay_in_the_institution(
    store: SqlStore, schools: tuple[Institution, Institution]
) -> None:
    mine, other = schools
    before = count(store, other)
    deletable = [row for row in TENANT_ROWS if row.__name__ in ("DeliveryRow", "TemplateRow")]
    with tenant_session(store.engines.write, mine.id) as session:
        session.execute(update(PersonRow).values(greeting_name="X"))
        for row in deletable:
            session.execute(delete(row))
        session.commit()
    assert count(store, other) == before
    with store.read(other.id) as uow:
        assert uow.people.list_people() == list(PEOPLE)


def test_a_sealed_value_of_another_institution_does_not_open(
    store: SqlStore, schools: tuple[Institution, Institution]
) -> None:
    mine, other = schools
    with tenant_session(store.engines.read, other.id) as session:
        stolen = session.scalars(select(TemplateRow.sealed)).one()
    with tenant_session(store.engines.write, mine.id) as session:
        session.execute(update(TemplateRow).values(sealed=stolen))
        session.commit()
    with (
        store.read(mine.id) as uow,
        pytest.raises(Unavailable, match="sealed_data_unreadable"),
    ):
        uow.templates.list_templates(SMALL)


def test_references_cannot_leave_the_institution(
    store: SqlStore, schools: tuple[Institution, Institution]
) -> None:

    mine, other = schools
    only_there = Person(PersonId(uuid4()), "there", "Theo", "Theo", MONDAY, None)
    with store.write(other.id) as uow:
        uow.people.add_people([only_there])
        uow.commit()
    with (
        pytest.raises(NotFound, match="reference_unknown"),
        store.write(mine.id) as uow,
    ):
        uow.people.add_memberships([Membership(only_there.id, CLASS_4B.id, MONDAY, None)])
