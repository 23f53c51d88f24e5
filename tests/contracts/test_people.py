"""People, groups, memberships and guardians."""

from dataclasses import replace
from datetime import timedelta

import pytest

from facemark.domain.errors import Conflict, NotFound
from facemark.domain.ids import GroupId, GuardianId, PersonId
from facemark.domain.people import (
    Group,
    Guardian,
    Guardianship,
    Institution,
    Membership,
    Person,
    Site,
)
from facemark.services.ports.store import Store
from facemark.testing.cast import (
    ALICE,
    BOB,
    CHARLIE,
    CLASS_4B,
    CLASS_5A,
    DANA,
    GATE,
    JOINED,
    MEMBERSHIPS,
    MONDAY,
    cast_id,
)

ERIN = Person(PersonId(cast_id("erin")), "erin", "Erin Ek", "Erin", JOINED, MONDAY)


def test_people_come_back_as_they_were_added(store: Store, school: Institution) -> None:
    with store.write(school.id) as uow:
        uow.people.add_people([ERIN])
        uow.commit()
    with store.read(school.id) as uow:
        assert uow.people.get_person("erin") == ERIN
        assert uow.people.list_people() == [ALICE, BOB, CHARLIE, ERIN]
        assert uow.people.list_people({ERIN.id, ALICE.id}) == [ALICE, ERIN]
        assert uow.people.list_people(set()) == []
        assert uow.people.find_people({"bob", "nobody"}) == {"bob": BOB}


def test_people_are_listed_in_the_order_of_code_points(store: Store, school: Institution) -> None:
    names = ["Zoe", "adam", "Öz", "10", "9"]
    with store.write(school.id) as uow:
        uow.people.add_people(
            [replace(ERIN, id=PersonId(cast_id(n)), external_id=n) for n in names]
        )
        listed = [p.external_id for p in uow.people.list_people()]
    assert listed == sorted([*names, "alice", "bob", "charlie"])


def test_a_taken_external_id_is_named_and_nobody_of_the_batch_is_added(
    store: Store, school: Institution
) -> None:
    again = replace(BOB, id=PersonId(cast_id("another bob")))
    with store.write(school.id) as uow:
        with pytest.raises(Conflict, match=r"person_exists: .*\bbob\b"):
            uow.people.add_people([ERIN, again])
        uow.commit()
    with store.read(school.id) as uow:
        assert uow.people.find_people(["erin"]) == {}


def test_an_external_id_given_twice_in_one_batch_is_named(
    store: Store, school: Institution
) -> None:
    twin = replace(ERIN, id=PersonId(cast_id("twin")))
    with store.write(school.id) as uow, pytest.raises(Conflict, match=r"person_exists: .*erin"):
        uow.people.add_people([ERIN, twin])


def test_an_unknown_person_is_not_found(store: Store, school: Institution) -> None:
    with store.read(school.id) as uow, pytest.raises(NotFound, match="person_unknown"):
        uow.people.get_person("nobody")


def test_groups_and_sites_are_listed_by_name_and_their_names_are_unique(
    store: Store, school: Institution
) -> None:
    annex = Site(replace(GATE).id, "Annex", "Europe/Paris")
    with store.write(school.id) as uow:
        assert uow.people.list_groups() == [CLASS_4B, CLASS_5A]
        assert uow.sites.list_sites() == [GATE]
        with pytest.raises(Conflict, match="group_exists"):
            uow.people.add_groups([Group(GroupId(cast_id("other")), "4B")])
        with pytest.raises(Conflict, match="site_exists"):
            uow.sites.add_site(replace(annex, name=GATE.name))


def test_a_membership_counts_from_its_first_to_its_last_day(
    store: Store, school: Institution
) -> None:
    day = timedelta(days=1)
    visit = Membership(ALICE.id, CLASS_5A.id, MONDAY, MONDAY + day)
    with store.write(school.id) as uow:
        uow.people.add_memberships([visit])
        for shift, there in ((-1, False), (0, True), (1, True), (2, False)):
            found = uow.people.list_memberships([CLASS_5A.id], MONDAY + shift * day)
            assert (visit in found) is there
        everybody = uow.people.list_memberships([CLASS_4B.id, CLASS_5A.id], MONDAY)
        of_alice = uow.people.list_memberships_of([ALICE.id], MONDAY)
        of_alice = uow.people.list_memberships_of([ALICE.id], MONDAY)
        of_alice_before = uow.people.list_memberships_of([ALICE.id], MONDAY - day)
    assert set(everybody) == {*MEMBERSHIPS, visit}
    assert set(of_alice) == {MEMBERSHIPS[0], visit}
    assert of_alice_before == [MEMBERSHIPS[0]]
    assert set(of_alice) == {MEMBERSHIPS[0], visit}


def test_the_same_membership_twice_is_refused_and_the_gallery_stays(
    store: Store, school: Institution
) -> None:
    with store.write(school.id) as uow:
        before = uow.templates.gallery_version()
        with pytest.raises(Conflict, match="membership_exists"):
            uow.people.add_memberships([MEMBERSHIPS[0]])
        assert uow.templates.gallery_version() == before


def test_a_new_membership_makes_galleries_outdated(store: Store, school: Institution) -> None:
    with store.write(school.id) as uow:
        before = uow.templates.gallery_version()
        uow.people.add_memberships([Membership(BOB.id, CLASS_5A.id, MONDAY, None)])
        assert uow.templates.gallery_version() > before


def test_guardians_are_told_in_their_order(store: Store, school: Institution) -> None:
    erik = Guardian(GuardianId(cast_id("erik")), "Erik", "sv", None, "erik@example.org")
    with store.write(school.id) as uow:
        uow.people.add_guardians([erik], [Guardianship(ALICE.id, erik.id, 0)])
        told = uow.people.list_guardians([ALICE.id, BOB.id, CHARLIE.id])
    assert told == {ALICE.id: [erik, DANA], BOB.id: [DANA]}


def test_a_guardian_is_found_by_phone_or_by_email_exactly_as_given(
    store: Store, school: Institution
) -> None:
    assert DANA.phone
    assert DANA.email
    with store.read(school.id) as uow:
        assert uow.people.find_guardian_by_contact(DANA.phone) == DANA
        assert uow.people.find_guardian_by_contact(DANA.email) == DANA
        assert uow.people.find_guardian_by_contact(DANA.email.upper()) is None


def test_a_link_that_exists_is_left_as_it_is(store: Store, school: Institution) -> None:
    with store.write(school.id) as uow:
        uow.people.add_guardians(
            [replace(DANA, name="Somebody else")], [Guardianship(ALICE.id, DANA.id, 9)]
        )
        assert uow.people.list_guardians([ALICE.id]) == {ALICE.id: [DANA]}


def test_an_unknown_person_cannot_have_a_guardian(store: Store, school: Institution) -> None:
    stranger = PersonId(cast_id("stranger"))
    with pytest.raises(NotFound, match="reference_unknown"), store.write(school.id) as uow:
        uow.people.add_guardians([], [Guardianship(stranger, DANA.id, 1)])
