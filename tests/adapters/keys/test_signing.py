from uuid import UUID

import pytest

from facemark.adapters.keys.signing import Ed25519PassSigner
from facemark.domain.errors import InvalidInput, Refused
from facemark.domain.ids import CredentialId, InstitutionId
from facemark.services.ports.passes import PassSigner

OURS, THEIRS = InstitutionId(1), InstitutionId(2)
PASS_ID = CredentialId(UUID("01890a5d-ac96-774b-bcce-b302099a8057"))
SIGNER: PassSigner = Ed25519PassSigner()


def test_a_pass_signed_here_verifies_with_the_public_key_alone() -> None:
    key = SIGNER.create_key()
    text = SIGNER.sign(key, OURS, PASS_ID)
    assert SIGNER.verify(text, OURS, {key.key_id: key.public}) == PASS_ID


def test_passes_of_an_older_key_still_verify_after_a_new_one_came() -> None:
    old, new = SIGNER.create_key(), SIGNER.create_key()
    text = SIGNER.sign(old, OURS, PASS_ID)
    keys = {new.key_id: new.public, old.key_id: old.public}
    assert SIGNER.verify(text, OURS, keys) == PASS_ID


def test_a_pass_of_another_institution_is_refused_even_under_the_same_key() -> None:
    key = SIGNER.create_key()
    with pytest.raises(Refused, match="pass_forged"):
        SIGNER.verify(SIGNER.sign(key, THEIRS, PASS_ID), OURS, {key.key_id: key.public})


def test_an_unknown_key_and_a_wrong_key_get_the_same_answer() -> None:
    mine, other = SIGNER.create_key(), SIGNER.create_key()
    text = SIGNER.sign(mine, OURS, PASS_ID)
    answers = []
    for keys in ({}, {mine.key_id: other.public}):
        with pytest.raises(Refused) as refusal:
            SIGNER.verify(text, OURS, keys)
        answers.append(str(refusal.value))
    assert answers[0] == answers[1]


def test_a_pass_with_any_character_changed_never_verifies() -> None:
    key = SIGNER.create_key()
    text = SIGNER.sign(key, OURS, PASS_ID)
    for place, char in enumerate(text):
        altered = text[:place] + ("A" if char != "A" else "B") + text[place + 1 :]
        with pytest.raises((Refused, InvalidInput)):
            SIGNER.verify(altered, OURS, {key.key_id: key.public})


def test_new_keys_have_short_names_of_their_own() -> None:
    keys = [SIGNER.create_key() for _ in range(20)]
    assert {len(k.key_id) for k in keys} == {4}
    assert len({k.private for k in keys}) == 20
