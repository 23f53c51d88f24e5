"""Kiosks, scanners and cameras: paired by a link that works once, known by a token of their own."""

import hashlib
import secrets
from dataclasses import dataclass, field

from facemark.domain.accounts import Device
from facemark.domain.errors import Conflict, NotFound, Refused
from facemark.domain.ids import DeviceId, InstitutionId
from facemark.domain.scans import Direction
from facemark.services.ids import new_id
from facemark.services.ports.store import Store
from facemark.services.ports.time import Clock
from facemark.services.sessions import choose_site
from facemark.services.setup import require_name
from facemark.services.tenant import Tenant

_TOKEN_BYTES = 32
_MAX_TOKEN_CHARS = 100


@dataclass(frozen=True, slots=True)
class Pairing:
    """`secret` is shown once: here, in the pairing link; afterwards, in the device's cookie."""

    tenant: Tenant
    device: Device
    secret: str = field(repr=False)


def pair_device(
    tenant: Tenant, name: str, direction: Direction, *, site_name: str | None = None
) -> Pairing:
    """A new device whose secret is good for `accept_pairing`, once.

    Raises InvalidInput `name_empty`, NotFound `site_unknown`, Conflict `device_exists`.
    """
    secret = _new_secret(tenant.institution)
    with tenant.write() as uow:
        site = choose_site(uow.sites.list_sites(), site_name)
        device = Device(
            DeviceId(new_id()), require_name(name), site.id, direction, _link_hash(secret), None
        )
        if any(d.name == device.name and d.revoked_at is None for d in uow.devices.list_devices()):
            raise Conflict(
                "device_exists",
                f"there is a device called {device.name!r} already",
                "choose another name, or revoke the old one with `facemark device revoke`",
            )
        uow.devices.add_device(device)
        tenant.audit(uow, "device.added", device.id)
        uow.commit()
    return Pairing(tenant, device, secret)


def accept_pairing(store: Store, clock: Clock, link_secret: str) -> Pairing:
    """The device of the link, with a secret of its own; the link is spent.

    Raises Refused `pairing_link_invalid`.
    """
    tenant = _tenant_of(store, clock, link_secret)
    if tenant is None:
        raise _link_invalid()
    secret, spent = _new_secret(tenant.institution), _link_hash(link_secret)
    with tenant.write() as uow:
        device = uow.devices.find_by_token(spent)
        if device is None or not uow.devices.replace_token(device.id, spent, _own_hash(secret)):
            raise _link_invalid()
        tenant.audit(uow, "device.paired", device.id)
        uow.commit()
    return Pairing(tenant, device, secret)


def find_device(store: Store, clock: Clock, secret: str) -> Pairing:
    """Whose secret this is. Raises Refused `device_not_paired`, `device_revoked`."""
    tenant = _tenant_of(store, clock, secret)
    if tenant is None:
        raise _not_paired()
    with tenant.read() as uow:
        device = uow.devices.find_by_token(_own_hash(secret))
    if device is None:
        raise _not_paired()
    require_valid(device)
    return Pairing(tenant, device, secret)


def require_valid(device: Device) -> None:
    """Raises Refused `device_revoked`."""
    if device.revoked_at is not None:
        raise Refused(
            "device_revoked",
            f"the device {device.name!r} may not report any more",
            "ask the office to pair it anew",
        )


def revoke_device(tenant: Tenant, name: str) -> Device:
    """It is refused from its next message on. Raises NotFound `device_unknown`."""
    with tenant.write() as uow:
        devices = [d for d in uow.devices.list_devices() if d.revoked_at is None]
        for device in devices:
            if device.name == name:
                uow.devices.revoke_device(device.id, tenant.clock.now())
                tenant.audit(uow, "device.revoked", device.id)
                uow.commit()
                return device
    known = ", ".join(d.name for d in devices)
    raise NotFound(
        "device_unknown", f"there is no device called {name!r}", f"known: {known or 'none yet'}"
    )


def list_devices(tenant: Tenant) -> list[Device]:
    with tenant.read() as uow:
        return uow.devices.list_devices()


def _new_secret(institution: InstitutionId) -> str:
    """Begins with the institution, so that its owner is found without looking into others."""
    return f"{institution}-{secrets.token_urlsafe(_TOKEN_BYTES)}"


def _tenant_of(store: Store, clock: Clock, secret: str) -> Tenant | None:
    number = secret.partition("-")[0]
    if len(secret) > _MAX_TOKEN_CHARS or not (number.isascii() and number.isdecimal()):
        return None
    known = {int(i.id): i.id for i in store.list_institutions()}
    institution = known.get(int(number))
    return None if institution is None else Tenant(store, institution, clock, actor="device")


def _link_hash(secret: str) -> bytes:
    return hashlib.sha256(b"pairing link " + secret.encode()).digest()


def _own_hash(secret: str) -> bytes:
    """Unlike the link's, so that a link is no cookie and a cookie no link."""
    return hashlib.sha256(b"device token " + secret.encode()).digest()


def _link_invalid() -> Refused:
    return Refused(
        "pairing_link_invalid",
        "this pairing link was used already, or is not one of ours",
        "make a new one with `facemark device pair`",
    )


def _not_paired() -> Refused:
    return Refused(
        "device_not_paired",
        "this browser is not a paired device",
        "open the link that `facemark device pair` prints",
    )
