"""Each message goes out exactly once, also when the process that sent it died before it knew."""

from dataclasses import dataclass, field

import pytest

from facemark.domain.notices import ChannelName, Message, MessageState
from facemark.services.outbox import DispatchReport, dispatch_due, list_outbox
from facemark.services.ports.channels import Sender, SendOutcome
from facemark.services.settling import SettleOptions, settle_due
from facemark.services.tenant import Tenant
from facemark.testing.cast import at
from facemark.testing.clock import VirtualClock


@dataclass(slots=True)
class Gateway:
    """A provider with a memory. `dies_after`: the caller is gone once so many were accepted."""

    answer: SendOutcome = field(default_factory=lambda: SendOutcome(reference="ok"))
    dies_after: int = 99
    accepted: list[str] = field(default_factory=list)
    channel: ChannelName = ChannelName.CONSOLE

    def send(self, message: Message) -> SendOutcome:
        if self.answer.error_code is None:
            self.accepted.append(str(message.id))
        if len(self.accepted) >= self.dies_after:
            raise ConnectionAbortedError
        return self.answer

    def find_sent(self, message: Message) -> SendOutcome | None:
        return SendOutcome(reference="ok") if str(message.id) in self.accepted else None


@pytest.fixture
def owed(tenant: Tenant, clock: VirtualClock) -> Tenant:
    """One message is queued, and its hold time is over."""
    settle_due(tenant, at=at(9), options=SettleOptions(untaken_as_absent=True))
    clock.at = at(9, 20)
    return tenant


def dispatch(tenant: Tenant, sender: Sender) -> DispatchReport:
    return dispatch_due(tenant, {sender.channel: sender}, worker="w")


def state(tenant: Tenant) -> MessageState:
    (message,) = list_outbox(tenant)
    return message.state


def test_a_message_is_sent_once_and_not_again(owed: Tenant) -> None:
    gateway = Gateway()
    assert dispatch(owed, gateway).sent == 1
    assert dispatch(owed, gateway).sent == 0
    assert len(gateway.accepted) == 1
    assert state(owed) is MessageState.SENT


def test_nothing_goes_out_before_the_hold_time_is_over(owed: Tenant, clock: VirtualClock) -> None:
    clock.at = at(9, 14)
    assert dispatch(owed, Gateway()).sent == 0
    assert state(owed) is MessageState.QUEUED


def test_a_message_that_is_too_late_to_help_expires_instead(
    owed: Tenant, clock: VirtualClock
) -> None:
    clock.at = at(20, 1)
    gateway = Gateway()
    assert dispatch(owed, gateway).expired == 1
    assert gateway.accepted == []
    assert state(owed) is MessageState.EXPIRED


def test_after_a_crash_the_provider_is_asked_before_anything_is_sent_again(
    owed: Tenant, clock: VirtualClock
) -> None:
    gateway = Gateway(dies_after=1)
    with pytest.raises(ConnectionAbortedError):
        dispatch(owed, gateway)
    clock.wait(120)
    assert dispatch(owed, gateway).sent == 1
    assert len(gateway.accepted) == 1
    assert state(owed) is MessageState.SENT


def test_a_message_in_another_workers_hands_is_left_to_it(owed: Tenant) -> None:
    with pytest.raises(ConnectionAbortedError):
        dispatch(owed, Gateway(dies_after=1))
    assert dispatch(owed, Gateway()) == DispatchReport()


def test_a_permanent_refusal_fails_the_message(owed: Tenant) -> None:
    refused = Gateway(SendOutcome(error_code="number_unknown", permanent=True))
    assert dispatch(owed, refused).failed == 1
    assert state(owed) is MessageState.FAILED


def test_a_passing_trouble_is_tried_again_later(owed: Tenant, clock: VirtualClock) -> None:
    busy = Gateway(SendOutcome(error_code="busy"))
    assert dispatch(owed, busy).retried_later == 1
    clock.wait(120)
    assert dispatch(owed, Gateway()).sent == 1


def test_a_channel_that_is_not_set_up_fails_visibly(owed: Tenant) -> None:
    assert dispatch_due(owed, {}, worker="w").failed == 1
    assert state(owed) is MessageState.FAILED
