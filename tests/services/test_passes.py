"""A pass is worth a face: issued once, checked at the door, refused for a stated reason."""

from datetime import timedelta

import pytest

from facemark.adapters.keys.signing import Ed25519PassSigner
from facemark.domain.errors import FaceMarkError, NotFound
from facemark.domain.people import Institution
from facemark.services.passes import find_holder, issue_pass, revoke_passes
from facemark.services.ports.store import Store
from facemark.services.tenant import Tenant
from facemark.testing.cast import ALICE, COMPANY, found_school
from facemark.testing.clock import VirtualClock

SIGNER = Ed25519PassSigner()


def refusal(tenant: Tenant, text: str) -> str:
    with pytest.raises(FaceMarkError) as caught:
        find_holder(tenant, text, SIGNER)
    return caught.value.code


def test_a_pass_names_its_holder(tenant: Tenant) -> None:
    issued = issue_pass(tenant, "alice", SIGNER)
    assert find_holder(tenant, issued.text, SIGNER) == ALICE.id
    assert issued.card.group == "4B"


def test_an_altered_pass_is_forged(tenant: Tenant) -> None:
    text = issue_pass(tenant, "alice", SIGNER).text
    other = issue_pass(tenant, "bob", SIGNER).text
    head, _, signature = text.rpartition(".")
    swapped = f"{other.rpartition('.')[0]}.{signature}"
    assert refusal(tenant, swapped) == "pass_forged"
    assert refusal(tenant, head) == "pass_unreadable"


def test_a_lost_pass_is_revoked_and_a_new_one_works(tenant: Tenant) -> None:
    lost = issue_pass(tenant, "alice", SIGNER).text
    assert revoke_passes(tenant, "alice") == 1
    new = issue_pass(tenant, "alice", SIGNER).text
    assert refusal(tenant, lost) == "pass_revoked"
    assert find_holder(tenant, new, SIGNER) == ALICE.id


def test_a_pass_ends_at_its_expiry(tenant: Tenant, clock: VirtualClock) -> None:
    until = clock.now() + timedelta(hours=1)
    text = issue_pass(tenant, "alice", SIGNER, expires_at=until).text
    assert find_holder(tenant, text, SIGNER) == ALICE.id
    clock.at = until
    assert refusal(tenant, text) == "pass_expired"


def test_a_pass_of_another_institution_opens_nothing_here(
    tenant: Tenant, store: Store, clock: VirtualClock
) -> None:
    other: Institution = found_school(store, COMPANY)
    issue_pass(tenant, "alice", SIGNER)
    foreign = issue_pass(Tenant(store, other.id, clock, "test"), "alice", SIGNER)
    assert refusal(tenant, foreign.text) == "pass_forged"


def test_revoking_what_was_never_issued_says_so(tenant: Tenant) -> None:
    with pytest.raises(NotFound, match="pass_unknown"):
        revoke_passes(tenant, "alice")
