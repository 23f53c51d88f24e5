"""Messages: claimed by one UPDATE, moved only forwards."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select, update

from facemark.adapters.db.bulk import chunks, insert_rows
from facemark.adapters.db.models import MessageNoticeRow, MessageRow
from facemark.adapters.db.scopes import TenantSession
from facemark.adapters.db.vault import Vault
from facemark.domain.ids import GuardianId, MessageId, NoticeId
from facemark.domain.notices import Message, MessageState

_UNDECIDED = (MessageState.QUEUED, MessageState.SENDING)

_REACHED_FROM: Mapping[MessageState, tuple[MessageState, ...]] = {
    MessageState.QUEUED: (),
    MessageState.SENDING: (MessageState.QUEUED,),
    MessageState.SENT: _UNDECIDED,
    MessageState.DELIVERED: (*_UNDECIDED, MessageState.SENT),
    MessageState.UNDELIVERED: (*_UNDECIDED, MessageState.SENT),
    MessageState.FAILED: (*_UNDECIDED, MessageState.SENT),
    MessageState.EXPIRED: _UNDECIDED,
    MessageState.CANCELLED: _UNDECIDED,
}
"""What is sent may still turn out delivered or not; nothing else is left again."""


class SqlMessages:
    def __init__(self, session: TenantSession, vault: Vault) -> None:
        self._session = session
        self._vault = vault

    def add(self, messages: Sequence[Message]) -> None:
        insert_rows(self._session, MessageRow, [self._seal(m) for m in messages])
        insert_rows(
            self._session,
            MessageNoticeRow,
            [
                {"message_id": m.id, "notice_id": n, "position": i}
                for m in messages
                for i, n in enumerate(m.notice_ids)
            ],
        )

    def list_newest(
        self, states: Collection[MessageState] | None, limit: int | None
    ) -> list[Message]:
        """The newest `limit` of them, newest last."""
        statement = select(MessageRow).order_by(MessageRow.created_at.desc(), MessageRow.id.desc())
        if states is not None:
            statement = statement.where(MessageRow.state.in_(states))
        if limit is not None:
            statement = statement.limit(limit)
        return self._open_all(reversed(self._session.scalars(statement).all()))

    def claim(self, now: datetime, *, lease_s: float, limit: int, worker: str) -> list[Message]:
        """One statement, so that of two workers at once only one gets a message.

        A lease that ran out is claimed again even when the message is no longer useful: whether it
        went out has to be found out all the same.
        """
        due = and_(
            MessageRow.state == MessageState.QUEUED,
            MessageRow.send_after_at <= now,
            MessageRow.useful_until_at >= now,
        )
        lost = and_(MessageRow.state == MessageState.SENDING, MessageRow.lease_until < now)
        chosen = (
            select(MessageRow.id)
            .where(MessageRow.state.in_(_UNDECIDED), or_(due, lost))
            .order_by(MessageRow.send_after_at, MessageRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            # As a plain subquery PostgreSQL may run it again for every row, and the limit with it.
            .cte()
        )
        claimed = self._session.scalars(
            update(MessageRow)
            .where(MessageRow.id.in_(select(chosen.c.id)), or_(due, lost))
            .values(
                state=MessageState.SENDING,
                lease_until=now + timedelta(seconds=lease_s),
                leased_by=worker,
            )
            .returning(MessageRow)
            .execution_options(synchronize_session=False)
        ).all()
        return self._open_all(sorted(claimed, key=lambda row: (row.send_after_at, row.id)))

    def expire(self, now: datetime) -> int:
        """Only those nobody has begun to send."""
        return self._move(
            MessageState.EXPIRED,
            MessageRow.state == MessageState.QUEUED,
            MessageRow.useful_until_at < now,
        )

    def advance(self, message_id: UUID, state: MessageState) -> None:
        """Never backwards. Back to `sending` is no move: the lease runs out and it is retried."""
        self._move(state, MessageRow.id == message_id, MessageRow.state.in_(_REACHED_FROM[state]))

    def _move(self, state: MessageState, *which: Any) -> int:
        moved = self._session.scalars(
            update(MessageRow)
            .where(*which)
            .values(state=state, lease_until=None, leased_by=None)
            .returning(MessageRow.id)
            .execution_options(synchronize_session=False)
        )
        return len(moved.all())

    def _seal(self, message: Message) -> dict[str, Any]:
        return {
            "id": message.id,
            "guardian_id": message.guardian_id,
            "channel": message.channel,
            "to_sealed": self._vault.seal(message.to.encode(), "message", message.id, "to"),
            "text_sealed": self._vault.seal(message.text.encode(), "message", message.id, "text"),
            "state": message.state,
            "created_at": message.created_at,
            "send_after_at": message.send_after_at,
            "useful_until_at": message.useful_until_at,
        }

    def _open_all(self, rows: Iterable[MessageRow]) -> list[Message]:
        found = [*rows]
        notices: dict[UUID, list[NoticeId]] = defaultdict(list)
        for chunk in chunks(row.id for row in found):
            statement = (
                select(MessageNoticeRow.message_id, MessageNoticeRow.notice_id)
                .where(MessageNoticeRow.message_id.in_(chunk))
                .order_by(MessageNoticeRow.position)
            )
            for message_id, notice_id in self._session.execute(statement):
                notices[message_id].append(NoticeId(notice_id))
        return [self._open(row, tuple(notices[row.id])) for row in found]

    def _open(self, row: MessageRow, notice_ids: tuple[NoticeId, ...]) -> Message:
        return Message(
            id=MessageId(row.id),
            guardian_id=GuardianId(row.guardian_id),
            channel=row.channel,
            to=self._vault.open(row.to_sealed, "message", row.id, "to").decode(),
            text=self._vault.open(row.text_sealed, "message", row.id, "text").decode(),
            state=row.state,
            created_at=row.created_at,
            send_after_at=row.send_after_at,
            useful_until_at=row.useful_until_at,
            notice_ids=notice_ids,
        )
