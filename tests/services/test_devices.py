"""Devices are paired once, known afterwards and refused when revoked."""

import pytest

from facemark.domain.errors import Conflict, FaceMarkError, NotFound, Refused
from facemark.domain.scans import Direction
from facemark.services.devices import (
    accept_pairing,
    find_device,
    list_devices,
    pair_device,
    revoke_device,
)
from facemark.services.ports.store import Store
from facemark.services.tenant import Tenant
from facemark.testing.cast import COMPANY, GATE, found_school
from facemark.testing.clock import VirtualClock


def test_a_pairing_link_gives_a_device_its_secret(
    store: Store, tenant: Tenant, clock: VirtualClock
) -> None:
    link = pair_device(tenant, "Main door", Direction.IN)
    paired = accept_pairing(store, clock, link.secret)
    found = find_device(store, clock, paired.secret)
    assert found.tenant.institution == tenant.institution
    assert (found.device.id, found.device.name) == (link.device.id, "Main door")
    assert (found.device.site_id, found.device.direction) == (GATE.id, Direction.IN)


def test_a_pairing_link_works_once(store: Store, tenant: Tenant, clock: VirtualClock) -> None:
    link = pair_device(tenant, "Main door", Direction.IN)
    accept_pairing(store, clock, link.secret)
    with pytest.raises(Refused, match="pairing_link_invalid"):
        accept_pairing(store, clock, link.secret)


def test_a_link_is_no_secret_and_a_secret_no_link(
    store: Store, tenant: Tenant, clock: VirtualClock
) -> None:
    link = pair_device(tenant, "Main door", Direction.IN)
    with pytest.raises(Refused, match="device_not_paired"):
        find_device(store, clock, link.secret)
    paired = accept_pairing(store, clock, link.secret)
    with pytest.raises(Refused, match="pairing_link_invalid"):
        accept_pairing(store, clock, paired.secret)


@pytest.mark.parametrize("secret", ["", "x", "-", "99-abc", "1-abc", "²-abc", "1" * 5000, "1-\x00"])
def test_whatever_else_is_shown_is_refused(
    store: Store, tenant: Tenant, clock: VirtualClock, secret: str
) -> None:
    for show in (find_device, accept_pairing):
        with pytest.raises(FaceMarkError, match=r"device_not_paired|pairing_link_invalid"):
            show(store, clock, secret)


def test_a_revoked_device_is_refused_and_stays_in_the_list(
    store: Store, tenant: Tenant, clock: VirtualClock
) -> None:
    paired = accept_pairing(store, clock, pair_device(tenant, "Door", Direction.IN).secret)
    revoke_device(tenant, "Door")
    with pytest.raises(Refused, match="device_revoked"):
        find_device(store, clock, paired.secret)
    (device,) = list_devices(tenant)
    assert device.revoked_at == clock.now()


def test_an_unused_link_of_a_revoked_device_is_refused(
    store: Store, tenant: Tenant, clock: VirtualClock
) -> None:
    link = pair_device(tenant, "Door", Direction.IN)
    revoke_device(tenant, "Door")
    with pytest.raises(Refused, match="pairing_link_invalid"):
        accept_pairing(store, clock, link.secret)


def test_the_name_is_free_again_once_revoked(tenant: Tenant) -> None:
    pair_device(tenant, "Door", Direction.IN)
    with pytest.raises(Conflict, match="device_exists"):
        pair_device(tenant, "Door", Direction.OUT)
    revoke_device(tenant, "Door")
    pair_device(tenant, "Door", Direction.OUT)
    with pytest.raises(NotFound, match="device_unknown"):
        revoke_device(tenant, "Back door")


def test_a_device_reports_to_its_own_institution_only(
    store: Store, tenant: Tenant, clock: VirtualClock
) -> None:
    other = Tenant(store, found_school(store, COMPANY).id, clock, "test")
    paired = accept_pairing(store, clock, pair_device(tenant, "Door", Direction.IN).secret)
    number, _, rest = paired.secret.partition("-")
    with pytest.raises(Refused, match="device_not_paired"):
        find_device(store, clock, f"{int(number) + 1}-{rest}")
    assert list_devices(other) == []
