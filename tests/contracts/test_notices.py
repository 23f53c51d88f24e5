"""Notices, messages and deliveries."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from facemark.domain.errors import Conflict, NotFound
from facemark.domain.ids import DeliveryId, MessageId, NoticeId, PersonId
from facemark.domain.notices import (
    AbsenceCategory,
    ChannelName,
    Delivery,
    Message,
    MessageState,
    Notice,
    NoticeKind,
    NoticeState,
)
from facemark.domain.people import Institution
from facemark.services.ports.store import Store, UnitOfWork
from facemark.testing.cast import ALICE, BOB, DANA, MONDAY, SCHOOL_DAY, at

LEASE_S = 60.0
DAY = timedelta(days=1)


def notice(person: PersonId = ALICE.id) -> Notice:
    return Notice(
        NoticeId(uuid4()),
        NoticeKind.ABSENCE,
        AbsenceCategory.GENERAL,
        person,
        DANA.id,
        SCHOOL_DAY.id,
        MONDAY,
        at(20),
        NoticeState.PENDING,
    )


def message(minute: int = 0, notices: tuple[NoticeId, ...] = ()) -> Message:
    return Message(
        MessageId(uuid4()),
        DANA.id,
        ChannelName.SMS,
        "+442079460001",
        "Elm School: Alice has not arrived.",
        MessageState.QUEUED,
        at(8, 30 + minute),
        at(9, minute),
        at(20),
        notices,
    )


def attempt(of: Message, number: int = 1) -> Delivery:
    return Delivery(DeliveryId(uuid4()), of.id, number, at(9, 1), None, None, None)


def claim(uow: UnitOfWork, hour: int, minute: int = 0, limit: int = 100) -> list[MessageId]:
    now = at(hour, minute)
    claimed = uow.notices.claim_messages(now, lease_s=LEASE_S, limit=limit, worker="w1")
    assert all(m.state is MessageState.SENDING for m in claimed)
    return [m.id for m in claimed]


def states(uow: UnitOfWork) -> list[MessageState]:
    return [m.state for m in uow.notices.list_messages()]


def test_a_notice_is_new_once_per_kind_person_date_and_guardian(
    store: Store, school: Institution
) -> None:
    first, of_bob = notice(), notice(BOB.id)
    with store.write(school.id) as uow:
        assert uow.notices.add_notices([first]) == [first]
        uow.commit()
    with store.write(school.id) as uow:
        assert uow.notices.add_notices([notice(), of_bob, notice(BOB.id)]) == [of_bob]
        tomorrow = replace(notice(), on_date=MONDAY + DAY)
        assert uow.notices.add_notices([tomorrow]) == [tomorrow]
        assert uow.notices.add_notices([]) == []


def test_a_message_comes_back_with_its_text_and_notices_newest_last(
    store: Store, school: Institution
) -> None:
    notices = [notice(), notice(BOB.id)]
    late, early = message(5, (notices[1].id, notices[0].id)), message(0)
    with store.write(school.id) as uow:
        uow.notices.add_notices(notices)
        uow.notices.add_messages([late, early])
        uow.commit()
    with store.read(school.id) as uow:
        assert uow.notices.list_messages() == [early, late]
        assert uow.notices.list_messages(limit=1) == [late]
        assert uow.notices.list_messages(states=[MessageState.SENT]) == []
        assert uow.notices.list_messages(states=[MessageState.QUEUED]) == [early, late]
        about = uow.notices.list_notice_people([late.id, early.id])
    assert about == {late.id: [BOB.id, ALICE.id], early.id: []}


def test_a_message_is_claimed_when_it_is_due_and_only_once(
    store: Store, school: Institution
) -> None:
    with store.write(school.id) as uow:
        one = message()
        uow.notices.add_messages([one])
        assert claim(uow, 8, 59) == []
        assert claim(uow, 9) == [one.id]
        assert claim(uow, 9) == []
        assert states(uow) == [MessageState.SENDING]


def test_messages_are_claimed_oldest_first_up_to_the_limit(
    store: Store, school: Institution
) -> None:
    queue = [message(minute) for minute in range(5)]
    with store.write(school.id) as uow:
        uow.notices.add_messages(queue[::-1])
        assert claim(uow, 10, limit=2) == [m.id for m in queue[:2]]
        assert claim(uow, 10, limit=9) == [m.id for m in queue[2:]]


def test_a_message_that_is_no_longer_useful_is_not_claimed_but_expires(
    store: Store, school: Institution
) -> None:
    with store.write(school.id) as uow:
        uow.notices.add_messages([message()])
        assert uow.notices.expire_messages(at(20)) == 0
        assert claim(uow, 20, 1) == []
        assert uow.notices.expire_messages(at(20, 1)) == 1
        assert uow.notices.expire_messages(at(20, 1)) == 0
        assert states(uow) == [MessageState.EXPIRED]


def test_a_lease_that_ran_out_without_an_outcome_is_claimed_again_even_late(
    store: Store, school: Institution
) -> None:
    with store.write(school.id) as uow:
        one = message()
        uow.notices.add_messages([one])
        assert claim(uow, 9) == [one.id]
        assert claim(uow, 9, 1) == []
        assert claim(uow, 9, 2) == [one.id]
        assert uow.notices.expire_messages(at(21)) == 0
        assert claim(uow, 21) == [one.id]


def test_an_attempt_is_recorded_before_and_after_sending(store: Store, school: Institution) -> None:
    one = message()
    begun = attempt(one)
    done = replace(begun, finished_at=at(9, 2), provider_reference="SM1")
    with store.write(school.id) as uow:
        uow.notices.add_messages([one])
        uow.notices.start_delivery(begun)
        assert uow.notices.list_deliveries(one.id) == [begun]
        uow.notices.finish_delivery(begun.id, done, MessageState.SENT)
        assert uow.notices.list_deliveries(one.id) == [done]
        assert states(uow) == [MessageState.SENT]


def test_the_same_attempt_cannot_begin_twice(store: Store, school: Institution) -> None:
    one = message()
    with store.write(school.id) as uow:
        uow.notices.add_messages([one])
        uow.notices.start_delivery(attempt(one))
        with pytest.raises(Conflict, match="delivery_exists"):
            uow.notices.start_delivery(attempt(one))
        uow.notices.start_delivery(attempt(one, 2))
        assert [d.attempt for d in uow.notices.list_deliveries(one.id)] == [1, 2]


def test_an_unknown_attempt_cannot_be_finished(store: Store, school: Institution) -> None:
    stray = attempt(message())
    with store.write(school.id) as uow, pytest.raises(NotFound, match="delivery_unknown"):
        uow.notices.finish_delivery(stray.id, stray, MessageState.SENT)


def test_an_outcome_that_arrives_twice_changes_nothing(store: Store, school: Institution) -> None:
    one = message()
    begun = attempt(one)
    first = replace(begun, finished_at=at(9, 2), provider_reference="SM1")
    second = replace(begun, finished_at=at(9, 9), error_code="timeout")
    with store.write(school.id) as uow:
        uow.notices.add_messages([one])
        uow.notices.start_delivery(begun)
        uow.notices.finish_delivery(begun.id, first, MessageState.SENT)
        uow.notices.finish_delivery(begun.id, second, MessageState.SENDING)
        assert uow.notices.list_deliveries(one.id) == [first]
        assert states(uow) == [MessageState.SENT]


FINAL = (
    MessageState.DELIVERED,
    MessageState.FAILED,
    MessageState.UNDELIVERED,
    MessageState.EXPIRED,
    MessageState.CANCELLED,
)


@pytest.mark.parametrize("final", FINAL)
def test_a_final_state_is_never_left(store: Store, school: Institution, final: str) -> None:
    one = message()
    begun = attempt(one)
    with store.write(school.id) as uow:
        uow.notices.add_messages([one])
        uow.notices.start_delivery(begun)
        uow.notices.finish_delivery(begun.id, begun, MessageState(final))
        for state in MessageState:
            uow.notices.finish_delivery(begun.id, begun, state)
            assert states(uow) == [final]
        assert claim(uow, 10) == []


def test_what_was_sent_may_still_turn_out_undelivered_but_not_unsent(
    store: Store, school: Institution
) -> None:
    one = message()
    begun = attempt(one)
    with store.write(school.id) as uow:
        uow.notices.add_messages([one])
        uow.notices.start_delivery(begun)
        for state, then in (
            (MessageState.SENT, MessageState.SENT),
            (MessageState.CANCELLED, MessageState.SENT),
            (MessageState.SENDING, MessageState.SENT),
            (MessageState.QUEUED, MessageState.SENT),
            (MessageState.UNDELIVERED, MessageState.UNDELIVERED),
        ):
            uow.notices.finish_delivery(begun.id, begun, state)
            assert states(uow) == [then]


def test_a_failed_attempt_that_may_be_repeated_waits_for_the_end_of_its_lease(
    store: Store, school: Institution
) -> None:
    one = message()
    begun = attempt(one)
    with store.write(school.id) as uow:
        uow.notices.add_messages([one])
        claim(uow, 9)
        uow.notices.start_delivery(begun)
        failed = replace(begun, finished_at=at(9), error_code="503")
        uow.notices.finish_delivery(begun.id, failed, MessageState.SENDING)
        assert claim(uow, 9, 1) == []
        assert claim(uow, 9, 2) == [one.id]
