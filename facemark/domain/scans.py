"""Scans: what was observed, by what, and when. Facts; nothing here is ever changed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from facemark.domain.ids import DeviceId, PersonId, ScanId


class ScanMethod(StrEnum):
    FACE = "face"
    PASS = "pass"  # noqa: S105 - a way of scanning, not a secret
    PIN = "pin"
    MANUAL = "manual"
    IMPORT = "import"


class Direction(StrEnum):
    IN = "in"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Scan:
    """One observation of one person.

    `device_at`: when the capturing clock says; `received_at`: when the server got it.
    `sequence`: the device's own counter, None where it keeps none. `similarity` and `threshold`
    are cosine values of the accepted decision, None for methods without a face.
    """

    id: ScanId
    person_id: PersonId
    method: ScanMethod
    direction: Direction
    device_at: datetime
    received_at: datetime
    source: str
    device_id: DeviceId | None = None
    sequence: int | None = None
    similarity: float | None = None
    threshold: float | None = None

    def payload_hash(self) -> bytes:
        """32 bytes over what the capturer claims; equal for a repeat, whenever it arrives.

        Similarity is left out: the same recording may score a hair differently on another CPU.
        """
        claim = "|".join(
            (
                str(self.person_id),
                self.method,
                self.direction,
                self.device_at.isoformat(),
                self.source,
                str(self.device_id),
                str(self.sequence),
            )
        )
        return hashlib.sha256(claim.encode()).digest()


class ScanOutcome(StrEnum):
    RECORDED = "recorded"
    ALREADY_IN = "already_in"
    REPEATED = "repeated"
    IDEMPOTENCY_CONFLICT = "idempotency_conflict"


@dataclass(frozen=True, slots=True)
class ScanReceipt:
    """The answer to one scan, given only once it is durable.

    RECORDED: new. ALREADY_IN: new and kept as evidence, within the cool-down of an earlier one at
    `earlier_at`. REPEATED: this very scan was known, nothing was written. IDEMPOTENCY_CONFLICT:
    the id is known with another payload, nothing was written.
    """

    scan_id: ScanId
    outcome: ScanOutcome
    earlier_at: datetime | None = None
