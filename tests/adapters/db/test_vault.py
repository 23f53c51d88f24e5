"""What a stolen database tells: nothing that was sealed."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from facemark.adapters.db.bulk import insert_rows
from facemark.adapters.db.engine import parse_url
from facemark.adapters.db.models import DataKeyRow, GuardianRow, MessageRow, TemplateRow
from facemark.adapters.db.scopes import tenant_session
from facemark.adapters.db.store import SqlStore
from facemark.adapters.db.vault import build_context
from facemark.adapters.keys.master import MasterKey
from facemark.adapters.keys.ring import MasterKeyRing
from facemark.domain.errors import Unavailable
from facemark.domain.ids import GuardianId, InstitutionId
from facemark.domain.people import Guardianship, Institution
from facemark.services.ports.store import SigningKey
from facemark.testing.cast import ALICE, BOB, CHARLIE, DANA, found_school
from tests.contracts.test_faces import SMALL, template, vectors
from tests.contracts.test_notices import message

FIELD = st.one_of(st.uuids(), st.text())


@given(st.lists(FIELD), st.lists(FIELD))
def test_different_fields_give_different_contexts(
    some: list[UUID | str], others: list[UUID | str]
) -> None:
    def spell(fields: list[UUID | str]) -> list[bytes]:
        return [f.bytes if isinstance(f, UUID) else f.encode() for f in fields]

    one, two = (build_context(InstitutionId(1), *fields) for fields in (some, others))
    assert (one == two) == (spell(some) == spell(others))
    assert one != build_context(InstitutionId(2), *some)


def test_contacts_texts_vectors_and_private_keys_are_not_in_the_file(
    sqlite_url: str, keys: MasterKeyRing
) -> None:
    store = SqlStore(sqlite_url, keys)
    school = found_school(store)
    face = template(ALICE.id)
    told = message()
    private = uuid4().bytes * 2
    with store.write(school.id) as uow:
        uow.templates.add_templates([face])
        uow.notices.add_messages([told])
        uow.credentials.add_signing_key(SigningKey("k1", b"p" * 32, private))
        uow.commit()
    store.close()
    content = Path(parse_url(sqlite_url).database or "").read_bytes()
    assert face.id.bytes in content
    for secret in (DANA.phone, DANA.email, told.text, told.to):
        assert (secret or "").encode() not in content
    assert face.vector.tobytes() not in content
    assert private not in content


def test_a_vector_moved_to_another_person_template_or_model_does_not_open(
    store: SqlStore, school: Institution
) -> None:
    face = template(ALICE.id)
    with store.write(school.id) as uow:
        uow.templates.add_templates([face])
        uow.commit()
    other = replace(SMALL, model_hash="d" * 64)
    for moved, model in (
        ({"person_id": BOB.id}, SMALL),
        ({"id": uuid4()}, SMALL),
        ({"model_hash": other.model_hash}, other),
    ):
        with tenant_session(store.engines.write, school.id) as session:
            session.execute(update(TemplateRow).values(**moved))
            session.commit()
        with (
            store.read(school.id) as uow,
            pytest.raises(Unavailable, match="sealed_data_unreadable"),
        ):
            uow.templates.list_templates(model)


def test_contacts_and_texts_cannot_change_places(store: SqlStore, school: Institution) -> None:
    with store.write(school.id) as uow:
        uow.notices.add_messages([message()])
        uow.commit()
    with tenant_session(store.engines.write, school.id) as session:
        session.execute(update(MessageRow).values(text_sealed=MessageRow.to_sealed))
        session.execute(update(GuardianRow).values(phone_sealed=GuardianRow.email_sealed))
        session.commit()
    with store.read(school.id) as uow:
        with pytest.raises(Unavailable, match="sealed_data_unreadable"):
            uow.notices.list_messages()
        with pytest.raises(Unavailable, match="sealed_data_unreadable"):
            uow.people.list_guardians([ALICE.id])


def test_without_the_right_master_key_sealed_values_are_unavailable_and_the_rest_works(
    store: SqlStore, school: Institution, url: str
) -> None:
    stranger = SqlStore(url, MasterKeyRing(MasterKey.generate()))
    with stranger.read(school.id) as uow:
        assert ALICE in uow.people.list_people()
        with pytest.raises(Unavailable, match="master_key_mismatch"):
            uow.people.list_guardians([ALICE.id])
    stranger.close()


def test_a_key_added_by_another_process_is_learned_when_it_turns_up(
    store: SqlStore, school: Institution, url: str, keys: MasterKeyRing
) -> None:
    """The first store has its keys in memory when the second seals with a newer one."""
    assert DANA.phone
    old = template(ALICE.id)
    with store.write(school.id) as uow:
        uow.templates.add_templates([old])
        uow.commit()
    added = keys.create_key(school.id, key_id=2)
    with tenant_session(store.engines.write, school.id) as session:
        row = {"key_id": 2, "master_key_id": added.master_key_id, "wrapped": added.wrapped}
        insert_rows(session, DataKeyRow, [row])
        session.commit()
    other = SqlStore(url, keys)
    new = template(BOB.id)
    with other.write(school.id) as uow:
        uow.templates.add_templates([new])
        assert uow.people.find_guardian_by_contact(DANA.phone) == DANA
        uow.commit()
    other.close()
    with store.read(school.id) as uow:
        assert vectors(uow.templates.list_templates(SMALL)) == vectors([old, new])


def test_a_contact_can_be_shared_and_the_first_guardian_is_found(
    store: SqlStore, school: Institution
) -> None:
    assert DANA.email
    twin = replace(DANA, id=GuardianId(uuid4()), name="Dan", phone=None)
    with store.write(school.id) as uow:
        uow.people.add_guardians([twin], [Guardianship(CHARLIE.id, twin.id, 1)])
        found = uow.people.find_guardian_by_contact(DANA.email)
        uow.commit()
    assert found == min(DANA, twin, key=lambda g: g.id)
    with tenant_session(store.engines.read, school.id) as session:
        hashes = session.scalars(select(GuardianRow.email_hash)).all()
    assert len(hashes) == 2
    assert len(set(hashes)) == 1
