"""Scans as a door would report them."""

from datetime import datetime
from uuid import UUID

from facemark.domain.ids import ScanId
from facemark.domain.people import Person
from facemark.domain.scans import Direction, Scan, ScanMethod
from facemark.services.ids import new_id


def scan_of(person: Person, device_at: datetime, scan_id: UUID | None = None) -> Scan:
    return Scan(
        id=ScanId(scan_id or new_id()),
        person_id=person.id,
        method=ScanMethod.PASS,
        direction=Direction.UNKNOWN,
        device_at=device_at,
        received_at=device_at,
        source="door",
    )
