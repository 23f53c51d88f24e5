"""Credentials and signing keys."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest

from facemark.domain.credentials import Credential, CredentialKind
from facemark.domain.errors import Conflict, NotFound
from facemark.domain.ids import CredentialId
from facemark.domain.people import Institution
from facemark.services.ports.store import SigningKey, Store
from facemark.testing.cast import ALICE, BOB, at


def issue(hour: int) -> Credential:
    return Credential(
        CredentialId(uuid4()), ALICE.id, CredentialKind.PASS, "k1", at(hour), at(23), None
    )


def test_credentials_are_found_by_id_and_listed_newest_first(
    store: Store, school: Institution
) -> None:
    old, new = issue(8), issue(9)
    of_bob = replace(issue(10), person_id=BOB.id)
    with store.write(school.id) as uow:
        uow.credentials.add_credentials([old, new, of_bob])
        uow.commit()
    with store.read(school.id) as uow:
        assert uow.credentials.find_credential(old.id) == old
        assert uow.credentials.find_credential(CredentialId(uuid4())) is None
        assert uow.credentials.list_credentials(ALICE.id) == [new, old]


def test_a_revoked_credential_keeps_the_time_it_was_first_revoked(
    store: Store, school: Institution
) -> None:
    one = issue(8)

    def revoked_at() -> datetime | None:
        found = uow.credentials.find_credential(one.id)
        return found.revoked_at if found else None

    with store.write(school.id) as uow:
        uow.credentials.add_credentials([one])
        assert revoked_at() is None
        uow.credentials.revoke_credential(one.id, at(9))
        uow.credentials.revoke_credential(one.id, at(10))
        assert revoked_at() == at(9)


def test_an_unknown_credential_cannot_be_revoked(store: Store, school: Institution) -> None:
    with store.write(school.id) as uow, pytest.raises(NotFound, match="credential_unknown"):
        uow.credentials.revoke_credential(CredentialId(uuid4()), at(9))


def test_the_newest_signing_key_comes_first(store: Store, school: Institution) -> None:
    keys = [SigningKey(f"k{i}", bytes([i]) * 32, bytes([i + 100]) * 32) for i in range(3)]
    with store.write(school.id) as uow:
        for key in keys:
            uow.credentials.add_signing_key(key)
        uow.commit()
    with store.read(school.id) as uow:
        assert uow.credentials.list_signing_keys() == keys[::-1]


def test_a_signing_key_has_its_id_for_itself(store: Store, school: Institution) -> None:
    def add(filler: bytes) -> None:
        with store.write(school.id) as uow:
            uow.credentials.add_signing_key(SigningKey("k1", filler * 32, filler * 32))
            uow.commit()

    add(b"a")
    with pytest.raises(Conflict, match="already_recorded"):
        add(b"b")
