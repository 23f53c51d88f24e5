"""Consents and templates, and the version by which galleries notice a change."""

from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest

from facemark.domain.consents import Consent, ConsentAnswer, ConsentParty, ConsentPurpose
from facemark.domain.errors import Conflict, InvalidInput
from facemark.domain.faces import EngineModel
from facemark.domain.ids import ConsentId, PersonId, TemplateId
from facemark.domain.people import Institution
from facemark.domain.templates import Template
from facemark.services.ports.store import Store, UnitOfWork
from facemark.testing.cast import ALICE, BOB, CHARLIE, at

SMALL = EngineModel("opencv", "a" * 64, 4)
LARGE = EngineModel("face_recognition", "b" * 64, 8)


def template(person: PersonId, model: EngineModel = SMALL) -> Template:
    id_ = TemplateId(uuid4())
    vector = np.random.default_rng(id_.int).normal(size=model.dimensions).astype(np.float32)
    return Template(id_, person, model, at(8), vector)


def consent(person: PersonId, answer: ConsentAnswer, hour: int) -> Consent:
    return Consent(
        ConsentId(uuid4()),
        person,
        ConsentPurpose.FACE,
        answer,
        ConsentParty.GUARDIAN,
        "2026-01",
        at(hour),
        at(hour) + timedelta(days=365),
    )


def vectors(found: list[Template]) -> dict[TemplateId, list[float]]:
    return {t.id: t.vector.tolist() for t in found}


def test_consents_are_kept_in_the_order_they_were_given(store: Store, school: Institution) -> None:
    withdrawn = consent(ALICE.id, ConsentAnswer.WITHDRAWN, 10)
    granted = consent(ALICE.id, ConsentAnswer.GRANTED, 8)
    of_bob = consent(BOB.id, ConsentAnswer.REFUSED, 9)
    with store.write(school.id) as uow:
        for one in (withdrawn, granted, of_bob):
            uow.consents.record_consent(one)
        uow.commit()
    with store.read(school.id) as uow:
        assert uow.consents.list_consents() == [granted, of_bob, withdrawn]
        assert uow.consents.list_consents([ALICE.id]) == [granted, withdrawn]
        assert uow.consents.list_consents([]) == []


def test_a_consent_is_recorded_once(store: Store, school: Institution) -> None:
    once = consent(ALICE.id, ConsentAnswer.GRANTED, 8)
    with store.write(school.id) as uow:
        uow.consents.record_consent(once)
        uow.commit()
    with pytest.raises(Conflict, match="already_recorded"), store.write(school.id) as uow:
        uow.consents.record_consent(once)


def test_vectors_come_back_bit_for_bit(store: Store, school: Institution) -> None:
    added = [template(ALICE.id), template(ALICE.id), template(BOB.id)]
    with store.write(school.id) as uow:
        uow.templates.add_templates(added)
        uow.commit()
    with store.read(school.id) as uow:
        found = uow.templates.list_templates(SMALL)
        assert vectors(found) == vectors(added)
        assert {(t.person_id, t.model, t.created_at) for t in found} == {
            (ALICE.id, SMALL, at(8)),
            (BOB.id, SMALL, at(8)),
        }
        assert found[0].vector.dtype == np.float32
        assert vectors(uow.templates.list_templates(SMALL, [BOB.id])) == vectors(added[2:])


def test_only_templates_of_exactly_this_model_are_listed(store: Store, school: Institution) -> None:
    with store.write(school.id) as uow:
        uow.templates.add_templates(
            [template(ALICE.id), template(ALICE.id, LARGE), template(BOB.id)]
        )
        assert [t.model for t in uow.templates.list_templates(LARGE)] == [LARGE]
        other = EngineModel(SMALL.engine, "c" * 64, SMALL.dimensions)
        assert uow.templates.list_templates(other) == []
        assert uow.templates.count_templates() == {SMALL: 2, LARGE: 1}


def test_a_vector_of_another_length_than_its_models_is_refused(
    store: Store, school: Institution
) -> None:
    wrong = Template(TemplateId(uuid4()), ALICE.id, LARGE, at(8), np.zeros(4, np.float32))
    with (
        store.write(school.id) as uow,
        pytest.raises(InvalidInput, match="template_shape_invalid"),
    ):
        uow.templates.add_templates([wrong])


def test_deleting_destroys_all_templates_of_one_person(store: Store, school: Institution) -> None:
    mine = template(BOB.id)
    with store.write(school.id) as uow:
        uow.templates.add_templates([template(ALICE.id), template(ALICE.id, LARGE), mine])
        assert uow.templates.delete_templates(ALICE.id) == 2
        assert uow.templates.delete_templates(CHARLIE.id) == 0
        assert uow.templates.count_templates() == {SMALL: 1}
        assert vectors(uow.templates.list_templates(SMALL)) == vectors([mine])


def _add(uow: UnitOfWork) -> None:
    uow.templates.add_templates([template(ALICE.id)])


def _delete(uow: UnitOfWork) -> None:
    uow.templates.delete_templates(ALICE.id)


def _consent(uow: UnitOfWork) -> None:
    uow.consents.record_consent(consent(ALICE.id, ConsentAnswer.GRANTED, 8))


@pytest.mark.parametrize("change", [_add, _delete, _consent])
def test_whatever_changes_a_gallery_raises_its_version_when_it_is_committed(
    store: Store, school: Institution, change: object
) -> None:
    assert callable(change)
    with store.read(school.id) as uow:
        before = uow.templates.gallery_version()
    with store.write(school.id) as uow:
        change(uow)
    with store.read(school.id) as uow:
        assert uow.templates.gallery_version() == before
    with store.write(school.id) as uow:
        change(uow)
        uow.commit()
    with store.read(school.id) as uow:
        assert uow.templates.gallery_version() > before
