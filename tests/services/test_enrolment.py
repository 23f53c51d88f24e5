"""Only with consent, only one good face per photo, and all photos or none."""

from dataclasses import replace

import pytest

from facemark.domain.consents import ConsentAnswer, ConsentParty
from facemark.domain.errors import InvalidInput, NotFound, Refused
from facemark.services.gallery import CurrentGallery
from facemark.services.tenant import Tenant
from facemark.testing.cast import ALICE, BOB
from facemark.testing.vision import FAKE_MODEL, HOPELESS_QUALITY
from tests.services.faces import answer_consent, enrol, face_of


def count_templates(tenant: Tenant) -> int:
    with tenant.read() as uow:
        return sum(uow.templates.count_templates().values())


def test_without_consent_no_template_is_made(tenant: Tenant) -> None:
    with pytest.raises(Refused, match="consent_missing"):
        enrol(tenant, "alice", [face_of("alice")])
    assert count_templates(tenant) == 0


def test_each_photo_becomes_a_template(tenant: Tenant) -> None:
    answer_consent(tenant, "alice")
    assert enrol(tenant, "alice", [face_of("alice")], [face_of("alice")]).added == 2
    assert count_templates(tenant) == 2


def test_a_photo_without_a_face_is_refused_and_so_is_the_rest(tenant: Tenant) -> None:
    answer_consent(tenant, "alice")
    with pytest.raises(Refused, match=r"no_face: no face was found in 1\.jpg"):
        enrol(tenant, "alice", [face_of("alice")], [])
    assert count_templates(tenant) == 0


def test_a_photo_of_two_people_is_refused(tenant: Tenant) -> None:
    answer_consent(tenant, "alice")
    with pytest.raises(Refused, match="several_faces"):
        enrol(tenant, "alice", [face_of("alice"), face_of("bob")])


def test_a_poor_photo_is_refused_with_advice(tenant: Tenant) -> None:
    answer_consent(tenant, "alice")
    with pytest.raises(Refused, match="come closer"):
        enrol(tenant, "alice", [replace(face_of("alice"), quality=HOPELESS_QUALITY)])


def test_no_photo_at_all_is_a_mistake(tenant: Tenant) -> None:
    with pytest.raises(InvalidInput, match="photo_missing"):
        enrol(tenant, "alice")


def test_an_unknown_person_cannot_be_enrolled(tenant: Tenant) -> None:
    with pytest.raises(NotFound, match="person_unknown"):
        enrol(tenant, "zoe", [face_of("zoe")])


def test_a_face_like_somebody_elses_is_enrolled_with_a_warning(tenant: Tenant) -> None:
    answer_consent(tenant, "alice")
    answer_consent(tenant, "bob")
    assert enrol(tenant, "alice", [face_of("alice")]).lookalikes == ()
    report = enrol(tenant, "bob", [face_of("alice")])
    assert [look.external_id for look in report.lookalikes] == ["alice"]
    assert report.added == 1


def test_one_is_never_warned_about_oneself(tenant: Tenant) -> None:
    answer_consent(tenant, "alice")
    enrol(tenant, "alice", [face_of("alice")])
    assert enrol(tenant, "alice", [face_of("alice")]).lookalikes == ()


def test_withdrawing_consent_empties_the_gallery_that_is_in_use(tenant: Tenant) -> None:
    for name in ("alice", "bob"):
        answer_consent(tenant, name)
        enrol(tenant, name, [face_of(name)])
    gallery = CurrentGallery(tenant, FAKE_MODEL)
    assert set(gallery().people) == {ALICE.id, BOB.id}
    assert answer_consent(tenant, "alice", ConsentAnswer.WITHDRAWN) == 1
    assert set(gallery().people) == {BOB.id}
    assert count_templates(tenant) == 1


def test_a_childs_objection_destroys_what_the_guardian_allowed(tenant: Tenant) -> None:
    answer_consent(tenant, "alice")
    enrol(tenant, "alice", [face_of("alice")])
    destroyed = answer_consent(tenant, "alice", ConsentAnswer.REFUSED, ConsentParty.PERSON)
    assert destroyed == 1
    with pytest.raises(Refused, match="consent_missing"):
        enrol(tenant, "alice", [face_of("alice")])


def test_another_model_sees_nobody_until_people_are_enrolled_again(tenant: Tenant) -> None:
    answer_consent(tenant, "alice")
    enrol(tenant, "alice", [face_of("alice")])
    assert len(CurrentGallery(tenant, replace(FAKE_MODEL, model_hash="f" * 64))()) == 0
