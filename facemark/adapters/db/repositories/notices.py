"""Notices, and the repository of everything that is told."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from facemark.adapters.db.bulk import chunks, insert_new
from facemark.adapters.db.models import MessageNoticeRow, NoticeRow
from facemark.adapters.db.repositories.deliveries import SqlDeliveries
from facemark.adapters.db.repositories.messages import SqlMessages
from facemark.adapters.db.scopes import TenantSession
from facemark.adapters.db.vault import Vault
from facemark.domain.ids import DeliveryId, MessageId, PersonId
from facemark.domain.notices import Delivery, Message, MessageState, Notice


class SqlNotices:
    def __init__(self, session: TenantSession, vault: Vault) -> None:
        self._session = session
        self._messages = SqlMessages(session, vault)
        self._deliveries = SqlDeliveries(session)

    def add_notices(self, notices: Sequence[Notice]) -> list[Notice]:
        new = set(
            insert_new(
                self._session,
                NoticeRow,
                [_notice_row(n) for n in notices],
                unique=["kind", "person_id", "on_date", "guardian_id"],
                returning=NoticeRow.id,
            )
        )
        return [n for n in notices if n.id in new]

    def list_notice_people(
        self, message_ids: Collection[MessageId]
    ) -> dict[MessageId, list[PersonId]]:
        about: dict[MessageId, list[PersonId]] = defaultdict(list)
        for chunk in chunks(set(message_ids)):
            statement = (
                select(MessageNoticeRow.message_id, NoticeRow.person_id)
                .join(NoticeRow, NoticeRow.id == MessageNoticeRow.notice_id)
                .where(MessageNoticeRow.message_id.in_(chunk))
                .order_by(MessageNoticeRow.position)
            )
            for message, person in self._session.execute(statement):
                about[MessageId(message)].append(PersonId(person))
        return {m: about[m] for m in message_ids}

    def add_messages(self, messages: Sequence[Message]) -> None:
        self._messages.add(messages)

    def list_messages(
        self, *, states: Collection[MessageState] | None = None, limit: int | None = None
    ) -> list[Message]:
        return self._messages.list_newest(states, limit)

    def claim_messages(
        self, now: datetime, *, lease_s: float, limit: int, worker: str
    ) -> list[Message]:
        return self._messages.claim(now, lease_s=lease_s, limit=limit, worker=worker)

    def expire_messages(self, now: datetime) -> int:
        return self._messages.expire(now)

    def start_delivery(self, delivery: Delivery) -> None:
        self._deliveries.start(delivery)

    def finish_delivery(
        self, delivery_id: DeliveryId, outcome: Delivery, state: MessageState
    ) -> None:
        message_id = self._deliveries.finish(delivery_id, outcome)
        self._messages.advance(message_id, state)

    def list_deliveries(self, message_id: MessageId) -> list[Delivery]:
        return self._deliveries.list_attempts(message_id)


def _notice_row(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id,
        "kind": notice.kind,
        "category": notice.category,
        "person_id": notice.person_id,
        "guardian_id": notice.guardian_id,
        "session_id": notice.session_id,
        "on_date": notice.on_date,
        "useful_until_at": notice.useful_until_at,
        "state": notice.state,
    }
