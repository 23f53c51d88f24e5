"""Institutions, units of work and the audit log."""

import pytest

from facemark.domain.errors import NotFound, Refused
from facemark.domain.ids import InstitutionId
from facemark.domain.people import Institution
from facemark.services.ports.store import AuditEvent, Store
from facemark.testing.cast import ALICE, COMPANY, SCHOOL, add_cast, at


def test_institutions_get_ids_of_their_own_and_are_listed_by_them(store: Store) -> None:
    assert store.list_institutions() == []
    first, second = store.create_institution(SCHOOL), store.create_institution(COMPANY)
    assert first.id != second.id
    assert store.list_institutions() == sorted([first, second], key=lambda i: i.id)
    assert second.name == COMPANY.name


def test_a_new_institution_can_seal_at_once(store: Store) -> None:
    new = store.create_institution(SCHOOL)
    with store.write(new.id) as uow:
        assert uow.institution == new
        assert uow.templates.gallery_version() == 0
        add_cast(uow)


def test_an_unknown_institution_has_no_unit_of_work(store: Store) -> None:
    nobody = InstitutionId(999)
    with pytest.raises(NotFound, match="institution_unknown"), store.read(nobody):
        pass
    with pytest.raises(NotFound, match="institution_unknown"), store.write(nobody):
        pass


def test_what_is_not_committed_is_gone(store: Store) -> None:
    institution = store.create_institution(SCHOOL)
    with store.write(institution.id) as uow:
        add_cast(uow)
    with store.read(institution.id) as uow:
        assert uow.people.list_people() == []


def test_an_error_in_the_block_takes_everything_back(store: Store) -> None:
    institution = store.create_institution(SCHOOL)

    def fail() -> None:
        with store.write(institution.id) as uow:
            add_cast(uow)
            raise KeyError("something else went wrong")

    with pytest.raises(KeyError):
        fail()
    with store.read(institution.id) as uow:
        assert uow.people.list_people() == []


def test_others_see_nothing_before_the_commit(store: Store) -> None:
    institution = store.create_institution(SCHOOL)
    with store.write(institution.id) as uow:
        add_cast(uow)
        with store.read(institution.id) as other:
            assert other.people.list_people() == []
        uow.commit()
    with store.read(institution.id) as uow:
        assert ALICE in uow.people.list_people()


def test_a_reader_keeps_what_it_saw_first(store: Store, school: Institution) -> None:
    with store.read(school.id) as reader:
        before = reader.audit.list_audit(10)
        with store.write(school.id) as writer:
            writer.audit.record_audit([AuditEvent(at(9), "cli", "tested", "1")])
            writer.commit()
        assert reader.audit.list_audit(10) == before
    with store.read(school.id) as reader:
        assert len(reader.audit.list_audit(10)) == len(before) + 1


def test_writing_in_a_unit_for_reading_fails(store: Store, school: Institution) -> None:
    event = AuditEvent(at(9), "cli", "tested", "1")
    with pytest.raises(Refused, match="write_in_read_unit"), store.read(school.id) as uow:
        uow.audit.record_audit([event])


def test_a_store_reads_and_writes_after_a_write_was_refused(
    store: Store, school: Institution
) -> None:
    event = AuditEvent(at(9), "cli", "tested", "1")
    with pytest.raises(Refused), store.read(school.id) as uow:
        uow.audit.record_audit([event])
    with store.write(school.id) as uow:
        uow.audit.record_audit([event])
        assert uow.audit.list_audit(1) == [event]


def test_the_audit_log_is_read_newest_first(store: Store, school: Institution) -> None:
    events = [AuditEvent(at(hour), "cli", "tested", str(hour)) for hour in (9, 7, 8)]
    same_instant = [AuditEvent(at(6), "cli", "tested", str(i)) for i in range(50)]
    with store.write(school.id) as uow:
        uow.audit.record_audit(events + same_instant)
        found = uow.audit.list_audit(100)
    assert found[:3] == sorted(events, key=lambda e: e.at, reverse=True)
    assert found[3:] == same_instant[::-1]
