"""Devices and their tokens."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from facemark.adapters.db.bulk import insert_rows
from facemark.adapters.db.models import DeviceRow
from facemark.adapters.db.scopes import TenantSession
from facemark.domain.accounts import Device
from facemark.domain.errors import NotFound
from facemark.domain.ids import DeviceId, SiteId


class SqlDevices:
    def __init__(self, session: TenantSession) -> None:
        self._session = session

    def add_device(self, device: Device) -> None:
        row = {
            "id": device.id,
            "name": device.name,
            "site_id": device.site_id,
            "direction": device.direction,
            "token_hash": device.token_hash,
            "revoked_at": device.revoked_at,
        }
        insert_rows(self._session, DeviceRow, [row])

    def get_device(self, device_id: DeviceId) -> Device:
        device = self._find(DeviceRow.id == device_id)
        if device is None:
            raise NotFound(
                "device_unknown",
                f"there is no device {device_id}",
                "list the devices to see which there are",
            )
        return device

    def find_by_token(self, token_hash: bytes) -> Device | None:
        return self._find(DeviceRow.token_hash == token_hash)

    def list_devices(self) -> list[Device]:
        statement = select(DeviceRow).order_by(DeviceRow.name, DeviceRow.id.desc())
        return [_build_device(row) for row in self._session.scalars(statement)]

    def replace_token(self, device_id: DeviceId, old_hash: bytes, new_hash: bytes) -> bool:
        statement = (
            update(DeviceRow)
            .where(
                DeviceRow.id == device_id,
                DeviceRow.token_hash == old_hash,
                DeviceRow.revoked_at.is_(None),
            )
            .values(token_hash=new_hash)
            .returning(DeviceRow.id)
            .execution_options(synchronize_session=False)
        )
        return self._session.execute(statement).first() is not None

    def revoke_device(self, device_id: DeviceId, at: datetime) -> None:
        self._session.execute(
            update(DeviceRow)
            .where(DeviceRow.id == device_id, DeviceRow.revoked_at.is_(None))
            .values(revoked_at=at)
            .execution_options(synchronize_session=False)
        )

    def _find(self, condition: ColumnElement[bool]) -> Device | None:
        row = self._session.scalars(select(DeviceRow).where(condition)).one_or_none()
        return _build_device(row) if row else None


def _build_device(row: DeviceRow) -> Device:
    return Device(
        DeviceId(row.id),
        row.name,
        SiteId(row.site_id),
        row.direction,
        row.token_hash,
        row.revoked_at,
    )
