"""Identifiers. Every row is named by (institution, id); ids are 16-byte UUIDs.

A scan's id is made by whoever captured it, so that sending it again is harmless. A scan taken from
a recording gets a name-based id: watching the same file twice yields the same scans.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType
from uuid import UUID, uuid5

InstitutionId = NewType("InstitutionId", int)
SiteId = NewType("SiteId", UUID)
GroupId = NewType("GroupId", UUID)
PersonId = NewType("PersonId", UUID)
GuardianId = NewType("GuardianId", UUID)
SessionId = NewType("SessionId", UUID)
ScanId = NewType("ScanId", UUID)
StatusId = NewType("StatusId", UUID)
ConsentId = NewType("ConsentId", UUID)
TemplateId = NewType("TemplateId", UUID)
CredentialId = NewType("CredentialId", UUID)
NoticeId = NewType("NoticeId", UUID)
MessageId = NewType("MessageId", UUID)
DeliveryId = NewType("DeliveryId", UUID)
DeviceId = NewType("DeviceId", UUID)

RECORDING_SCANS = UUID("9b0f3c52-6c1e-5c0e-9a55-3a5f0b6f7a11")
"""Namespace of scan ids that are derived from a recording; never change it."""

RECORDING_BUCKET_S = 300.0
"""Length of the position bucket in a recording within which a person yields one scan."""


@dataclass(frozen=True, slots=True)
class RecordingMoment:
    """A place in a recording. `fingerprint`: 32 bytes that name the file; `started_at`: when its
    first frame was taken, which takes part in the id because another start states other facts.
    """

    fingerprint: bytes
    started_at: datetime
    position_s: float


def recorded_scan_id(moment: RecordingMoment, person: PersonId, method: str) -> ScanId:
    """The id of the scan of `person` by `method` around this moment; one per position bucket."""
    bucket = int(moment.position_s // RECORDING_BUCKET_S)
    start = moment.started_at.timestamp()
    name = f"{moment.fingerprint.hex()}:{start:.3f}:{person}:{method}:{bucket}"
    return ScanId(uuid5(RECORDING_SCANS, name))
