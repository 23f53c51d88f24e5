"""What must be told to whom, once; the envelope that carries it; each attempt to send it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from facemark.domain.ids import (
    DeliveryId,
    GuardianId,
    MessageId,
    NoticeId,
    PersonId,
    SessionId,
)
from facemark.domain.people import Guardian
from facemark.domain.sessions import Session, load_zone, to_instant

LATEST_USEFUL = time(20, 0)
"""An absence told after this wall-clock time helps nobody that day; the notice expires instead."""

USEFUL_AFTER_CUT_OFF = timedelta(hours=2)
"""A session in the evening or at night may still be told about for so long after its cut-off."""


class NoticeKind(StrEnum):
    ABSENCE = "absence"


class AbsenceCategory(StrEnum):
    GENERAL = "general"
    MEDICAL = "medical"
    DISCIPLINARY = "disciplinary"
    HOLIDAY = "holiday"


class NoticeState(StrEnum):
    PENDING = "pending"
    CANCELLED = "cancelled"


class ChannelName(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    WEBHOOK = "webhook"
    CONSOLE = "console"


class MessageState(StrEnum):
    """Only ever moves to the right: queued, sending, then one of the rest."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Notice:
    """Unique per (kind, person, date, guardian). After `useful_until_at` it must not be sent."""

    id: NoticeId
    kind: NoticeKind
    category: AbsenceCategory
    person_id: PersonId
    guardian_id: GuardianId
    session_id: SessionId
    on_date: date
    useful_until_at: datetime
    state: NoticeState


@dataclass(frozen=True, slots=True)
class Message:
    """A rendered text to one contact, covering one or more notices.

    Not sent before `send_after_at`, not after `useful_until_at`. `text` is what goes out.
    """

    id: MessageId
    guardian_id: GuardianId
    channel: ChannelName
    to: str
    text: str
    state: MessageState
    created_at: datetime
    send_after_at: datetime
    useful_until_at: datetime
    notice_ids: tuple[NoticeId, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt, recorded before the sender is called; without `finished_at`, outcome unknown."""

    id: DeliveryId
    message_id: MessageId
    attempt: int
    started_at: datetime
    finished_at: datetime | None
    provider_reference: str | None
    error_code: str | None


def latest_useful_at(session: Session) -> datetime:
    evening = to_instant(session.on_date, LATEST_USEFUL, load_zone(session.times.zone))
    return max(evening, session.cut_off_at + USEFUL_AFTER_CUT_OFF)


def choose_address(
    guardian: Guardian, channels: Sequence[ChannelName]
) -> tuple[ChannelName, str] | None:
    """The first channel of the institution's order that this guardian can be reached by.

    The console channel reaches everybody and shows the address it stands in for.
    """
    for channel in channels:
        address = _address(guardian, channel)
        if address:
            return channel, address
    return None


def _address(guardian: Guardian, channel: ChannelName) -> str | None:
    match channel:
        case ChannelName.SMS:
            return guardian.phone
        case ChannelName.EMAIL:
            return guardian.email
        case ChannelName.CONSOLE:
            return guardian.phone or guardian.email
        case ChannelName.WEBHOOK:
            return None
