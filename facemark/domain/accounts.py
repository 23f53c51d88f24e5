"""Who may sign in, and the machines that may report."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from facemark.domain.ids import DeviceId, SiteId
from facemark.domain.scans import Direction


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    OFFICER = "officer"
    TEACHER = "teacher"
    GUARDIAN = "guardian"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Account:
    """A login of one institution; `password_hash` is argon2id in PHC form, None for OIDC only."""

    id: UUID
    login: str
    role: Role
    password_hash: str | None
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Device:
    """A kiosk, scanner or camera; its token is stored as a hash and can be revoked."""

    id: DeviceId
    name: str
    site_id: SiteId
    direction: Direction
    token_hash: bytes
    revoked_at: datetime | None
