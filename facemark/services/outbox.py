"""Delivering what is owed, each message once, and showing what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from facemark.domain.ids import DeliveryId, GuardianId, PersonId
from facemark.domain.notices import ChannelName, Delivery, Message, MessageState
from facemark.services.ids import new_id
from facemark.services.ports.channels import Sender, SendOutcome
from facemark.services.ports.store import UnitOfWork
from facemark.services.tenant import Tenant

LEASE_S = 60.0
"""How long a claimed message belongs to one worker; longer than any sender's own time limit."""


@dataclass(frozen=True, slots=True)
class DispatchReport:
    sent: int = 0
    failed: int = 0
    retried_later: int = 0
    expired: int = 0


def dispatch_due(
    tenant: Tenant, senders: Mapping[ChannelName, Sender], *, worker: str, limit: int = 100
) -> DispatchReport:
    """Send what is due. A message whose earlier attempt has no known outcome is looked up first."""
    now = tenant.clock.now()
    with tenant.write() as uow:
        expired = uow.notices.expire_messages(now)
        claimed = uow.notices.claim_messages(now, lease_s=LEASE_S, limit=limit, worker=worker)
        uow.commit()
    states = [_deliver(tenant, message, senders.get(message.channel)) for message in claimed]
    return DispatchReport(
        sent=states.count(MessageState.SENT),
        failed=states.count(MessageState.FAILED),
        retried_later=states.count(MessageState.SENDING),
        expired=expired,
    )


def _deliver(tenant: Tenant, message: Message, sender: Sender | None) -> MessageState:
    with tenant.read() as uow:
        attempts = uow.notices.list_deliveries(message.id)
    if sender is None:
        return _finish(tenant, _start(tenant, message, attempts), NO_SENDER)
    lost = [a for a in attempts if a.finished_at is None]
    for attempt in lost:
        found = sender.find_sent(message)
        if found is not None:
            return _finish(tenant, attempt, found)
    delivery = _start(tenant, message, attempts)
    return _finish(tenant, delivery, sender.send(message))


NO_SENDER = SendOutcome(error_code="channel_not_set_up", permanent=True)


def _start(tenant: Tenant, message: Message, attempts: list[Delivery]) -> Delivery:
    delivery = Delivery(
        DeliveryId(new_id()), message.id, len(attempts) + 1, tenant.clock.now(), None, None, None
    )
    with tenant.write() as uow:
        uow.notices.start_delivery(delivery)
        uow.commit()
    return delivery


def _finish(tenant: Tenant, delivery: Delivery, outcome: SendOutcome) -> MessageState:
    state = _state_after(outcome)
    done = replace(
        delivery,
        finished_at=tenant.clock.now(),
        provider_reference=outcome.reference,
        error_code=outcome.error_code,
    )
    with tenant.write() as uow:
        uow.notices.finish_delivery(delivery.id, done, state)
        uow.commit()
    return state


def _state_after(outcome: SendOutcome) -> MessageState:
    if outcome.error_code is None:
        return MessageState.SENT
    return MessageState.FAILED if outcome.permanent else MessageState.SENDING


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One message as the officer sees it."""

    id: str
    people: tuple[str, ...]
    guardian: str
    channel: ChannelName
    to: str
    text: str
    state: MessageState
    created_at: datetime
    send_after_at: datetime
    useful_until_at: datetime


def list_outbox(tenant: Tenant) -> list[OutboxEntry]:
    """Every message, newest last."""
    with tenant.read() as uow:
        messages = uow.notices.list_messages()
        return _describe(uow, messages)


def _describe(uow: UnitOfWork, messages: list[Message]) -> list[OutboxEntry]:
    people_of = uow.notices.list_notice_people([m.id for m in messages])
    ids = {p for people in people_of.values() for p in people}
    names: dict[PersonId, str] = {p.id: p.legal_name for p in uow.people.list_people(ids)}
    guardians: dict[GuardianId, str] = {
        g.id: g.name for told in uow.people.list_guardians(ids).values() for g in told
    }
    return [
        OutboxEntry(
            id=str(m.id),
            people=tuple(names[p] for p in people_of[m.id]),
            guardian=guardians.get(m.guardian_id, ""),
            channel=m.channel,
            to=m.to,
            text=m.text,
            state=m.state,
            created_at=m.created_at,
            send_after_at=m.send_after_at,
            useful_until_at=m.useful_until_at,
        )
        for m in messages
    ]
